//! What the backend has confirmed of whatever pending commands have changed: put aside when such a
//! command is applied, put back before anything from the backend is.

use rusqlite::params;

use super::Result;
use super::known::decide;
use super::outbox;
use super::pen::Pen;
use super::sql::Blob;
use crate::model::change::Change;
use crate::model::entity::{EntityKey, EntityType};
use crate::model::record::Record;

/// Applies changes that the backend has not confirmed.
pub(super) fn apply(pen: &mut Pen<'_>, changes: &[Change]) -> Result<()> {
    for change in changes {
        keep(pen, change.after.key())?;
        pen.put(&change.after)?;
    }
    Ok(())
}

/// Makes the view what the backend has confirmed.
pub(super) fn put_back(pen: &mut Pen<'_>) -> Result<()> {
    let sql = "SELECT entity_type, entity_id, json FROM shadow WHERE fam = ?1";
    let mut statement = pen.conn.prepare_cached(sql)?;
    let found = statement.query_map([pen.fam], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, Option<String>>(2)?,
        ))
    })?;
    for (kind, id, json) in found.collect::<rusqlite::Result<Vec<_>>>()? {
        let Some(key) = key(&kind, &id) else { continue };
        match json {
            Some(json) => pen.put(&Record::from_bytes(key.entity_type(), json.as_bytes())?)?,
            None => pen.remove(key)?,
        }
    }
    forget_all(pen)
}

/// Forgets what was put aside; the view is the confirmed state already.
pub(super) fn forget_all(pen: &Pen<'_>) -> Result<()> {
    pen.run("DELETE FROM shadow WHERE fam = ?1", [pen.fam])?;
    Ok(())
}

/// Decides the pending commands anew, in their order, over the confirmed state. What the rules
/// refuse now has no effect here and is marked; the backend has the last word on it.
pub(super) fn rebase(pen: &mut Pen<'_>) -> Result<()> {
    for waiting in outbox::optimistic(pen.conn, pen.fam)? {
        let given = (&waiting.command, &waiting.actor, waiting.submitted_at);
        let doubt = match decide(pen.conn, pen.fam, given)? {
            Ok(changes) => {
                apply(pen, &changes)?;
                None
            }
            Err(refusal) => Some(refusal),
        };
        if doubt != waiting.doubt {
            let doubt = doubt.as_ref().map(serde_json::to_string).transpose()?;
            pen.run(
                "UPDATE outbox SET doubt = ?2 WHERE position = ?1",
                params![waiting.position, doubt],
            )?;
        }
    }
    Ok(())
}

fn keep(pen: &Pen<'_>, key: EntityKey) -> Result<()> {
    let kind = key.entity_type().as_str();
    let id = key.entity_id();
    let sql = "SELECT 1 FROM shadow WHERE fam = ?1 AND entity_type = ?2 AND entity_id = ?3";
    if pen
        .conn
        .prepare_cached(sql)?
        .exists(params![pen.fam, kind, id])?
    {
        return Ok(());
    }
    let confirmed = match pen.get(key)? {
        Some(record) => Some(String::from_utf8_lossy(&record.to_bytes()?).into_owned()),
        None => None,
    };
    let ticket_id = key.ticket().map(|ticket| Blob(ticket.0));
    pen.run(
        "INSERT INTO shadow (fam, entity_type, entity_id, ticket_id, json)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![pen.fam, kind, id, ticket_id, confirmed],
    )?;
    Ok(())
}

/// The key that stands in two columns.
pub(super) fn key(kind: &str, id: &str) -> Option<EntityKey> {
    let kind: EntityType = kind.parse().ok()?;
    EntityKey::parse(kind, id).ok()
}
