//! Lists of tickets found by what they hold: words, a number, a tag.

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::Result;
use super::condition::{self, among, blob, date_column, joined, number_ways, within};
use super::list::{List, Reach, Stand};
use super::open_rows::OpenRows;
use super::plan::{Sought, descends, key};
use super::rows::{Piece, rows_by_id};
use super::sql::{count, limit};
use super::view::{Anchor, TicketRow, Window};
use crate::model::status::Status;
use crate::query::{DateField, Order, SortBy, Test};

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
pub(super) fn window(
    list: &List<'_>,
    open: &OpenRows,
    anchor: Anchor,
    reach: Reach,
) -> Result<Window> {
    let order = list.plan.order;
    let (hits, words) = match &list.plan.sought {
        Some(Sought::Words(words, _)) => (worded(words, false), Some(words)),
        Some(Sought::Signs(text)) => (titled(text), None),
        Some(Sought::Few(test)) => (few(test), None),
        None => return list.window(anchor, reach),
    };
    if let Some(words) = words
        && order.by == SortBy::Relevance
        && !hits.are_more_than(list, RANKABLE_LIMIT)?
    {
        let hits = worded(words, true);
        let mut found = hits.find(list, &hits.order(), RANKED_LIMIT + 1)?;
        let more = found.len() > RANKED_LIMIT;
        found.truncate(RANKED_LIMIT);
        if order.reversed {
            found.reverse();
        }
        return sorted(list, found, more, (anchor, reach));
    }
    let latest = hits.latest(list)?;
    if latest.len() <= SORTED_LIMIT {
        let mut found = shown(list, open, &latest)?;
        found.sort_unstable_by_key(|hit| (hit.key, hit.id));
        if descends(order) {
            found.reverse();
        }
        return sorted(list, found, false, (anchor, reach));
    }
    // Along an index of their own the newest come fastest; in any other order, so many hits are
    // soon met on the way along the list's.
    let by_newest = order.by == SortBy::Relevance || order == Order::NEWEST;
    if words.is_none() || !by_newest {
        return list.row_by_row().window(anchor, reach);
    }
    let counted = shown(list, open, &latest[..COUNTED_LIMIT])?;
    newest(list, (&hits, counted), anchor, reach)
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
    (hits, mut top): (&Hits, Vec<Stand>),
    anchor: Anchor,
    reach: Reach,
) -> Result<Window> {
    let both = reach.before + reach.after;
    let down = hits.order();
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
fn shown(list: &List<'_>, open: &OpenRows, ids: &[i64]) -> Result<Vec<Stand>> {
    let ids = match list.plan.statuses == [Status::Open] {
        true => open.among(list.conn, ids)?,
        false => ids.to_vec(),
    };
    let rest = list.plan.conditions();
    let sql = format!(
        "SELECT t.id, {} FROM ticket t INDEXED BY hits WHERE {} AND t.id = ?",
        key(list.plan.order),
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
        key: row.get(1)?,
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
    Hits {
        table: "ticket AS titled",
        id: "titled.id",
        condition: Piece {
            sql: "titled.title LIKE ? ESCAPE '\\'".to_owned(),
            values: vec![Value::from(condition::like(text))],
        },
        ranked: false,
    }
}

/// The tickets that pass a test which an index answers.
fn few(test: &Test) -> Hits {
    let among_tickets = |index: &str, asked: Piece| Piece {
        sql: format!(
            "few.id IN (SELECT d.id FROM ticket d {index} WHERE {})",
            asked.sql
        ),
        values: asked.values,
    };
    let condition = match test {
        Test::Number(number) => among_tickets("", joined(number_ways("d", number), " OR ")),
        Test::Tag(tags) => {
            let tags = among("tag", tags.iter().map(|tag| Value::from(tag.clone())));
            Piece {
                sql: format!("few.id IN (SELECT id FROM ticket_tag WHERE {})", tags.sql),
                values: tags.values,
            }
        }
        Test::FollowedBy(user) => Piece {
            sql: "few.id IN (SELECT w.id FROM participant p INDEXED BY followed
                  CROSS JOIN ticket w ON w.ticket_id = p.ticket_id AND w.fam = p.fam
                  WHERE p.user_id = ? AND p.deleted = 0 AND p.role IN ('CC', 'FOLLOWER'))"
                .to_owned(),
            values: vec![blob(user.0)],
        },
        Test::HasAttachment => Piece {
            sql: format!(
                "few.id IN (SELECT w.id FROM attachment a
                 CROSS JOIN ticket w ON w.ticket_id = a.ticket_id AND w.fam = a.fam
                 WHERE {})",
                condition::ATTACHED
            ),
            values: Vec::new(),
        },
        Test::Unread => {
            let unread = Piece {
                sql: "d.listed = 1 AND d.unread = 1".to_owned(),
                values: Vec::new(),
            };
            among_tickets("INDEXED BY unread", unread)
        }
        Test::Within(field, from, until) => {
            let mut asked = within(&format!("d.{}", date_column(*field)), (*from, *until));
            asked.and("d.listed = 1", []);
            let index = match field {
                DateField::Due => "INDEXED BY due_dates",
                DateField::Resolved => "INDEXED BY resolved_dates",
                DateField::Created | DateField::Updated => "",
            };
            among_tickets(index, asked)
        }
        Test::Requester(users) => {
            let users = users.iter().map(|user| blob(user.0));
            let mut asked = among("d.requested_by", users);
            asked.and("d.listed = 1", []);
            among_tickets("", asked)
        }
        // The plan seeks nothing else.
        other => {
            let asked = condition::condition(&other.clone().into());
            let sql = format!("few.id IN (SELECT t.id FROM ticket t WHERE {})", asked.sql);
            let values = asked.values;
            Piece { sql, values }
        }
    };
    Hits {
        table: "ticket AS few",
        id: "few.id",
        condition,
        ranked: false,
    }
}

/// The tickets whose number was typed.
fn numbered(list: &List<'_>) -> Result<Vec<Stand>> {
    let Some(Sought::Words(_, Some(number))) = &list.plan.sought else {
        return Ok(Vec::new());
    };
    let hits = few(&Test::Number(number.clone()));
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
        let rest = list.plan.conditions();
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
        let rest = list.plan.conditions();
        piece.and(&rest.sql, rest.values);
        piece.values.push(Value::from(limit(most)));
        let sql = format!(
            "SELECT t.id, {} FROM {} CROSS JOIN ticket t INDEXED BY hits ON t.id = {}
             WHERE {} ORDER BY {order} LIMIT ?",
            key(list.plan.order),
            self.table,
            self.id,
            piece.sql
        );
        let mut statement = list.conn.prepare_cached(&sql)?;
        let found = statement.query_map(params_from_iter(piece.values), stand)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}
