//! Everything that may be asked of the desk. Every change is one of these, whoever asks.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::attachment::NewAttachment;
use super::comment::Channel;
use super::entity::EntityKey;
use super::family::FamilyField;
use super::group::GroupField;
use super::id::{
    CommandId, CommentId, DeviceId, GroupId, QueueId, SecretId, TicketId, UserId, WebhookId,
};
use super::long_text::LongText;
use super::membership::Role;
use super::number::Prefix;
use super::participant::ParticipantRole;
use super::queue::QueueField;
use super::record::Record;
use super::severity::Severity;
use super::source::Timestamp;
use super::ticket::{NewTicket, TicketField};
use super::user::UserField;
use super::webhook::{NewWebhook, WebhookField};
use super::word::attributes;

pub use super::import::ImportBatch;

/// One change that someone means to make, with an id of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Flat")]
pub struct Command {
    pub command_id: CommandId,
    /// When the person gave it, by their own clock; for display, never for order.
    pub issued_at: Timestamp,
    /// How far the family's log had come to where it was given: what others did after that, the
    /// person had not seen. Absent where nobody can tell; then nothing is checked against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<i64>,
    #[serde(flatten)]
    pub body: CommandBody,
}

/// A command as it is read: serde's `flatten` would take an import apart piece by piece before it
/// knew what they are.
#[derive(Deserialize)]
struct Flat {
    command_id: CommandId,
    issued_at: Timestamp,
    #[serde(default)]
    seen: Option<i64>,
    #[serde(rename = "type")]
    command_type: String,
    #[serde(default)]
    args: Option<Box<RawValue>>,
}

impl TryFrom<Flat> for Command {
    type Error = serde_json::Error;

    fn try_from(flat: Flat) -> Result<Command, serde_json::Error> {
        Ok(Command {
            command_id: flat.command_id,
            issued_at: flat.issued_at,
            seen: flat.seen,
            body: CommandBody::from_parts(&flat.command_type, flat.args.as_deref())?,
        })
    }
}

/// Who gives a command, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Whose rights count and whose name stands under the change.
    pub user_id: UserId,
    /// Whose login was used, where that is someone else (a shared computer).
    pub login: Option<UserId>,
    pub device_id: Option<DeviceId>,
}

impl Actor {
    /// What time does by itself.
    pub const SYSTEM: Actor = Actor {
        user_id: UserId::SYSTEM,
        login: None,
        device_id: None,
    };

    /// Someone acting for themselves.
    pub fn user(user_id: UserId) -> Actor {
        Actor {
            user_id,
            login: None,
            device_id: None,
        }
    }
}

/// The version and value that a command means to overwrite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base<V> {
    /// The entity's version as the person saw it; 0 where only the value counts.
    pub version: i64,
    /// The value as the person saw it.
    pub value: V,
}

impl<V> Base<V> {
    /// A base that insists on its value, whatever has happened to the entity otherwise, and also
    /// where the last to come would win.
    pub fn exactly(value: V) -> Base<V> {
        Base { version: 0, value }
    }

    pub fn is_exact(&self) -> bool {
        self.version == 0
    }
}

/// What a command asks for. The serialised tag is the command's type, used by log, command line
/// and screen alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "args")]
pub enum CommandBody {
    /// Someone changes their own record, which belongs to no family. It is given in a family that
    /// they are in; a new name is theirs there too, so a rename is given in each of their families.
    #[serde(rename = "user.set")]
    UserSet {
        #[serde(flatten)]
        set: UserField,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Base<UserField>>,
    },

    #[serde(rename = "family.create")]
    FamilyCreate(NewFamily),
    #[serde(rename = "family.set")]
    FamilySet(FamilyField),

