//! Who is in which group.

use rusqlite::{Connection, params};

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::{all, json};
use crate::model::group::GroupMembership;
use crate::model::id::UserId;
use crate::model::membership::MembershipStatus;

pub(super) fn put(pen: &Pen<'_>, it: &GroupMembership) -> Result<()> {
    pen.run(
        "REPLACE INTO group_membership
         (fam, group_id, user_id, live, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            pen.fam,
            Blob(it.group_id.0),
            Blob(it.user_id.0),
            it.is_live(),
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}

/// The live group memberships of one person.
pub(in super::super) fn of_user(
    conn: &Connection,
    fam: i64,
    user_id: UserId,
) -> Result<Vec<GroupMembership>> {
    let sql = "SELECT json FROM group_membership WHERE fam = ?1 AND user_id = ?2 AND live = 1
               ORDER BY group_id";
    all(conn, sql, params![fam, Blob(user_id.0)])
}

/// Who is in the family's groups, and who asks to be.
pub(in super::super) fn standing(conn: &Connection, fam: i64) -> Result<Vec<GroupMembership>> {
    let sql = "SELECT json FROM group_membership WHERE fam = ?1 AND deleted = 0
               ORDER BY group_id, user_id";
    let mut found: Vec<GroupMembership> = all(conn, sql, [fam])?;
    found.retain(|it| it.status != MembershipStatus::Declined);
    Ok(found)
}
