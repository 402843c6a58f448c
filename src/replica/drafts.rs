//! What is typed and not yet sent. Saved means on the disk.

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::sql::Blob;
use super::view::{Draft, DraftKey, DraftKind};
use super::{Replica, Result};
use crate::model::id::FamilyId;
use crate::model::source::Timestamp;

impl Replica {
    /// Saves a draft over the one with the same key.
    pub fn save_draft(&mut self, draft: &Draft) -> Result<()> {
        save(&self.conn, draft)
    }

    /// The draft with the given key, if there is one.
    pub fn draft(&self, key: DraftKey) -> Result<Option<Draft>> {
        let (family_id, about, kind) = columns(&key);
        let mut statement = self.conn.prepare_cached(
            "SELECT family_id, about, kind, content, saved_at FROM draft
             WHERE family_id = ?1 AND about = ?2 AND kind = ?3",
        )?;
        let found = statement.query_row(params![family_id, about, kind], read);
        Ok(found.optional()?)
    }

    /// Drops a draft; whether there was one.
    pub fn drop_draft(&mut self, key: DraftKey) -> Result<bool> {
        let (family_id, about, kind) = columns(&key);
        let sql = "DELETE FROM draft WHERE family_id = ?1 AND about = ?2 AND kind = ?3";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.execute(params![family_id, about, kind])? > 0)
    }

    /// All drafts, the newest first.
    pub fn drafts(&self) -> Result<Vec<Draft>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT family_id, about, kind, content, saved_at FROM draft
             ORDER BY saved_at DESC, about DESC, kind",
        )?;
        let found = statement.query_map([], read)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}

pub(super) fn save(conn: &Connection, draft: &Draft) -> Result<()> {
    let (family_id, about, kind) = columns(&draft.key);
    conn.prepare_cached(
        "REPLACE INTO draft (family_id, about, kind, content, saved_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        family_id,
        about,
        kind,
        draft.content,
        draft.saved_at.0
    ])?;
    Ok(())
}

/// What has no id yet is the nil one.
fn columns(key: &DraftKey) -> (Blob, Blob, &'static str) {
    let about = key.about.unwrap_or(Uuid::nil());
    (Blob(key.family_id.0), Blob(about), word(key.kind))
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let about = row.get::<_, Blob>(1)?.0;
    Ok(Draft {
        key: DraftKey {
            family_id: FamilyId(row.get::<_, Blob>(0)?.0),
            about: (!about.is_nil()).then_some(about),
            kind: kind(row.get_ref(2)?.as_str()?),
        },
        content: row.get(3)?,
        saved_at: Timestamp(row.get(4)?),
    })
}

pub(super) fn word(kind: DraftKind) -> &'static str {
    match kind {
        DraftKind::NewTicket => "new_ticket",
        DraftKind::Comment => "comment",
        DraftKind::InternalNote => "internal_note",
        DraftKind::Edit => "edit",
    }
}

/// A word that a newer program wrote is read as the plainest kind, so that its text is not lost.
fn kind(word: &str) -> DraftKind {
    DraftKind::ALL
        .into_iter()
        .find(|kind| self::word(*kind) == word)
        .unwrap_or(DraftKind::Edit)
}
