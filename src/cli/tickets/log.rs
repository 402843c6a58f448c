//! `famdesk log`: what happened, newest last.

use jiff::tz::TimeZone;

use crate::cli::args::LogArgs;
use crate::cli::errand::{Errand, odd};
use crate::cli::failure::{Exit, Result};
use crate::cli::print::{Tint, history};
use crate::replica::view::{Answer, HistoryFrom, HistoryOf, Question};
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
    let mut past = match errand.station.ask(question).await? {
        Answer::History(past) => *past,
        other => return Err(odd(&other)),
    };
    past.records.reverse();
    if errand.out.is_json() {
        errand.out.json(&past.records)?;
        return Ok(Exit::Done);
    }
    let teller = Teller {
        names: &past.names,
        zone: &TimeZone::system(),
    };
    if past.incomplete && past.older == 0 {
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
