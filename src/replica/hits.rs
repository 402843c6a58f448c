//! Lists of tickets found by what they hold: words, a number, a tag.

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::Result;
use super::list::{List, Reach, Stand};
use super::rows::{Piece, rows_by_id};
use super::sql::{count, limit};
use super::view::{Anchor, Order, TicketRow, Window};
use crate::model::number::TicketNumber;

/// How many hits are put in order. Where there are more, they stand newest first, and only those
/// that are shown are read.
const SORTED_LIMIT: usize = 2_000;

/// How many hits are given best first; whoever needs more narrows the search.
const RANKED_LIMIT: usize = 200;

/// Of how many hits the best are looked for. What nearly every ticket holds ranks nothing, and
/// looking at each takes too long; such hits stand newest first.
const RANKABLE_LIMIT: usize = 20_000;

/// Of how many hits those are counted that the list shows, where there are more than are sorted.
const COUNTED_LIMIT: usize = 1_000;

/// What a hit in the title, the description and the comments weighs.
const WEIGHTS: &str = "bm25(10.0, 4.0, 1.0)";

/// The hits around an anchor.
pub(super) fn window(list: &List<'_>, anchor: Anchor, reach: Reach) -> Result<Window> {
    let text = list.query.text.trim();
    let words = matching(text);
    let hits = match &words {
        _ if text.is_empty() => tagged(list),
        Some(words) => worded(words, false),
        None => titled(text),
    };
    if let Some(words) = words
        && list.query.order == Order::Relevance
        && !hits.are_more_than(list, RANKABLE_LIMIT)?
    {
        let hits = worded(&words, true);
        let mut found = hits.find(list, &hits.order(), RANKED_LIMIT + 1)?;
        let more = found.len() > RANKED_LIMIT;
        found.truncate(RANKED_LIMIT);
        return sorted(list, found, more, (anchor, reach));
    }
    let latest = hits.latest(list)?;
    if latest.len() > SORTED_LIMIT {
        return newest(list, (&hits, &latest), anchor, reach);
    }
    let mut found = shown(list, &latest)?;
    sort(&mut found, list.query.order);
    sorted(list, found, false, (anchor, reach))
}

/// The window out of hits that stand in their order.
fn sorted(
    list: &List<'_>,
    mut found: Vec<Stand>,
    more_than_total: bool,
    around: (Anchor, Reach),
) -> Result<Window> {
    put_first(&mut found, numbered(list)?);
    let (anchor, reach) = around;
    let both = reach.before + reach.after;
    let (from, until) = match anchor {
        Anchor::Top => (0, both),
        Anchor::Bottom => (found.len().saturating_sub(both), found.len()),
        Anchor::Ticket(ticket_id, place) => {
            let stand = list.stand(ticket_id)?;
            let known = place.and_then(|place| usize::try_from(place).ok());
            let at = stand
                .and_then(|stand| found.iter().position(|hit| hit.id == stand.id))
                .or(known)
                .unwrap_or(0);
            (at.saturating_sub(reach.before), at + reach.after + 1)
        }
    };
    let until = until.min(found.len());
    let from = from.min(until);
    Ok(Window {
        rows: rows_of(list, &found[from..until])?,
        first: from as u64,
        total: found.len() as u64,
        more_than_total,
    })
}

/// The window out of more hits than can be put in order at every key: newest first. A ticket whose
/// number was typed stands above them all.
fn newest(
    list: &List<'_>,
    (hits, latest): (&Hits, &[i64]),
    anchor: Anchor,
    reach: Reach,
) -> Result<Window> {
    let both = reach.before + reach.after;
    let down = hits.order();
    let mut top = shown(list, &latest[..COUNTED_LIMIT])?;
    let counted = top.len() as u64;
    let (first, found) = match anchor {
        Anchor::Bottom => {
            let mut found = hits.find(list, hits.id, both)?;
            found.reverse();
            let all = hits.count(list)?;
            (all.saturating_sub(found.len() as u64), found)
        }
        Anchor::Top => {
            if top.len() < both {
                top = hits.find(list, &down, both)?;
            }
            put_first(&mut top, numbered(list)?);
            top.truncate(both);
            (0, top)
        }
        Anchor::Ticket(ticket_id, place) => {
            let id = list.stand(ticket_id)?.map_or(i64::MAX, |stand| stand.id);
            let newer = hits.narrowed(" > ?", id);
            let mut found = newer.find(list, hits.id, reach.before)?;
            found.reverse();
            let above = found.len() as u64;
            let first = match place {
                _ if found.len() < reach.before => 0,
                Some(place) => place.saturating_sub(above),
                None => newer.count(list)?.saturating_sub(above),
            };
            let rest = hits.narrowed(" <= ?", id);
            found.extend(rest.find(list, &down, reach.after + 1)?);
            (first, found)
        }
    };
    Ok(Window {
        rows: rows_of(list, &found)?,
        first,
        total: counted.max(first + found.len() as u64),
        more_than_total: true,
    })
}

