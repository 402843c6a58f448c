//! Who takes part in a ticket.

use super::ticket::{seen, worked};
use super::{Ask, Decision, maybe};
use crate::model::change::Change;
use crate::model::entity::EntityKey;
use crate::model::id::{TicketId, UserId};
use crate::model::known::Stop;
use crate::model::participant::{Participant, ParticipantRole};
use crate::model::record::Record;
use crate::model::refusal::Refusal;

/// Whoever sees a ticket may follow it; whoever works it may add others.
pub(super) fn add(
    ask: &Ask<'_>,
    ticket_id: TicketId,
    user_id: UserId,
    role: ParticipantRole,
) -> Decision {
    may_change(ask, ticket_id, user_id, role)?;
    ask.is_member(user_id, "user_id")?;
    maybe(joins(ask, ticket_id, user_id, role)?)
}

pub(super) fn remove(
    ask: &Ask<'_>,
    ticket_id: TicketId,
    user_id: UserId,
    role: ParticipantRole,
) -> Decision {
    may_change(ask, ticket_id, user_id, role)?;
    maybe(leaves(ask, ticket_id, user_id, role)?)
}

fn may_change(
    ask: &Ask<'_>,
    ticket_id: TicketId,
    user_id: UserId,
    role: ParticipantRole,
) -> Result<(), Stop> {
    match role {
        ParticipantRole::Requester | ParticipantRole::Assignee => {
            let why = format!("{role} follows from the ticket; change the ticket instead");
            Err(Refusal::invalid("role", why).into())
        }
        ParticipantRole::Follower if user_id == ask.user() => seen(ask, ticket_id).map(drop),
        ParticipantRole::Follower | ParticipantRole::Cc | ParticipantRole::Approver => {
            worked(ask, ticket_id, "change who takes part").map(drop)
        }
    }
}

/// The change that makes someone take part; none if they do already.
pub(super) fn joins(
    ask: &Ask<'_>,
    ticket_id: TicketId,
    user_id: UserId,
    role: ParticipantRole,
) -> Result<Option<Change>, Stop> {
    let new = Participant {
        family_id: ask.family_id(),
        ticket_id,
        user_id,
        role,
        common: ask.common(),
    };
    Ok(match ask.known.entity(new.key())? {
        Some(Record::Participant(found)) => {
            Change::update(found, ask.now, |it| it.common.deleted = false)
        }
        _ => Some(Change::create(new)),
    })
}

/// The change that ends someone's part; none if they have none.
pub(super) fn leaves(
    ask: &Ask<'_>,
    ticket_id: TicketId,
    user_id: UserId,
    role: ParticipantRole,
) -> Result<Option<Change>, Stop> {
    let key = EntityKey::Participant(ticket_id, role, user_id);
    Ok(match ask.known.entity(key)? {
        Some(Record::Participant(found)) => {
            Change::update(found, ask.now, |it| it.common.deleted = true)
        }
        _ => None,
    })
}
