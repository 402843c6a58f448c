//! Changing one attribute of a ticket.

use std::collections::HashSet;

use serde::Serialize;

use super::participant::{joins, leaves};
use super::ticket::{category, seen, title, worked, wrong_status};
use super::{Ask, Decision};
use crate::model::change::Change;
use crate::model::command::Base;
use crate::model::entity::EntityKey;
use crate::model::id::{TicketId, UserId};
use crate::model::known::Stop;
use crate::model::participant::ParticipantRole;
use crate::model::record::Record;
use crate::model::refusal::{Conflict, Refusal, value_of};
use crate::model::status::{Stage, Status};
use crate::model::ticket::{Ticket, TicketField};

/// Sets one attribute. Where someone else has changed it since the person looked, theirs stands.
pub(super) fn set(
    ask: &Ask<'_>,
    ticket_id: TicketId,
    set: &TicketField,
    base: Option<&Base<TicketField>>,
) -> Decision {
    let ticket = worked(ask, ticket_id, "change it")?;
    if ticket.status == Status::Closed && !matches!(set, TicketField::QueueId(_)) {
        return Err(wrong_status(ticket, "changed"));
    }
    let checked = check_field(ask, ticket, set)?;
    if let Some(base) = base {
        unless_overtaken(ticket, &checked, base)?;
    }
    let mut changes = Vec::new();
    if let TicketField::AssignedTo(to) = &checked {
        changes.extend(hand_over(ask, ticket, *to)?);
    }
    let taken_up = ticket.stage == Stage::New
        && matches!(checked, TicketField::AssignedTo(Some(to)) if to == ask.user());
    let judged = checked.is_triage() && checked.current(ticket) != checked;
    let change = Change::update(ticket, ask.now, |ticket| {
        apply_field(ticket, checked);
        // Whoever puts it back as it was has judged nothing, and says so afterwards.
        ticket.triaged |= judged;
        if taken_up {
            ticket.stage = Stage::Active;
        }
    });
    changes.splice(0..0, change);
    Ok(changes)
}

fn check_field(ask: &Ask<'_>, ticket: &Ticket, set: &TicketField) -> Result<TicketField, Stop> {
    match set {
        TicketField::Title(text) => return Ok(TicketField::Title(title(text)?)),
        TicketField::AssignedTo(Some(user_id)) => ask.is_member(*user_id, "assigned_to")?,
        TicketField::AssignedGroup(Some(group_id)) => {
            ask.known.group(*group_id)?;
        }
        TicketField::QueueId(queue_id) => {
            // Whoever works a ticket may hand it to any queue, as they might file it there.
            ask.known.queue(*queue_id)?;
        }
        TicketField::ParentTicket(Some(parent)) => {
            not_itself(ticket, *parent, "parent_ticket")?;
            not_below(ask, ticket, seen(ask, *parent)?)?;
        }
        TicketField::MergedInto(Some(target)) => {
            not_itself(ticket, *target, "merged_into")?;
            let into = worked(ask, *target, "merge into it")?;
            if into.merged_into.is_some() {
                let why = "that ticket is itself merged into another; merge into that one";
                return Err(Refusal::invalid("merged_into", why).into());
            }
        }
        TicketField::SnoozedUntil(Some(until)) if *until <= ask.now => {
            return Err(Refusal::invalid("snoozed_until", "that moment has passed").into());
        }
        TicketField::Category(Some(text)) => {
            return Ok(TicketField::Category(Some(category(text)?)));
        }
        TicketField::Severity(_)
        | TicketField::Stage(_)
        | TicketField::WaitingNote(_)
        | TicketField::AssignedTo(None)
        | TicketField::AssignedGroup(None)
        | TicketField::Category(None)
        | TicketField::DueDate(_)
        | TicketField::SnoozedUntil(_)
        | TicketField::ParentTicket(None)
        | TicketField::MergedInto(None)
        | TicketField::Triaged(_) => {}
    }
    Ok(set.clone())
}

