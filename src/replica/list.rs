//! Lists of tickets, read in windows: only the rows that are shown, along an index, wherever in
//! the list they stand.
//!
//! A list is put together of runs, one per status (and severity, where the order leaves it open):
//! within a run an index has the rows in order, and SQLite merges the runs as it reads.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::nouns::ticket::first_id;
use super::rows::{COLUMNS, Piece, Reader};
use super::sql::{Blob, count, limit, severity_number, status_number};
use super::view::{Anchor, ListQuery, Order, Place, StatusFilter, TicketRow, Window};
use super::{Result, hits, tally};
use crate::model::id::TicketId;
use crate::model::severity::Severity;
use crate::model::status::Status;

/// Where counting stops for lists that no counter knows.
const COUNT_LIMIT: usize = 10_000;

/// How many rows before and after the anchor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub(super) before: usize,
    pub(super) after: usize,
}

/// Where a row stands in each order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    pub(super) id: i64,
    pub(super) severity: i64,
    pub(super) activity: i64,
}

/// The rows of a list around an anchor.
pub(super) fn window(
    conn: &Connection,
    query: &ListQuery,
    anchor: Anchor,
    reach: Reach,
) -> Result<Window> {
    let Some(list) = List::of(conn, query)? else {
        return Ok(Window::default());
    };
    if list.is_search() {
        return hits::window(&list, anchor, reach);
    }
    let (total, more_than_total) = list.total()?;
    let both = reach.before + reach.after;
    let around = match anchor {
        Anchor::Top => None,
        Anchor::Bottom => {
            let mut rows = list.read(None, Way::Back, both)?;
            rows.reverse();
            let first = total.saturating_sub(rows.len() as u64);
            return Ok(Window {
                rows,
                first,
                total,
                more_than_total,
            });
        }
        Anchor::Ticket(ticket_id, place) => list.stand(ticket_id)?.map(|stand| (stand, place)),
    };
    let Some((stand, place)) = around else {
        return Ok(Window {
            rows: list.read(None, Way::On, both)?,
            first: 0,
            total,
            more_than_total,
        });
    };
    let mut rows = list.read(Some(stand), Way::Back, reach.before)?;
    rows.reverse();
    let before = rows.len() as u64;
    let first = match place {
        _ if rows.len() < reach.before => 0,
        Some(place) => place.saturating_sub(before),
        None => list.count_before(stand)?.saturating_sub(before),
    };
    rows.extend(list.read(Some(stand), Way::On, reach.after + 1)?);
    Ok(Window {
        rows,
        first,
        total,
        more_than_total,
    })
}

/// In which direction rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In the list's order, from the given row (itself included) on.
    On,
    /// Against the list's order, from before the given row.
    Back,
}

/// A list that is asked for, with its family's number.
pub(super) struct List<'a> {
    pub(super) conn: &'a Connection,
    pub(super) query: &'a ListQuery,
    fam: Option<i64>,
}

