//! What has happened since the person looked (PROTOCOL.md section 2): a decision on a ticket does
//! not beat a newer one, and settings, roles and memberships are never merged.

use serde_json::Value;

use super::{Ask, Stop};
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::{CommentId, UserId};
use crate::model::known::Need;
use crate::model::record::Record;
use crate::model::refusal::{Conflict, Refusal};
use crate::model::status::Status;
use crate::model::ticket::Ticket;

/// Refuses to give a ticket a status where somebody else has decided otherwise since: their status
/// stands unless mine is a step on from it, or where the requester has spoken since.
pub(super) fn status_as_seen(ask: &Ask<'_>, ticket: &Ticket, mine: Status) -> Result<(), Stop> {
    let Some(seen) = ask.seen.filter(|_| ticket.status != mine) else {
        return Ok(());
    };
    if changed_after(ticket.common.written.as_ref().map(|it| it.seq), seen) {
        let since = Need::StatusSince(ticket.ticket_id, seen);
        let since: Vec<&Ticket> = ask
            .known
            .list(since)?
            .iter()
            .filter_map(ticket_of)
            .collect();
        let others = |it: &&&Ticket| {
            let by = it.common.written.map(|it| it.by);
            by.is_some_and(|by| by != ask.user() && by != UserId::SYSTEM)
        };
        let base = since.first().map(|it| it.status);
        let is_step_on = mine == Status::Closed && ticket.status == Status::Resolved;
        if let Some(base) = base
            && since.iter().skip(1).any(|it| others(&it))
            && !is_step_on
        {
            return Err(overtaken([base, mine, ticket.status], None));
        }
    }
    match (mine, said_since(ask, ticket, seen)?) {
        (Status::Resolved | Status::Closed, Some(comment_id)) => Err(overtaken(
            [ticket.status, mine, ticket.status],
            Some(comment_id),
        )),
        _ => Ok(()),
    }
}

fn changed_after(seq: Option<i64>, seen: i64) -> bool {
    seq.is_some_and(|seq| seq > seen)
}

fn ticket_of(record: &Record) -> Option<&Ticket> {
    match record {
        Record::Ticket(ticket) => Some(ticket),
        _ => None,
    }
}

/// The newest comment of the requester that whoever asks had not seen.
fn said_since(ask: &Ask<'_>, ticket: &Ticket, seen: i64) -> Result<Option<CommentId>, Stop> {
    if ticket.requested_by == ask.user() {
        return Ok(None);
    }
    let comments = ask.known.list(Need::LastComments(ticket.ticket_id))?;
    let newer = comments.iter().filter_map(|record| match record {
        Record::Comment(it) if it.comment_user == ticket.requested_by => Some(it),
        _ => None,
    });
    let newer = newer.filter(|it| {
        let seq = it.common.written.map(|it| it.seq);
        // What was edited since counts as well: it may say something else now.
        !it.common.deleted && it.internal.is_none() && changed_after(seq, seen)
    });
    Ok(newer
        .max_by_key(|it| it.common.written.map(|it| it.seq))
        .map(|it| it.comment_id))
}

/// A conflict over a ticket's status, given as base, mine and theirs.
fn overtaken(statuses: [Status; 3], comment: Option<CommentId>) -> Stop {
    let all = statuses.map(|it| Value::String(it.to_string()));
    let conflict = Conflict {
        comment,
        ..Conflict::of("status", all)
    };
    Refusal::Conflict(Box::new(conflict)).into()
}

/// Refuses to change settings, roles and memberships that someone else has changed since the
/// person looked.
pub(super) fn settings_as_seen(ask: &Ask<'_>, body: &CommandBody) -> Result<(), Stop> {
    let (Some(seen), Some(key)) = (ask.seen, setting_of(ask, body)) else {
        return Ok(());
    };
    let found = ask.known.entity(key)?;
    let written = found.and_then(|it| it.common().written);
    match written {
        Some(written) if written.seq > seen && written.by != ask.user() => {
            let what = key.entity_type();
            let by = written.by;
            Err(Refusal::Stale { what, by }.into())
        }
        _ => Ok(()),
    }
}

fn setting_of(ask: &Ask<'_>, body: &CommandBody) -> Option<EntityKey> {
    Some(match body {
        CommandBody::FamilySet(_) => EntityKey::Family(ask.family_id()),
        CommandBody::GroupSet { group_id, .. } => EntityKey::Group(*group_id),
        CommandBody::QueueSet { queue_id, .. } => EntityKey::Queue(*queue_id),
        CommandBody::MembershipSet { user_id, .. } | CommandBody::MembershipRemove { user_id } => {
            EntityKey::Membership(*user_id)
        }
        CommandBody::GroupMembershipSetAdmin {
            group_id, user_id, ..
        }
        | CommandBody::GroupMembershipRemove { group_id, user_id } => {
            EntityKey::GroupMembership(*group_id, *user_id)
        }
        _ => return None,
    })
}
