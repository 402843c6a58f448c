//! The subcommands about tickets.

pub mod change;
pub mod delete;
pub mod edit;
pub mod list;
pub mod log;
pub mod new;
pub mod show;
pub mod talk;

use std::io::{self, IsTerminal, Read};

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

/// A text that was given: itself, or stdin where it is `-`.
fn text(given: String) -> Result<String> {
    if given == "-" {
        from_stdin()
    } else {
        Ok(given)
    }
}

/// A text that was given, or stdin where none was and somebody pipes one in.
fn text_or_stdin(given: Option<String>) -> Result<String> {
    match given {
        Some(given) => text(given),
        None if io::stdin().is_terminal() => Err(Failure::usage(
            "say it behind the number, or pipe it in: `famdesk comment 42 'Still red?'`",
        )),
        None => from_stdin(),
    }
}

fn from_stdin() -> Result<String> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    // What is not UTF-8 is better shown with marks than not at all.
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}
