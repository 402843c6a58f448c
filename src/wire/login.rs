//! Logging in, and everything about logins: passwords, devices, keys, accounts and their codes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::id::{FamilyId, KeyId, SessionId, UserId};
use crate::model::login::KeyScope;
use crate::model::source::Timestamp;
use crate::model::user::User;
use crate::wire::session::RefusedTries;

/// Something secret on its way; never printed, not by chance either.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// How one-time codes begin.
pub const CODE_PREFIX: &str = "famdesk_c_";

/// Whether a text looks like a one-time code.
pub fn is_code(text: &str) -> bool {
    text.starts_with(CODE_PREFIX)
}

/// Logs a device in (`POST /v1/session`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogIn {
    pub email: String,
    pub password: Secret,
    /// What the device calls itself.
    pub device_name: String,
}

/// Asks for a login (`POST /v1/accounts`); an admin of the server approves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    pub email: String,
    pub display_name: String,
    pub password: Secret,
    pub time_zone: String,
}

/// Chooses a password by a one-time code (`POST /v1/session/code`): the first one of somebody who
/// was invited, or a new one. It logs the device in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeem {
    pub code: Secret,
    /// What to log in with from now on, where the account has no address yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub password: Secret,
    pub device_name: String,
}

/// Whose code it is, told to whoever has it (`POST /v1/codes`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeShown {
    pub code: Secret,
}

/// The person that a one-time code is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeFor {
    pub display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A device is logged in. The token is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedIn {
    pub token: Secret,
    pub session_id: SessionId,
    pub user: User,
    pub expires: Timestamp,
    /// Failed tries to sign in as this person since the time before; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedTries>,
}

/// Changes one's own password (`PUT /v1/password`). Every other device is logged out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPassword {
    pub old: Secret,
    pub new: Secret,
}

/// A device that one is logged in on (`GET /v1/sessions`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    pub session_id: SessionId,
    pub device_name: String,
    pub created: Timestamp,
    pub last_used: Timestamp,
    pub expires: Timestamp,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// Makes an API key (`POST /v1/keys`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    pub key_name: String,
    pub family_id: FamilyId,
    pub scope: KeyScope,
    /// How long it works, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

/// An API key, without what is secret (`GET /v1/keys`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    pub key_id: KeyId,
    pub key_name: String,
    pub family_id: FamilyId,
    pub scope: KeyScope,
    pub created: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Timestamp>,
    pub expires: Timestamp,
}

/// A new API key. The token is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyMade {
    pub token: Secret,
    #[serde(flatten)]
    pub row: KeyRow,
}

/// Somebody with a login, for whoever runs the server (`GET /v1/accounts`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    #[serde(flatten)]
    pub user: User,
    /// Whether they run the server.
    pub is_owner: bool,
    pub has_password: bool,
    /// On how many devices they are logged in.
    pub sessions: usize,
    /// The number of their login on the server's machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
}

/// A one-time code (`POST /v1/accounts/{user}/code`). It is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeMade {
    pub code: Secret,
    pub expires: Timestamp,
}

/// What whoever runs the server sets of an account (`PATCH /v1/accounts/{user}`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Lets a new account in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_approved: Option<bool>,
    /// Whether they may log in at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// The number of their login on the server's machine, who then needs no password there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<UidChange>,
}

/// Which login of the server's machine is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UidChange {
    Is(u32),
    None,
}

/// The account that something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub user_id: UserId,
}
