//! Tickets that a query finds. The caller's view says which and in what order; the rows are the
//! desk's, so that its check is the last word and their versions are those that can be changed.

use std::collections::HashMap;

use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use super::cursor::{Paging, cursor, reply_with};
use super::resource::resource;
use super::{Asker, House, Request};
use crate::config::zone;
use crate::model::entity::EntityKey;
use crate::model::id::{FamilyId, QueueId, TicketId, UserId};
use crate::model::source::Timestamp;
use crate::query::{Context, Filter, Names, Notice, Order, Test, read};
use crate::replica::view::{Anchor, Answer, ListQuery, Question, TicketRow};
use crate::replica::{Replica, ReplicaError};
use crate::server::reply::Failure;
use crate::wire::problem::{Problem, ProblemKind};

/// One page of tickets.
#[derive(Serialize)]
struct Found {
    items: Vec<Value>,
    /// How many tickets are found in all.
    total: u64,
    /// There are so many at least; counting them took too long.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    more_than_total: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// What the query means, in words, and what could not be taken as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<String>,
}

/// What is asked of a view.
struct Asked {
    family_id: FamilyId,
    me: UserId,
    now: Timestamp,
    text: Option<String>,
    queue: Option<QueueId>,
    /// Where the page before ended: its last ticket, and that one's place.
    after: Option<(TicketId, u64)>,
    limit: usize,
}

/// What a view says.
struct Told {
    rows: Vec<TicketRow>,
    /// The place of the first of them.
    first: u64,
    total: u64,
    more_than_total: bool,
    more: bool,
    meaning: Option<String>,
    notices: Vec<String>,
}

pub(super) async fn list(
    house: &House,
    asker: &Asker<'_>,
    request: &Request,
) -> Result<Response, Failure> {
    let paging = Paging::of(&request.uri, true)?;
    let me = asker.caller.user_id();
    let queue = match request.params.get("queue") {
        "" => None,
        id => Some(id.parse::<QueueId>()?),
    };
    if let Some(queue_id) = queue {
        let key = EntityKey::Queue(queue_id);
        house.desk.show(asker.family_id, me, key).await?;
    }
    let text = paging.q.clone().filter(|it| !it.trim().is_empty());
    let asked_for = text.as_deref().unwrap_or_default();
    let list = format!("{me} {} {asked_for}", request.uri.path());
    let after = match paging.after(&list)? {
        Some((id, place)) => Some((id.parse::<TicketId>()?, place)),
        None => None,
    };
    let asked = Asked {
        family_id: asker.family_id,
        me,
        now: house.desk.source().now(),
        text,
        queue,
        after,
        limit: paging.limit(),
    };
    let told = house.views.run(asker, move |it| asked.of(it)).await?;
    let Some(told) = told? else {
        let detail = "cursor: the ticket that it stands at is gone from your sight; begin again \
                      without one";
        return Err(Problem::new(ProblemKind::Malformed, detail).into());
    };
    let next = match told.rows.last() {
        Some(last) if told.more => {
            let place = told.first + told.rows.len() as u64 - 1;
            Some(cursor(&list, last.ticket_id, place)?)
        }
        _ => None,
    };
    let found = Found {
        items: items(house, asker, &told.rows).await?,
        total: told.total,
        more_than_total: told.more_than_total,
        next,
        meaning: told.meaning,
        notices: told.notices,
    };
    Ok(reply_with(&found, &request.uri, found.next.as_deref()))
}

/// The tickets as they are now, with what only a view knows of them.
async fn items(
    house: &House,
    asker: &Asker<'_>,
    rows: &[TicketRow],
) -> Result<Vec<Value>, Failure> {
    let keys: Vec<EntityKey> = rows
        .iter()
        .map(|it| EntityKey::Ticket(it.ticket_id))
        .collect();
    let user_id = asker.caller.user_id();
    let found = house.desk.rows(asker.family_id, user_id, &keys).await?;
    let mut by_key = HashMap::new();
    for record in found.iter().filter(|it| !it.common().deleted) {
        by_key.insert(record.key(), resource(record)?);
    }
    let mut items = Vec::with_capacity(rows.len());
    for (row, key) in rows.iter().zip(keys) {
        if let Some(Value::Object(mut ticket)) = by_key.remove(&key) {
            ticket.insert("last_activity".to_owned(), json!(row.last_activity));
            ticket.insert("comments".to_owned(), json!(row.comments));
            ticket.insert("unread".to_owned(), json!(row.unread));
            items.push(Value::Object(ticket));
        }
    }
    Ok(items)
}

impl Asked {
    /// What the view says; nothing where it does not know the ticket to go on from.
    fn of(&self, view: &mut Replica) -> Result<Option<Told>, ReplicaError> {
        let (query, meaning, notices) = self.query(view)?;
        let (anchor, skip) = match self.after {
            None => (Anchor::Top, 0),
            Some((ticket_id, place)) => {
                let key = EntityKey::Ticket(ticket_id);
                if view.here(self.family_id, &[key])?.is_empty() {
                    return Ok(None);
                }
                (Anchor::Ticket(ticket_id, Some(place)), 1)
            }
        };
        let question = Question::List {
            query,
            anchor,
            before: 0,
            // One more than is wanted tells whether there is more.
            after: self.limit + 1,
        };
        let Answer::List(mut window) = view.answer(&question)? else {
            return Ok(None);
        };
        let stood_at = self.after.map(|(ticket_id, _)| ticket_id);
        if skip == 1 && window.rows.first().map(|it| it.ticket_id) == stood_at {
            window.rows.remove(0);
            window.first += 1;
        }
        let more = window.rows.len() > self.limit;
        window.rows.truncate(self.limit);
        Ok(Some(Told {
            rows: window.rows,
            first: window.first,
            total: window.total,
            more_than_total: window.more_than_total,
            more,
            meaning,
            notices,
        }))
    }

    /// The query in ids and moments, in words, and what there is to say about it.
    fn query(
        &self,
        view: &Replica,
    ) -> Result<(ListQuery, Option<String>, Vec<String>), ReplicaError> {
        let here = |filter: Filter| match self.queue {
            Some(queue_id) => filter.and(Test::Queue(vec![queue_id])),
            None => filter,
        };
        let Some(text) = &self.text else {
            let query = ListQuery {
                family: Some(self.family_id),
                filter: here(Filter::default()),
                order: Order::GRAVEST,
            };
            return Ok((query, None, Vec::new()));
        };
        let (names, zone) = match view.answer(&Question::Family(self.family_id))? {
            Answer::Family(Some(family)) => (family.names(), zone(&family.family.time_zone)),
            _ => (Names::default(), None),
        };
        let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
        let context = Context {
            me: self.me,
            names: &names,
            now: self.now,
            zone: &zone,
        };
        let reading = read(text, &context);
        let query = ListQuery {
            family: Some(self.family_id),
            filter: here(reading.query.filter(&context)),
            order: reading.query.order(),
        };
        let meaning = reading.query.explain(&context);
        let notices = reading.notices.iter().map(Notice::line).collect();
        Ok((query, Some(meaning), notices))
    }
}
