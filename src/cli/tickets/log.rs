//! `famdesk log`: what happened, newest last.

use std::collections::{BTreeSet, HashMap};

use super::label;
use crate::cli::errand::{Errand, odd};
use crate::cli::failure::{Exit, Result};
use crate::cli::print::history::{self, Names};
use crate::model::audit::AuditRecord;
use crate::model::id::{FamilyId, TicketId};
use crate::replica::view::{Answer, HistoryOf, Question};

pub async fn log(errand: &mut Errand, number: Option<String>, limit: usize) -> Result<Exit> {
    let of = match &number {
        Some(number) => {
            let ticket = errand.ticket(number).await?.ticket;
            HistoryOf::Ticket(ticket.family_id, ticket.ticket_id)
        }
        None => HistoryOf::Family(errand.family().await?.family_id),
    };
    let question = Question::History {
        of,
        before: None,
        limit,
    };
    let mut records = match errand.station.ask(question).await? {
        Answer::History(records) => records,
        other => return Err(odd(&other)),
    };
    records.sort_by_key(|record| record.seq);
    if errand.out.is_json() {
        errand.out.json(&records)?;
        return Ok(Exit::Done);
    }
    let family_id = match of {
        HistoryOf::Family(family_id)
        | HistoryOf::Entity(family_id, _)
        | HistoryOf::Ticket(family_id, _) => family_id,
    };
    let names = names(errand, family_id, &records).await?;
    let rows = history::records(&records, &names, number.is_some());
    errand.out.grid(&rows)?;
    Ok(Exit::Done)
}

async fn names(errand: &Errand, family_id: FamilyId, records: &[AuditRecord]) -> Result<Names> {
    let view = errand.view(family_id).await?;
    let ids: BTreeSet<TicketId> = records
        .iter()
        .filter_map(|record| record.entity.ticket())
        .collect();
    let mut tickets = HashMap::new();
    for ticket_id in ids {
        if let Some(thread) = errand.thread(ticket_id, (0, 0)).await? {
            tickets.insert(ticket_id, label(&thread.ticket));
        }
    }
    let queues = view
        .queues
        .iter()
        .map(|row| (row.queue.queue_id.to_string(), row.queue.queue_name.clone()));
    let groups = view
        .groups
        .iter()
        .map(|group| (group.group_id.to_string(), group.group_name.clone()));
    Ok(Names {
        places: queues.chain(groups).collect(),
        people: view
            .people
            .iter()
            .map(|person| (person.user_id, person.display_name.clone()))
            .collect(),
        tickets,
    })
}
