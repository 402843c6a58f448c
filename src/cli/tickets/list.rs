//! `famdesk list`.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::cli::args::{ListArgs, ListStatus, Sort};
use crate::cli::errand::{Errand, odd};
use crate::cli::failure::{Exit, Failure, Result};
use crate::cli::print::complain;
use crate::cli::print::rows::{self, TicketJson};
use crate::cli::when::zone_of;
use crate::config::zone_of_machine;
use crate::model::id::FamilyId;
use crate::query::{Bounds, Context, Is, Names, Notice, Order, Query, Term, read};
use crate::replica::view::{Anchor, Answer, ListQuery, Question, TicketRow, Window};
use crate::text::plural::grouped;

/// How many rows are read at once.
const PAGE: usize = 500;

pub async fn list(errand: &mut Errand, args: ListArgs) -> Result<Exit> {
    let asked = asked(errand, &args).await?;
    if args.explain {
        return explain(errand, &asked);
    }
    for notice in &asked.notices {
        complain(&pointed_at(&asked.text, notice));
    }
    let limit = match args.limit {
        0 => usize::MAX,
        limit => limit,
    };
    let (rows, total) = rows_of(errand, asked.list_query(errand), limit).await?;

    if errand.out.is_json() {
        let all: Vec<TicketJson<'_>> = rows.iter().map(TicketJson::from).collect();
        errand.out.json(&all)?;
        return Ok(Exit::Done);
    }
    let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    errand.out.grid(&rows::tickets(&rows, errand.now()))?;
    if errand.out.columns().is_some() {
        match total {
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

/// What was asked for, by options and by the query.
struct Asked {
    query: Query,
    /// The query as it was typed, and what there is to say about it.
    text: String,
    notices: Vec<Notice>,
    family: Option<FamilyId>,
    names: Names,
    zone: TimeZone,
}

impl Asked {
    fn context(&self, errand: &Errand) -> Context<'_> {
        Context {
            me: errand.station.me(),
            names: &self.names,
            now: errand.now(),
            zone: &self.zone,
        }
    }

    fn list_query(&self, errand: &Errand) -> ListQuery {
        ListQuery {
            family: self.family,
            filter: self.query.filter(&self.context(errand)),
            order: self.query.order(),
        }
    }
}

async fn asked(errand: &Errand, args: &ListArgs) -> Result<Asked> {
    let family = errand.family_if_clear().await?;
    if family.is_none() && (args.queue.is_some() || args.assignee.is_some()) {
        // Says which families there are.
        errand.family().await?;
    }
    let family = family.map(|family| family.family_id);
    let names_nothing = args.query.is_empty() && args.queue.is_none() && args.assignee.is_none();
    let (names, zone) = match family {
        _ if names_nothing => (Names::default(), TimeZone::UTC),
        Some(family_id) => {
            let view = errand.view(family_id).await?;
            (view.names(), zone_of(&view.family))
        }
        None => match errand.station.ask(Question::Names).await? {
            Answer::Names(names) => (*names, zone_of_machine()),
            other => return Err(odd(&other)),
        },
    };
    let text = args.query.join(" ");
    let mut asked = Asked {
        query: Query::default(),
        text,
        notices: Vec::new(),
        family,
        names,
        zone,
    };
    let reading = read(&asked.text, &asked.context(errand));
    asked.notices = reading.notices;
    asked.query = with_options(errand, args, &asked.names, reading.query).await?;
    Ok(asked)
}

/// The query, narrowed by the options. Open tickets are meant where nothing says another status.
async fn with_options(
    errand: &Errand,
    args: &ListArgs,
    names: &Names,
    query: Query,
) -> Result<Query> {
    let says_status = query.filter.terms().any(Term::is_status);
    let mut terms = Vec::new();
    if let Some(queue) = &args.queue {
        let family_id = errand.family().await?.family_id;
        terms.push(names.queue_term(errand.queue(family_id, queue).await?));
    }
    terms.extend(match args.status {
        Some(ListStatus::Open) => Some(Term::Is(Is::Open)),
        Some(ListStatus::Resolved) => Some(Term::Is(Is::Resolved)),
        Some(ListStatus::Closed) => Some(Term::Is(Is::Closed)),
        Some(ListStatus::Any) => None,
        None => (!says_status).then_some(Term::Is(Is::Open)),
    });
    terms.extend(args.severity.map(|it| Term::Severity(Bounds::Is(it))));
    if let Some(who) = &args.assignee {
        let family_id = errand.family().await?.family_id;
        let who = errand.person_or_none(family_id, who).await?;
        terms.push(names.holder_term(who, errand.station.me()));
    }
    terms.extend(args.tag.clone().map(Term::Tag));
    let sort = match args.sort {
        Some(Sort::Severity) => Some(Order::GRAVEST),
        Some(Sort::Created) => Some(Order::NEWEST),
        Some(Sort::Updated) => Some(Order::LATEST),
        // The best match stands first where that is asked for.
        None => query.sort.or(Some(Order::GRAVEST)),
    };
    let mut whole = Query::of(terms).and(query.filter);
    whole.sort = sort;
    Ok(whole)
}

/// What the query means, as JSON.
#[derive(Serialize)]
struct Meaning {
    query: String,
    meaning: String,
    notices: Vec<String>,
}

fn explain(errand: &mut Errand, asked: &Asked) -> Result<Exit> {
    let meaning = asked.query.explain(&asked.context(errand));
    let query = asked.query.to_string();
    if errand.out.is_json() {
        errand.out.json(&Meaning {
            query,
            meaning,
            notices: asked.notices.iter().map(Notice::line).collect(),
        })?;
        return Ok(Exit::Done);
    }
    errand.out.line(query)?;
    errand.out.line(meaning)?;
    for notice in &asked.notices {
        for line in pointed_at(&asked.text, notice).lines() {
            errand.out.line(line)?;
        }
    }
    Ok(Exit::Done)
}

/// A notice below the place in the query that it is about.
fn pointed_at(text: &str, notice: &Notice) -> String {
    let (before, about) = notice.columns(text);
    let carets = format!("{}{}", " ".repeat(before), "^".repeat(about));
    format!("{}\n  {text}\n  {carets}", notice.line())
}

/// The first so many rows, and how many there are in all where that is known.
async fn rows_of(
    errand: &Errand,
    query: ListQuery,
    limit: usize,
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
        rows.extend(window.rows.into_iter().skip(usize::from(skip_anchor)));
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
