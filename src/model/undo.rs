//! What takes a command back. The inverse of a command is made of what the command changed, so it
//! holds for whoever gave it and however; the inverse of an inverse does the thing again.

mod house;

use super::audit::AuditRecord;
use super::change::Change;
use super::command::{Base, CommandBody};
use super::entity::{EntityKey, EntityType};
use super::id::{FamilyId, UserId};
use super::long_text::LongText;
use super::record::Record;
use super::status::{Stage, Status};
use super::ticket::{Ticket, TicketField};

/// The commands that take back what a command of the given type changed, the one that matters
/// first; those that follow put right what came along with it and may be left out where they are
/// refused. None for a command that changed nothing or that nothing takes back.
pub fn inverse(command_type: &str, changes: &[Change]) -> Vec<CommandBody> {
    if is_for_good(command_type) {
        return Vec::new();
    }
    match command_type {
        "ticket.create" => made(changes, EntityType::Ticket),
        "comment.add" => made(changes, EntityType::Comment),
        "attachment.add" => made(changes, EntityType::Attachment),
        "group.create" => made(changes, EntityType::Group),
        "queue.create" => made(changes, EntityType::Queue),
        "webhook.create" => made(changes, EntityType::Webhook),
        "entity.delete" => keys(changes).map(CommandBody::EntityRestore).collect(),
        "entity.restore" => keys(changes).map(CommandBody::EntityDelete).collect(),
        "ticket.describe" => changes.iter().filter_map(describe_back).collect(),
        "comment.edit" => changes.iter().filter_map(say_again).collect(),
        "participant.add" | "participant.remove" => {
            changes.iter().filter_map(part_back).take(1).collect()
        }
        of_ticket if of_ticket.starts_with("ticket.") => match changed_ticket(changes) {
            Some((before, after)) => set_back(before, after),
            None => Vec::new(),
        },
        _ => house::set_back(command_type, changes),
    }
}

/// Whether nothing takes back a command of the given type, whatever it changes.
pub fn is_for_good(command_type: &str) -> bool {
    matches!(
        command_type,
        // One's own record belongs to no family.
        "user.set"
            | "family.create"
            // A word that was given: the way out is to leave, or to be taken out.
            | "membership.request"
            | "membership.accept"
            | "membership.approve"
            | "membership.decline"
            | "group_membership.decline"
            | "ticket.expire"
            // These two are each other's way back.
            | "ticket.read"
            | "ticket.unread"
            // Whoever knew the secret before is to be shut out.
            | "webhook.rotate"
            | "import.batch"
            | "void"
    )
}

/// A change of someone else since what is to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    pub by: UserId,
    /// What they changed.
    pub field: String,
}

/// The newest change that someone else has made to what a command would turn, among what happened
/// to it after the deed, the newest first. What time does counts for nobody's.
pub fn since(body: &CommandBody, later: &[AuditRecord], me: UserId) -> Option<Since> {
    let field = attribute(body);
    let others = later.iter().filter(|record| {
        let by = record.in_name_of();
        by != me && by != UserId::SYSTEM
    });
    for record in others {
        let changes = record.changes();
        let same = changes.iter().find(|it| Some(it.field) == field);
        if field.is_some() && same.is_none() {
            continue;
        }
        let told = same.or_else(|| changes.iter().find(|it| it.field == "status"));
        let told = told.or(changes.first()).map_or("", |it| it.field);
        return Some(Since {
            by: record.in_name_of(),
            field: told.to_owned(),
        });
    }
    None
}

/// Whether a command that turns something over must not be given where someone else has changed
/// the same since. What overwrites attributes of a ticket names what it means to overwrite, so that
/// the rules see to it; everything else would be overwritten in silence.
pub fn gives_way(body: &CommandBody, target: EntityKey) -> bool {
    let deletes_ticket = matches!(body, CommandBody::EntityDelete(EntityKey::Ticket(_)));
    deletes_ticket || target.ticket().is_none()
}

