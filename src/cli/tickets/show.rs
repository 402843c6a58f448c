//! `famdesk show`.

use crate::cli::errand::Errand;
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::thread::{self, ThreadJson};
use crate::replica::view::Thread;

/// How many comments are read at once.
const PAGE: usize = 500;

pub async fn show(errand: &mut Errand, number: &str) -> Result<Exit> {
    let found = errand.ticket(number).await?;
    let thread = whole(errand, found).await?;
    if errand.out.is_json() {
        errand.out.json(&ThreadJson::from(&thread))?;
        return Ok(Exit::Done);
    }
    let view = errand.view(thread.ticket.family_id).await?;
    let now = errand.now();
    thread::show(&mut errand.out, &thread, Some(&view.family), now)?;
    Ok(Exit::Done)
}

/// The ticket with all its comments.
pub(super) async fn whole(errand: &Errand, mut thread: Thread) -> Result<Thread> {
    let ticket_id = thread.ticket.ticket_id;
    while (thread.comments.len() as u64) < thread.total {
        let first = thread.comments.len() as u64;
        let more = errand
            .thread(ticket_id, (first, PAGE))
            .await?
            .ok_or_else(|| Failure::refused("the ticket was deleted meanwhile"))?;
        if more.comments.is_empty() {
            break;
        }
        thread.comments.extend(more.comments);
    }
    Ok(thread)
}
