//! A ticket that an action works on, as it was seen when the action began.

use crate::model::id::{FamilyId, TicketId};
use crate::model::ticket::Ticket;
use crate::replica::view::TicketRow;

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
}

/// The number of a ticket, or what stands for it until it has one.
pub fn number_of(row: &TicketRow) -> String {
    match &row.number {
        Some(number) => number.to_string(),
        None => "the new ticket".to_owned(),
    }
}
