//! Who belongs to a family.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::{all, json};
use crate::model::id::UserId;
use crate::model::membership::Membership;

pub(super) fn put(pen: &Pen<'_>, it: &Membership) -> Result<()> {
    pen.run(
        "REPLACE INTO membership
         (fam, user_id, display_name, is_admin, live, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            pen.fam,
            Blob(it.user_id.0),
            it.display_name,
            it.is_admin,
            it.is_live(),
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}

/// The admins who are live members.
pub(in super::super) fn admins(conn: &Connection, fam: i64) -> Result<Vec<Membership>> {
    let sql = "SELECT json FROM membership WHERE fam = ?1 AND live = 1 AND is_admin = 1";
    all(conn, sql, [fam])
}

/// Everybody who belongs to the family or is about to, by name.
pub(in super::super) fn everybody(conn: &Connection, fam: i64) -> Result<Vec<Membership>> {
    let sql = "SELECT json FROM membership WHERE fam = ?1 AND deleted = 0
               ORDER BY display_name COLLATE NOCASE, user_id";
    all(conn, sql, [fam])
}

/// Those who are asked in and have not answered.
pub(in super::super) fn invited(conn: &Connection, fam: i64) -> Result<Vec<Membership>> {
    let mut all = everybody(conn, fam)?;
    all.retain(Membership::is_open_invitation);
    Ok(all)
}

/// Everybody of that name, in every family here, those too who have left.
pub(in super::super) fn called(conn: &Connection, name: &str) -> Result<Vec<Membership>> {
    let name = name.to_lowercase();
    let mut everybody: Vec<Membership> = all(conn, "SELECT json FROM membership", [])?;
    everybody.retain(|it| it.display_name.to_lowercase() == name);
    Ok(everybody)
}

/// What someone is called in the family, whether they are still in it or not; empty if they are
/// not known.
pub(in super::super) fn name_of(conn: &Connection, fam: i64, user_id: UserId) -> Result<String> {
    let sql = "SELECT display_name FROM membership WHERE fam = ?1 AND user_id = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_row(params![fam, Blob(user_id.0)], |row| row.get(0));
    Ok(found.optional()?.unwrap_or_default())
}