/// What an inverse changes. The family is asked for where it is that.
///
/// # Errors
/// Where nobody can tell which family it is.
pub fn target<E>(
    body: &CommandBody,
    family: impl FnOnce() -> Result<FamilyId, E>,
) -> Result<Option<EntityKey>, E> {
    Ok(match body {
        CommandBody::TicketSet { ticket_id, .. }
        | CommandBody::TicketResolve { ticket_id }
        | CommandBody::TicketReopen { ticket_id }
        | CommandBody::TicketClose { ticket_id }
        | CommandBody::TicketUnclose { ticket_id, .. }
        | CommandBody::TicketTag { ticket_id, .. }
        | CommandBody::TicketUntag { ticket_id, .. } => Some(EntityKey::Ticket(*ticket_id)),
        CommandBody::TicketDescribe { ticket_id, .. } => Some(EntityKey::Description(*ticket_id)),
        CommandBody::CommentEdit {
            ticket_id,
            comment_id,
            ..
        } => Some(EntityKey::Comment(*ticket_id, *comment_id)),
        CommandBody::ParticipantAdd {
            ticket_id,
            user_id,
            role,
        }
        | CommandBody::ParticipantRemove {
            ticket_id,
            user_id,
            role,
        } => Some(EntityKey::Participant(*ticket_id, *role, *user_id)),
        CommandBody::EntityDelete(key) | CommandBody::EntityRestore(key) => Some(*key),
        CommandBody::FamilySet(_) => Some(EntityKey::Family(family()?)),
        CommandBody::GroupSet { group_id, .. } => Some(EntityKey::Group(*group_id)),
        CommandBody::QueueSet { queue_id, .. } => Some(EntityKey::Queue(*queue_id)),
        CommandBody::WebhookSet { webhook_id, .. } => Some(EntityKey::Webhook(*webhook_id)),
        CommandBody::MembershipSet { user_id, .. }
        | CommandBody::MembershipInvite { user_id, .. }
        | CommandBody::MembershipRemove { user_id } => Some(EntityKey::Membership(*user_id)),
        CommandBody::GroupMembershipAdd {
            group_id, user_id, ..
        }
        | CommandBody::GroupMembershipSetAdmin {
            group_id, user_id, ..
        }
        | CommandBody::GroupMembershipRemove { group_id, user_id } => {
            Some(EntityKey::GroupMembership(*group_id, *user_id))
        }
        _ => None,
    })
}

/// The attribute that a command sets, where it sets one alone.
fn attribute(body: &CommandBody) -> Option<&'static str> {
    match body {
        CommandBody::TicketSet { set, .. } => Some(set.name()),
        CommandBody::FamilySet(set) => Some(set.name()),
        CommandBody::GroupSet { set, .. } => Some(set.name()),
        CommandBody::QueueSet { set, .. } => Some(set.name()),
        CommandBody::WebhookSet { set, .. } => Some(set.name()),
        CommandBody::MembershipSet { set, .. } => Some(set.name()),
        _ => None,
    }
}

fn keys(changes: &[Change]) -> impl Iterator<Item = EntityKey> {
    changes.iter().map(|change| change.after.key())
}

/// What was made goes. It may stand elsewhere than it was meant for: on the ticket that another was
/// merged into.
fn made(changes: &[Change], kind: EntityType) -> Vec<CommandBody> {
    let new = changes.iter().filter(|change| change.before.is_none());
    let new = new.map(|change| change.after.key());
    new.filter(|key| key.entity_type() == kind)
        .map(CommandBody::EntityDelete)
        .collect()
}

fn part_back(change: &Change) -> Option<CommandBody> {
    let Record::Participant(part) = &change.after else {
        return None;
    };
    let (ticket_id, user_id, role) = (part.ticket_id, part.user_id, part.role);
    Some(if part.common.deleted {
        CommandBody::ParticipantAdd {
            ticket_id,
            user_id,
            role,
        }
    } else {
        CommandBody::ParticipantRemove {
            ticket_id,
            user_id,
            role,
        }
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_every_command_it_is_said_whether_something_takes_it_back() {
        let known = |it: &str| {
            let of_things = ["ticket.", "participant.", "comment.", "attachment."];
            is_for_good(it)
                || of_things.iter().any(|begin| it.starts_with(begin))
                || it.ends_with(".create")
                || matches!(it, "entity.delete" | "entity.restore")
                || house::takes_back(it)
        };
        let unknown = CommandBody::TYPES.iter().filter(|it| !known(it));
        assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&&str>::new());
    }
}
