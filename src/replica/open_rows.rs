//! Which rows are open tickets, kept at hand between one key of a filter and the next: nine of ten
//! hits of a word are tickets that were closed long ago, and need not be looked at.

use rusqlite::Connection;

use super::Result;
use super::as_of::AsOf;
use super::sql::status_number;
use crate::model::status::Status;

/// The rows of all open tickets, in their order.
#[derive(Debug, Default)]
pub(super) struct OpenRows(AsOf<Vec<i64>>);

impl OpenRows {
    /// Those of the rows that are open tickets.
    pub(super) fn among(&self, conn: &Connection, ids: &[i64]) -> Result<Vec<i64>> {
        let open_ones = |open: &Vec<i64>| {
            let is_open = |id: &&i64| open.binary_search(id).is_ok();
            ids.iter().filter(is_open).copied().collect()
        };
        self.0.look(conn, |_| true, open_rows, open_ones)
    }
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
