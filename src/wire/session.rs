//! Who one is, and in which families.

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::presence::Present;
use super::readable::Readable;
use crate::model::id::{FamilyId, UserId};
use crate::model::membership::{MembershipStatus, Role};
use crate::model::source::Timestamp;
use crate::model::user::User;
use crate::text::plural::count;

/// What the server is, told to anyone (`GET /v1/meta`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Names the store behind the server; another one at the same place is another server.
    pub server_id: String,
    pub protocol: ProtocolRange,
    /// The version of the program.
    #[serde(default)]
    pub version: String,
    /// The server's clock, in epoch seconds.
    pub time: i64,
    pub limits: Limits,
}

/// The protocol versions that a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtocolRange {
    pub min: u32,
    pub max: u32,
}

impl ProtocolRange {
    /// The versions that this program speaks.
    pub const OURS: ProtocolRange = ProtocolRange {
        min: PROTOCOL,
        max: PROTOCOL,
    };

    pub fn contains(self, version: u32) -> bool {
        (self.min..=self.max).contains(&version)
    }

    /// Whether there is a version that both speak.
    pub fn meets(self, other: ProtocolRange) -> bool {
        self.min <= other.max && other.min <= self.max
    }
}

/// The one protocol version there is.
pub const PROTOCOL: u32 = 1;

/// The header that names the protocol version of a request.
pub const PROTOCOL_HEADER: &str = "famdesk-protocol";

/// The header that names a question, and in an answer the question that it answers.
pub const QUESTION: &str = "famdesk-question";

/// How much a server takes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Commands in one push.
    pub max_batch: usize,
    /// Bytes in one push.
    pub max_batch_bytes: usize,
    /// Bytes in one blob.
    pub max_blob: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_batch: 100,
            max_batch_bytes: 1024 * 1024,
            max_blob: crate::model::long_text::TEXT_LIMIT,
        }
    }
}

/// Who one is (`GET /v1/session`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub user: User,
    pub families: Vec<FamilyStanding>,
    /// Failed tries to sign in as this person since they did it last; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedTries>,
    /// What time it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// What is wrong with the server's store, for whoever runs a family: it takes nothing until
    /// they see to it. Absent while all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Who else is at which ticket of these families just now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub present: Readable<Present>,
}

/// Failed tries to sign in as somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedTries {
    /// As far back as it was looked.
    pub count: usize,
    pub since: Timestamp,
    /// Where the last one came from, such as an address.
    pub from: String,
}

impl RefusedTries {
    /// What their person is told, with the moment in words.
    pub fn words(&self, since: &str) -> String {
        let attempts = count(self.count as u64, "failed attempt", "failed attempts");
        let from = &self.from;
        format!(
            "{attempts} to sign in as you since {since}, the last from {from}; \
             `famdesk sessions log` tells more"
        )
    }
}

/// One family as far as one stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FamilyStanding {
    pub family_id: FamilyId,
    pub family_name: String,
    pub status: MembershipStatus,
    pub role: Role,
    /// Whether the family asked this person in, rather than they the family.
    #[serde(default)]
    pub invited: bool,
    pub is_admin: bool,
    /// The family's newest position; absent while one is not a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Cursor>,
    /// The newest position of one's own log of the family; absent while it holds nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Cursor>,
    /// How many bytes the family's files take, removed ones included, as long as one is a member.
    #[serde(default)]
    pub attached: u64,
}

/// Says who somebody is, on the bundled backend alone: the store's owner (`PUT /v1/session`, once),
/// or someone who will act at the owner's login (`POST /v1/users`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    pub user_id: UserId,
    pub display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub time_zone: String,
}

/// The header that names the person on whose behalf a request is made.
pub const ON_BEHALF_OF: &str = "famdesk-on-behalf-of";

/// A family's new position, as the stream of events tells it (`GET /v1/events`); absent where one
/// is not a member any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadEvent {
    pub family: FamilyId,
    pub head: Option<Cursor>,
}

/// That something has happened, for whom the stream of events does not reach
/// (`GET /v1/events/next`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextEvents {
    /// Changes with whatever happens; sent back as `seen`.
    pub mark: String,
}

/// What a check of a family's audit found (`GET /v1/families/{family}/audit/verify`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCheck {
    /// How many records fit, from the first on.
    pub records: i64,
    /// The first record that does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
