//! Descriptions of tickets.

use rusqlite::params;

use super::super::Result;
use super::super::fulltext;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::json;
use crate::model::id::TicketId;
use crate::model::ticket::Description;

pub(super) fn put(pen: &mut Pen<'_>, it: &Description) -> Result<()> {
    pen.run(
        "INSERT INTO description (fam, ticket_id, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (fam, ticket_id) DO UPDATE SET
             version = excluded.version, deleted = excluded.deleted, json = excluded.json",
        params![
            pen.fam,
            Blob(it.ticket_id.0),
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    fulltext::note_blob(pen, it.key(), Some(&it.description))?;
    pen.stale.insert(it.ticket_id);
    Ok(())
}

pub(super) fn remove(pen: &mut Pen<'_>, ticket_id: TicketId) -> Result<()> {
    let key = crate::model::entity::EntityKey::Description(ticket_id);
    super::remove_row(pen, key)?;
    fulltext::note_blob(pen, key, None)?;
    pen.stale.insert(ticket_id);
    Ok(())
}
