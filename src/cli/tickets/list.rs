//! `famdesk list`.

use crate::cli::args::{ListArgs, ListStatus, Sort};
use crate::cli::errand::{Errand, odd};
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::rows::{self, TicketJson};
use crate::model::status::Status;
use crate::replica::view::{
    Anchor, Answer, ListQuery, Order, Place, Question, StatusFilter, TicketRow, Window,
};
use crate::text::plural::grouped;

/// How many rows are read at once.
const PAGE: usize = 500;

pub async fn list(errand: &mut Errand, args: ListArgs) -> Result<Exit> {
    let only_mine = args
        .assignee
        .as_deref()
        .filter(|_| args.queue.is_some())
        .map(str::to_owned);
    let query = query(errand, &args).await?;
    let limit = match args.limit {
        0 => usize::MAX,
        limit => limit,
    };
    let keep = match only_mine {
        Some(who) => {
            let family_id = errand.family().await?.family_id;
            Some(errand.person_or_none(family_id, &who).await?)
        }
        None => None,
    };
    let (rows, total) = rows_of(errand, query, limit, |row: &TicketRow| {
        keep.is_none_or(|who| row.assigned_to == who)
    })
    .await?;

    if errand.out.is_json() {
        let all: Vec<TicketJson<'_>> = rows.iter().map(TicketJson::from).collect();
        errand.out.json(&all)?;
        return Ok(Exit::Done);
    }
    let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    errand.out.grid(&rows::tickets(&rows, errand.now()))?;
    if errand.out.columns().is_some() {
        match total.filter(|_| keep.is_none()) {
            _ if rows.is_empty() => errand.out.line("no such ticket")?,
            Some(total) if total > shown => errand.out.line(format!(
                "{} of {}; --limit 0 shows all",
                grouped(shown),
                grouped(total)
            ))?,
            Some(_) | None => {}
        }
    }
    Ok(Exit::Done)
}

/// The replica narrows by one place: the queue, where one is named, before the assignee.
async fn query(errand: &Errand, args: &ListArgs) -> Result<ListQuery> {
    let place = match errand.family_if_clear().await? {
        None if args.queue.is_some() || args.assignee.is_some() => {
            // Says which families there are.
            errand.family().await?;
            Place::Everywhere
        }
        None => Place::Everywhere,
        Some(family) => {
            let family_id = family.family_id;
            match (&args.queue, &args.assignee) {
                (Some(queue), _) => Place::Queue(family_id, errand.queue(family_id, queue).await?),
                (None, Some(who)) => match errand.person_or_none(family_id, who).await? {
                    Some(user_id) => Place::AssignedTo(family_id, user_id),
                    None => Place::Unassigned(family_id),
                },
                (None, None) => Place::Family(family_id),
            }
        }
    };
    Ok(ListQuery {
        place,
        status: match args.status {
            ListStatus::Open => StatusFilter::Only(Status::Open),
            ListStatus::Resolved => StatusFilter::Only(Status::Resolved),
            ListStatus::Closed => StatusFilter::Only(Status::Closed),
            ListStatus::Any => StatusFilter::Any,
        },
        severity: args.severity,
        created: (None, None),
        tag: args.tag.clone(),
        text: args.words.join(" "),
        order: match args.sort {
            Sort::Severity => Order::Severity,
            Sort::Created => Order::NewestFirst,
            Sort::Updated => Order::RecentlyActive,
        },
    })
}

/// The first so many rows that are to be kept, and how many there are in all where that is known.
async fn rows_of(
    errand: &Errand,
    query: ListQuery,
    limit: usize,
    keep: impl Fn(&TicketRow) -> bool,
) -> Result<(Vec<TicketRow>, Option<u64>)> {
    let mut rows: Vec<TicketRow> = Vec::new();
    let mut anchor = Anchor::Top;
    let mut skip_anchor = false;
    loop {
        let page = limit.min(PAGE);
        let window = window(errand, &query, (anchor, page)).await?;
        let got = window.rows.len();
        let last = window.rows.last().map(|row| row.ticket_id);
        let place = window.first + u64::try_from(got).unwrap_or(0);
        let fresh = window.rows.into_iter().skip(usize::from(skip_anchor));
        rows.extend(fresh.filter(|row| keep(row)));
        let at_end = got < page || place >= window.total && !window.more_than_total;
        let Some(last) = last.filter(|_| rows.len() < limit && !at_end) else {
            rows.truncate(limit);
            let whole = !window.more_than_total;
            return Ok((rows, whole.then_some(window.total)));
        };
        anchor = Anchor::Ticket(last, Some(place.saturating_sub(1)));
        skip_anchor = true;
    }
}

async fn window(
    errand: &Errand,
    query: &ListQuery,
    (anchor, page): (Anchor, usize),
) -> Result<Window> {
    let question = Question::List {
        query: query.clone(),
        anchor,
        before: 0,
        after: page,
    };
    match errand.station.ask(question).await? {
        Answer::List(window) => Ok(window),
        other => Err::<Window, Failure>(odd(&other)),
    }
}
