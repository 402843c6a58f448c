//! The one way in for those who read.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::board::{self, Size};
use super::list::{self, Reach};
use super::sql::limit;
use super::thread::{self, Slice};
use super::view::{Answer, HistoryOf, Question};
use super::{Replica, Result, family_view, nouns, tally};
use crate::model::audit::AuditRecord;

impl Replica {
    /// Answers a question from what is here.
    pub fn answer(&self, question: &Question) -> Result<Answer> {
        let conn = &self.conn;
        Ok(match question {
            Question::Families => Answer::Families(family_view::families(conn)?),
            Question::Family(family_id) => {
                Answer::Family(family_view::family_view(conn, *family_id)?.map(Box::new))
            }
            Question::Login(family_id) => {
                Answer::Login(family_view::login(conn, *family_id)?.map(Box::new))
            }
            Question::Names => Answer::Names(Box::new(family_view::names(conn)?)),
            Question::List {
                query,
                anchor,
                before,
                after,
            } => {
                let (before, after) = (*before, *after);
                Answer::List(list::window(conn, query, *anchor, Reach { before, after })?)
            }
            Question::Thread {
                ticket_id,
                first,
                limit,
            } => {
                let (first, limit) = (*first, *limit);
                let slice = Slice { first, limit };
                let found = thread::thread(conn, *ticket_id, slice, self.blobs.as_ref())?;
                Answer::Thread(found.map(Box::new))
            }
            Question::Board {
                place,
                now,
                per_band,
                days,
            } => {
                let (per_band, days) = (*per_band, *days);
                let board = board::board(conn, *place, *now, Size { per_band, days })?;
                Answer::Board(Box::new(board))
            }
            Question::Draft(key) => Answer::Draft(self.draft(*key)?),
            Question::Outbox => Answer::Outbox(self.outbox_summary()?),
            Question::Deeds => Answer::Deeds(self.deeds()?),
            Question::History { of, before, limit } => {
                Answer::History(history(conn, *of, *before, *limit)?)
            }
        })
    }
}

/// What happened, the newest first.
fn history(
    conn: &Connection,
    of: HistoryOf,
    before: Option<i64>,
    rows: usize,
) -> Result<Vec<AuditRecord>> {
    let (family_id, narrowed, mut values) = match of {
        HistoryOf::Family(family_id) => (family_id, "", Vec::new()),
        HistoryOf::Entity(family_id, key) => (
            family_id,
            "AND entity_type = ? AND entity_id = ?",
            vec![
                Value::from(key.entity_type().as_str().to_owned()),
                Value::from(key.entity_id()),
            ],
        ),
        HistoryOf::Ticket(family_id, ticket_id) => (
            family_id,
            "AND ticket_id = ?",
            vec![Value::Blob(ticket_id.0.as_bytes().to_vec())],
        ),
    };
    let Some(fam) = tally::family_number(conn, family_id)? else {
        return Ok(Vec::new());
    };
    let sql = format!(
        "SELECT json FROM event WHERE fam = ? {narrowed} AND seq < ? ORDER BY seq DESC LIMIT ?"
    );
    values.insert(0, Value::from(fam));
    values.push(Value::from(before.unwrap_or(i64::MAX)));
    values.push(Value::from(limit(rows)));
    nouns::all(conn, &sql, params_from_iter(values))
}
