//! Groups inside a family (household, cousins, grandparents) and who is in them.

use serde::{Deserialize, Serialize};

use super::entity::{EntityKey, entity};
use super::id::{FamilyId, GroupId, UserId};
use super::membership::MembershipStatus;
use super::source::Timestamp;
use super::word::attributes;

entity! {
    /// A group; owns queues.
    pub struct Group {
        pub family_id: FamilyId,
        pub group_id: GroupId,
        pub group_name: String,
        #[serde(default)]
        pub group_description: String,
    }
}

entity! {
    /// One family member in one group.
    pub struct GroupMembership {
        pub family_id: FamilyId,
        pub group_id: GroupId,
        pub user_id: UserId,
        pub status: MembershipStatus,
        pub is_admin: bool,
        pub request_date: Timestamp,
    }
}

/// One attribute of a group and its new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum GroupField {
    GroupName(String),
    GroupDescription(String),
}

attributes! {
    GroupField {
        GroupName = "group_name",
        GroupDescription = "group_description",
    }
}

impl Group {
    pub fn key(&self) -> EntityKey {
        EntityKey::Group(self.group_id)
    }
}

impl GroupMembership {
    pub fn key(&self) -> EntityKey {
        EntityKey::GroupMembership(self.group_id, self.user_id)
    }

    /// Whether this person is in the group now.
    pub fn is_live(&self) -> bool {
        self.status == MembershipStatus::Member && !self.common.deleted
    }
}
