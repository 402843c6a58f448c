//! `famdesk log`: what happened, newest last.

use crate::cli::args::LogArgs;
use crate::cli::errand::{Errand, odd};
use crate::cli::failure::{Exit, Result};
use crate::cli::print::{Tint, history};
use crate::config::zone_of_machine;
use crate::replica::view::{Answer, History, HistoryFrom, HistoryOf, Question};
use crate::tell::Teller;

pub async fn log(errand: &mut Errand, args: LogArgs) -> Result<Exit> {
    let of = match (&args.number, &args.queue) {
        (Some(number), _) => {
            let ticket = errand.ticket(number).await?.ticket;
            HistoryOf::Ticket(ticket.family_id, ticket.ticket_id)
        }
        (None, Some(queue)) => {
            let family_id = errand.family().await?.family_id;
            HistoryOf::Queue(family_id, errand.queue(family_id, queue).await?)
        }
        (None, None) => HistoryOf::Family(errand.family().await?.family_id),
    };
    let question = Question::History {
        of,
        from: args.before.map_or(HistoryFrom::Newest, HistoryFrom::Before),
        limit: args.limit,
    };
    let mut past = ask(errand, &question).await?;
    // What happened before this replica was made is fetched behind a screen; here it is waited for.
    while past.incomplete && past.records.len() < args.limit {
        match errand.station.fetch_past().await {
            Ok(true) => past = ask(errand, &question).await?,
            // What is here is shown, and said not to be all.
            Ok(false) | Err(_) => break,
        }
    }
    past.records.reverse();
    if errand.out.is_json() {
        errand.out.json(&past.records)?;
        return Ok(Exit::Done);
    }
    let teller = Teller {
        names: &past.names,
        zone: &zone_of_machine(),
    };
    if past.incomplete && past.records.len() < args.limit {
        let words = "what happened before is still being fetched";
        errand.out.tinted(Tint::Dim, words)?;
    }
    let of_ticket = args.number.is_some();
    if args.diff {
        history::with_changes(&mut errand.out, (&past.records, &teller), of_ticket)?;
    } else {
        let rows = history::records(&past.records, &teller, of_ticket);
        errand.out.grid(&rows)?;
    }
    Ok(Exit::Done)
}

async fn ask(errand: &Errand, question: &Question) -> Result<History> {
    match errand.station.ask(question.clone()).await? {
        Answer::History(past) => Ok(*past),
        other => Err(odd(&other)),
    }
}
