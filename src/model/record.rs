//! Any entity: the one place where all of them are listed, matched exhaustively.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::attachment::Attachment;
use super::audience::Audience;
use super::comment::Comment;
use super::entity::{Common, EntityKey, EntityType};
use super::family::Family;
use super::group::{Group, GroupMembership};
use super::id::{GroupId, TicketId};
use super::long_text::LongText;
use super::membership::Membership;
use super::participant::Participant;
use super::queue::Queue;
use super::read_marker::ReadMarker;
use super::ticket::{Description, Ticket};
use super::user::User;
use super::webhook::Webhook;

macro_rules! records {
    ($($kind:ident),+ $(,)?) => {
        /// The whole of one entity, of whatever kind.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "entity_type", content = "attributes", rename_all = "snake_case")]
        pub enum Record {
            $($kind($kind)),+
        }

        impl Record {
            pub fn key(&self) -> EntityKey {
                match self { $(Record::$kind(it) => it.key()),+ }
            }

            pub fn common(&self) -> &Common {
                match self { $(Record::$kind(it) => &it.common),+ }
            }

            pub fn common_mut(&mut self) -> &mut Common {
                match self { $(Record::$kind(it) => &mut it.common),+ }
            }

            /// The entity as JSON, its attributes in the order of their names.
            pub fn to_json(&self) -> Result<Value, serde_json::Error> {
                match self { $(Record::$kind(it) => serde_json::to_value(it)),+ }
            }

            /// The entity as compact JSON text, as it stands in an item.
            pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
                match self { $(Record::$kind(it) => serde_json::to_vec(it)),+ }
            }

            /// Every attribute of a kind of entity and its type, in words of the code.
            pub fn fields(kind: EntityType) -> &'static [(&'static str, &'static str)] {
                match kind { $(EntityType::$kind => $kind::FIELDS),+ }
            }

            /// Reads an entity of the given kind from JSON text.
            pub fn from_bytes(kind: EntityType, bytes: &[u8]) -> Result<Record, serde_json::Error> {
                match kind { $(EntityType::$kind => serde_json::from_slice(bytes).map(Record::$kind)),+ }
            }

            /// Reads an entity of the given kind from JSON.
            pub fn from_json(kind: EntityType, json: Value) -> Result<Record, serde_json::Error> {
                match kind { $(EntityType::$kind => serde_json::from_value(json).map(Record::$kind)),+ }
            }
        }

        $(impl From<$kind> for Record {
            fn from(it: $kind) -> Record {
                Record::$kind(it)
            }
        })+
    };
}

records!(
    User,
    Family,
    Membership,
    Group,
    GroupMembership,
    Queue,
    Ticket,
    Description,
    Participant,
    Comment,
    Attachment,
    ReadMarker,
    Webhook,
);

impl Record {
    /// The text that may be long, if the entity has one.
    pub fn text(&self) -> Option<&LongText> {
        match self {
            Record::Description(it) => Some(&it.description),
            Record::Comment(it) => Some(&it.comment_body),
            _ => None,
        }
    }

    /// The text that may be long, if the entity has one.
    pub fn text_mut(&mut self) -> Option<&mut LongText> {
        match self {
            Record::Description(it) => Some(&mut it.description),
            Record::Comment(it) => Some(&mut it.comment_body),
            _ => None,
        }
    }

    /// The SHA-256 of what the entity has in the blob store, a long text or a file, if it has that.
    pub fn blob(&self) -> Option<&str> {
        match self {
            Record::Attachment(it) => Some(&it.sha256),
            _ => self.text()?.blob().map(|it| it.sha256.as_str()),
        }
    }

    /// Whom this entity is for, as it is now.
    pub fn audience(&self) -> Audience {
        match self {
            Record::User(it) => Audience::User {
                user_id: it.user_id,
            },
            Record::ReadMarker(it) => Audience::User {
                user_id: it.user_id,
            },
            Record::Family(_) => Audience::Everyone,
            // Who was ever here is known to all, or what they wrote would be nobody's; who has not
            // come yet, to admins.
            Record::Membership(it) if it.is_live() || it.has_left => Audience::Everyone,
            Record::Membership(_) | Record::Webhook(_) => Audience::Admins,
            Record::Group(_) | Record::GroupMembership(_) | Record::Queue(_) => Audience::Family,
            Record::Ticket(it) => Audience::Ticket {
                ticket_id: it.ticket_id,
            },
            Record::Description(it) => Audience::Ticket {
                ticket_id: it.ticket_id,
            },
            Record::Participant(it) => Audience::Ticket {
                ticket_id: it.ticket_id,
            },
            Record::Comment(it) => of_ticket(it.ticket_id, it.internal),
            Record::Attachment(it) => of_ticket(it.ticket_id, it.internal),
        }
    }
}

/// Whom something on a ticket is for: those who see the ticket, or of them the group alone that it
/// was written for.
fn of_ticket(ticket_id: TicketId, internal: Option<GroupId>) -> Audience {
    match internal {
        Some(group_id) => Audience::Internal {
            ticket_id,
            group_id,
        },
        None => Audience::Ticket { ticket_id },
    }
}
