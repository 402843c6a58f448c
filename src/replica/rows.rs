//! Rows of lists, as they are shown.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::nouns::{group, membership};
use super::sql::{Blob, count, severity_at, stage_at, status_at};
use super::view::TicketRow;
use super::{Result, family_of};
use crate::model::id::{FamilyId, GroupId, QueueId, TicketId, UserId};
use crate::model::source::Timestamp;

/// What is read of each row, as [`Reader::read`] wants it.
pub(super) const COLUMNS: &str = "t.id, t.fam, t.ticket_id, t.queue_id, t.number, t.title, t.severity, \
     t.status, t.stage, t.assigned_to, t.created, t.activity, t.due, t.snoozed, t.comments, \
     t.unread, t.latest_seq, t.assigned_group";

/// A piece of SQL and what stands for its question marks.
#[derive(Debug, Clone, Default)]
pub(super) struct Piece {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Piece {
    pub(super) fn and(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(values);
    }
}

/// The rows with the given ids, in their order.
pub(super) fn rows_by_id(conn: &Connection, ids: &[i64]) -> Result<Vec<TicketRow>> {
    let mut reader = Reader::new(conn)?;
    let sql = format!("SELECT {COLUMNS} FROM ticket t WHERE t.id = ?");
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(reader.rows(Piece {
            sql: sql.clone(),
            values: vec![Value::from(*id)],
        })?);
    }
    Ok(found)
}

/// Reads rows of lists; remembers the names it has looked up.
pub(super) struct Reader<'a> {
    conn: &'a Connection,
    names: HashMap<(i64, UserId), String>,
    families: HashMap<i64, FamilyId>,
    any_unsent: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(conn: &'a Connection) -> Result<Reader<'a>> {
        let sql = "SELECT 1 FROM shadow LIMIT 1";
        Ok(Reader {
            conn,
            names: HashMap::new(),
            families: HashMap::new(),
            any_unsent: conn.prepare_cached(sql)?.exists([])?,
        })
    }

    /// The rows that a statement over [`COLUMNS`] gives.
    pub(super) fn rows(&mut self, piece: Piece) -> Result<Vec<TicketRow>> {
        let mut statement = self.conn.prepare_cached(&piece.sql)?;
        let mut rows = statement.query(params_from_iter(piece.values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(self.read(row)?);
        }
        Ok(found)
    }

    fn read(&mut self, row: &Row<'_>) -> Result<TicketRow> {
        let fam = row.get(1)?;
        let ticket_id = TicketId(row.get::<_, Blob>(2)?.0);
        let assigned_to = row.get::<_, Option<Blob>>(9)?.map(|user| UserId(user.0));
        let assigned_group = row
            .get::<_, Option<Blob>>(17)?
            .map(|group| GroupId(group.0));
        let moment = |column| -> Result<Option<Timestamp>> {
            Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp))
        };
        Ok(TicketRow {
            ticket_id,
            family_id: self.family(fam)?,
            queue_id: QueueId(row.get::<_, Blob>(3)?.0),
            number: row
                .get_ref(4)?
                .as_str_or_null()
                .map_err(rusqlite::Error::from)?
                .and_then(|text| text.parse().ok()),
            title: row.get(5)?,
            severity: severity_at(row.get(6)?),
            status: status_at(row.get(7)?),
            stage: stage_at(row.get(8)?),
            assigned_to,
            assignee: self.name(fam, assigned_to)?,
            assigned_group,
            assignee_group: match assigned_group {
                Some(group_id) => group::name_of(self.conn, fam, group_id)?,
                None => String::new(),
            },
            creation_date: Timestamp(row.get(10)?),
            last_activity: Timestamp(row.get(11)?),
            due_date: moment(12)?,
            snoozed_until: moment(13)?,
            comments: count(row.get(14)?),
            unread: row.get(15)?,
            latest_seq: row.get(16)?,
            unsent: self.any_unsent && is_unsent(self.conn, fam, ticket_id)?,
        })
    }

    fn family(&mut self, fam: i64) -> Result<FamilyId> {
        if let Some(family_id) = self.families.get(&fam) {
            return Ok(*family_id);
        }
        let family_id = family_of(self.conn, fam)?;
        self.families.insert(fam, family_id);
        Ok(family_id)
    }

    fn name(&mut self, fam: i64, user_id: Option<UserId>) -> Result<String> {
        let Some(user_id) = user_id else {
            return Ok(String::new());
        };
        if let Some(name) = self.names.get(&(fam, user_id)) {
            return Ok(name.clone());
        }
        let name = membership::name_of(self.conn, fam, user_id)?;
        self.names.insert((fam, user_id), name.clone());
        Ok(name)
    }
}

/// Whether something about a ticket is shown that the backend has not confirmed.
pub(super) fn is_unsent(conn: &Connection, fam: i64, ticket_id: TicketId) -> Result<bool> {
    let sql = "SELECT 1 FROM shadow WHERE ticket_id = ?1 AND fam = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.exists(rusqlite::params![Blob(ticket_id.0), fam])?)
}
