//! How people prove who they are to a server: devices that are logged in, and keys for programs.
//! Of what is secret only a hash is ever kept, and that elsewhere.

use serde::{Deserialize, Serialize};

use super::id::{FamilyId, KeyId, SessionId, UserId};
use super::source::{DAY, HOUR, Timestamp};
use super::word::words;

/// How long a device that is not used stays logged in, and how long any does, in seconds. A laptop
/// may be offline for weeks.
const IDLE: i64 = 30 * DAY;
const LONGEST: i64 = 180 * DAY;

/// How long an API key works unless told otherwise, in seconds.
pub const KEY_LIFE: i64 = 90 * DAY;

/// How old the note of the last use may grow before it is written anew, in seconds.
const NOTED_EVERY: i64 = HOUR;

words! {
    /// What an API key may be used for.
    pub enum KeyScope: "scope" {
        /// To see what its person sees.
        Read = "read",
        /// To give commands too.
        Write = "write",
    }
}

/// One device on which somebody is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSession {
    pub session_id: SessionId,
    pub user_id: UserId,
    /// What the device calls itself.
    pub device_name: String,
    pub created: Timestamp,
    /// To the hour.
    pub last_used: Timestamp,
    /// SHA-256 of its token, in hexadecimal.
    pub token_hash: String,
}

/// A key with which a program acts for somebody in one family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub key_id: KeyId,
    pub user_id: UserId,
    pub key_name: String,
    pub family_id: FamilyId,
    pub scope: KeyScope,
    pub created: Timestamp,
    /// To the hour; absent until it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Timestamp>,
    pub expires: Timestamp,
    /// SHA-256 of its token, in hexadecimal.
    pub token_hash: String,
}

impl DeviceSession {
    /// When it ends if it is not used again.
    pub fn expires(&self) -> Timestamp {
        self.last_used.plus(IDLE).min(self.created.plus(LONGEST))
    }

    /// Whether its use is to be noted anew.
    pub fn is_due_a_note(&self, now: Timestamp) -> bool {
        now.since(self.last_used) >= NOTED_EVERY
    }
}

impl ApiKey {
    /// Whether its use is to be noted anew.
    pub fn is_due_a_note(&self, now: Timestamp) -> bool {
        self.last_used
            .is_none_or(|last| now.since(last) >= NOTED_EVERY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_device_is_logged_out_by_disuse_and_by_age() {
        let mut session = DeviceSession {
            session_id: SessionId(Uuid::nil()),
            user_id: UserId(Uuid::nil()),
            device_name: "laptop".to_owned(),
            created: Timestamp(0),
            last_used: Timestamp(0),
            token_hash: String::new(),
        };
        assert_eq!(session.expires(), Timestamp(30 * DAY));
        session.last_used = Timestamp(170 * DAY);
        assert_eq!(session.expires(), Timestamp(180 * DAY));
    }
}
