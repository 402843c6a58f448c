//! Who takes part in a ticket, and how.

use super::entity::{EntityKey, entity};
use super::id::{FamilyId, TicketId, UserId};
use super::word::words;

words! {
    /// In which role someone takes part in a ticket.
    pub enum ParticipantRole: "participant role" {
        Requester = "REQUESTER",
        Assignee = "ASSIGNEE",
        Cc = "CC",
        Follower = "FOLLOWER",
        Approver = "APPROVER",
    }
}

entity! {
    /// One person taking part in one ticket in one role.
    pub struct Participant {
        pub family_id: FamilyId,
        pub ticket_id: TicketId,
        pub user_id: UserId,
        pub role: ParticipantRole,
    }
}

impl Participant {
    pub fn key(&self) -> EntityKey {
        EntityKey::Participant(self.ticket_id, self.role, self.user_id)
    }
}
