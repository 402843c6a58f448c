//! What happened, as far as it is known here: the family's log by sequence, by entity, by ticket
//! and by queue, a part at a time.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::sql::{Blob, count, limit};
use super::view::{COUNTED, History, HistoryFrom, HistoryOf};
use super::{Result, names, nouns, past, tally};
use crate::model::audit::AuditRecord;
use crate::model::id::{FamilyId, QueueId, TicketId};

/// Up to so many tickets of a queue are looked up one by one; of more, the family's log is read
/// and what is elsewhere left out.
const FEW_TICKETS: u64 = 2_000;

/// A part of a history, with what its ids are called.
pub(super) fn history(
    conn: &Connection,
    of: HistoryOf,
    from: HistoryFrom,
    rows: usize,
) -> Result<History> {
    let Some(fam) = tally::family_number(conn, family_of(of))? else {
        return Ok(History::default());
    };
    let narrowed = Narrowed::to(conn, fam, of)?;
    let records = match from {
        HistoryFrom::Newest => narrowed.records(conn, Bound::Below(i64::MAX), rows)?,
        HistoryFrom::Oldest => narrowed.records(conn, Bound::Above(i64::MIN), rows)?,
        HistoryFrom::Before(seq) => narrowed.records(conn, Bound::Below(seq), rows)?,
        HistoryFrom::After(seq) => narrowed.records(conn, Bound::Above(seq), rows)?,
        HistoryFrom::Around(seq) => {
            let mut records = narrowed.records(conn, Bound::Above(seq), rows / 2)?;
            let older = rows.saturating_sub(records.len());
            let below = Bound::Below(seq.saturating_add(1));
            records.extend(narrowed.records(conn, below, older)?);
            records
        }
    };
    let tickets: BTreeSet<_> = records.iter().filter_map(|it| it.entity.ticket()).collect();
    let beyond = |end: Option<&AuditRecord>, bound: fn(i64) -> Bound| match end {
        Some(record) => narrowed.count(conn, bound(record.seq)),
        None => Ok(0),
    };
    Ok(History {
        names: names::of_family(conn, fam, &with_its_own(tickets, of))?,
        newer: beyond(records.first(), Bound::Above)?,
        older: beyond(records.last(), Bound::Below)?,
        incomplete: past::is_wanted(conn, fam, ticket_of(of))?,
        records,
    })
}

/// The ticket that is asked about is named also where nothing is known to have happened to it.
fn with_its_own(mut tickets: BTreeSet<TicketId>, of: HistoryOf) -> BTreeSet<TicketId> {
    tickets.extend(ticket_of(of));
    tickets
}

/// The ticket that alone is asked about.
fn ticket_of(of: HistoryOf) -> Option<TicketId> {
    match of {
        HistoryOf::Ticket(_, ticket_id) => Some(ticket_id),
        HistoryOf::Entity(_, key) => key.ticket(),
        HistoryOf::Family(_) | HistoryOf::Queue(..) => None,
    }
}

fn family_of(of: HistoryOf) -> FamilyId {
    match of {
        HistoryOf::Family(family_id)
        | HistoryOf::Queue(family_id, _)
        | HistoryOf::Entity(family_id, _)
        | HistoryOf::Ticket(family_id, _) => family_id,
    }
}

/// A place in a history, the one side of which is meant.
#[derive(Debug, Clone, Copy)]
enum Bound {
    Below(i64),
    Above(i64),
}

/// Where the records stand that are meant, and what stands for its question marks.
struct Narrowed {
    sql: &'static str,
    values: Vec<Value>,
}

/// Found by the tickets: a queue that holds few of many is not looked for in the whole log. The
/// pluses keep the order of the log from being walked instead.
const OF_FEW_TICKETS: &str = "event e WHERE e.rowid IN (
    SELECT rowid FROM event INDEXED BY event_of_ticket WHERE fam = ?1 AND ticket_id IN (
        SELECT ticket_id FROM ticket WHERE fam = ?1 AND queue_id = ?2 AND listed = 1
        UNION ALL SELECT ticket_id FROM ticket
            WHERE fam = ?1 AND merged IS NOT NULL AND queue_id = ?2
        UNION ALL SELECT ticket_id FROM ticket WHERE fam = ?1 AND deleted = 1 AND queue_id = ?2)
    UNION ALL SELECT rowid FROM event
        WHERE fam = ?1 AND entity_type = 'queue' AND entity_id = ?3)
  AND +e.fam = ?1";
