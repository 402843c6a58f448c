//! Ids made of a source's own ids: the same thing gets the same id in every import.

use jiff::Timestamp as Moment;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::model::id::{AttachmentId, CommentId, FamilyId, GroupId, QueueId, TicketId, UserId};

/// What names a thing beyond its own source id: the family it comes into and the system it comes
/// from. Two families that import the same source share nothing.
#[derive(Debug, Clone)]
pub struct Identity {
    family_id: FamilyId,
    system: String,
}

impl Identity {
    pub fn new(family_id: FamilyId, system: &str) -> Identity {
        Identity {
            family_id,
            system: system.to_owned(),
        }
    }

    /// A ticket; sorts by when it was made, where that is known.
    pub fn ticket(&self, source_id: &str, created: Option<Moment>) -> TicketId {
        TicketId(self.uuid("ticket", source_id, created.unwrap_or(Moment::UNIX_EPOCH)))
    }

    /// A comment; sorts by when it was made, where that is known.
    pub fn comment(&self, source_id: &str, created: Option<Moment>) -> CommentId {
        CommentId(self.uuid("comment", source_id, created.unwrap_or(Moment::UNIX_EPOCH)))
    }

    /// A file on a ticket or comment, by where it stands there; sorts like what it hangs on.
    pub fn attachment(&self, source_id: &str, created: Option<Moment>) -> AttachmentId {
        AttachmentId(self.uuid(
            "attachment",
            source_id,
            created.unwrap_or(Moment::UNIX_EPOCH),
        ))
    }

    /// A person. Nobody knows when they were "made": only who they are counts.
    pub fn person(&self, source_id: &str) -> UserId {
        UserId(self.uuid("person", source_id, Moment::UNIX_EPOCH))
    }

    /// A group made for the import.
    pub fn group(&self, source_id: &str) -> GroupId {
        GroupId(self.uuid("group", source_id, Moment::UNIX_EPOCH))
    }

    /// A queue.
    pub fn queue(&self, source_id: &str) -> QueueId {
        QueueId(self.uuid("queue", source_id, Moment::UNIX_EPOCH))
    }

    /// A UUID of version 7: the moment to the millisecond (0 for what lies before 1970), and in
    /// the place of the random bits the hash of what names the thing.
    fn uuid(&self, kind: &str, source_id: &str, at: Moment) -> Uuid {
        let mut hash = Sha256::new();
        let parts: [&[u8]; 4] = [
            self.family_id.0.as_bytes(),
            self.system.as_bytes(),
            kind.as_bytes(),
            source_id.as_bytes(),
        ];
        for part in parts {
            // With the length before each part, no two lists of parts read the same.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut tail = [0; 10];
        tail.copy_from_slice(&hash.finalize()[..10]);
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family(n: u128) -> FamilyId {
        FamilyId(Uuid::from_u128(n))
    }

    #[test]
    fn the_same_thing_has_the_same_id_and_another_thing_another() {
        let jira = Identity::new(family(1), "jira");
        let at = Some(Moment::from_second(1_600_000_000).expect("in range"));
        assert_eq!(jira.ticket("A-1", at), jira.ticket("A-1", at));
        assert_ne!(jira.ticket("A-1", at), jira.ticket("A-2", at));
        assert_ne!(jira.ticket("A-1", at).0, jira.comment("A-1", at).0);
        let others = [
            Identity::new(family(2), "jira"),
            Identity::new(family(1), "zendesk"),
        ];
        for other in others {
            assert_ne!(jira.ticket("A-1", at), other.ticket("A-1", at));
        }
        assert_eq!(jira.ticket("A-1", at).0.get_version_num(), 7);
    }

    #[test]
    fn ids_sort_by_creation() {
        let jira = Identity::new(family(1), "jira");
        let ids: Vec<TicketId> = (0..200)
            .map(|n| Moment::from_millisecond(1_600_000_000_000 + n).expect("in range"))
            .map(|at| jira.ticket("A-1", Some(at)))
            .collect();
        assert!(ids.is_sorted());
        let before_1970 = Moment::from_second(-5).ok();
        assert!(jira.ticket("A-1", before_1970) < ids[0]);
        assert!(jira.ticket("A-1", None) < ids[0]);
    }
}