/// Those of the rows that the list shows.
fn shown(list: &List<'_>, ids: &[i64]) -> Result<Vec<Stand>> {
    let rest = list.conditions();
    let sql = format!(
        "SELECT t.id, t.severity, t.activity FROM ticket t INDEXED BY hits WHERE {} AND t.id = ?",
        rest.sql
    );
    let mut statement = list.conn.prepare_cached(&sql)?;
    // Bound once: what the list asks is the same for every row.
    for (number, value) in (1..).zip(&rest.values) {
        statement.raw_bind_parameter(number, value)?;
    }
    let last = rest.values.len() + 1;
    let mut found = Vec::new();
    for id in ids {
        statement.raw_bind_parameter(last, id)?;
        let mut rows = statement.raw_query();
        if let Some(row) = rows.next()? {
            found.push(stand(row)?);
        }
    }
    Ok(found)
}

fn stand(row: &Row<'_>) -> rusqlite::Result<Stand> {
    Ok(Stand {
        id: row.get(0)?,
        severity: row.get(1)?,
        activity: row.get(2)?,
    })
}

fn rows_of(list: &List<'_>, hits: &[Stand]) -> Result<Vec<TicketRow>> {
    let ids: Vec<i64> = hits.iter().map(|hit| hit.id).collect();
    rows_by_id(list.conn, &ids)
}

fn put_first(found: &mut Vec<Stand>, first: Vec<Stand>) {
    found.retain(|hit| !first.iter().any(|other| other.id == hit.id));
    found.splice(0..0, first);
}

/// The text as a full-text query: every word must be there, the last may go on. Nothing, if it
/// holds no letter or digit. Every word is quoted, so no text is a syntax error.
fn matching(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| word.contains(char::is_alphanumeric))
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect();
    (!words.is_empty()).then(|| words.join(" ") + "*")
}

/// What finds rows by what they hold.
#[derive(Debug, Clone)]
struct Hits {
    table: &'static str,
    /// The column that holds the ticket's row.
    id: &'static str,
    condition: Piece,
    ranked: bool,
}

fn worded(words: &str, ranked: bool) -> Hits {
    let mut condition = Piece {
        sql: "ticket_text MATCH ?".to_owned(),
        values: vec![Value::from(words.to_owned())],
    };
    if ranked {
        condition.and("rank MATCH ?", [Value::from(WEIGHTS.to_owned())]);
    }
    Hits {
        table: "ticket_text",
        id: "ticket_text.rowid",
        condition,
        ranked,
    }
}

fn titled(text: &str) -> Hits {
    let plain = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
        .replace('\0', "");
    Hits {
        table: "ticket AS titled",
        id: "titled.id",
        condition: Piece {
            sql: "titled.title LIKE ? ESCAPE '\\'".to_owned(),
            values: vec![Value::from(format!("%{plain}%"))],
        },
        ranked: false,
    }
}

fn tagged(list: &List<'_>) -> Hits {
    let tag = list.query.tag.clone().unwrap_or_default();
    Hits {
        table: "ticket_tag",
        id: "ticket_tag.id",
        condition: Piece {
            sql: "ticket_tag.tag = ?".to_owned(),
            values: vec![Value::from(tag)],
        },
        ranked: false,
    }
}

