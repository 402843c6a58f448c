//! What takes a command back. The inverse of a command is made of what the command changed, so it
//! holds for whoever gave it and however; the inverse of an inverse does the thing again.

mod house;

use super::change::Change;
use super::command::{Base, CommandBody};
use super::entity::EntityKey;
use super::long_text::LongText;
use super::record::Record;
use super::status::{Stage, Status};
use super::ticket::{Ticket, TicketField};

/// The commands that take back what the command changed, the one that matters first; those that
/// follow put right what came along with it and may be left out where they are refused. None for
/// a command that changed nothing or that nothing takes back.
pub fn inverse(command: &CommandBody, changes: &[Change]) -> Vec<CommandBody> {
    if changes.is_empty() {
        return Vec::new();
    }
    match command {
        CommandBody::TicketSet { .. }
        | CommandBody::TicketResolve { .. }
        | CommandBody::TicketReopen { .. }
        | CommandBody::TicketClose { .. }
        | CommandBody::TicketUnclose { .. }
        | CommandBody::TicketTag { .. }
        | CommandBody::TicketUntag { .. }
        | CommandBody::TicketWake { .. } => match changed_ticket(changes) {
            Some((before, after)) => set_back(before, after),
            None => Vec::new(),
        },
        CommandBody::TicketDescribe { .. } => changes.iter().filter_map(describe_back).collect(),
        CommandBody::CommentEdit { .. } => changes.iter().filter_map(say_again).collect(),
        CommandBody::TicketCreate(new) => {
            vec![CommandBody::EntityDelete(EntityKey::Ticket(new.ticket_id))]
        }
        CommandBody::CommentAdd(_) | CommandBody::AttachmentAdd(_) => {
            changes.iter().filter_map(unsay).collect()
        }
        CommandBody::ParticipantAdd {
            ticket_id,
            user_id,
            role,
        } => vec![CommandBody::ParticipantRemove {
            ticket_id: *ticket_id,
            user_id: *user_id,
            role: *role,
        }],
        CommandBody::ParticipantRemove {
            ticket_id,
            user_id,
            role,
        } => vec![CommandBody::ParticipantAdd {
            ticket_id: *ticket_id,
            user_id: *user_id,
            role: *role,
        }],
        CommandBody::EntityDelete(key) => vec![CommandBody::EntityRestore(*key)],
        CommandBody::EntityRestore(key) => vec![CommandBody::EntityDelete(*key)],
        CommandBody::GroupCreate { group_id, .. } => {
            vec![CommandBody::EntityDelete(EntityKey::Group(*group_id))]
        }
        CommandBody::QueueCreate { queue_id, .. } => {
            vec![CommandBody::EntityDelete(EntityKey::Queue(*queue_id))]
        }
        CommandBody::WebhookCreate(new) => {
            vec![CommandBody::EntityDelete(EntityKey::Webhook(
                new.webhook_id,
            ))]
        }
        CommandBody::FamilySet(_)
        | CommandBody::WebhookSet { .. }
        | CommandBody::GroupSet { .. }
        | CommandBody::QueueSet { .. }
        | CommandBody::MembershipSet { .. }
        | CommandBody::MembershipInvite { .. }
        | CommandBody::MembershipRemove { .. }
        | CommandBody::GroupMembershipAdd { .. }
        | CommandBody::GroupMembershipRequest { .. }
        | CommandBody::GroupMembershipSetAdmin { .. }
        | CommandBody::GroupMembershipRemove { .. } => house::set_back(command, changes),
        CommandBody::UserSet { .. }
        | CommandBody::FamilyCreate(_)
        | CommandBody::MembershipRequest { .. }
        | CommandBody::MembershipAccept {}
        | CommandBody::MembershipApprove { .. }
        | CommandBody::MembershipDecline { .. }
        | CommandBody::GroupMembershipDecline { .. }
        | CommandBody::TicketExpire { .. }
        | CommandBody::TicketRead { .. }
        | CommandBody::TicketUnread { .. }
        | CommandBody::WebhookRotate { .. }
        | CommandBody::ImportBatch(_)
        | CommandBody::Void {} => Vec::new(),
    }
}

/// Whether nothing takes a command back, whatever it changes.
pub fn is_for_good(command: &CommandBody) -> bool {
    matches!(
        command,
        // One's own record belongs to no family.
        CommandBody::UserSet { .. }
            | CommandBody::FamilyCreate(_)
            // A word that was given: the way out is to leave, or to be taken out.
            | CommandBody::MembershipRequest { .. }
            | CommandBody::MembershipAccept {}
            | CommandBody::MembershipApprove { .. }
            | CommandBody::MembershipDecline { .. }
            | CommandBody::MembershipRemove { .. }
            | CommandBody::GroupMembershipDecline { .. }
            | CommandBody::TicketExpire { .. }
            // These two are each other's way back.
            | CommandBody::TicketRead { .. }
            | CommandBody::TicketUnread { .. }
            // Whoever knew the secret before is to be shut out.
            | CommandBody::WebhookRotate { .. }
            | CommandBody::ImportBatch(_)
    )
}