impl<'a> List<'a> {
    /// Nothing, if the place is in a family that is not here.
    pub(super) fn of(conn: &'a Connection, query: &'a ListQuery) -> Result<Option<List<'a>>> {
        let fam = match query.place.family() {
            None => None,
            Some(family_id) => match tally::family_number(conn, family_id)? {
                Some(fam) => Some(fam),
                None => return Ok(None),
            },
        };
        Ok(Some(List { conn, query, fam }))
    }

    /// Whether rows are found by what they hold, rather than by where they stand.
    fn is_search(&self) -> bool {
        self.query.tag.is_some() || !self.query.text.trim().is_empty()
    }

    /// Everything that the list asks of a row but its text, for rows found in another way.
    pub(super) fn conditions(&self) -> Piece {
        let mut piece = self.place();
        let among = match self.query.status {
            StatusFilter::Any => None,
            StatusFilter::Only(status) => Some(status),
            StatusFilter::OpenAwake(_) => Some(Status::Open),
        };
        if let Some(status) = among {
            piece.and("t.status = ?", [Value::from(status_number(status))]);
        }
        if let Some(severity) = self.query.severity {
            piece.and("t.severity = ?", [Value::from(severity_number(severity))]);
        }
        self.narrow(&mut piece);
        if let Some(tag) = &self.query.tag {
            let sql = "EXISTS (SELECT 1 FROM ticket_tag g WHERE g.id = t.id AND g.tag = ?)";
            piece.and(sql, [Value::from(tag.clone())]);
        }
        piece
    }

    fn place(&self) -> Piece {
        let mut piece = Piece {
            sql: "t.listed = 1".to_owned(),
            values: Vec::new(),
        };
        if let Some(fam) = self.fam {
            piece.and("t.fam = ?", [Value::from(fam)]);
        }
        match self.query.place {
            Place::Everywhere | Place::Family(_) => {}
            Place::Queue(_, queue) => piece.and("t.queue_id = ?", [blob(queue.0)]),
            Place::AssignedTo(_, user) => piece.and("t.assigned_to = ?", [blob(user.0)]),
            Place::Unassigned(_) => piece.and("t.assigned_to IS NULL", []),
        }
        piece
    }

    /// What no index of the list knows: waking and creation.
    fn narrow(&self, piece: &mut Piece) {
        if let StatusFilter::OpenAwake(now) = self.query.status {
            let sql = "(t.snoozed IS NULL OR t.snoozed <= ?)";
            piece.and(sql, [Value::from(now.0)]);
        }
        if let Some(from) = self.query.created.0 {
            piece.and("t.id >= ?", [Value::from(first_id(from))]);
        }
        if let Some(until) = self.query.created.1 {
            piece.and("t.id < ?", [Value::from(first_id(until))]);
        }
    }

    /// The list's runs, from a row on or before it, as `SELECT ... FROM ... WHERE ...`.
    fn runs(&self, columns: &str, from: Option<(Stand, Way)>) -> Vec<Piece> {
        let place = match self.query.place {
            Place::Everywhere => "everywhere",
            Place::Family(_) => "family",
            Place::Queue(..) => "queue",
            Place::AssignedTo(..) | Place::Unassigned(_) => "holder",
        };
        let by = match self.query.order {
            Order::Severity | Order::NewestFirst | Order::Relevance => "severity",
            Order::RecentlyActive => "activity",
        };
        let mut runs = Vec::new();
        for status in self.statuses() {
            for severity in self.severities() {
                let place_now = self.place();
                let mut piece = Piece {
                    sql: format!(
                        "SELECT {columns} FROM ticket t INDEXED BY {place}_{by} WHERE {}",
                        place_now.sql
                    ),
                    values: place_now.values,
                };
                piece.and("t.status = ?", [Value::from(status_number(*status))]);
                if let Some(severity) = severity {
                    piece.and("t.severity = ?", [Value::from(severity_number(severity))]);
                }
                self.narrow(&mut piece);
                match from {
                    Some((stand, way)) => runs.extend(self.cut(&piece, stand, way)),
                    None => runs.push(piece),
                }
            }
        }
        runs
    }

    fn statuses(&self) -> &'static [Status] {
        match self.query.status {
            StatusFilter::Any => Status::ALL,
            StatusFilter::Only(Status::Open) | StatusFilter::OpenAwake(_) => &[Status::Open],
            StatusFilter::Only(Status::Resolved) => &[Status::Resolved],
            StatusFilter::Only(Status::Closed) => &[Status::Closed],
        }
    }

    fn severities(&self) -> Vec<Option<Severity>> {
        match (self.query.severity, self.query.order) {
            (Some(severity), _) => vec![Some(severity)],
            (None, Order::NewestFirst | Order::Relevance) => {
                Severity::ALL.into_iter().map(Some).collect()
            }
            (None, Order::Severity | Order::RecentlyActive) => vec![None],
        }
    }

    /// The part of a run that lies on the given side of a row. Equal and unequal first keys are
    /// runs of their own, because an index is followed by a pair of values only up to the first.
    fn cut(&self, run: &Piece, stand: Stand, way: Way) -> Vec<Piece> {
        let id = Value::from(stand.id);
        let with = |sql: &str, values: Vec<Value>| {
            let mut run = run.clone();
            run.and(sql, values);
            run
        };
        let (key, equal, beyond) = match (self.query.order, way) {
            (Order::NewestFirst | Order::Relevance, Way::On) => {
                return vec![with("t.id <= ?", vec![id])];
            }
            (Order::NewestFirst | Order::Relevance, Way::Back) => {
                return vec![with("t.id > ?", vec![id])];
            }
            (Order::Severity, Way::On) => (
                stand.severity,
                "t.severity = ? AND t.id >= ?",
                "t.severity > ?",
            ),
            (Order::Severity, Way::Back) => (
                stand.severity,
                "t.severity = ? AND t.id < ?",
                "t.severity < ?",
            ),
            (Order::RecentlyActive, Way::On) => (
                stand.activity,
                "t.activity = ? AND t.id <= ?",
                "t.activity < ?",
            ),
            (Order::RecentlyActive, Way::Back) => (
                stand.activity,
                "t.activity = ? AND t.id > ?",
                "t.activity > ?",
            ),
        };
        let key = Value::from(key);
        vec![with(equal, vec![key.clone(), id]), with(beyond, vec![key])]
    }

    fn read(&self, from: Option<Stand>, way: Way, rows: usize) -> Result<Vec<TicketRow>> {
        if rows == 0 {
            return Ok(Vec::new());
        }
        Reader::new(self.conn)?.rows(self.page(from, way, rows))
    }

    fn page(&self, from: Option<Stand>, way: Way, rows: usize) -> Piece {
        let runs = self.runs(COLUMNS, from.map(|stand| (stand, way)));
        let order = match (self.query.order, way) {
            (Order::Severity, Way::On) => "severity, id",
            (Order::Severity, Way::Back) => "severity DESC, id DESC",
            (Order::NewestFirst | Order::Relevance, Way::On) => "id DESC",
            (Order::NewestFirst | Order::Relevance, Way::Back) => "id",
            (Order::RecentlyActive, Way::On) => "activity DESC, id DESC",
            (Order::RecentlyActive, Way::Back) => "activity, id",
        };
        let mut all = union(runs);
        all.sql.push_str(&format!(" ORDER BY {order} LIMIT ?"));
        all.values.push(Value::from(limit(rows)));
        all
    }

    fn total(&self) -> Result<(u64, bool)> {
        if self.query.created != (None, None) {
            let mut runs = self.runs("1", None);
            for run in &mut runs {
                run.sql = format!(
                    "SELECT count(*) AS n FROM ({} LIMIT {})",
                    run.sql,
                    COUNT_LIMIT + 1
                );
            }
            let total = self.sum(union(runs))?;
            let most = COUNT_LIMIT as u64;
            return Ok((total.min(most), total > most));
        }
        let counted = tally::by_severity(self.conn, self.query.place, self.query.status)?;
        let total: u64 = match self.query.severity {
            Some(severity) => counted[tally::rank(severity)],
            None => counted.iter().sum(),
        };
        Ok((total.saturating_sub(self.asleep()?), false))
    }

    /// How many open tickets of the list are snoozed beyond the moment asked for.
    fn asleep(&self) -> Result<u64> {
        let StatusFilter::OpenAwake(now) = self.query.status else {
            return Ok(0);
        };
        let place = self.place();
        let mut piece = Piece {
            sql: format!(
                "SELECT count(*) FROM ticket t INDEXED BY snoozed WHERE {} AND t.snoozed IS NOT NULL",
                place.sql
            ),
            values: place.values,
        };
        piece.and("t.snoozed > ?", [Value::from(now.0)]);
        let open = Value::from(status_number(Status::Open));
        piece.and("t.status = ?", [open]);
        if let Some(severity) = self.query.severity {
            piece.and("t.severity = ?", [Value::from(severity_number(severity))]);
        }
        self.sum(piece)
    }

    fn count_before(&self, stand: Stand) -> Result<u64> {
        self.sum(union(self.runs("count(*) AS n", Some((stand, Way::Back)))))
    }

    /// How many rows the list has in all, counted along its indexes.
    pub(super) fn count_all(&self) -> Result<u64> {
        self.sum(union(self.runs("count(*) AS n", None)))
    }

    /// The sum of the first column.
    fn sum(&self, piece: Piece) -> Result<u64> {
        let mut statement = self.conn.prepare_cached(&piece.sql)?;
        let mut rows = statement.query(params_from_iter(piece.values))?;
        let mut sum = 0;
        while let Some(row) = rows.next()? {
            sum += count(row.get(0)?);
        }
        Ok(sum)
    }

    /// Where a ticket stands, or would stand if the list showed it.
    pub(super) fn stand(&self, ticket_id: TicketId) -> Result<Option<Stand>> {
        let sql = "SELECT id, severity, activity FROM ticket WHERE ticket_id = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_row([Blob(ticket_id.0)], |row| {
            Ok(Stand {
                id: row.get(0)?,
                severity: row.get(1)?,
                activity: row.get(2)?,
            })
        });
        Ok(found.optional()?)
    }
}

