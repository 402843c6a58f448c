//! Lists of tickets, read in windows: only the rows that are shown, along an index, wherever in
//! the list they stand.
//!
//! A list is put together of runs, one per status (and severity, where the order leaves it open):
//! within a run an index has the rows in order, and SQLite merges the runs as it reads.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::open_rows::OpenRows;
use super::plan::{Block, Plan, descends, key};
use super::rows::{COLUMNS, Piece, Reader};
use super::sql::{Blob, count, limit, severity_number, status_number};
use super::view::{Anchor, ListQuery, TicketRow, Window};
use super::{Result, hits, tally};
use crate::model::id::TicketId;
use crate::model::severity::Severity;
use crate::query::SortBy;

/// Where counting stops for lists that no counter knows.
const COUNT_LIMIT: usize = 10_000;

/// How many rows before and after the anchor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub(super) before: usize,
    pub(super) after: usize,
}

/// Where a row stands: by the key of the order, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    pub(super) id: i64,
    pub(super) key: i64,
}

/// In which direction rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In the list's order, from the given row (itself included) on.
    On,
    /// Against the list's order, from before the given row.
    Back,
}

/// A list that is asked for.
pub(super) struct List<'a> {
    pub(super) conn: &'a Connection,
    pub(super) plan: Plan,
}

impl<'a> List<'a> {
    pub(super) fn of(conn: &'a Connection, query: &ListQuery) -> Result<List<'a>> {
        let plan = Plan::of(conn, query)?;
        Ok(List { conn, plan })
    }

    /// The rows around an anchor.
    pub(super) fn around(&self, open: &OpenRows, anchor: Anchor, reach: Reach) -> Result<Window> {
        match self.plan.sought {
            Some(_) => hits::window(self, open, anchor, reach),
            None => self.window(anchor, reach),
        }
    }

    /// The same list, what is sought asked row by row along the indexes.
    pub(super) fn row_by_row(&self) -> List<'a> {
        List {
            conn: self.conn,
            plan: self.plan.row_by_row(),
        }
    }

    /// The rows around an anchor, read along the indexes.
    pub(super) fn window(&self, anchor: Anchor, reach: Reach) -> Result<Window> {
        let (total, more_than_total) = self.total()?;
        let both = reach.before + reach.after;
        let around = match anchor {
            Anchor::Top => None,
            Anchor::Bottom => {
                let mut rows = self.read(None, Way::Back, both)?;
                rows.reverse();
                let total = match more_than_total {
                    true => self.count_all()?,
                    false => total,
                };
                let first = total.saturating_sub(rows.len() as u64);
                return Ok(Window {
                    rows,
                    first,
                    total,
                    more_than_total: false,
                });
            }
            Anchor::Ticket(ticket_id, place) => self.stand(ticket_id)?.map(|stand| (stand, place)),
        };
        let Some((stand, place)) = around else {
            return Ok(Window {
                rows: self.read(None, Way::On, both)?,
                first: 0,
                total,
                more_than_total,
            });
        };
        let mut rows = self.read(Some(stand), Way::Back, reach.before)?;
        rows.reverse();
        let before = rows.len() as u64;
        let first = match place {
            _ if rows.len() < reach.before => 0,
            Some(place) => place.saturating_sub(before),
            None => self.count_before(stand)?.saturating_sub(before),
        };
        rows.extend(self.read(Some(stand), Way::On, reach.after + 1)?);
        let total = total.max(first + rows.len() as u64);
        Ok(Window {
            rows,
            first,
            total,
            more_than_total,
        })
    }

    /// The list's runs, from a row on or before it, as `SELECT ... FROM ... WHERE ...`.
    fn runs(&self, columns: &str, from: Option<(Stand, Way)>) -> Vec<Piece> {
        let by = match self.plan.order.by {
            SortBy::Updated => "activity",
            SortBy::Severity
            | SortBy::Created
            | SortBy::Relevance
            | SortBy::Due
            | SortBy::Number => "severity",
        };
        let mut runs = Vec::new();
        for block in &self.plan.blocks {
            for status in &self.plan.statuses {
                for severity in self.severities() {
                    let mut piece = self.run_of(block, (columns, by));
                    piece.and("t.status = ?", [Value::from(status_number(*status))]);
                    match severity {
                        Some(severity) => {
                            let number = severity_number(severity);
                            piece.and("t.severity = ?", [Value::from(number)]);
                        }
                        None => self.plan.narrow_severity(&mut piece),
                    }
                    self.plan.narrow(&mut piece);
                    match from {
                        Some((stand, way)) => runs.extend(self.cut(&piece, stand, way)),
                        None => runs.push(piece),
                    }
                }
            }
        }
        runs
    }

    fn run_of(&self, block: &Block, (columns, by): (&str, &str)) -> Piece {
        let place = block.condition();
        let index = block.index();
        Piece {
            sql: format!(
                "SELECT {columns} FROM ticket t INDEXED BY {index}_{by} WHERE t.listed = 1 AND {}",
                place.sql
            ),
            values: place.values,
        }
    }

    /// The severities that are runs of their own: all where the order leaves severity open, and
    /// where only some are meant and the index has them apart.
    fn severities(&self) -> Vec<Option<Severity>> {
        let some = self.plan.severities.len() < Severity::ALL.len();
        let apart = match self.plan.order.by {
            SortBy::Created | SortBy::Relevance => true,
            SortBy::Severity | SortBy::Due | SortBy::Number => some,
            SortBy::Updated => false,
        };
        match apart {
            true => self.plan.severities.iter().copied().map(Some).collect(),
            false if self.plan.severities.is_empty() => Vec::new(),
            false => vec![None],
        }
    }