    #[serde(rename = "membership.invite")]
    MembershipInvite {
        user_id: UserId,
        display_name: String,
        role: Role,
    },
    #[serde(rename = "membership.request")]
    MembershipRequest { display_name: String },
    /// The invited person says yes.
    #[serde(rename = "membership.accept")]
    MembershipAccept {},
    /// An admin says yes to a request.
    #[serde(rename = "membership.approve")]
    MembershipApprove { user_id: UserId },
    /// The invited person, or the admin who was asked, says no.
    #[serde(rename = "membership.decline")]
    MembershipDecline { user_id: UserId },
    #[serde(rename = "membership.set")]
    MembershipSet {
        user_id: UserId,
        #[serde(flatten)]
        set: MembershipField,
    },
    /// Leaving, or being removed.
    #[serde(rename = "membership.remove")]
    MembershipRemove { user_id: UserId },

    #[serde(rename = "group.create")]
    GroupCreate {
        group_id: GroupId,
        group_name: String,
        #[serde(default)]
        group_description: String,
    },
    #[serde(rename = "group.set")]
    GroupSet {
        group_id: GroupId,
        #[serde(flatten)]
        set: GroupField,
    },
    #[serde(rename = "group_membership.add")]
    GroupMembershipAdd {
        group_id: GroupId,
        user_id: UserId,
        #[serde(default)]
        is_admin: bool,
    },
    #[serde(rename = "group_membership.request")]
    GroupMembershipRequest { group_id: GroupId },
    #[serde(rename = "group_membership.decline")]
    GroupMembershipDecline { group_id: GroupId, user_id: UserId },
    #[serde(rename = "group_membership.set_admin")]
    GroupMembershipSetAdmin {
        group_id: GroupId,
        user_id: UserId,
        is_admin: bool,
    },
    #[serde(rename = "group_membership.remove")]
    GroupMembershipRemove { group_id: GroupId, user_id: UserId },

    #[serde(rename = "queue.create")]
    QueueCreate {
        queue_id: QueueId,
        group_id: GroupId,
        queue_name: String,
        #[serde(default)]
        queue_description: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default_severity: Option<Severity>,
    },
    #[serde(rename = "queue.set")]
    QueueSet {
        queue_id: QueueId,
        #[serde(flatten)]
        set: QueueField,
    },

    #[serde(rename = "ticket.create")]
    TicketCreate(Box<NewTicket>),
    #[serde(rename = "ticket.set")]
    TicketSet {
        ticket_id: TicketId,
        #[serde(flatten)]
        set: TicketField,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Base<TicketField>>,
    },
    #[serde(rename = "ticket.describe")]
    TicketDescribe {
        ticket_id: TicketId,
        description: LongText,
        /// The text that was edited, empty where there was none. What others wrote beside it
        /// meanwhile is merged in, unless the base is exact.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Base<LongText>>,
    },
    #[serde(rename = "ticket.resolve")]
    TicketResolve { ticket_id: TicketId },
    #[serde(rename = "ticket.reopen")]
    TicketReopen { ticket_id: TicketId },
    #[serde(rename = "ticket.close")]
    TicketClose { ticket_id: TicketId },
    /// Undoes a close, as long as nothing has touched the ticket since.
    #[serde(rename = "ticket.unclose")]
    TicketUnclose {
        ticket_id: TicketId,
        /// The ticket's version that the close made.
        closed_version: i64,
    },
    #[serde(rename = "ticket.tag")]
    TicketTag { ticket_id: TicketId, tag: String },
    #[serde(rename = "ticket.untag")]
    TicketUntag { ticket_id: TicketId, tag: String },
    /// Given by time alone: the reopen window has passed.
    #[serde(rename = "ticket.expire")]
    TicketExpire { ticket_id: TicketId },
    /// Given by time, or by a person who has changed their mind: the snooze is over.
    #[serde(rename = "ticket.wake")]
    TicketWake { ticket_id: TicketId },

    /// Whoever gives it has read these tickets, as far as the given number of the family's log.
    #[serde(rename = "ticket.read")]
    TicketRead { tickets: Vec<TicketId>, seq: i64 },
    /// These tickets are to count as unread for whoever gives it.
    #[serde(rename = "ticket.unread")]
    TicketUnread { tickets: Vec<TicketId> },

    #[serde(rename = "participant.add")]
    ParticipantAdd {
        ticket_id: TicketId,
        user_id: UserId,
        role: ParticipantRole,
    },
    #[serde(rename = "participant.remove")]
    ParticipantRemove {
        ticket_id: TicketId,
        user_id: UserId,
        role: ParticipantRole,
    },