fn union(runs: Vec<Piece>) -> Piece {
    let mut all = Piece::default();
    for run in runs {
        if !all.sql.is_empty() {
            all.sql.push_str(" UNION ALL ");
        }
        all.sql.push_str(&run.sql);
        all.values.extend(run.values);
    }
    all
}

fn blob(id: uuid::Uuid) -> Value {
    Value::Blob(id.as_bytes().to_vec())
}

/// How SQLite reads a list in each direction, in its own words.
#[cfg(test)]
pub(super) fn plans(conn: &Connection, query: &ListQuery) -> Vec<String> {
    let list = List::of(conn, query).expect("readable").expect("here");
    let stand = Stand {
        id: 1,
        severity: 1,
        activity: 1,
    };
    [Way::On, Way::Back]
        .into_iter()
        .map(|way| {
            let piece = list.page(Some(stand), way, 50);
            let sql = format!("EXPLAIN QUERY PLAN {}", piece.sql);
            let mut statement = conn.prepare(&sql).expect("a plan");
            let lines = statement.query_map(params_from_iter(piece.values), |row| {
                row.get::<_, String>(3)
            });
            let lines: rusqlite::Result<Vec<String>> = lines.expect("a plan").collect();
            lines.expect("lines").join("\n")
        })
        .collect()
}
