//! Which rows are open tickets, kept at hand between one key of a filter and the next: nine of ten
//! hits of a word are tickets that were closed long ago, and need not be looked at.

use std::cell::RefCell;

use rusqlite::Connection;

use super::Result;
use super::sql::status_number;
use crate::model::status::Status;

/// The rows of all open tickets, read when they are first needed and anew after every change.
#[derive(Debug, Default)]
pub(super) struct OpenRows(RefCell<Known>);

#[derive(Debug, Default)]
struct Known {
    as_of: Option<Moment>,
    /// In their order.
    ids: Vec<i64>,
}

/// What changes with every commit: of others, and of this connection.
type Moment = (i64, u64);

impl OpenRows {
    /// Those of the rows that are open tickets.
    pub(super) fn among(&self, conn: &Connection, ids: &[i64]) -> Result<Vec<i64>> {
        let mut known = self.0.borrow_mut();
        let now = moment(conn)?;
        if known.as_of != Some(now) {
            *known = Known {
                as_of: Some(now),
                ids: open_rows(conn)?,
            };
        }
        let is_open = |id: &&i64| known.ids.binary_search(id).is_ok();
        Ok(ids.iter().filter(is_open).copied().collect())
    }
}

fn moment(conn: &Connection) -> Result<Moment> {
    let others = conn.pragma_query_value(None, "data_version", |row| row.get(0))?;
    Ok((others, conn.total_changes()))
}

fn open_rows(conn: &Connection) -> Result<Vec<i64>> {
    let sql = "SELECT id FROM ticket INDEXED BY everywhere_severity
               WHERE listed = 1 AND status = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_map([status_number(Status::Open)], |row| row.get(0))?;
    let mut ids: Vec<i64> = found.collect::<rusqlite::Result<_>>()?;
    ids.sort_unstable();
    Ok(ids)
}
