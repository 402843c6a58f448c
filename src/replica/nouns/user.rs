//! People as an import brought them into a family's log.

use rusqlite::params;

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::json;
use crate::model::user::User;

pub(super) fn put(pen: &Pen<'_>, it: &User) -> Result<()> {
    pen.run(
        "REPLACE INTO user (fam, user_id, version, deleted, json) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            pen.fam,
            Blob(it.user_id.0),
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}
