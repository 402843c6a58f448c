//! Threads out of messages, by their ids alone: the first message becomes a ticket, the others its
//! comments.

use std::collections::{HashMap, HashSet};

use super::message::Mail;
use crate::intake::foreign::{
    ForeignComment, ForeignQueue, ForeignState, ForeignTicket, Gathered, Kept, Rating,
};

/// Makes tickets and comments of the messages.
pub(super) fn gather(mails: Vec<Mail>, into: &mut Gathered) {
    let mails = only_once(mails, into);
    let known: HashMap<&str, &Mail> = mails.iter().map(|it| (it.id.as_str(), it)).collect();
    let mut threads: HashMap<String, Vec<&Mail>> = HashMap::new();
    let mut order: Vec<String> = Vec::new();
    for mail in &mails {
        let key = beginning(mail, &known);
        let thread = threads.entry(key.clone()).or_insert_with(|| {
            order.push(key);
            Vec::new()
        });
        thread.push(mail);
    }
    for key in order {
        if let Some(mut thread) = threads.remove(&key) {
            // The one that began it first; where it is missing, the earliest.
            thread.sort_by_key(|it| (it.id != key, it.sent.is_none(), it.sent));
            if let Some((first, answers)) = thread.split_first() {
                into.take(ticket(first, &key, (answers, &known)));
            }
        }
    }
}

/// The same message lies in several folders of one mailbox.
fn only_once(mails: Vec<Mail>, into: &mut Gathered) -> Vec<Mail> {
    let mut seen = HashSet::new();
    let mut kept = Vec::with_capacity(mails.len());
    for mail in mails {
        if seen.insert(mail.id.clone()) {
            kept.push(mail);
        } else {
            into.skip_ticket(
                &mail.place,
                &mail.id,
                "the message stands twice in the input",
            );
        }
    }
    kept
}

/// The id of the message that began the thread, whether it is here or not.
fn beginning(mail: &Mail, known: &HashMap<&str, &Mail>) -> String {
    let mut at = mail;
    let mut passed = HashSet::new();
    while passed.insert(at.id.as_str()) {
        match parent(at, known) {
            Some(above) => at = above,
            None => break,
        }
    }
    at.answers.first().unwrap_or(&at.id).clone()
}

/// The nearest of what it answers that is here.
fn parent<'a>(mail: &Mail, known: &HashMap<&str, &'a Mail>) -> Option<&'a Mail> {
    mail.answers
        .iter()
        .rev()
        .find_map(|id| known.get(id.as_str()).copied())
}

fn ticket(
    first: &Mail,
    key: &str,
    (answers, known): (&[&Mail], &HashMap<&str, &Mail>),
) -> ForeignTicket {
    let kept = [
        Kept::some("To", first.to.iter().cloned()),
        Kept::some("Cc", first.cc.iter().cloned()),
        Kept::attachments(first.attachments.iter().cloned()),
    ];
    let priority = first.importance.clone();
    ForeignTicket {
        place: first.place.clone(),
        source_id: key.to_owned(),
        queue: ForeignQueue {
            aliases: first.addresses.clone(),
            ..ForeignQueue::named("Mail")
        },
        title: first.subject.clone(),
        body: first.body.clone(),
        rating: priority.clone().map_or(Rating::Unsaid, Rating::Word),
        state: ForeignState::word("message"),
        requester: first.from.clone(),
        created: first.sent,
        updated: answers.iter().filter_map(|it| it.sent).max().or(first.sent),
        values: priority.map(|it| ("priority", it)).into_iter().collect(),
        kept: kept.into_iter().flatten().collect(),
        files: first.files.clone(),
        comments: answers
            .iter()
            .map(|mail| comment(mail, first, known))
            .collect(),
        ..ForeignTicket::default()
    }
}

fn comment(mail: &Mail, first: &Mail, known: &HashMap<&str, &Mail>) -> ForeignComment {
    let above = parent(mail, known);
    // What it quotes stands in the thread already.
    let body = match above {
        Some(_) => without_quote(&mail.body),
        None => &mail.body,
    };
    let above = above.filter(|above| above.id != first.id);
    ForeignComment {
        place: mail.place.clone(),
        source_id: mail.id.clone(),
        author: mail.from.clone(),
        body: body.to_owned(),
        created: mail.sent,
        reply_to: above.map(|it| it.id.clone()),
        kept: Kept::attachments(mail.attachments.iter().cloned())
            .into_iter()
            .collect(),
        files: mail.files.clone(),
        ..ForeignComment::default()
    }
}

/// The text before the quote with which it ends; all of it where nothing else is said.
fn without_quote(body: &str) -> &str {
    let is_quote = |line: &str| line.trim_start().starts_with('>') || line.trim().is_empty();
    let mut end = body.len();
    let mut quoted = false;
    for line in body.split_inclusive('\n').rev() {
        if !is_quote(line) {
            break;
        }
        quoted |= line.trim_start().starts_with('>');
        end -= line.len();
    }
    if !quoted {
        return body;
    }
    let said = body.get(..end).unwrap_or(body).trim_end();
    let said = without_introduction(said);
    if said.is_empty() { body } else { said }
}

/// `On Monday Ana wrote:` introduces what was quoted, on one line or two.
fn without_introduction(said: &str) -> &str {
    if !said.ends_with(':') {
        return said;
    }
    let start = said.rfind("\n\n").map_or(0, |at| at + 2);
    let last = said.get(start..).unwrap_or_default();
    if last.lines().count() <= 2 && last.chars().any(|c| c.is_ascii_digit() || c == '@') {
        return said.get(..start).unwrap_or_default().trim_end();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_quote_at_the_end_goes() {
        for (body, said) in [
            (
                "Yes.\n\nOn 1 Jan 2026, Ana <a@x> wrote:\n> Is it?\n>\n> Ana\n",
                "Yes.",
            ),
            (
                "> Is it?\nYes.\n\n> And this?\nNo.",
                "> Is it?\nYes.\n\n> And this?\nNo.",
            ),
            ("See:\n\n> a line", "See:"),
            ("> all\n> quoted\n", "> all\n> quoted\n"),
            ("plain\n", "plain\n"),
            (
                "Ok\n\nAm 01.02.26 um 10:00 schrieb Ana\nRivera <a@x>:\n\n> x",
                "Ok",
            ),
        ] {
            assert_eq!(without_quote(body), said, "{body}");
        }
    }
}
