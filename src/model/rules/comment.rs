//! Speaking on a ticket.

use super::ticket::{at, seen};
use super::{Ask, Decision, describe, maybe, no_such};
use crate::model::change::Change;
use crate::model::command::{Base, NewComment};
use crate::model::comment::{AuthorKind, Comment};
use crate::model::entity::{EntityKey, EntityType};
use crate::model::id::{CommentId, GroupId, TicketId};
use crate::model::known::Stop;
use crate::model::long_text::LongText;
use crate::model::record::Record;
use crate::model::refusal::Refusal;
use crate::model::ticket::Ticket;

/// Whoever sees a ticket may comment on it, whatever its status. A comment on a merged ticket
/// goes to the one that it was merged into in the end, and remembers where it was written.
pub(super) fn add(ask: &Ask<'_>, new: &NewComment) -> Decision {
    said(&new.comment_body)?;
    let written_on = seen(ask, new.ticket_id)?;
    let passed = merged_through(ask, written_on)?;
    let ticket = passed.last().copied().unwrap_or(written_on);
    let internal = new.internal.then(|| for_group(ask, ticket)).transpose()?;
    if let Some(reply_to) = new.reply_to {
        in_thread(ask, &passed, reply_to)?;
    }
    let comment = Comment {
        family_id: ask.family_id(),
        comment_id: new.comment_id,
        ticket_id: ticket.ticket_id,
        comment_user: ask.user(),
        author_kind: AuthorKind::User,
        comment_body: new.comment_body.clone(),
        comment_date: ask.now,
        reply_to: new.reply_to,
        internal,
        channel: new.channel,
        external_ref: None,
        origin_ticket: written_on.merged_into.map(|_| written_on.ticket_id),
        common: ask.common(),
    };
    ask.is_new(comment.key())?;
    Ok(vec![Change::create(comment)])
}

/// The group that alone sees an internal comment on the ticket.
fn for_group(ask: &Ask<'_>, ticket: &Ticket) -> Result<GroupId, Stop> {
    let (viewer, group_id) = at(ask, ticket)?;
    if viewer.sees_internal(group_id) {
        return Ok(group_id);
    }
    let who = "members of the group that owns the queue";
    Err(Refusal::not_allowed(who, "write internal notes").into())
}

/// The ticket, and those that it was merged into one after the other; the last stands for itself.
pub(super) fn merged_through<'a>(
    ask: &'a Ask<'_>,
    ticket: &'a Ticket,
) -> Result<Vec<&'a Ticket>, Stop> {
    let mut passed = vec![ticket];
    let mut next = ticket.merged_into;
    while let Some(target) = next {
        if passed.iter().any(|it| it.ticket_id == target) {
            break;
        }
        let found = ask.known.ticket(target)?;
        passed.push(found);
        next = found.merged_into;
    }
    Ok(passed)
}

/// A comment on any of these tickets: what was said before a merge stays where it was said.
pub(super) fn in_thread<'a>(
    ask: &'a Ask<'_>,
    of: &[&Ticket],
    comment_id: CommentId,
) -> Result<&'a Comment, Stop> {
    let mut found = Err(no_such(EntityType::Comment));
    for ticket in of.iter().rev() {
        found = readable(ask, ticket.ticket_id, comment_id);
        if !matches!(found, Err(Stop::Refused(_))) {
            break;
        }
    }
    found
}

/// The author may edit; the audit keeps each text.
pub(super) fn edit(
    ask: &Ask<'_>,
    (ticket_id, comment_id): (TicketId, CommentId),
    body: &LongText,
    base: Option<&Base<LongText>>,
) -> Decision {
    said(body)?;
    seen(ask, ticket_id)?;
    let comment = readable(ask, ticket_id, comment_id)?;
    if comment.comment_user != ask.user() {
        return Err(Refusal::not_allowed("its author", "edit a comment").into());
    }
    if let Some(base) = base
        && comment.comment_body != base.value
        && comment.comment_body != *body
    {
        let texts = [&base.value, body, &comment.comment_body];
        return Err(describe::overtaken("comment_body", texts));
    }
    maybe(Change::update(comment, ask.now, |comment| {
        comment.comment_body = body.clone();
    }))
}

/// A comment that whoever asks may read, given that they see its ticket.
pub(super) fn readable<'a>(
    ask: &'a Ask<'_>,
    ticket_id: TicketId,
    comment_id: CommentId,
) -> Result<&'a Comment, Stop> {
    let key = EntityKey::Comment(ticket_id, comment_id);
    if let Some(Record::Comment(found)) = ask.known.entity(key)?
        && found.common.deleted
        && found.comment_user == ask.user()
    {
        let by = found.common.written.map(|it| it.by);
        return Err(Refusal::Deleted { key, by }.into());
    }
    let comment = ask.known.comment(ticket_id, comment_id)?;
    if let Some(group_id) = comment.internal {
        let viewer = ask.known.viewer(ask.user(), Some(group_id))?;
        if !viewer.sees_internal(group_id) {
            return Err(no_such(EntityType::Comment));
        }
    }
    Ok(comment)
}

fn said(body: &LongText) -> Result<(), Stop> {
    if body.is_blank() {
        return Err(Refusal::invalid("comment_body", "it can't be empty").into());
    }
    Ok(())
}