/// The tickets whose number was typed, whole (`RIV-2026-0042`) or its last part (`42`).
fn numbered(list: &List<'_>) -> Result<Vec<Stand>> {
    let text = list.query.text.trim();
    let whole: Option<TicketNumber> = text.parse().ok();
    let count = whole.as_ref().map(|number| number.count);
    let Some(count) = count.or_else(|| text.parse().ok()) else {
        return Ok(Vec::new());
    };
    let mut condition = Piece {
        sql: "numbered.number_count = ?".to_owned(),
        values: vec![Value::from(i64::from(count))],
    };
    if let Some(whole) = whole {
        condition.and("numbered.number = ?", [Value::from(whole.to_string())]);
    }
    let hits = Hits {
        table: "ticket AS numbered INDEXED BY numbers",
        id: "numbered.id",
        condition,
        ranked: false,
    };
    hits.find(list, &hits.order(), SORTED_LIMIT)
}

impl Hits {
    /// Best first, or newest first.
    fn order(&self) -> String {
        if self.ranked {
            "ticket_text.rank".to_owned()
        } else {
            format!("{} DESC", self.id)
        }
    }

    /// Only the hits whose row compares like this.
    fn narrowed(&self, compares: &str, id: i64) -> Hits {
        let mut narrowed = self.clone();
        let sql = format!("{}{compares}", self.id);
        narrowed.condition.and(&sql, [Value::from(id)]);
        narrowed
    }

    /// The rows of the newest hits, shown by the list or not: at most one more than are sorted.
    fn latest(&self, list: &List<'_>) -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT {} FROM {} WHERE {} ORDER BY {} DESC LIMIT {}",
            self.id,
            self.table,
            self.condition.sql,
            self.id,
            SORTED_LIMIT + 1
        );
        let mut statement = list.conn.prepare_cached(&sql)?;
        let values = params_from_iter(&self.condition.values);
        let found = statement.query_map(values, |row| row.get(0))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether there are more than so many hits, shown by the list or not.
    fn are_more_than(&self, list: &List<'_>, most: usize) -> Result<bool> {
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT {})",
            self.table,
            self.condition.sql,
            most + 1
        );
        let mut statement = list.conn.prepare_cached(&sql)?;
        let values = params_from_iter(&self.condition.values);
        let found: i64 = statement.query_row(values, |row| row.get(0))?;
        Ok(usize::try_from(found).unwrap_or(0) > most)
    }

    /// How many of the hits the list shows.
    fn count(&self, list: &List<'_>) -> Result<u64> {
        let rest = list.conditions();
        let sql = format!(
            "SELECT count(*) FROM {} CROSS JOIN ticket t INDEXED BY hits ON t.id = {} WHERE {} AND {}",
            self.table, self.id, self.condition.sql, rest.sql
        );
        let values = self.condition.values.iter().cloned().chain(rest.values);
        let mut statement = list.conn.prepare_cached(&sql)?;
        let found = statement.query_row(params_from_iter(values), |row| row.get(0))?;
        Ok(count(found))
    }

    /// The first of the hits that the list shows.
    fn find(&self, list: &List<'_>, order: &str, most: usize) -> Result<Vec<Stand>> {
        let mut piece = self.condition.clone();
        let rest = list.conditions();
        piece.and(&rest.sql, rest.values);
        piece.values.push(Value::from(limit(most)));
        let sql = format!(
            "SELECT t.id, t.severity, t.activity FROM {} CROSS JOIN ticket t INDEXED BY hits ON t.id = {}
             WHERE {} ORDER BY {order} LIMIT ?",
            self.table, self.id, piece.sql
        );
        let mut statement = list.conn.prepare_cached(&sql)?;
        let found = statement.query_map(params_from_iter(piece.values), stand)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}

fn sort(hits: &mut [Stand], order: Order) {
    match order {
        Order::Severity => hits.sort_by_key(|hit| (hit.severity, hit.id)),
        Order::NewestFirst => hits.sort_by_key(|hit| std::cmp::Reverse(hit.id)),
        Order::RecentlyActive => {
            hits.sort_by_key(|hit| std::cmp::Reverse((hit.activity, hit.id)));
        }
        Order::Relevance => {}
    }
}