fn changed_ticket(changes: &[Change]) -> Option<(&Ticket, &Ticket)> {
    changes.iter().find_map(|change| match change {
        Change {
            before: Some(Record::Ticket(before)),
            after: Record::Ticket(after),
        } => Some((before, after)),
        _ => None,
    })
}

/// Every attribute that differs, set back: the status first, the stage, which follows others of
/// itself, last.
fn set_back(before: &Ticket, after: &Ticket) -> Vec<CommandBody> {
    let ticket_id = after.ticket_id;
    let mut back: Vec<CommandBody> = status_back(before, after).into_iter().collect();
    let lost = before.tags.difference(&after.tags);
    let won = after.tags.difference(&before.tags);
    back.extend(lost.map(|tag| CommandBody::TicketTag {
        ticket_id,
        tag: tag.clone(),
    }));
    back.extend(won.map(|tag| CommandBody::TicketUntag {
        ticket_id,
        tag: tag.clone(),
    }));
    let set = |to: TicketField| CommandBody::TicketSet {
        ticket_id,
        base: Some(Base::exactly(to.current(after))),
        set: to,
    };
    let fields = [
        TicketField::Title(before.title.clone()),
        TicketField::Severity(before.severity),
        TicketField::AssignedTo(before.assigned_to),
        TicketField::AssignedGroup(before.assigned_group),
        TicketField::Category(before.category.clone()),
        TicketField::DueDate(before.due_date),
        TicketField::SnoozedUntil(before.snoozed_until),
        TicketField::QueueId(before.queue_id),
        TicketField::ParentTicket(before.parent_ticket),
        TicketField::MergedInto(before.merged_into),
        TicketField::Stage(before.stage),
    ];
    let differs = |field: &TicketField| field.current(after) != *field;
    back.extend(fields.into_iter().filter(differs).map(set));
    // Whatever is not waiting has no note, so there is nothing to set back then.
    if before.stage == Stage::Waiting && before.waiting_note != after.waiting_note {
        back.push(set(TicketField::WaitingNote(before.waiting_note.clone())));
    }
    // Last: all the others are triage.
    if before.triaged != after.triaged {
        back.push(set(TicketField::Triaged(before.triaged)));
    }
    back
}

fn status_back(before: &Ticket, after: &Ticket) -> Option<CommandBody> {
    let ticket_id = after.ticket_id;
    match (before.status, after.status) {
        (Status::Open, Status::Resolved) => Some(CommandBody::TicketReopen { ticket_id }),
        (Status::Resolved, Status::Open) => Some(CommandBody::TicketResolve { ticket_id }),
        (Status::Open | Status::Resolved, Status::Closed) => Some(CommandBody::TicketUnclose {
            ticket_id,
            closed_version: after.common.version,
        }),
        (Status::Closed, Status::Open | Status::Resolved) => {
            Some(CommandBody::TicketClose { ticket_id })
        }
        (Status::Open, Status::Open)
        | (Status::Resolved, Status::Resolved)
        | (Status::Closed, Status::Closed) => None,
    }
}

fn describe_back(change: &Change) -> Option<CommandBody> {
    let Record::Description(after) = &change.after else {
        return None;
    };
    let description = match &change.before {
        Some(Record::Description(before)) if !before.common.deleted => before.description.clone(),
        _ => LongText::from(""),
    };
    Some(CommandBody::TicketDescribe {
        ticket_id: after.ticket_id,
        description,
        base: Some(Base::exactly(after.description.clone())),
    })
}

fn say_again(change: &Change) -> Option<CommandBody> {
    match (&change.before, &change.after) {
        (Some(Record::Comment(before)), Record::Comment(after)) => Some(CommandBody::CommentEdit {
            ticket_id: before.ticket_id,
            comment_id: before.comment_id,
            comment_body: before.comment_body.clone(),
            base: Some(Base::exactly(after.comment_body.clone())),
        }),
        _ => None,
    }
}

/// A comment or a file may stand on another ticket than it was meant for: the one that was merged into.
fn unsay(change: &Change) -> Option<CommandBody> {
    match &change.after {
        Record::Comment(comment) => Some(CommandBody::EntityDelete(comment.key())),
        Record::Attachment(attachment) => Some(CommandBody::EntityDelete(attachment.key())),
        _ => None,
    }
}
