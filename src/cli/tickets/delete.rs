//! `famdesk delete`, the one command that asks, and `famdesk restore`.

use std::io::{self, BufRead, IsTerminal, Write};

use super::label;
use crate::cli::args::{DeleteArgs, Numbers};
use crate::cli::errand::{Errand, odd};
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::complain;
use crate::cli::write::{Part, act_each};
use crate::model::command::CommandBody;
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, TicketId};
use crate::model::number::TicketNumber;
use crate::model::ticket::Ticket;
use crate::replica::view::{Answer, HistoryOf, Question};
use crate::text::safe::SafeText;

/// How many records are looked at at once.
const PAGE: usize = 500;

/// Deletes a ticket once its number has been written twice.
pub async fn delete(errand: &mut Errand, args: DeleteArgs) -> Result<Exit> {
    let thread = errand.ticket(&args.number).await?;
    let ticket = &thread.ticket;
    let number = label(ticket);
    let typed = match args.confirm {
        Some(typed) => typed,
        None => ask(ticket, &number)?,
    };
    if !typed.trim().eq_ignore_ascii_case(&number) {
        return Err(Failure::refused(format!(
            "{number} was not deleted: `{typed}` is not its number; \
             write --confirm {number} to delete it"
        )));
    }
    let body = CommandBody::EntityDelete(EntityKey::Ticket(ticket.ticket_id));
    errand
        .act(ticket.family_id, &format!("deleted {number}"), vec![body])
        .await
        .map_err(|failure| failure.about(&number))?;
    if errand.out.is_json() {
        errand.out.json(&serde_json::json!({
            "ticket_id": ticket.ticket_id,
            "number": ticket.number,
            "deleted": true,
        }))?;
    } else {
        errand.out.line(format!(
            "{number}  deleted; `famdesk restore {number}` brings it back"
        ))?;
    }
    Ok(Exit::Done)
}

fn ask(ticket: &Ticket, number: &str) -> Result<String> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!(
            "nobody can be asked here; write --confirm {number} to delete it"
        )));
    }
    let mut stderr = io::stderr().lock();
    let title = SafeText::new(&ticket.title);
    write!(stderr, "{title}\ntype {number} to delete it: ")?;
    stderr.flush()?;
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed)?;
    Ok(typed.trim().to_owned())
}

/// Restores tickets, which no list shows: they are found by id, or by number in the history.
pub async fn restore(errand: &mut Errand, args: Numbers) -> Result<Exit> {
    let family_id = errand.family().await?.family_id;
    let mut parts = Vec::new();
    for text in &args.numbers {
        let ticket_id = deleted(errand, family_id, text).await?;
        let body = CommandBody::EntityRestore(EntityKey::Ticket(ticket_id));
        parts.push(Part {
            label: text.to_uppercase(),
            family_id,
            bodies: vec![body],
        });
    }
    let labels: Vec<String> = parts.iter().map(|part| part.label.clone()).collect();
    let mut exit = Exit::Done;
    let mut restored = Vec::new();
    let words = format!("restored {}", labels.join(", "));
    let results = act_each(&errand.station, &words, parts).await?;
    for (label, result) in labels.into_iter().zip(results) {
        match result {
            Ok(()) => restored.push(label),
            Err(failure) => {
                complain(&failure.message);
                exit = failure.exit;
            }
        }
    }
    if errand.out.is_json() {
        errand
            .out
            .json(&serde_json::json!({ "restored": restored }))?;
    } else {
        for label in restored {
            errand.out.line(format!("{label}  restored"))?;
        }
    }
    Ok(exit)
}

async fn deleted(errand: &Errand, family_id: FamilyId, text: &str) -> Result<TicketId> {
    if let Ok(ticket_id) = text.parse() {
        return Ok(ticket_id);
    }
    let number: TicketNumber = text.parse().map_err(Failure::usage)?;
    let number = number.to_string();
    let mut before = None;
    loop {
        let question = Question::History {
            of: HistoryOf::Family(family_id),
            before,
            limit: PAGE,
        };
        let records = match errand.station.ask(question).await? {
            Answer::History(records) => records,
            other => return Err(odd(&other)),
        };
        let Some(last) = records.last() else {
            return Err(Failure::refused(format!(
                "nothing in the history of the family has the number {number}"
            )));
        };
        before = Some(last.seq);
        let same = |value: &serde_json::Value| value.get("number").is_some_and(|it| *it == *number);
        let found = records.iter().find_map(|record| match record.entity {
            EntityKey::Ticket(ticket_id) if record.after.as_ref().is_some_and(same) => {
                Some(ticket_id)
            }
            _ => None,
        });
        if let Some(ticket_id) = found {
            return Ok(ticket_id);
        }
    }
}