    #[serde(rename = "comment.add")]
    CommentAdd(NewComment),
    #[serde(rename = "comment.edit")]
    CommentEdit {
        ticket_id: TicketId,
        comment_id: CommentId,
        comment_body: LongText,
        /// The text that was edited.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Base<LongText>>,
    },

    #[serde(rename = "webhook.create")]
    WebhookCreate(Box<NewWebhook>),
    #[serde(rename = "webhook.set")]
    WebhookSet {
        webhook_id: WebhookId,
        #[serde(flatten)]
        set: WebhookField,
    },
    /// A webhook gets another secret, which the backend has made and keeps elsewhere.
    #[serde(rename = "webhook.rotate")]
    WebhookRotate {
        webhook_id: WebhookId,
        secret_id: SecretId,
    },

    /// Puts a file, whose bytes the blob store has, on a ticket or a comment.
    #[serde(rename = "attachment.add")]
    AttachmentAdd(NewAttachment),

    /// Soft delete of a group, queue, ticket, comment, attachment or webhook.
    #[serde(rename = "entity.delete")]
    EntityDelete(EntityKey),
    #[serde(rename = "entity.restore")]
    EntityRestore(EntityKey),

    #[serde(rename = "import.batch")]
    ImportBatch(ImportBatch),

    /// Nothing: it stands in the place of a command that the backend fails at time and again, so
    /// that those after it can pass.
    #[serde(rename = "void")]
    Void {},
}

/// What is said when a family is founded; its founder becomes its first admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFamily {
    pub family_name: String,
    #[serde(default)]
    pub family_description: String,
    pub ticket_prefix: Prefix,
    /// An IANA zone name.
    pub time_zone: String,
    /// The founder's name in the family.
    pub display_name: String,
}

/// What is said when a comment is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewComment {
    pub ticket_id: TicketId,
    pub comment_id: CommentId,
    pub comment_body: LongText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<CommentId>,
    /// For the members of the ticket's group alone.
    #[serde(default)]
    pub internal: bool,
    pub channel: Channel,
}

/// One attribute of a membership and its new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum MembershipField {
    DisplayName(String),
    Role(Role),
    IsAdmin(bool),
}

attributes! {
    MembershipField {
        DisplayName = "display_name",
        Role = "role",
        IsAdmin = "is_admin",
    }
}

