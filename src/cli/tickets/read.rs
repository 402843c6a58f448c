//! What one has read. Several tickets are one command: a marker is never refused.

use serde::Serialize;

use super::change::find;
use super::label;
use crate::cli::args::Numbers;
use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Result};
use crate::model::command::CommandBody;
use crate::model::id::{FamilyId, TicketId};
use crate::model::read_marker::READ_LIMIT;
use crate::replica::view::Thread;

/// How a ticket stands now, for scripts.
#[derive(Serialize)]
struct Marked {
    ticket: String,
    unread: bool,
}

pub async fn read(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    mark(errand, args, false).await
}

pub async fn unread(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    mark(errand, args, true).await
}

async fn mark(errand: &mut Errand, args: Numbers, unread: bool) -> Result<Exit> {
    let threads = find(errand, &args.numbers).await?;
    let mut families: Vec<FamilyId> = threads.iter().map(|it| it.ticket.family_id).collect();
    families.sort();
    families.dedup();
    for family_id in families {
        let of_family = threads
            .iter()
            .filter(|it| it.ticket.family_id == family_id)
            .collect::<Vec<_>>();
        let bodies = of_family.chunks(READ_LIMIT).map(|some| body(some, unread));
        errand.commit(family_id, bodies.collect()).await?;
    }
    if errand.out.is_json() {
        let marked = threads.iter().map(|it| Marked {
            ticket: label(&it.ticket),
            unread,
        });
        errand.out.json(&marked.collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let word = if unread { "unread" } else { "read" };
    for thread in &threads {
        errand
            .out
            .line(format!("{}  {word}", label(&thread.ticket)))?;
    }
    Ok(Exit::Done)
}

fn body(threads: &[&Thread], unread: bool) -> CommandBody {
    let tickets: Vec<TicketId> = threads.iter().map(|it| it.ticket.ticket_id).collect();
    if unread {
        return CommandBody::TicketUnread { tickets };
    }
    let seq = threads.iter().map(|it| it.latest_seq).max().unwrap_or(0);
    CommandBody::TicketRead { tickets, seq }
}
