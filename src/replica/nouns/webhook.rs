//! Endpoints outside that are told of events.

use rusqlite::{Connection, params};

use super::super::Result;
use super::super::pen::Pen;
use super::super::sql::Blob;
use super::{all, json};
use crate::model::webhook::Webhook;

pub(super) fn put(pen: &Pen<'_>, it: &Webhook) -> Result<()> {
    pen.run(
        "REPLACE INTO webhook (fam, webhook_id, webhook_name, version, deleted, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            pen.fam,
            Blob(it.webhook_id.0),
            it.webhook_name,
            it.common.version,
            it.common.deleted,
            json(it)?
        ],
    )?;
    Ok(())
}

/// The family's live webhooks, by name.
pub(in super::super) fn live(conn: &Connection, fam: i64) -> Result<Vec<Webhook>> {
    let sql = "SELECT json FROM webhook WHERE fam = ?1 AND deleted = 0
               ORDER BY webhook_name COLLATE NOCASE, webhook_id";
    all(conn, sql, [fam])
}