/// The word of each command: every variant is here, or it does not compile.
macro_rules! types {
    ($($command:pat => $word:literal,)+) => {
        impl CommandBody {
    /// Reads what a command asks for from its type and its arguments, as they stand in JSON.
    ///
    /// # Errors
    /// Where there is no such type, or these are not its arguments.
    pub fn from_parts(
        command_type: &str,
        args: Option<&RawValue>,
    ) -> Result<CommandBody, serde_json::Error> {
        let command_type = serde_json::to_string(command_type)?;
        let args = args.map_or_else(String::new, |args| format!(r#","args":{args}"#));
        serde_json::from_str(&format!(r#"{{"type":{command_type}{args}}}"#))
    }

            /// The type of every command there is.
            pub const TYPES: &[&str] = &[$($word),+];

            /// The command's type, as it is stored and sent.
            pub fn command_type(&self) -> &'static str {
                match self {
                    $($command => $word,)+
                }
            }
        }
    };
}

types! {
    CommandBody::UserSet { .. } => "user.set",
    CommandBody::FamilyCreate(_) => "family.create",
    CommandBody::FamilySet(_) => "family.set",
    CommandBody::MembershipInvite { .. } => "membership.invite",
    CommandBody::MembershipRequest { .. } => "membership.request",
    CommandBody::MembershipAccept {} => "membership.accept",
    CommandBody::MembershipApprove { .. } => "membership.approve",
    CommandBody::MembershipDecline { .. } => "membership.decline",
    CommandBody::MembershipSet { .. } => "membership.set",
    CommandBody::MembershipRemove { .. } => "membership.remove",
    CommandBody::GroupCreate { .. } => "group.create",
    CommandBody::GroupSet { .. } => "group.set",
    CommandBody::GroupMembershipAdd { .. } => "group_membership.add",
    CommandBody::GroupMembershipRequest { .. } => "group_membership.request",
    CommandBody::GroupMembershipDecline { .. } => "group_membership.decline",
    CommandBody::GroupMembershipSetAdmin { .. } => "group_membership.set_admin",
    CommandBody::GroupMembershipRemove { .. } => "group_membership.remove",
    CommandBody::QueueCreate { .. } => "queue.create",
    CommandBody::QueueSet { .. } => "queue.set",
    CommandBody::TicketCreate(_) => "ticket.create",
    CommandBody::TicketSet { .. } => "ticket.set",
    CommandBody::TicketDescribe { .. } => "ticket.describe",
    CommandBody::TicketResolve { .. } => "ticket.resolve",
    CommandBody::TicketReopen { .. } => "ticket.reopen",
    CommandBody::TicketClose { .. } => "ticket.close",
    CommandBody::TicketUnclose { .. } => "ticket.unclose",
    CommandBody::TicketTag { .. } => "ticket.tag",
    CommandBody::TicketUntag { .. } => "ticket.untag",
    CommandBody::TicketExpire { .. } => "ticket.expire",
    CommandBody::TicketWake { .. } => "ticket.wake",
    CommandBody::TicketRead { .. } => "ticket.read",
    CommandBody::TicketUnread { .. } => "ticket.unread",
    CommandBody::ParticipantAdd { .. } => "participant.add",
    CommandBody::ParticipantRemove { .. } => "participant.remove",
    CommandBody::CommentAdd(_) => "comment.add",
    CommandBody::CommentEdit { .. } => "comment.edit",
    CommandBody::WebhookCreate(_) => "webhook.create",
    CommandBody::WebhookSet { .. } => "webhook.set",
    CommandBody::WebhookRotate { .. } => "webhook.rotate",
    CommandBody::AttachmentAdd(_) => "attachment.add",
    CommandBody::EntityDelete(_) => "entity.delete",
    CommandBody::EntityRestore(_) => "entity.restore",
    CommandBody::ImportBatch(_) => "import.batch",
    CommandBody::Void {} => "void",
}

/// The description where there is one, else the name.
fn longer<'a>(description: &'a str, name: &'a str) -> &'a str {
    if description.is_empty() {
        name
    } else {
        description
    }
}

impl CommandBody {
    /// What the person wrote in it, if it is more than a choice; of a text in the blob store, its
    /// beginning.
    pub fn written(&self) -> Option<&str> {
        match self {
            CommandBody::TicketCreate(new) => match &new.description {
                Some(text) => Some(text.preview()),
                None => Some(&new.title),
            },
            CommandBody::TicketDescribe { description, .. } => Some(description.preview()),
            CommandBody::TicketSet {
                set: TicketField::Title(text) | TicketField::WaitingNote(Some(text)),
                ..
            } => Some(text),
            CommandBody::CommentAdd(new) => Some(new.comment_body.preview()),
            CommandBody::CommentEdit { comment_body, .. } => Some(comment_body.preview()),
            CommandBody::FamilyCreate(new) => {
                Some(longer(&new.family_description, &new.family_name))
            }
            CommandBody::FamilySet(
                FamilyField::FamilyName(text)
                | FamilyField::FamilyDescription(text)
                | FamilyField::BusinessHours(text),
            )
            | CommandBody::GroupSet {
                set: GroupField::GroupName(text) | GroupField::GroupDescription(text),
                ..
            }
            | CommandBody::QueueSet {
                set: QueueField::QueueName(text) | QueueField::QueueDescription(text),
                ..
            }
            | CommandBody::UserSet {
                set: UserField::DisplayName(text),
                ..
            }
            | CommandBody::MembershipSet {
                set: MembershipField::DisplayName(text),
                ..
            } => Some(text),
            CommandBody::WebhookCreate(new) => Some(&new.webhook_name),
            CommandBody::WebhookSet {
                set: WebhookField::WebhookName(text) | WebhookField::Url(text),
                ..
            } => Some(text),
            CommandBody::MembershipInvite { display_name, .. }
            | CommandBody::MembershipRequest { display_name } => Some(display_name),
            CommandBody::GroupCreate {
                group_name,
                group_description,
                ..
            } => Some(longer(group_description, group_name)),
            CommandBody::QueueCreate {
                queue_name,
                queue_description,
                ..
            } => Some(longer(queue_description, queue_name)),
            _ => None,
        }
    }

    /// The ticket that it is about.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            CommandBody::TicketCreate(new) => Some(new.ticket_id),
            CommandBody::CommentAdd(new) => Some(new.ticket_id),
            CommandBody::AttachmentAdd(new) => Some(new.ticket_id),
            CommandBody::TicketSet { ticket_id, .. }
            | CommandBody::TicketDescribe { ticket_id, .. }
            | CommandBody::TicketResolve { ticket_id }
            | CommandBody::TicketReopen { ticket_id }
            | CommandBody::TicketClose { ticket_id }
            | CommandBody::TicketUnclose { ticket_id, .. }
            | CommandBody::TicketTag { ticket_id, .. }
            | CommandBody::TicketUntag { ticket_id, .. }
            | CommandBody::TicketExpire { ticket_id }
            | CommandBody::TicketWake { ticket_id }
            | CommandBody::ParticipantAdd { ticket_id, .. }
            | CommandBody::ParticipantRemove { ticket_id, .. }
            | CommandBody::CommentEdit { ticket_id, .. } => Some(*ticket_id),
            CommandBody::EntityDelete(key) | CommandBody::EntityRestore(key) => key.ticket(),
            _ => None,
        }
    }

    /// What it makes, if others may lean on that.
    pub fn makes(&self) -> Option<EntityKey> {
        Some(match self {
            CommandBody::TicketCreate(new) => EntityKey::Ticket(new.ticket_id),
            CommandBody::CommentAdd(new) => EntityKey::Comment(new.ticket_id, new.comment_id),
            CommandBody::QueueCreate { queue_id, .. } => EntityKey::Queue(*queue_id),
            CommandBody::GroupCreate { group_id, .. } => EntityKey::Group(*group_id),
            _ => return None,
        })
    }

    /// Whether it can't be done as long as that has not been made.
    pub fn leans_on(&self, key: EntityKey) -> bool {
        let named = match self {
            CommandBody::TicketCreate(new) => vec![EntityKey::Queue(new.queue_id)],
            CommandBody::TicketSet {
                set: TicketField::QueueId(queue_id),
                ..
            } => vec![EntityKey::Queue(*queue_id)],
            CommandBody::QueueCreate { group_id, .. } => vec![EntityKey::Group(*group_id)],
            CommandBody::QueueSet { queue_id, .. } => vec![EntityKey::Queue(*queue_id)],
            CommandBody::GroupSet { group_id, .. }
            | CommandBody::GroupMembershipAdd { group_id, .. } => vec![EntityKey::Group(*group_id)],
            CommandBody::CommentAdd(new) => {
                let answered = new.reply_to.into_iter();
                answered
                    .map(|it| EntityKey::Comment(new.ticket_id, it))
                    .collect()
            }
            CommandBody::EntityDelete(key) | CommandBody::EntityRestore(key) => vec![*key],
            other => other.overwrites().into_iter().collect(),
        };
        let of_ticket = matches!(key, EntityKey::Ticket(id) if self.ticket() == Some(id));
        self.makes() != Some(key) && (of_ticket || named.contains(&key))
    }

    /// What it writes over, if it may be overtaken.
    pub fn overwrites(&self) -> Option<EntityKey> {
        Some(match self {
            CommandBody::TicketSet { ticket_id, .. }
            | CommandBody::TicketResolve { ticket_id }
            | CommandBody::TicketReopen { ticket_id }
            | CommandBody::TicketClose { ticket_id } => EntityKey::Ticket(*ticket_id),
            CommandBody::TicketDescribe { ticket_id, .. } => EntityKey::Description(*ticket_id),
            CommandBody::CommentEdit {
                ticket_id,
                comment_id,
                ..
            } => EntityKey::Comment(*ticket_id, *comment_id),
            _ => return None,
        })
    }

    /// Takes out what others wrote; whether there was anything. Where something stands that it
    /// would overwrite, it is refused from now on.
    pub fn forget_base(&mut self) -> bool {
        match self {
            CommandBody::TicketSet { set, base, .. } => match base {
                Some(seen) if seen.value != *set => {
                    *base = Some(Base::exactly(set.clone()));
                    true
                }
                Some(_) | None => false,
            },
            CommandBody::TicketDescribe { base, .. } | CommandBody::CommentEdit { base, .. } => {
                let nothing = LongText::from("");
                match base {
                    Some(seen) if seen.value != nothing => {
                        *base = Some(Base::exactly(nothing));
                        true
                    }
                    Some(_) | None => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a rule asks what whoever gives it had seen: decisions on a ticket's status, and
    /// settings, which are never merged.
    pub fn is_of_what_was_seen(&self) -> bool {
        matches!(
            self,
            CommandBody::TicketResolve { .. }
                | CommandBody::TicketReopen { .. }
                | CommandBody::TicketClose { .. }
                | CommandBody::FamilySet(_)
                | CommandBody::GroupSet { .. }
                | CommandBody::QueueSet { .. }
                | CommandBody::MembershipSet { .. }
                | CommandBody::MembershipRemove { .. }
                | CommandBody::GroupMembershipSetAdmin { .. }
                | CommandBody::GroupMembershipRemove { .. }
        )
    }

    /// The texts that it carries and that may be long.
    pub fn texts_mut(&mut self) -> Vec<&mut LongText> {
        match self {
            CommandBody::TicketCreate(new) => new.description.iter_mut().collect(),
            CommandBody::TicketDescribe {
                description: text,
                base,
                ..
            }
            | CommandBody::CommentEdit {
                comment_body: text,
                base,
                ..
            } => [text]
                .into_iter()
                .chain(base.as_mut().map(|base| &mut base.value))
                .collect(),
            CommandBody::CommentAdd(new) => vec![&mut new.comment_body],
            CommandBody::ImportBatch(batch) => batch
                .entities
                .iter_mut()
                .filter_map(Record::text_mut)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The texts that it carries and that may be long.
    pub fn texts(&self) -> Vec<&LongText> {
        match self {
            CommandBody::TicketCreate(new) => new.description.iter().collect(),
            CommandBody::TicketDescribe {
                description: text,
                base,
                ..
            }
            | CommandBody::CommentEdit {
                comment_body: text,
                base,
                ..
            } => [text]
                .into_iter()
                .chain(base.as_ref().map(|base| &base.value))
                .collect(),
            CommandBody::CommentAdd(new) => vec![&new.comment_body],
            CommandBody::ImportBatch(batch) => {
                batch.entities.iter().filter_map(Record::text).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The SHA-256 of what must be in the blob store before it is given: long texts and files.
    pub fn blobs(&self) -> Vec<&str> {
        match self {
            CommandBody::AttachmentAdd(new) => vec![&new.file.sha256],
            CommandBody::ImportBatch(batch) => {
                batch.entities.iter().filter_map(Record::blob).collect()
            }
            _ => {
                let texts = self.texts().into_iter().filter_map(LongText::blob);
                texts.map(|it| it.sha256.as_str()).collect()
            }
        }
    }

    /// What the file is called that it brings, if it brings one.
    pub fn file_name(&self) -> Option<&str> {
        match self {
            CommandBody::AttachmentAdd(new) => Some(&new.file.file_name),
            _ => None,
        }
    }

    /// Whether a client shows its effect before the backend has answered. An import is too much
    /// to work out twice, and a family that one is not in yet can't be looked into.
    pub fn is_optimistic(&self) -> bool {
        CommandBody::is_of_optimistic_type(self.command_type())
    }

    /// The same of a command of which only the type is known.
    pub fn is_of_optimistic_type(command_type: &str) -> bool {
        !matches!(
            command_type,
            "import.batch" | "membership.request" | "membership.accept" | "membership.decline"
        )
    }
}