    /// The part of a run that lies on the given side of a row. Equal and unequal first keys are
    /// runs of their own, because an index is followed by a pair of values only up to the first.
    fn cut(&self, run: &Piece, stand: Stand, way: Way) -> Vec<Piece> {
        let with = |sql: &str, values: Vec<Value>| {
            let mut run = run.clone();
            run.and(sql, values);
            run
        };
        let (beyond, within) = match (way, descends(self.plan.order)) {
            (Way::On, false) => (">", ">="),
            (Way::On, true) => ("<", "<="),
            (Way::Back, false) => ("<", "<"),
            (Way::Back, true) => (">", ">"),
        };
        let id = Value::from(stand.id);
        if matches!(self.plan.order.by, SortBy::Created | SortBy::Relevance) {
            return vec![with(&format!("t.id {within} ?"), vec![id])];
        }
        let name = key(self.plan.order);
        let key = Value::from(stand.key);
        vec![
            with(
                &format!("{name} = ? AND t.id {within} ?"),
                vec![key.clone(), id],
            ),
            with(&format!("{name} {beyond} ?"), vec![key]),
        ]
    }

    fn read(&self, from: Option<Stand>, way: Way, rows: usize) -> Result<Vec<TicketRow>> {
        match self.page(from, way, rows) {
            Some(page) if rows > 0 => Reader::new(self.conn)?.rows(page),
            _ => Ok(Vec::new()),
        }
    }

    fn page(&self, from: Option<Stand>, way: Way, rows: usize) -> Option<Piece> {
        let columns = format!("{COLUMNS}, {} AS place", key(self.plan.order));
        let runs = self.runs(&columns, from.map(|stand| (stand, way)));
        let direction = match descends(self.plan.order) == (way == Way::On) {
            true => " DESC",
            false => "",
        };
        let mut all = union(runs)?;
        let order = match self.plan.order.by {
            SortBy::Created | SortBy::Relevance => format!("id{direction}"),
            SortBy::Severity | SortBy::Updated | SortBy::Due | SortBy::Number => {
                format!("place{direction}, id{direction}")
            }
        };
        all.sql.push_str(&format!(" ORDER BY {order} LIMIT ?"));
        all.values.push(Value::from(limit(rows)));
        Some(all)
    }

    fn total(&self) -> Result<(u64, bool)> {
        if self.plan.is_counted() {
            return Ok((self.counted()?.saturating_sub(self.asleep()?), false));
        }
        let mut runs = self.runs("1", None);
        for run in &mut runs {
            run.sql = format!(
                "SELECT count(*) AS n FROM ({} LIMIT {})",
                run.sql,
                COUNT_LIMIT + 1
            );
        }
        let total = self.sum(runs)?;
        let most = COUNT_LIMIT as u64;
        Ok((total.min(most), total > most))
    }

    /// What the counters say.
    fn counted(&self) -> Result<u64> {
        let mut total = 0;
        for block in &self.plan.blocks {
            for status in &self.plan.statuses {
                let found = tally::by_severity(self.conn, block.place, Some(*status))?;
                let meant = self.plan.severities.iter();
                total += meant.map(|it| found[tally::rank(*it)]).sum::<u64>();
            }
        }
        Ok(total)
    }

    /// How many of the list's tickets are snoozed beyond the moment asked for.
    fn asleep(&self) -> Result<u64> {
        let Some(now) = self.plan.awake else {
            return Ok(0);
        };
        let awake_or_not = Plan {
            awake: None,
            ..self.plan.clone()
        };
        let rest = awake_or_not.conditions();
        let mut piece = Piece {
            sql: format!(
                "SELECT count(*) AS n FROM ticket t INDEXED BY snoozed
                 WHERE t.snoozed IS NOT NULL AND {}",
                rest.sql
            ),
            values: rest.values,
        };
        piece.and("t.snoozed > ?", [Value::from(now.0)]);
        self.sum(vec![piece])
    }

    fn count_before(&self, stand: Stand) -> Result<u64> {
        self.sum(self.runs("count(*) AS n", Some((stand, Way::Back))))
    }

    /// How many rows the list has in all, counted along its indexes.
    pub(super) fn count_all(&self) -> Result<u64> {
        self.sum(self.runs("count(*) AS n", None))
    }

    /// The sum of the runs' first column.
    fn sum(&self, runs: Vec<Piece>) -> Result<u64> {
        let Some(piece) = union(runs) else {
            return Ok(0);
        };
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
        let key = key(self.plan.order);
        let sql = format!("SELECT t.id, {key} FROM ticket t WHERE t.ticket_id = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let found = statement.query_row([Blob(ticket_id.0)], |row| {
            Ok(Stand {
                id: row.get(0)?,
                key: row.get(1)?,
            })
        });
        Ok(found.optional()?)
    }
}

/// All runs as one; none where there is none.
fn union(runs: Vec<Piece>) -> Option<Piece> {
    let mut all = Piece::default();
    for run in runs {
        if !all.sql.is_empty() {
            all.sql.push_str(" UNION ALL ");
        }
        all.sql.push_str(&run.sql);
        all.values.extend(run.values);
    }
    (!all.sql.is_empty()).then_some(all)
}

/// How SQLite reads a list in each direction, in its own words.
#[cfg(test)]
pub(super) fn plans(conn: &Connection, query: &ListQuery) -> Vec<String> {
    let list = List::of(conn, query).expect("readable");
    let stand = Stand { id: 1, key: 1 };
    [Way::On, Way::Back]
        .into_iter()
        .map(|way| {
            let piece = list.page(Some(stand), way, 50).expect("runs");
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