fn not_itself(ticket: &Ticket, other: TicketId, field: &str) -> Result<(), Stop> {
    if other == ticket.ticket_id {
        return Err(Refusal::invalid(field, "a ticket can't be its own").into());
    }
    Ok(())
}

/// Tickets in a ring would hold each other open for ever.
fn not_below(ask: &Ask<'_>, ticket: &Ticket, parent: &Ticket) -> Result<(), Stop> {
    let mut passed = HashSet::from([parent.ticket_id]);
    let mut next = parent.parent_ticket;
    while let Some(above) = next.filter(|above| passed.insert(*above)) {
        if above == ticket.ticket_id {
            let why = "that ticket is below this one";
            return Err(Refusal::invalid("parent_ticket", why).into());
        }
        next = match ask.known.entity(EntityKey::Ticket(above))? {
            Some(Record::Ticket(found)) => found.parent_ticket,
            _ => None,
        };
    }
    Ok(())
}

fn apply_field(ticket: &mut Ticket, set: TicketField) {
    match set {
        TicketField::Title(text) => ticket.title = text,
        TicketField::Severity(severity) => ticket.severity = severity,
        TicketField::Stage(stage) => {
            ticket.stage = stage;
            if stage != Stage::Waiting {
                ticket.waiting_note = None;
            }
        }
        TicketField::WaitingNote(note) => {
            if note.is_some() {
                ticket.stage = Stage::Waiting;
            }
            ticket.waiting_note = note;
        }
        TicketField::AssignedTo(user_id) => ticket.assigned_to = user_id,
        TicketField::AssignedGroup(group_id) => ticket.assigned_group = group_id,
        TicketField::Category(category) => ticket.category = category,
        TicketField::DueDate(due) => ticket.due_date = due,
        TicketField::SnoozedUntil(until) => ticket.snoozed_until = until,
        TicketField::QueueId(queue_id) => ticket.queue_id = queue_id,
        TicketField::ParentTicket(parent) => ticket.parent_ticket = parent,
        TicketField::MergedInto(target) => ticket.merged_into = target,
        TicketField::Triaged(triaged) => ticket.triaged = triaged,
    }
}

/// Refuses what would overwrite another's change in silence (PROTOCOL.md section 2). Moving,
/// snoozing and category are taken as they come last, unless the base insists. Versions tell
/// nothing here: after a restored backup the same one may have been another.
fn unless_overtaken(
    ticket: &Ticket,
    mine: &TicketField,
    base: &Base<TicketField>,
) -> Result<(), Stop> {
    let last_wins =
        !base.is_exact() && (mine.last_wins() || matches!(mine, TicketField::Triaged(_)));
    if last_wins {
        return Ok(());
    }
    let theirs = mine.current(ticket);
    unless_other(mine.name(), [&base.value, mine, &theirs])
}

/// Refuses a change of an attribute that is neither as the person saw it nor as they want it.
/// Given as base, mine and theirs.
pub(super) fn unless_other<F: PartialEq + Serialize>(
    field: &str,
    [base, mine, theirs]: [&F; 3],
) -> Result<(), Stop> {
    if theirs == base || theirs == mine || mutant!(LastWriterWins) {
        return Ok(());
    }
    let all = [value_of(base), value_of(mine), value_of(theirs)];
    Err(Refusal::Conflict(Box::new(Conflict::of(field, all))).into())
}

/// Keeps the participants in step with who does the ticket.
fn hand_over(ask: &Ask<'_>, ticket: &Ticket, to: Option<UserId>) -> Decision {
    if ticket.assigned_to == to {
        return Ok(Vec::new());
    }
    let mut changes = Vec::new();
    if let Some(from) = ticket.assigned_to {
        changes.extend(leaves(
            ask,
            ticket.ticket_id,
            from,
            ParticipantRole::Assignee,
        )?);
    }
    if let Some(to) = to {
        changes.extend(joins(ask, ticket.ticket_id, to, ParticipantRole::Assignee)?);
    }
    Ok(changes)
}
