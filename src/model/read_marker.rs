//! How far someone has read a ticket.

use super::entity::{EntityKey, entity};
use super::id::{FamilyId, TicketId, UserId};

entity! {
    /// One person's marker in one ticket. It is theirs alone and stands in their own log of the family.
    ///
    /// A ticket is unread where they say so, or where the last that happened to it was done by someone
    /// else and lies beyond their marker. Without a marker, only what happened since they have been
    /// able to see the ticket counts; and what an import brought is the past, and never unread.
    pub struct ReadMarker {
        pub family_id: FamilyId,
        pub user_id: UserId,
        pub ticket_id: TicketId,
        /// The number in the family's log up to which they have read; never less than it was.
        pub seq: i64,
        /// They said that it is to count as unread.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub unread: bool,
    }
}

impl ReadMarker {
    pub fn key(&self) -> EntityKey {
        EntityKey::ReadMarker(self.ticket_id, self.user_id)
    }
}

/// The most tickets that are marked by one command: each takes two writes of its transaction, and
/// some engines take no more than a hundred.
pub const READ_LIMIT: usize = 40;
