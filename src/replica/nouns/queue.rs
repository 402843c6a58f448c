//! Queues of groups.

use rusqlite::{Connection, params};

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::{Blob, limit};
use super::{all, json};
use crate::model::id::GroupId;
use crate::model::known::FEW;
use crate::model::queue::Queue;

pub(super) fn put(pen: &Pen<'_>, it: &Queue) -> Result<()> {
    pen.run(
        "REPLACE INTO queue (fam, queue_id, group_id, queue_name, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            pen.fam,
            Blob(it.queue_id.0),
            Blob(it.group_id.0),
            it.queue_name,
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}

/// The family's live queues, by name.
pub(in super::super) fn live(conn: &Connection, fam: i64) -> Result<Vec<Queue>> {
    let sql = "SELECT json FROM queue WHERE fam = ?1 AND deleted = 0
               ORDER BY queue_name COLLATE NOCASE, queue_id";
    all(conn, sql, [fam])
}

/// The first few live queues of a group.
pub(in super::super) fn of_group(
    conn: &Connection,
    fam: i64,
    group_id: GroupId,
) -> Result<Vec<Queue>> {
    let sql = "SELECT json FROM queue WHERE fam = ?1 AND group_id = ?2 AND deleted = 0
               ORDER BY queue_id LIMIT ?3";
    all(conn, sql, params![fam, Blob(group_id.0), limit(FEW)])
}
