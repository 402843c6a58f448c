//! Who takes part in which ticket.

use rusqlite::{Connection, params};

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::{all, json};
use crate::model::id::TicketId;
use crate::model::participant::Participant;

pub(super) fn put(pen: &Pen<'_>, it: &Participant) -> Result<()> {
    pen.run(
        "REPLACE INTO participant
         (fam, ticket_id, role, user_id, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            pen.fam,
            Blob(it.ticket_id.0),
            it.role.as_str(),
            Blob(it.user_id.0),
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}

/// The live participants of a ticket.
pub(in super::super) fn of_ticket(
    conn: &Connection,
    fam: i64,
    ticket_id: TicketId,
) -> Result<Vec<Participant>> {
    let sql = "SELECT json FROM participant WHERE fam = ?1 AND ticket_id = ?2 AND deleted = 0
               ORDER BY role, user_id";
    all(conn, sql, params![fam, Blob(ticket_id.0)])
}
