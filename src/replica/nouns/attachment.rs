//! Files on tickets and comments.

use rusqlite::{Connection, params};

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::{all, json};
use crate::model::attachment::Attachment;
use crate::model::id::TicketId;

pub(super) fn put(pen: &mut Pen<'_>, it: &Attachment) -> Result<()> {
    pen.run(
        "REPLACE INTO attachment
         (fam, ticket_id, attachment_id, comment_id, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            pen.fam,
            Blob(it.ticket_id.0),
            Blob(it.attachment_id.0),
            it.comment_id.map(|id| Blob(id.0)),
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}

/// The live files on a ticket and its comments, oldest first.
pub(in super::super) fn of_ticket(
    conn: &Connection,
    fam: i64,
    ticket_id: TicketId,
) -> Result<Vec<Attachment>> {
    let sql = "SELECT json FROM attachment WHERE fam = ?1 AND ticket_id = ?2 AND deleted = 0
               ORDER BY attachment_id";
    all(conn, sql, params![fam, Blob(ticket_id.0)])
}
