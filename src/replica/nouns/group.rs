//! Groups inside a family.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::{all, json};
use crate::model::group::Group;
use crate::model::id::GroupId;

pub(super) fn put(pen: &Pen<'_>, it: &Group) -> Result<()> {
    pen.run(
        "REPLACE INTO family_group (fam, group_id, group_name, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            pen.fam,
            Blob(it.group_id.0),
            it.group_name,
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}

/// The family's live groups, by name.
pub(in super::super) fn live(conn: &Connection, fam: i64) -> Result<Vec<Group>> {
    let sql = "SELECT json FROM family_group WHERE fam = ?1 AND deleted = 0
               ORDER BY group_name COLLATE NOCASE, group_id";
    all(conn, sql, [fam])
}

/// What a group is called, also once it is deleted; empty if it is not here.
pub(in super::super) fn name_of(conn: &Connection, fam: i64, group_id: GroupId) -> Result<String> {
    let sql = "SELECT group_name FROM family_group WHERE fam = ?1 AND group_id = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_row(params![fam, Blob(group_id.0)], |row| row.get(0));
    Ok(found.optional()?.unwrap_or_default())
}
