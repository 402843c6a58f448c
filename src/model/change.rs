//! What a decision comes to: entities before and after.

use super::audit::Action;
use super::record::Record;
use super::source::Timestamp;

/// One entity, made or changed. Deleting is a change too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The entity as it was; absent if it is new.
    pub before: Option<Record>,
    pub after: Record,
}

impl Change {
    /// Something new.
    pub fn create(record: impl Into<Record>) -> Change {
        Change {
            before: None,
            after: record.into(),
        }
    }

    /// The entity changed now by `edit`; nothing, if that leaves it as it was.
    pub fn update<T>(before: &T, now: Timestamp, edit: impl FnOnce(&mut T)) -> Option<Change>
    where
        T: Clone + PartialEq + Into<Record>,
    {
        let mut after = before.clone();
        edit(&mut after);
        if after == *before {
            return None;
        }
        let mut after: Record = after.into();
        after.common_mut().touch(now);
        Some(Change {
            before: Some(before.clone().into()),
            after,
        })
    }

    /// What the audit calls it.
    pub fn action(&self) -> Action {
        match &self.before {
            None => Action::Create,
            Some(before) if self.after.common().deleted && !before.common().deleted => {
                Action::Delete
            }
            Some(_) => Action::Update,
        }
    }
}
