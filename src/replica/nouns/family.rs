//! The family itself.

use rusqlite::{Connection, params};

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::{all, json};
use crate::model::family::Family;

pub(super) fn put(pen: &Pen<'_>, it: &Family) -> Result<()> {
    pen.run(
        "REPLACE INTO family (fam, family_id, family_name, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            pen.fam,
            Blob(it.family_id.0),
            it.family_name,
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}

/// The family with the given number.
pub(in super::super) fn of(conn: &Connection, fam: i64) -> Result<Option<Family>> {
    let sql = "SELECT json FROM family WHERE fam = ?1 AND deleted = 0";
    Ok(all(conn, sql, [fam])?.pop())
}
