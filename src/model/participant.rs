//! Who takes part in a ticket, and how.

use serde::{Deserialize, Serialize};

use super::entity::{Common, EntityKey};
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

/// One person taking part in one ticket in one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    pub family_id: FamilyId,
    pub ticket_id: TicketId,
    pub user_id: UserId,
    pub role: ParticipantRole,
    #[serde(flatten)]
    pub common: Common,
}

impl Participant {
    pub fn key(&self) -> EntityKey {
        EntityKey::Participant(self.ticket_id, self.role, self.user_id)
    }
}
