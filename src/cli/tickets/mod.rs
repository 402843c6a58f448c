//! The subcommands about tickets.

pub mod attach;
pub mod change;
pub mod delete;
pub mod edit;
pub mod history;
pub mod list;
pub mod log;
pub mod new;
pub mod participants;
pub mod read;
pub mod show;
pub mod talk;
mod words;

use super::errand::Errand;
use super::failure::{Failure, Result};
use super::print::rows::number;
use crate::model::id::TicketId;
use crate::model::ticket::Ticket;
use crate::replica::view::Thread;

/// What the ticket is called in messages.
fn label(ticket: &Ticket) -> String {
    number(ticket.number.as_ref(), ticket.ticket_id)
}

/// The ticket as it is now, after something was done to it.
async fn again(errand: &Errand, ticket_id: TicketId) -> Result<Thread> {
    errand
        .thread(ticket_id, (0, 0))
        .await?
        .ok_or_else(|| Failure::refused("the ticket is not to be seen any more"))
}
