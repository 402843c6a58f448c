//! A ticket that an action works on, as it was seen when the action began.

use crate::model::command::{Base, CommandBody};
use crate::model::id::{FamilyId, TicketId};
use crate::model::ticket::{Ticket, TicketField};
use crate::replica::view::{Thread, TicketRow};

/// A ticket as a list showed it, and as the thread showed it if that was open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub row: TicketRow,
    pub ticket: Option<Box<Ticket>>,
}

impl Target {
    pub fn ticket_id(&self) -> TicketId {
        self.row.ticket_id
    }

    pub fn family_id(&self) -> FamilyId {
        self.row.family_id
    }

    /// Its number, or what stands for it until it has one.
    pub fn label(&self) -> String {
        number_of(&self.row)
    }

    /// The command that sets an attribute, with what it overwrites where that is known.
    pub(super) fn set(&self, set: TicketField) -> CommandBody {
        let base = self.ticket.as_deref().map(|ticket| Base {
            version: ticket.common.version,
            value: set.current(ticket),
        });
        CommandBody::TicketSet {
            ticket_id: self.ticket_id(),
            set,
            base,
        }
    }

    /// The ticket of a thread.
    pub(super) fn of_thread(thread: &Thread) -> Target {
        let ticket = &thread.ticket;
        Target {
            row: TicketRow {
                ticket_id: ticket.ticket_id,
                family_id: ticket.family_id,
                queue_id: ticket.queue_id,
                number: ticket.number.clone(),
                title: ticket.title.clone(),
                severity: ticket.severity,
                status: ticket.status,
                stage: ticket.stage,
                assigned_to: ticket.assigned_to,
                assignee: thread.assignee.clone(),
                assigned_group: ticket.assigned_group,
                assignee_group: thread.assignee_group.clone(),
                creation_date: ticket.common.creation_date,
                last_activity: ticket.common.last_update,
                due_date: ticket.due_date,
                snoozed_until: ticket.snoozed_until,
                comments: thread.total,
                unread: thread.unread,
                latest_seq: thread.latest_seq,
                unsent: thread.unsent,
            },
            ticket: Some(Box::new(ticket.clone())),
        }
    }
}

/// The number of a ticket, or what stands for it until it has one.
pub fn number_of(row: &TicketRow) -> String {
    match &row.number {
        Some(number) => number.to_string(),
        None => "the new ticket".to_owned(),
    }
}

/// Several tickets in words: a number, or how many.
pub(super) fn label_of(targets: &[Target]) -> String {
    match targets {
        [one] => one.label(),
        many => format!("{} tickets", many.len()),
    }
}
