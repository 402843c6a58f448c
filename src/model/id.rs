//! Names of things: a newtype per kind of id, so that a queue's id can't be taken for a ticket's.
//!
//! Every id is a UUID (version 7 where it should sort by creation), chosen by whoever makes the
//! thing and final from that moment. In text it is the hyphenated lower-case form, which holds no
//! `#` and so can stand in any key of the table.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was meant to be an id and is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id; ids look like 0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")]
pub struct NotAnId(String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| NotAnId(text.to_owned()))
            }
        }
    )+};
}

ids! {
    /// A family, the isolation boundary.
    FamilyId,
    /// A person with a login, or [`UserId::SYSTEM`].
    UserId,
    /// A group inside a family.
    GroupId,
    /// A queue of a group.
    QueueId,
    /// A ticket; what everything refers to, numbers being for people.
    TicketId,
    /// A comment on a ticket.
    CommentId,
    /// A file on a ticket or a comment.
    AttachmentId,
    /// A command; a second one with the same id is the first one again.
    CommandId,
    /// An installation that sends commands in an order of its own.
    DeviceId,
    /// A screen that is open somewhere, for as long as it is.
    ScreenId,
    /// A device that somebody is logged in on.
    SessionId,
    /// An API key.
    KeyId,
    /// An endpoint outside that is told of events.
    WebhookId,
    /// A webhook's secret; not the secret itself.
    SecretId,
}

impl UserId {
    /// The actor of what time does by itself: closing, waking, expiring.
    pub const SYSTEM: UserId = UserId(Uuid::nil());
}
