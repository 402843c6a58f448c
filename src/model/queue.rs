//! Queues: where tickets are filed; each owned by exactly one group.

use serde::{Deserialize, Serialize};

use super::entity::{EntityKey, entity};
use super::id::{FamilyId, GroupId, QueueId, UserId};
use super::severity::Severity;
use super::word::attributes;

entity! {
    /// A queue of a group.
    pub struct Queue {
        pub family_id: FamilyId,
        pub queue_id: QueueId,
        pub group_id: GroupId,
        pub queue_name: String,
        #[serde(default)]
        pub queue_description: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub default_severity: Option<Severity>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub default_assignee: Option<UserId>,
    }
}

/// One attribute of a queue and its new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum QueueField {
    QueueName(String),
    QueueDescription(String),
    DefaultSeverity(Option<Severity>),
    DefaultAssignee(Option<UserId>),
    /// Moves the queue, with its tickets, to another group.
    GroupId(GroupId),
}

attributes! {
    QueueField {
        QueueName = "queue_name",
        QueueDescription = "queue_description",
        DefaultSeverity = "default_severity",
        DefaultAssignee = "default_assignee",
        GroupId = "group_id",
    }
}

impl Queue {
    pub fn key(&self) -> EntityKey {
        EntityKey::Queue(self.queue_id)
    }
}
