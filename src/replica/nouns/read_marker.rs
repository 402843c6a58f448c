//! How far this person has read which ticket.

use rusqlite::params;

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::json;
use crate::model::read_marker::ReadMarker;

pub(super) fn put(pen: &Pen<'_>, it: &ReadMarker) -> Result<()> {
    pen.run(
        "REPLACE INTO read_marker (fam, ticket_id, user_id, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            pen.fam,
            Blob(it.ticket_id.0),
            Blob(it.user_id.0),
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}
