//! The log, which is the audit and the change feed. Read from the base table, consistently; the
//! index serves only the history of one entity.

use std::collections::BTreeSet;

use super::{Listed, Window, head, listed, one, read_all};
use crate::model::audit::AuditRecord;
use crate::model::entity::EntityKey;
use crate::model::id::TicketId;
use crate::model::source::Timestamp;
use crate::table::Table;
use crate::table::error::TableError;
use crate::table::item::{Index, Item, Query, Token};
use crate::table::keys::{self, Scope};

/// Part of a log, without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    pub records: Vec<AuditRecord>,
    /// Whether there may be more behind the last record.
    pub more: bool,
}

/// From one moment to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSpan {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// The records after a number, up to so many. Stops at the first gap: what lies behind one is not
/// yet to be believed.
pub async fn log_after(
    table: &dyn Table,
    scope: Scope,
    seq: i64,
    limit: usize,
) -> Result<LogPage, TableError> {
    let query = Query::base(keys::log_pk(scope)).after(keys::log_sk(seq));
    let page = table.query(query.limit(limit)).await?;
    let mut records: Vec<AuditRecord> = read_all(&page.items)?;
    let whole = records
        .iter()
        .zip(seq + 1..)
        .take_while(|(record, expected)| record.seq == *expected)
        .count();
    let gap = whole < records.len();
    records.truncate(whole);
    Ok(LogPage {
        records,
        more: page.next.is_some() && !gap,
    })
}

/// The log from its end.
pub async fn log_newest_first(
    table: &dyn Table,
    scope: Scope,
    window: Window,
) -> Result<Listed<AuditRecord>, TableError> {
    let window = Window {
        backwards: true,
        ..window
    };
    listed(table, window.over(Query::base(keys::log_pk(scope)))).await
}

/// The records of a span of time, oldest first, up to so many. The first one is found by halving,
/// in about as many reads as the log's length has binary digits. Times are those of the server's
/// clock; around a moment when that was set back, records may be left out.
pub async fn audit_between(
    table: &dyn Table,
    scope: Scope,
    span: TimeSpan,
    limit: usize,
) -> Result<LogPage, TableError> {
    let last = head(table, scope).await?.map_or(0, |head| head.n);
    let first = first_since(table, scope, span.from, last).await?;
    let mut page = log_after(table, scope, first - 1, limit).await?;
    let within = page.records.iter().take_while(|it| it.time <= span.to);
    let within = within.count();
    page.more &= within == page.records.len();
    page.records.truncate(within);
    Ok(page)
}

/// The number of the first record that is not older than the given moment.
async fn first_since(
    table: &dyn Table,
    scope: Scope,
    from: Timestamp,
    last: i64,
) -> Result<i64, TableError> {
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let record: Option<AuditRecord> = one(table, keys::log_key(scope, middle)).await?;
        if record.is_some_and(|it| it.time < from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// The history of one entity, oldest first (newest first if backwards).
pub async fn audit_of_entity(
    table: &dyn Table,
    scope: Scope,
    entity: &EntityKey,
    window: Window,
) -> Result<Listed<AuditRecord>, TableError> {
    let query = Query::on(Index::Gsi2, keys::audit_pk(scope)).prefix(keys::audit_prefix(entity));
    listed(table, window.over(query)).await
}

/// Where, in a log or the history of a ticket read from its end, the part before a record begins.
pub fn before(scope: Scope, seq: i64) -> Token {
    let key = keys::log_key(scope, seq);
    Token {
        sk: key.sk.clone(),
        key,
    }
}

/// The same in the history of one entity; nowhere where it has no such record.
pub async fn before_of_entity(
    table: &dyn Table,
    scope: Scope,
    entity: &EntityKey,
    seq: i64,
) -> Result<Option<Token>, TableError> {
    let key = keys::log_key(scope, seq);
    let record: Option<AuditRecord> = one(table, key.clone()).await?;
    let place = record
        .filter(|it| it.entity == *entity)
        .map(|it| keys::audit_place(scope, &it));
    Ok(place.map(|place| Token { sk: place.sk, key }))
}

/// The history of a ticket with all that belongs to it, from its end. Each entity has its own
/// place in the index, so the places of all are gone over; but no more records are read than come
/// back.
pub async fn ticket_newest_first(
    table: &dyn Table,
    scope: Scope,
    ticket_id: TicketId,
    window: Window,
) -> Result<Listed<AuditRecord>, TableError> {
    let before = window.start.as_ref().and_then(|it| keys::seq_of(&it.key));
    let before = before.unwrap_or(i64::MAX);
    let mut newest = BTreeSet::new();
    for prefix in keys::audit_prefixes_of_ticket(ticket_id) {
        let mut query = Query::on(Index::Gsi2, keys::audit_pk(scope)).prefix(prefix);
        loop {
            let page = table.places(query.clone()).await?;
            let seqs = page.tokens.iter().filter_map(|it| keys::seq_of(&it.key));
            newest.extend(seqs.filter(|seq| *seq < before));
            while newest.len() > window.limit {
                newest.pop_first();
            }
            query.start = page.next;
            if query.start.is_none() {
                break;
            }
        }
    }
    let places = newest.into_iter().rev();
    let places = places.map(|seq| keys::log_key(scope, seq)).collect();
    let found = table.get_many(places).await?;
    let items: Vec<Item> = found.into_iter().flatten().collect();
    let full = items.len() >= window.limit;
    let last = items.last().filter(|_| full);
    let next = last.and_then(|it| it.token(Index::Gsi2));
    Ok(Listed {
        items: read_all(&items)?,
        next,
    })
}

/// The history of a ticket with all that belongs to it, by entity, each from its oldest record on,
/// up to so many, and where the next part begins. `after` is where the part before ended.
pub async fn audit_of_ticket(
    table: &dyn Table,
    scope: Scope,
    ticket_id: TicketId,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<AuditRecord>, Option<String>), TableError> {
    let mut records = Vec::new();
    let mut next = None;
    for prefix in keys::audit_prefixes_of_ticket(ticket_id) {
        // What can stand in a key sorts before a tilde.
        let end = format!("{prefix}~");
        if records.len() >= limit || after.is_some_and(|after| *after > *end) {
            continue;
        }
        let begin = match after.filter(|after| **after > *prefix) {
            Some(after) => format!("{after} "),
            None => prefix,
        };
        let query = Query::on(Index::Gsi2, keys::audit_pk(scope)).between(begin, end);
        let page = table.query(query.limit(limit - records.len())).await?;
        let last = page.items.last().and_then(|item| item.place(Index::Gsi2));
        next = last.map(|place| place.sk.clone()).or(next);
        records.extend(read_all::<AuditRecord>(&page.items)?);
    }
    let full = records.len() >= limit;
    Ok((records, next.filter(|_| full)))
}
