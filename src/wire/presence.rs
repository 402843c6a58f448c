//! Who is at which ticket just now, as far as one sees it.

use serde::{Deserialize, Serialize};

use crate::model::id::{FamilyId, TicketId, UserId};
use crate::model::presence::Doing;

/// Somebody else who is at a ticket. Told by ids alone: names come with the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    pub family_id: FamilyId,
    pub ticket_id: TicketId,
    pub user_id: UserId,
    pub doing: Doing,
    /// For how many seconds more they are taken to be there, unless they are heard of.
    pub left: u64,
}

/// That somebody's presence in a family has changed, as the stream of events tells it
/// (`GET /v1/events`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceEvent {
    pub family: FamilyId,
}
