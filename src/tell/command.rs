//! Commands: what someone asked for, in words.

use super::Teller;
use super::value::{quoted, short};
use crate::model::command::{CommandBody, MembershipField};
use crate::model::entity::EntityKey;
use crate::model::family::FamilyField;
use crate::model::group::GroupField;
use crate::model::id::UserId;
use crate::model::long_text::LongText;
use crate::model::queue::QueueField;
use crate::model::ticket::{NewTicket, TicketField};
use crate::model::webhook::WebhookField;
use crate::text::plural::count;

impl Teller<'_> {
    /// The command in one line: `Resolve RIV-2026-0042`, `Make RIV-2026-0042 SEV_2`.
    pub fn command(&self, body: &CommandBody) -> String {
        match body {
            CommandBody::TicketCreate(new) => self.new_ticket(new),
            CommandBody::TicketSet { ticket_id, set, .. } => {
                self.set_ticket(&self.ticket(*ticket_id), set)
            }
            CommandBody::TicketDescribe { ticket_id, .. } => {
                format!("Describe {}", self.ticket(*ticket_id))
            }
            CommandBody::TicketResolve { ticket_id } => {
                format!("Resolve {}", self.ticket(*ticket_id))
            }
            CommandBody::TicketReopen { ticket_id } => {
                format!("Reopen {}", self.ticket(*ticket_id))
            }
            CommandBody::TicketClose { ticket_id } => {
                format!("Close {} for good", self.ticket(*ticket_id))
            }
            CommandBody::TicketUnclose { ticket_id, .. } => {
                format!("Take the closing of {} back", self.ticket(*ticket_id))
            }
            CommandBody::TicketExpire { ticket_id } => {
                format!("Close {}, whose time has passed", self.ticket(*ticket_id))
            }
            CommandBody::TicketWake { ticket_id } => format!("Wake {}", self.ticket(*ticket_id)),
            CommandBody::TicketRead { tickets, .. } => {
                format!(
                    "Mark {} read",
                    count(tickets.len() as u64, "ticket", "tickets")
                )
            }
            CommandBody::TicketUnread { tickets } => {
                format!(
                    "Mark {} unread",
                    count(tickets.len() as u64, "ticket", "tickets")
                )
            }
            CommandBody::TicketTag { ticket_id, tag } => {
                format!("Tag {} #{tag}", self.ticket(*ticket_id))
            }
            CommandBody::TicketUntag { ticket_id, tag } => {
                format!("Take #{tag} from {}", self.ticket(*ticket_id))
            }
            CommandBody::ParticipantAdd {
                ticket_id,
                user_id,
                role,
            } => format!(
                "Add {} to {} as {role}",
                self.person(*user_id),
                self.ticket(*ticket_id)
            ),
            CommandBody::ParticipantRemove {
                ticket_id,
                user_id,
                role,
            } => format!(
                "Remove {} from {} as {role}",
                self.person(*user_id),
                self.ticket(*ticket_id)
            ),
            CommandBody::CommentAdd(new) => {
                let what = if new.internal { "Note" } else { "Comment" };
                let text = first_words(&new.comment_body);
                format!("{what} on {}: {text}", self.ticket(new.ticket_id))
            }
            CommandBody::AttachmentAdd(new) => {
                let name = quoted(&new.file.file_name);
                format!("Attach {name} to {}", self.ticket(new.ticket_id))
            }
            CommandBody::CommentEdit {
                ticket_id,
                comment_body,
                ..
            } => format!(
                "Edit a comment on {}: {}",
                self.ticket(*ticket_id),
                first_words(comment_body)
            ),
            CommandBody::EntityDelete(key) => format!("Delete {}", self.key(key)),
            CommandBody::EntityRestore(key) => format!("Restore {}", self.key(key)),
            CommandBody::ImportBatch(batch) => {
                let entities = u64::try_from(batch.entities.len()).unwrap_or(u64::MAX);
                let what = count(entities, "thing", "things");
                format!("Import {what} from {}", batch.system)
            }
            _ => self.of_family(body),
        }
    }

    fn new_ticket(&self, new: &NewTicket) -> String {
        let title = quoted(&new.title);
        format!("File {title} in {}", self.queue(new.queue_id))
    }

    fn set_ticket(&self, ticket: &str, set: &TicketField) -> String {
        match set {
            TicketField::Title(title) => format!("Rename {ticket} to {}", quoted(title)),
            TicketField::Severity(severity) => format!("Make {ticket} {severity}"),
            TicketField::Stage(stage) => format!("Make {ticket} {stage}"),
            TicketField::WaitingNote(Some(note)) => {
                format!("Let {ticket} wait on {}", short(note))
            }
            TicketField::WaitingNote(None) => format!("Let {ticket} wait"),
            TicketField::AssignedTo(Some(user_id)) => {
                format!("Assign {ticket} to {}", self.person(*user_id))
            }
            TicketField::AssignedTo(None) => format!("Assign {ticket} to nobody"),
            TicketField::AssignedGroup(Some(group_id)) => {
                format!("Assign {ticket} to the group {}", self.group(*group_id))
            }
            TicketField::AssignedGroup(None) => format!("Assign {ticket} to no group"),
            TicketField::Category(Some(category)) => {
                format!("Put {ticket} under {}", short(category))
            }
            TicketField::Category(None) => format!("Take {ticket} out of its category"),
            TicketField::DueDate(Some(at)) => {
                format!("Make {ticket} due {}", self.moment(*at))
            }
            TicketField::DueDate(None) => format!("Take the due date from {ticket}"),
            TicketField::SnoozedUntil(Some(at)) => {
                format!("Snooze {ticket} until {}", self.moment(*at))
            }
            TicketField::SnoozedUntil(None) => format!("Wake {ticket}"),
            TicketField::QueueId(queue_id) => {
                format!("Move {ticket} to {}", self.queue(*queue_id))
            }
            TicketField::ParentTicket(Some(parent)) => {
                format!("Put {ticket} below {}", self.ticket(*parent))
            }
            TicketField::ParentTicket(None) => format!("Take {ticket} from its parent"),
            TicketField::MergedInto(Some(target)) => {
                format!("Merge {ticket} into {}", self.ticket(*target))
            }
            TicketField::Triaged(true) => format!("Take {ticket} as triaged"),
            TicketField::Triaged(false) => format!("Put {ticket} back into triage"),
            TicketField::MergedInto(None) => format!("Take the merging of {ticket} back"),
        }
    }

    /// What is asked of a family, its people, groups and queues.
    fn of_family(&self, body: &CommandBody) -> String {
        let person = |user_id: &UserId| self.person(*user_id);
        match body {
            CommandBody::UserSet { .. } => "Change your own details".to_owned(),
            CommandBody::FamilyCreate(new) => format!("Found {}", new.family_name),
            CommandBody::FamilySet(set) => match set {
                FamilyField::FamilyName(name) => format!("Rename the family to {name}"),
                FamilyField::FamilyDescription(_) => "Describe the family".to_owned(),
                FamilyField::TicketPrefix(prefix) => format!("Begin ticket numbers with {prefix}"),
                FamilyField::TimeZone(zone) => format!("Put the family into {zone}"),
                FamilyField::BusinessHours(hours) => format!("Set business hours to {hours}"),
                FamilyField::SeverityWords(_) => "Set the words for severities".to_owned(),
            },
            CommandBody::MembershipInvite {
                display_name, role, ..
            } => format!("Invite {display_name} as {role}"),
            CommandBody::MembershipRequest { .. } => "Ask to join the family".to_owned(),
            CommandBody::MembershipAccept {} => "Accept the invitation".to_owned(),
            CommandBody::MembershipApprove { user_id } => format!("Let {} in", person(user_id)),
            CommandBody::MembershipDecline { user_id } => format!("Decline {}", person(user_id)),
            CommandBody::MembershipSet { user_id, set } => match set {
                MembershipField::DisplayName(name) => {
                    format!("Call {} {name}", person(user_id))
                }
                MembershipField::Role(role) => format!("Make {} {role}", person(user_id)),
                MembershipField::IsAdmin(true) => format!("Make {} an admin", person(user_id)),
                MembershipField::IsAdmin(false) => {
                    format!("Make {} an admin no more", person(user_id))
                }
            },
            CommandBody::MembershipRemove { user_id } => {
                format!("Remove {} from the family", person(user_id))
            }
            CommandBody::GroupCreate { group_name, .. } => format!("Make the group {group_name}"),
            CommandBody::GroupSet { group_id, set } => match set {
                GroupField::GroupName(name) => {
                    format!("Rename the group {} to {name}", self.group(*group_id))
                }
                GroupField::GroupDescription(_) => {
                    format!("Describe the group {}", self.group(*group_id))
                }
            },
            CommandBody::GroupMembershipAdd {
                group_id, user_id, ..
            } => format!("Put {} into {}", person(user_id), self.group(*group_id)),
            CommandBody::GroupMembershipRequest { group_id } => {
                format!("Ask to join {}", self.group(*group_id))
            }
            CommandBody::GroupMembershipDecline { group_id, user_id } => {
                format!("Decline {} for {}", person(user_id), self.group(*group_id))
            }
            CommandBody::GroupMembershipSetAdmin {
                group_id,
                user_id,
                is_admin,
            } => {
                let end = if *is_admin { "" } else { " no more" };
                let group = self.group(*group_id);
                format!("Make {} an admin of {group}{end}", person(user_id))
            }
            CommandBody::GroupMembershipRemove { group_id, user_id } => {
                format!("Take {} out of {}", person(user_id), self.group(*group_id))
            }
            CommandBody::QueueCreate { queue_name, .. } => format!("Make the queue {queue_name}"),
            CommandBody::QueueSet { queue_id, set } => self.set_queue(&self.queue(*queue_id), set),
            CommandBody::WebhookCreate(new) => format!("Make the webhook {}", new.webhook_name),
            CommandBody::WebhookSet { webhook_id, set } => {
                set_webhook(&self.webhook(*webhook_id), set)
            }
            CommandBody::WebhookRotate { webhook_id, .. } => {
                format!(
                    "Give the webhook {} another secret",
                    self.webhook(*webhook_id)
                )
            }
            other => other.command_type().to_owned(),
        }
    }

    fn set_queue(&self, queue: &str, set: &QueueField) -> String {
        match set {
            QueueField::QueueName(name) => format!("Rename the queue {queue} to {name}"),
            QueueField::QueueDescription(_) => format!("Describe the queue {queue}"),
            QueueField::DefaultSeverity(Some(severity)) => {
                format!("File in {queue} as {severity}")
            }
            QueueField::DefaultSeverity(None) => format!("File in {queue} as the family does"),
            QueueField::DefaultAssignee(Some(user_id)) => {
                format!(
                    "Assign what is filed in {queue} to {}",
                    self.person(*user_id)
                )
            }
            QueueField::DefaultAssignee(None) => {
                format!("Assign what is filed in {queue} to nobody")
            }
            QueueField::GroupId(group_id) => {
                format!("Move the queue {queue} to {}", self.group(*group_id))
            }
        }
    }

    fn key(&self, key: &EntityKey) -> String {
        match key {
            EntityKey::Ticket(ticket_id) => self.ticket(*ticket_id),
            EntityKey::Comment(ticket_id, _) => {
                format!("a comment on {}", self.ticket(*ticket_id))
            }
            EntityKey::Attachment(ticket_id, _) => {
                format!("a file on {}", self.ticket(*ticket_id))
            }
            EntityKey::Queue(queue_id) => format!("the queue {}", self.queue(*queue_id)),
            EntityKey::Group(group_id) => format!("the group {}", self.group(*group_id)),
            EntityKey::Webhook(webhook_id) => {
                format!("the webhook {}", self.webhook(*webhook_id))
            }
            other => format!("a {}", other.entity_type()),
        }
    }
}

fn set_webhook(webhook: &str, set: &WebhookField) -> String {
    match set {
        WebhookField::WebhookName(name) => format!("Rename the webhook {webhook} to {name}"),
        WebhookField::Url(url) => format!("Point the webhook {webhook} to {url}"),
        WebhookField::Events(_) => format!("Tell the webhook {webhook} of other events"),
        WebhookField::GroupId(_) => format!("Let the webhook {webhook} see with other eyes"),
        WebhookField::Internal(true) => format!("Tell the webhook {webhook} of internal notes"),
        WebhookField::Internal(false) => {
            format!("Tell the webhook {webhook} of no internal notes")
        }
        WebhookField::Off(Some(_)) => format!("Turn the webhook {webhook} off"),
        WebhookField::Off(None) => format!("Turn the webhook {webhook} on"),
    }
}

fn first_words(text: &LongText) -> String {
    quoted(text.preview())
}