/// Found by walking the log.
const OF_MANY_TICKETS: &str = "event e WHERE e.fam = ?1 AND (
    EXISTS (SELECT 1 FROM ticket t
        WHERE t.ticket_id = e.ticket_id AND t.fam = ?1 AND t.queue_id = ?2)
    OR (entity_type = 'queue' AND entity_id = ?3))";

impl Narrowed {
    fn to(conn: &Connection, fam: i64, of: HistoryOf) -> Result<Narrowed> {
        let (sql, values) = match of {
            HistoryOf::Family(_) => ("event e WHERE e.fam = ?1", Vec::new()),
            HistoryOf::Entity(_, key) => (
                "event e WHERE e.fam = ?1 AND entity_type = ?2 AND entity_id = ?3",
                vec![
                    Value::from(key.entity_type().as_str().to_owned()),
                    Value::from(key.entity_id()),
                ],
            ),
            HistoryOf::Ticket(_, ticket_id) => (
                "event e WHERE e.fam = ?1 AND ticket_id = ?2",
                vec![Value::Blob(ticket_id.0.as_bytes().to_vec())],
            ),
            HistoryOf::Queue(_, queue_id) => {
                let few = tickets_of(conn, fam, queue_id)? <= FEW_TICKETS;
                let sql = if few { OF_FEW_TICKETS } else { OF_MANY_TICKETS };
                let queue = Value::Blob(queue_id.0.as_bytes().to_vec());
                (sql, vec![queue, Value::from(queue_id.to_string())])
            }
        };
        let fam = std::iter::once(Value::from(fam));
        Ok(Narrowed {
            sql,
            values: fam.chain(values).collect(),
        })
    }

    /// The records nearest to the bound, the newest first.
    fn records(&self, conn: &Connection, bound: Bound, rows: usize) -> Result<Vec<AuditRecord>> {
        let (condition, order, seq) = match bound {
            Bound::Below(seq) => ("<", "DESC", seq),
            Bound::Above(seq) => (">", "ASC", seq),
        };
        let (narrowed, next) = (self.sql, self.values.len() + 1);
        let sql = format!(
            "SELECT json FROM {narrowed} AND e.seq {condition} ?{next}
             ORDER BY e.seq {order} LIMIT ?{}",
            next + 1
        );
        let values = self.values(seq, limit(rows));
        let mut records: Vec<AuditRecord> = nouns::all(conn, &sql, params_from_iter(values))?;
        if matches!(bound, Bound::Above(_)) {
            records.reverse();
        }
        Ok(records)
    }

    /// How many there are beyond the bound, as far as is counted.
    fn count(&self, conn: &Connection, bound: Bound) -> Result<u64> {
        let (condition, order, seq) = match bound {
            Bound::Below(seq) => ("<", "DESC", seq),
            Bound::Above(seq) => (">", "ASC", seq),
        };
        let (narrowed, next) = (self.sql, self.values.len() + 1);
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {narrowed} AND e.seq {condition} ?{next}
             ORDER BY e.seq {order} LIMIT ?{})",
            next + 1
        );
        let most = i64::try_from(COUNTED).unwrap_or(i64::MAX);
        let mut statement = conn.prepare_cached(&sql)?;
        let values = params_from_iter(self.values(seq, most));
        Ok(count(statement.query_row(values, |row| row.get(0))?))
    }

    fn values(&self, seq: i64, limit: i64) -> impl Iterator<Item = Value> {
        let end = [Value::from(seq), Value::from(limit)];
        self.values.iter().cloned().chain(end)
    }
}

/// How many tickets are in a queue, whatever their status.
fn tickets_of(conn: &Connection, fam: i64, queue_id: QueueId) -> Result<u64> {
    let sql = "SELECT ifnull(sum(n), 0) FROM tally WHERE fam = ?1 AND kind = 1 AND place = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(count(
        statement.query_row(params![fam, Blob(queue_id.0)], |row| row.get(0))?,
    ))
}
