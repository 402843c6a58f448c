//! `famdesk comment` and `famdesk note`: two commands, so that they can't be confused.

use std::io::{self, IsTerminal};

use super::attach::{commands, keep};
use super::label;
use super::words::{Written, given, given_or_asked, in_editor};
use crate::cli::args::{CommentArgs, NoteArgs};
use crate::cli::deleted::say_deleted;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Failure, Result};
use crate::model::attachment::FileFacts;
use crate::model::command::{Base, CommandBody, NewComment};
use crate::model::comment::Channel;
use crate::model::entity::EntityKey;
use crate::model::id::CommentId;
use crate::model::long_text::LongText;
use crate::replica::view::{CommentRow, Thread};
use crate::text::plural;

/// Says something that everyone on the ticket sees.
pub async fn comment(errand: &mut Errand, args: CommentArgs) -> Result<Exit> {
    let thread = errand.ticket(&args.number).await?;
    if let Some(place) = args.delete {
        let comment = nth(errand, &thread, place).await?;
        return take_back(errand, &thread, &comment).await;
    }
    if let Some(place) = args.edit {
        let comment = nth(errand, &thread, place).await?;
        return write_anew(errand, &thread, (comment, args.text)).await;
    }
    let reply_to = match args.reply_to {
        Some(place) => Some(nth(errand, &thread, place).await?.comment_id),
        None => None,
    };
    let files = keep(errand, &args.attach, None).await?;
    let body = given_or_asked(args.text, errand)?;
    say(errand, &thread, (body, reply_to, false), &files).await
}

/// Notes something for the ticket's group alone.
pub async fn note(errand: &mut Errand, args: NoteArgs) -> Result<Exit> {
    let thread = errand.ticket(&args.number).await?;
    let files = keep(errand, &args.attach, None).await?;
    let body = given_or_asked(args.text, errand)?;
    say(errand, &thread, (body, None, true), &files).await
}

/// Puts another text in the place of a comment's; the audit keeps each.
async fn write_anew(
    errand: &mut Errand,
    thread: &Thread,
    (comment, text): (CommentRow, Option<String>),
) -> Result<Exit> {
    let written = match text {
        Some(text) => given(text)?,
        None if io::stdin().is_terminal() => in_editor(errand, &comment.body)?,
        None => given("-".to_owned())?,
    };
    let ticket = &thread.ticket;
    let body = CommandBody::CommentEdit {
        ticket_id: ticket.ticket_id,
        comment_id: comment.comment_id,
        comment_body: LongText::Inline(written.text.clone()),
        base: Some(Base::exactly(LongText::Inline(comment.body.clone()))),
    };
    let words = format!("edited a comment on {}", label(ticket));
    errand
        .act(ticket.family_id, &words, vec![body])
        .await
        .map_err(|failure| written.kept(errand, failure.about(label(ticket))))?;
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({
            "comment_id": comment.comment_id,
            "ticket_id": ticket.ticket_id,
            "number": ticket.number,
            "edited": true,
        }))?;
    } else {
        let number = label(ticket);
        errand.out.line(format!("{number}  comment edited"))?;
    }
    Ok(Exit::Done)
}

async fn take_back(errand: &mut Errand, thread: &Thread, comment: &CommentRow) -> Result<Exit> {
    let ticket = &thread.ticket;
    let key = EntityKey::Comment(ticket.ticket_id, comment.comment_id);
    let words = format!("deleted a comment on {}", label(ticket));
    errand
        .act(
            ticket.family_id,
            &words,
            vec![CommandBody::EntityDelete(key)],
        )
        .await
        .map_err(|failure| failure.about(label(ticket)))?;
    let what = format!("{}  {}'s comment", label(ticket), comment.author);
    let back = format!("restore {}", comment.comment_id);
    say_deleted(errand, key, (&what, &back))
}

async fn say(
    errand: &mut Errand,
    thread: &Thread,
    (written, reply_to, internal): (Written, Option<CommentId>, bool),
    files: &[FileFacts],
) -> Result<Exit> {
    let ticket = &thread.ticket;
    let comment_id = CommentId(errand.station.source().fresh());
    let new = NewComment {
        ticket_id: ticket.ticket_id,
        comment_id,
        comment_body: LongText::Inline(written.text.clone()),
        reply_to,
        internal,
        channel: Channel::CommandLine,
    };
    let what = if internal { "note" } else { "comment" };
    let words = format!("added a {what} to {}", label(ticket));
    let mut bodies = vec![CommandBody::CommentAdd(new)];
    let on = (ticket.ticket_id, Some(comment_id));
    bodies.extend(commands(errand, on, files));
    errand
        .act(ticket.family_id, &words, bodies)
        .await
        .map_err(|failure| written.kept(errand, failure.about(label(ticket))))?;
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({
            "comment_id": comment_id,
            "ticket_id": ticket.ticket_id,
            "number": ticket.number,
            "internal": internal,
            "attached": files,
        }))?;
    } else if internal {
        let group = &thread.group_name;
        let number = label(ticket);
        errand
            .out
            .line(format!("{number}  noted, for {group} only"))?;
    } else {
        errand.out.line(format!("{}  commented", label(ticket)))?;
    }
    Ok(Exit::Done)
}

/// The comment that `famdesk show` counts so.
pub(super) async fn nth(errand: &Errand, thread: &Thread, place: usize) -> Result<CommentRow> {
    let ticket_id = thread.ticket.ticket_id;
    let first = place.checked_sub(1).and_then(|at| u64::try_from(at).ok());
    if let Some(first) = first
        && let Some(found) = errand.thread(ticket_id, (first, 1)).await?
        && let Some(row) = found.comments.into_iter().next()
    {
        return Ok(row);
    }
    Err(Failure::refused(format!(
        "{} has no comment #{place}; it has {}",
        label(&thread.ticket),
        plural::count(thread.total, "comment", "comments")
    )))
}
