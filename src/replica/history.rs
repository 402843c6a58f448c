//! What happened, as far as it is known here: the family's log by sequence, by entity, by ticket
//! and by queue, a part at a time.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::sql::{Blob, count, limit};
use super::view::{History, HistoryFrom, HistoryOf};
use super::{Result, names, nouns, tally};
use crate::model::audit::AuditRecord;
use crate::model::id::{FamilyId, QueueId};

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
    let records = records(conn, (fam, of), from, rows)?;
    let tickets: BTreeSet<_> = records.iter().filter_map(|it| it.entity.ticket()).collect();
    Ok(History {
        names: names::of_family(conn, fam, &tickets)?,
        incomplete: is_incomplete(conn, fam)?,
        records,
    })
}

fn family_of(of: HistoryOf) -> FamilyId {
    match of {
        HistoryOf::Family(family_id)
        | HistoryOf::Queue(family_id, _)
        | HistoryOf::Entity(family_id, _)
        | HistoryOf::Ticket(family_id, _) => family_id,
    }
}

fn records(
    conn: &Connection,
    (fam, of): (i64, HistoryOf),
    from: HistoryFrom,
    rows: usize,
) -> Result<Vec<AuditRecord>> {
    let (narrowed, mut values) = narrowed(conn, fam, of)?;
    let (bound, ascending) = match from {
        HistoryFrom::Newest => (("<", i64::MAX), false),
        HistoryFrom::Oldest => ((">", i64::MIN), true),
        HistoryFrom::Before(seq) => (("<", seq), false),
        HistoryFrom::After(seq) => ((">", seq), true),
    };
    let order = if ascending { "ASC" } else { "DESC" };
    let sql = format!(
        "SELECT json FROM event e WHERE fam = ? {narrowed} AND seq {} ? ORDER BY seq {order} LIMIT ?",
        bound.0
    );
    values.insert(0, Value::from(fam));
    values.push(Value::from(bound.1));
    values.push(Value::from(limit(rows)));
    let mut records: Vec<AuditRecord> = nouns::all(conn, &sql, params_from_iter(values))?;
    if ascending {
        records.reverse();
    }
    Ok(records)
}

/// The condition beside the family's, and what stands for its question marks.
fn narrowed(conn: &Connection, fam: i64, of: HistoryOf) -> Result<(&'static str, Vec<Value>)> {
    Ok(match of {
        HistoryOf::Family(_) => ("", Vec::new()),
        HistoryOf::Entity(_, key) => (
            "AND entity_type = ? AND entity_id = ?",
            vec![
                Value::from(key.entity_type().as_str().to_owned()),
                Value::from(key.entity_id()),
            ],
        ),
        HistoryOf::Ticket(_, ticket_id) => (
            "AND ticket_id = ?",
            vec![Value::Blob(ticket_id.0.as_bytes().to_vec())],
        ),
        HistoryOf::Queue(_, queue_id) => {
            let queue = Value::Blob(queue_id.0.as_bytes().to_vec());
            let sql = if tickets_of(conn, fam, queue_id)? <= FEW_TICKETS {
                "AND ticket_id IN (SELECT ticket_id FROM ticket WHERE fam = ? AND queue_id = ?)"
            } else {
                "AND EXISTS (SELECT 1 FROM ticket t
                     WHERE t.ticket_id = e.ticket_id AND t.fam = ? AND t.queue_id = ?)"
            };
            (sql, vec![Value::from(fam), queue])
        }
    })
}

/// How many tickets are in a queue, whatever their status.
fn tickets_of(conn: &Connection, fam: i64, queue_id: QueueId) -> Result<u64> {
    let sql = "SELECT ifnull(sum(n), 0) FROM tally WHERE fam = ?1 AND kind = 1 AND place = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(count(
        statement.query_row(params![fam, Blob(queue_id.0)], |row| row.get(0))?,
    ))
}

/// Whether records that one may see have still to be fetched.
fn is_incomplete(conn: &Connection, fam: i64) -> Result<bool> {
    let sql = "SELECT 1 FROM meta WHERE key = 'past ' || ?1";
    Ok(conn.prepare_cached(sql)?.exists([fam])?)
}
