//! Lists of tickets found by what they hold: words, a number, a tag.

use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::Result;
use super::list::{List, Piece, Reach, Stand, rows_by_id};
use super::sql::limit;
use super::view::{Anchor, Order, Window};
use crate::model::number::TicketNumber;

/// How many hits of a search are looked at: the newest, or the best. Beyond, the person narrows
/// the search rather than read on.
const HIT_LIMIT: usize = 2_000;

/// What a hit in the title, the description and the comments weighs.
const WEIGHTS: &str = "bm25(10.0, 4.0, 1.0)";

/// The hits around an anchor. If there are more than the limit, they are the newest of all and
/// stay in that order.
pub(super) fn window(list: &List<'_>, anchor: Anchor, reach: Reach) -> Result<Window> {
    let (hits, more_than_total) = hits(list)?;
    let both = reach.before + reach.after;
    let (from, until) = match anchor {
        Anchor::Top => (0, both),
        Anchor::Bottom => (hits.len().saturating_sub(both), hits.len()),
        Anchor::Ticket(ticket_id, place) => {
            let stand = list.stand(ticket_id)?;
            let known = place.and_then(|place| usize::try_from(place).ok());
            let at = stand
                .and_then(|stand| hits.iter().position(|hit| hit.id == stand.id))
                .or(known)
                .unwrap_or(0);
            (at.saturating_sub(reach.before), at + reach.after + 1)
        }
    };
    let until = until.min(hits.len());
    let from = from.min(until);
    let ids: Vec<i64> = hits[from..until].iter().map(|hit| hit.id).collect();
    Ok(Window {
        rows: rows_by_id(list.conn, &ids)?,
        first: from as u64,
        total: hits.len() as u64,
        more_than_total,
    })
}

/// All hits in their order, and whether there are more.
fn hits(list: &List<'_>) -> Result<(Vec<Stand>, bool)> {
    let text = list.query.text.trim();
    let order = list.query.order;
    let mut found = match matching(text) {
        _ if text.is_empty() => find(list, tagged(list))?,
        Some(words) => find(list, worded(words, order))?,
        None => find(list, titled(text))?,
    };
    let more = found.len() > HIT_LIMIT;
    found.truncate(HIT_LIMIT);
    if !more {
        sort(&mut found, order);
    }
    for hit in numbered(list, text)?.into_iter().rev() {
        found.retain(|other| other.id != hit.id);
        found.insert(0, hit);
    }
    Ok((found, more))
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

/// Where hits come from, up to its `WHERE`, and in which order.
struct From {
    tables: &'static str,
    condition: Piece,
    order: &'static str,
}

fn worded(words: String, order: Order) -> From {
    let ranked = order == Order::Relevance;
    let mut condition = Piece {
        sql: "ticket_text MATCH ?".to_owned(),
        values: vec![Value::from(words)],
    };
    if ranked {
        condition.and("rank MATCH ?", [Value::from(WEIGHTS.to_owned())]);
    }
    From {
        tables: "ticket_text CROSS JOIN ticket t ON t.id = ticket_text.rowid",
        condition,
        order: if ranked {
            "ticket_text.rank"
        } else {
            "ticket_text.rowid DESC"
        },
    }
}

fn titled(text: &str) -> From {
    let plain = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
        .replace('\0', "");
    From {
        tables: "ticket t",
        condition: Piece {
            sql: "t.title LIKE ? ESCAPE '\\'".to_owned(),
            values: vec![Value::from(format!("%{plain}%"))],
        },
        order: "t.id DESC",
    }
}

fn tagged(list: &List<'_>) -> From {
    let tag = list.query.tag.clone().unwrap_or_default();
    From {
        tables: "ticket_tag CROSS JOIN ticket t ON t.id = ticket_tag.id",
        condition: Piece {
            sql: "ticket_tag.tag = ?".to_owned(),
            values: vec![Value::from(tag)],
        },
        order: "ticket_tag.id DESC",
    }
}

fn find(list: &List<'_>, from: From) -> Result<Vec<Stand>> {
    let mut piece = from.condition;
    let rest = list.conditions();
    piece.and(&rest.sql, rest.values);
    let sql = format!(
        "SELECT t.id, t.severity, t.activity FROM {} WHERE {} ORDER BY {} LIMIT ?",
        from.tables, piece.sql, from.order
    );
    piece.values.push(Value::from(limit(HIT_LIMIT + 1)));
    let mut statement = list.conn.prepare_cached(&sql)?;
    let found = statement.query_map(params_from_iter(piece.values), |row| {
        Ok(Stand {
            id: row.get(0)?,
            severity: row.get(1)?,
            activity: row.get(2)?,
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The tickets whose number was typed, whole (`RIV-2026-0042`) or its last part (`42`).
fn numbered(list: &List<'_>, text: &str) -> Result<Vec<Stand>> {
    let whole: Option<TicketNumber> = text.parse().ok();
    let count = whole.as_ref().map(|number| number.count);
    let Some(count) = count.or_else(|| text.parse().ok()) else {
        return Ok(Vec::new());
    };
    let mut condition = Piece {
        sql: "t.number_count = ?".to_owned(),
        values: vec![Value::from(i64::from(count))],
    };
    if let Some(whole) = whole {
        condition.and("t.number = ?", [Value::from(whole.to_string())]);
    }
    find(
        list,
        From {
            tables: "ticket t INDEXED BY numbers",
            condition,
            order: "t.id DESC",
        },
    )
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
