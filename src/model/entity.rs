//! What every entity has in common, and how one is told from another.

use serde::{Deserialize, Serialize};

use super::id::{
    AttachmentId, CommentId, FamilyId, GroupId, NotAnId, QueueId, TicketId, UserId, WebhookId,
};
use super::participant::ParticipantRole;
use super::source::Timestamp;
use super::word::words;

/// The attributes that every entity carries beside its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Common {
    /// Starts at 1, one more per change.
    pub version: i64,
    pub created_by: UserId,
    pub creation_date: Timestamp,
    pub last_update: Timestamp,
    /// What wrote it last. Absent until the backend has, and for what an import brought: that is
    /// the past, and news to nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
    /// Soft delete: gone from every list, and restorable by an admin.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// A kind of entity: its own attributes, with those that every entity has beside them in the same
/// object of JSON. What serde's `flatten` would read it first takes apart into pieces of its own,
/// and everything here is read many times; so both are read at once, and put together then.
macro_rules! entity {
    (
        $(#[$doc:meta])*
        pub struct $name:ident {
            $($(#[$meta:meta])* pub $field:ident: $type:ty),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
        pub struct $name {
            $($(#[$meta])* pub $field: $type,)+
            #[serde(flatten)]
            pub common: crate::model::entity::Common,
        }

        impl $name {
            /// Every attribute and its type, in words of the code.
            pub const FIELDS: &[(&str, &str)] = &[
                $((stringify!($field), stringify!($type)),)+
                ("version", "i64"),
                ("created_by", "UserId"),
                ("creation_date", "Timestamp"),
                ("last_update", "Timestamp"),
                ("deleted", "bool"),
            ];
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                struct Flat {
                    $($(#[$meta])* $field: $type,)+
                    version: i64,
                    created_by: crate::model::id::UserId,
                    creation_date: crate::model::source::Timestamp,
                    last_update: crate::model::source::Timestamp,
                    #[serde(default)]
                    written: Option<crate::model::entity::Written>,
                    #[serde(default)]
                    deleted: bool,
                }
                let flat = Flat::deserialize(from)?;
                Ok($name {
                    $($field: flat.$field,)+
                    common: crate::model::entity::Common {
                        version: flat.version,
                        created_by: flat.created_by,
                        creation_date: flat.creation_date,
                        last_update: flat.last_update,
                        written: flat.written,
                        deleted: flat.deleted,
                    },
                })
            }
        }
    };
}

pub(super) use entity;

/// The record of the log that holds an entity's last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Its number in that log.
    pub seq: i64,
    /// In whose name the change was made.
    pub by: UserId,
}

impl Common {
    /// The common attributes of something made now.
    pub fn new(created_by: UserId, now: Timestamp) -> Common {
        Common {
            version: 1,
            created_by,
            creation_date: now,
            last_update: now,
            written: None,
            deleted: false,
        }
    }

    /// Counts one change made now.
    pub fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.last_update = now;
    }
}

words! {
    /// The kinds of entities.
    pub enum EntityType: "kind of entity" {
        User = "user",
        Family = "family",
        Membership = "membership",
        Group = "group",
        GroupMembership = "group_membership",
        Queue = "queue",
        Ticket = "ticket",
        Description = "description",
        Participant = "participant",
        Comment = "comment",
        Attachment = "attachment",
        ReadMarker = "read_marker",
        Webhook = "webhook",
    }
}

/// Which entity, inside one family (a user belongs to none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKey {
    User(UserId),
    Family(FamilyId),
    Membership(UserId),
    Group(GroupId),
    GroupMembership(GroupId, UserId),
    Queue(QueueId),
    Ticket(TicketId),
    Description(TicketId),
    Participant(TicketId, ParticipantRole, UserId),
    Comment(TicketId, CommentId),
    Attachment(TicketId, AttachmentId),
    /// Someone's own marker in a ticket; nobody else ever sees it.
    ReadMarker(TicketId, UserId),
    Webhook(WebhookId),
}

/// A type and id that name no entity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{id}` does not name a {entity_type}")]
pub struct NotAKey {
    entity_type: EntityType,
    id: String,
}

impl EntityKey {
    pub fn entity_type(&self) -> EntityType {
        match self {
            EntityKey::User(_) => EntityType::User,
            EntityKey::Family(_) => EntityType::Family,
            EntityKey::Membership(_) => EntityType::Membership,
            EntityKey::Group(_) => EntityType::Group,
            EntityKey::GroupMembership(..) => EntityType::GroupMembership,
            EntityKey::Queue(_) => EntityType::Queue,
            EntityKey::Ticket(_) => EntityType::Ticket,
            EntityKey::Description(_) => EntityType::Description,
            EntityKey::Participant(..) => EntityType::Participant,
            EntityKey::Comment(..) => EntityType::Comment,
            EntityKey::Attachment(..) => EntityType::Attachment,
            EntityKey::ReadMarker(..) => EntityType::ReadMarker,
            EntityKey::Webhook(_) => EntityType::Webhook,
        }
    }

    /// The id in text: the parts of a compound key, parted by `/`.
    pub fn entity_id(&self) -> String {
        match self {
            EntityKey::User(user) | EntityKey::Membership(user) => user.to_string(),
            EntityKey::Family(family) => family.to_string(),
            EntityKey::Group(group) => group.to_string(),
            EntityKey::GroupMembership(group, user) => format!("{group}/{user}"),
            EntityKey::Queue(queue) => queue.to_string(),
            EntityKey::Ticket(ticket) | EntityKey::Description(ticket) => ticket.to_string(),
            EntityKey::Participant(ticket, role, user) => format!("{ticket}/{role}/{user}"),
            EntityKey::Comment(ticket, comment) => format!("{ticket}/{comment}"),
            EntityKey::Attachment(ticket, attachment) => format!("{ticket}/{attachment}"),
            EntityKey::ReadMarker(ticket, user) => format!("{ticket}/{user}"),
            EntityKey::Webhook(webhook) => webhook.to_string(),
        }
    }

    /// The ticket that this entity is or belongs to. What a person notes about a ticket for
    /// themselves belongs to the person.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            EntityKey::Ticket(ticket)
            | EntityKey::Description(ticket)
            | EntityKey::Participant(ticket, ..)
            | EntityKey::Comment(ticket, _)
            | EntityKey::Attachment(ticket, _) => Some(*ticket),
            EntityKey::User(_)
            | EntityKey::Family(_)
            | EntityKey::Membership(_)
            | EntityKey::Group(_)
            | EntityKey::GroupMembership(..)
            | EntityKey::Queue(_)
            | EntityKey::ReadMarker(..)
            | EntityKey::Webhook(_) => None,
        }
    }

    /// Reads back what [`entity_id`](EntityKey::entity_id) wrote.
    pub fn parse(entity_type: EntityType, id: &str) -> Result<EntityKey, NotAKey> {
        let no = || NotAKey {
            entity_type,
            id: id.to_owned(),
        };
        let bad = |_: NotAnId| no();
        let pair = || id.split_once('/').ok_or_else(no);
        Ok(match entity_type {
            EntityType::User => EntityKey::User(id.parse().map_err(bad)?),
            EntityType::Family => EntityKey::Family(id.parse().map_err(bad)?),
            EntityType::Membership => EntityKey::Membership(id.parse().map_err(bad)?),
            EntityType::Group => EntityKey::Group(id.parse().map_err(bad)?),
            EntityType::GroupMembership => {
                let (group, user) = pair()?;
                EntityKey::GroupMembership(group.parse().map_err(bad)?, user.parse().map_err(bad)?)
            }
            EntityType::Queue => EntityKey::Queue(id.parse().map_err(bad)?),
            EntityType::Ticket => EntityKey::Ticket(id.parse().map_err(bad)?),
            EntityType::Description => EntityKey::Description(id.parse().map_err(bad)?),
            EntityType::Participant => {
                let (ticket, rest) = pair()?;
                let (role, user) = rest.split_once('/').ok_or_else(no)?;
                EntityKey::Participant(
                    ticket.parse().map_err(bad)?,
                    role.parse().map_err(|_| no())?,
                    user.parse().map_err(bad)?,
                )
            }
            EntityType::Comment => {
                let (ticket, comment) = pair()?;
                EntityKey::Comment(ticket.parse().map_err(bad)?, comment.parse().map_err(bad)?)
            }
            EntityType::Attachment => {
                let (ticket, file) = pair()?;
                EntityKey::Attachment(ticket.parse().map_err(bad)?, file.parse().map_err(bad)?)
            }
            EntityType::ReadMarker => {
                let (ticket, user) = pair()?;
                EntityKey::ReadMarker(ticket.parse().map_err(bad)?, user.parse().map_err(bad)?)
            }
            EntityType::Webhook => EntityKey::Webhook(id.parse().map_err(bad)?),
        })
    }
}

/// A key travels as its type and its id.
#[derive(Serialize, Deserialize)]
struct KeyInText {
    entity_type: EntityType,
    entity_id: String,
}

impl Serialize for EntityKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        KeyInText {
            entity_type: self.entity_type(),
            entity_id: self.entity_id(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EntityKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = KeyInText::deserialize(deserializer)?;
        EntityKey::parse(text.entity_type, &text.entity_id).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::{FixedSource, Source};

    #[test]
    fn every_key_survives_its_own_text() {
        let source = FixedSource::new(Timestamp(1_700_000_000), 1);
        let [a, b] = [source.fresh(), source.fresh()];
        let keys = [
            EntityKey::User(UserId(a)),
            EntityKey::Family(FamilyId(a)),
            EntityKey::Membership(UserId(a)),
            EntityKey::Group(GroupId(a)),
            EntityKey::GroupMembership(GroupId(a), UserId(b)),
            EntityKey::Queue(QueueId(a)),
            EntityKey::Ticket(TicketId(a)),
            EntityKey::Description(TicketId(a)),
            EntityKey::Participant(TicketId(a), ParticipantRole::Cc, UserId(b)),
            EntityKey::Comment(TicketId(a), CommentId(b)),
            EntityKey::Attachment(TicketId(a), AttachmentId(b)),
            EntityKey::ReadMarker(TicketId(a), UserId(b)),
            EntityKey::Webhook(WebhookId(a)),
        ];
        assert_eq!(keys.len(), EntityType::ALL.len());
        for key in keys {
            let parsed = EntityKey::parse(key.entity_type(), &key.entity_id());
            assert_eq!(parsed, Ok(key));
        }
        assert!(EntityKey::parse(EntityType::Comment, "x/y").is_err());
    }
}
