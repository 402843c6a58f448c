//! Whether a ticket passes, worked out from the ticket alone: what stores are held against.

use super::super::*;
use crate::model::id::UserId;
use crate::model::number::TicketNumber;
use crate::model::source::Timestamp;
use crate::model::ticket::Ticket;

/// Everything that a query may ask about.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) ticket: Ticket,
    /// Title, description and comments.
    pub(crate) texts: Vec<String>,
    pub(crate) comments: usize,
    pub(crate) attachments: usize,
    pub(crate) last_activity: Timestamp,
    pub(crate) followers: Vec<UserId>,
    pub(crate) unread: bool,
}

pub(crate) fn passes(filter: &Filter, facts: &Facts) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| passes(part, facts)),
        Filter::Any(parts) => parts.iter().any(|part| passes(part, facts)),
        Filter::Not(part) => !passes(part, facts),
        Filter::Test(test) => passes_test(test, facts),
    }
}

fn passes_test(test: &Test, facts: &Facts) -> bool {
    let it = &facts.ticket;
    match test {
        Test::Status(status) => it.status == *status,
        Test::Stage(stage) => it.stage == *stage,
        Test::Severity(all) => all.contains(&it.severity),
        Test::Queue(all) => all.contains(&it.queue_id),
        Test::Assignee(all) => it.assigned_to.is_some_and(|user| all.contains(&user)),
        Test::AssignedGroup(all) => it.assigned_group.is_some_and(|group| all.contains(&group)),
        Test::Unassigned => it.assigned_to.is_none(),
        Test::Untriaged => it.is_untriaged(),
        Test::Requester(all) => all.contains(&it.requested_by),
        Test::FollowedBy(user) => facts.followers.contains(user),
        Test::Unread => facts.unread,
        Test::Tag(all) => all.iter().any(|tag| it.tags.contains(tag)),
        Test::Within(field, from, until) => {
            let at = match field {
                DateField::Created => Some(it.common.creation_date),
                DateField::Updated => Some(facts.last_activity),
                DateField::Resolved => it.resolved_date,
                DateField::Due => it.due_date,
            };
            let is_in = |at: Timestamp| {
                from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until)
            };
            at.is_some_and(is_in)
        }
        Test::SnoozedAt(now) => it.snoozed_until.is_some_and(|until| until > *now),
        Test::HasComment => facts.comments > 0,
        Test::HasAttachment => facts.attachments > 0,
        Test::Number(number) => has_number(it, number),
        Test::Text(found) => {
            let is_number = !found.is_phrase && found.text.contains(|c: char| c.is_ascii_digit());
            facts.texts.iter().any(|text| holds(text, found))
                || is_number && has_number(it, &found.text)
        }
    }
}

fn has_number(it: &Ticket, text: &str) -> bool {
    let text = text.trim_start_matches('#');
    let old = it.external_ref.as_deref().and_then(|it| it.split_once(':'));
    let number = it.number.as_ref();
    old.is_some_and(|(_, key)| key.eq_ignore_ascii_case(text))
        || number.is_some_and(|it| text.parse().is_ok_and(|count: u32| it.count == count))
        || number.is_some_and(|it| text.parse().is_ok_and(|other: TicketNumber| *it == other))
}

/// Words beside each other in the text; of a word that is no phrase the last may go on.
fn holds(text: &str, found: &Found) -> bool {
    let wanted = words(&found.text);
    let in_one: Vec<String> = text
        .split_whitespace()
        .map(|it| it.replace('-', ""))
        .collect();
    let all = [words(text), words(&in_one.join(" "))].concat();
    let Some((last, first)) = wanted.split_last() else {
        return text.contains(&found.text);
    };
    all.windows(wanted.len()).any(|window| {
        let (end, begin) = window.split_last().unwrap_or((last, first));
        let ends = match found.is_phrase {
            true => end == last,
            false => end.starts_with(last.as_str()),
        };
        begin == first && ends
    })
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
