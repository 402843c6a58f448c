//! Soft delete and restore. What is deleted is gone from every list; admins bring it back.

use super::ticket::{at, seen, ticket_label, worked};
use super::{Ask, Decision, attachment, comment, maybe, no_such, queue, webhook};
use crate::model::change::Change;
use crate::model::comment::Comment;
use crate::model::entity::{EntityKey, Written};
use crate::model::known::{Need, Stop};
use crate::model::record::Record;
use crate::model::refusal::Refusal;

pub(super) fn delete(ask: &Ask<'_>, key: EntityKey) -> Decision {
    match may_delete(ask, key) {
        // So it is already, whoever did it.
        Err(Stop::Refused(Refusal::Deleted { key: gone, .. })) if gone == key => Ok(Vec::new()),
        other => other.and_then(|()| mark(ask, key, true)),
    }
}

fn may_delete(ask: &Ask<'_>, key: EntityKey) -> Result<(), Stop> {
    match key {
        EntityKey::Ticket(ticket_id) => {
            worked(ask, ticket_id, "delete it")?;
        }
        EntityKey::Comment(ticket_id, comment_id) => {
            seen(ask, ticket_id)?;
            own_or_admin(ask, comment::readable(ask, ticket_id, comment_id)?)?;
        }
        EntityKey::Attachment(ticket_id, attachment_id) => {
            seen(ask, ticket_id)?;
            let attachment = attachment::readable(ask, ticket_id, attachment_id)?;
            if attachment.common.created_by != ask.user() {
                ask.admin("remove what someone else attached")?;
            }
        }
        EntityKey::Queue(queue_id) => {
            let queue = queue::named(ask, queue_id)?;
            ask.group_admin(queue.group_id, "delete the queue")?;
            let left = ask.known.list(Need::LiveTickets(queue_id))?;
            if !left.is_empty() {
                let tickets = left.iter().map(ticket_label).collect();
                return Err(Refusal::QueueNotEmpty { tickets }.into());
            }
        }
        EntityKey::Group(group_id) => {
            ask.admin("delete a group")?;
            ask.known.group(group_id)?;
            let left = ask.known.list(Need::LiveQueues(group_id))?;
            if !left.is_empty() {
                let queues = left.iter().map(queue_label).collect();
                return Err(Refusal::GroupNotEmpty { queues }.into());
            }
        }
        EntityKey::Webhook(webhook_id) => webhook::kept(ask, webhook_id)?,
        EntityKey::User(_)
        | EntityKey::Family(_)
        | EntityKey::Membership(_)
        | EntityKey::GroupMembership(..)
        | EntityKey::Description(_)
        | EntityKey::Participant(..)
        | EntityKey::ReadMarker(..) => return Err(not_by_itself(key)),
    }
    Ok(())
}

/// A family's admins see what was deleted, and restore it. Whoever deleted something may take that
/// back, as long as it stands as they left it and they might delete it still.
pub(super) fn restore(ask: &Ask<'_>, key: EntityKey) -> Decision {
    if !ask.viewer()?.is_admin {
        own_deed(ask, key)?;
    }
    match key {
        EntityKey::Ticket(_) | EntityKey::Comment(..) | EntityKey::Group(_) => {}
        EntityKey::Webhook(_) => webhook::has_room(ask)?,
        EntityKey::Attachment(ticket_id, attachment_id) => {
            attachment::has_room_for(ask, ticket_id, attachment_id)?;
        }
        EntityKey::Queue(queue_id) => {
            if let Some(Record::Queue(queue)) = ask.known.entity(EntityKey::Queue(queue_id))? {
                ask.known.group(queue.group_id)?;
            }
        }
        EntityKey::User(_)
        | EntityKey::Family(_)
        | EntityKey::Membership(_)
        | EntityKey::GroupMembership(..)
        | EntityKey::Description(_)
        | EntityKey::Participant(..)
        | EntityKey::ReadMarker(..) => return Err(not_by_itself(key)),
    }
    if let Some(Record::Ticket(ticket)) = ask.known.entity(key)? {
        ask.known.queue(ticket.queue_id)?;
    }
    mark(ask, key, false)
}

/// Whether whoever asks was the one who deleted it. Of what they did not delete nothing is told.
fn own_deed(ask: &Ask<'_>, key: EntityKey) -> Result<(), Stop> {
    let who = "the family's admins, or whoever deleted it,";
    let refused = || Stop::from(Refusal::not_allowed(who, "restore it"));
    let found = ask.known.entity(key)?.ok_or_else(refused)?;
    let common = found.common();
    let written = common.written.filter(|_| common.deleted);
    if written.is_none_or(|written| written.by != ask.user()) {
        return Err(refused());
    }
    let may_still = match found {
        Record::Ticket(ticket) => {
            let (viewer, group_id) = at(ask, ticket)?;
            viewer.works_for(group_id)
        }
        Record::Comment(comment) => {
            seen(ask, comment.ticket_id)?;
            comment.comment_user == ask.user()
        }
        Record::Attachment(attachment) => {
            seen(ask, attachment.ticket_id)?;
            attachment.common.created_by == ask.user()
        }
        Record::Queue(queue) => {
            let viewer = ask.known.viewer(ask.user(), Some(queue.group_id))?;
            viewer.manages(queue.group_id)
        }
        _ => false,
    };
    if may_still { Ok(()) } else { Err(refused()) }
}

fn own_or_admin(ask: &Ask<'_>, comment: &Comment) -> Result<(), Stop> {
    if comment.comment_user == ask.user() {
        return Ok(());
    }
    ask.admin("delete what someone else wrote").map(drop)
}

fn mark(ask: &Ask<'_>, key: EntityKey, deleted: bool) -> Decision {
    let found = ask
        .known
        .entity(key)?
        .ok_or_else(|| no_such(key.entity_type()))?;
    if found.common().deleted == deleted {
        return Ok(Vec::new());
    }
    maybe(Change::update(found, ask.now, |record| {
        let common = record.common_mut();
        common.deleted = deleted;
        // Who did it decides who may take it back, also before the log has a number for it.
        let seq = common.written.map_or(0, |written| written.seq);
        let by = ask.user();
        common.written = Some(Written { seq, by });
    }))
}

fn queue_label(record: &Record) -> String {
    match record {
        Record::Queue(queue) => queue.queue_name.clone(),
        other => other.key().entity_id(),
    }
}

fn not_by_itself(key: EntityKey) -> Stop {
    let what = key.entity_type();
    Refusal::invalid(
        "entity_type",
        format!("a {what} can't be deleted by itself"),
    )
    .into()
}
