//! Who belongs to a family, and as what.

use super::entity::{EntityKey, entity};
use super::id::{FamilyId, UserId};
use super::source::Timestamp;
use super::word::words;

words! {
    /// How far a membership has come.
    pub enum MembershipStatus: "membership status" {
        Member = "MEMBER",
        /// Invited, or asking to join: `invited_by` tells which.
        Awaiting = "AWAITING",
        Declined = "DECLINED",
    }
}

words! {
    /// What someone is in the family.
    pub enum Role: "role" {
        Adult = "ADULT",
        /// As an adult, but never sees internal comments and joins groups only through an admin.
        Child = "CHILD",
        /// A friend who was invited; sees only tickets they take part in.
        Guest = "GUEST",
    }
}

impl Role {
    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Role::Adult => "sees and files tickets, may join groups",
            Role::Child => "never sees internal notes; joins groups only through an admin",
            Role::Guest => "sees only tickets they take part in",
        }
    }
}

entity! {
    /// One person in one family.
    pub struct Membership {
        pub family_id: FamilyId,
        pub user_id: UserId,
        /// The user's name as this family's replicas know it.
        pub display_name: String,
        pub status: MembershipStatus,
        pub role: Role,
        pub is_admin: bool,
        pub request_date: Timestamp,
        /// Set for an invitation, absent for a request to join.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub invited_by: Option<UserId>,
        /// Whether they have been in the family before: who was there then knows them.
        #[serde(default)]
        pub has_left: bool,
    }
}

impl Membership {
    pub fn key(&self) -> EntityKey {
        EntityKey::Membership(self.user_id)
    }

    /// Whether this person is asked in and has not answered.
    pub fn is_open_invitation(&self) -> bool {
        let awaits = self.status == MembershipStatus::Awaiting && !self.common.deleted;
        awaits && self.invited_by.is_some()
    }

    /// Whether this person is in the family now.
    pub fn is_live(&self) -> bool {
        self.status == MembershipStatus::Member && !self.common.deleted
    }
}
