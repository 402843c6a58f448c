//! A person with a login. One login, many families.

use serde::{Deserialize, Serialize};

use super::entity::{Common, EntityKey};
use super::id::UserId;

/// A person; belongs to no family, its changes go to its own log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub user_id: UserId,
    /// Unique among users; absent for people who only appear in imported tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub display_name: String,
    /// May log in at all.
    pub is_active: bool,
    /// An admin of the server has let them in.
    pub is_approved: bool,
    pub time_zone: String,
    #[serde(flatten)]
    pub common: Common,
}

impl User {
    pub fn key(&self) -> EntityKey {
        EntityKey::User(self.user_id)
    }
}
