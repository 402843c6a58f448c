//! What is typed and not yet sent. Saved means on the disk.

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::sql::Blob;
use super::view::{Draft, DraftKey, DraftKind, OnDisk};
use super::{Replica, Result, Verdict};
use crate::model::id::FamilyId;
use crate::model::source::Timestamp;

impl Replica {
    /// Saves a draft over the one that whoever writes it knows; where another program has written
    /// there since, beside it. Gives how it stands now.
    pub fn save_draft(&mut self, draft: &Draft, known: &OnDisk) -> Result<OnDisk> {
        self.write(|conn, _| {
            let here = content_of(conn, &draft.key, known.copy)?;
            let copy = if here == known.content {
                known.copy
            } else {
                free_copy(conn, &draft.key)?
            };
            put(conn, draft, copy)?;
            Ok(Verdict::Keep(OnDisk {
                copy,
                content: Some(draft.content.clone()),
            }))
        })
    }

    /// The newest draft with the given key, if there is one.
    pub fn draft(&self, key: DraftKey) -> Result<Option<Draft>> {
        let found = newest(&self.conn, &key)?;
        Ok(found.map(|(_, draft)| draft))
    }

    /// How the newest draft with the given key stands.
    pub fn draft_on_disk(&self, key: DraftKey) -> Result<OnDisk> {
        let found = newest(&self.conn, &key)?;
        Ok(found.map_or_else(OnDisk::default, |(copy, draft)| OnDisk {
            copy,
            content: Some(draft.content),
        }))
    }

    /// Drops a draft, if it still stands as whoever wrote it knows; whether it did.
    pub fn drop_draft(&mut self, key: DraftKey, known: &OnDisk) -> Result<bool> {
        let (family_id, about, kind) = columns(&key);
        let sql = "DELETE FROM draft WHERE family_id = ?1 AND about = ?2 AND kind = ?3
                   AND copy = ?4 AND content = ?5";
        let mut statement = self.conn.prepare_cached(sql)?;
        let gone = params![family_id, about, kind, known.copy, known.content];
        Ok(statement.execute(gone)? > 0)
    }

    /// All drafts, the newest first.
    pub fn drafts(&self) -> Result<Vec<Draft>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT family_id, about, kind, content, saved_at FROM draft
             ORDER BY saved_at DESC, about DESC, kind, copy DESC",
        )?;
        let found = statement.query_map([], read)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}

/// Saves a draft over the newest with its key.
pub(super) fn save(conn: &Connection, draft: &Draft) -> Result<()> {
    let copy = newest(conn, &draft.key)?.map_or(0, |(copy, _)| copy);
    put(conn, draft, copy)
}

fn put(conn: &Connection, draft: &Draft, copy: i64) -> Result<()> {
    let (family_id, about, kind) = columns(&draft.key);
    conn.prepare_cached(
        "REPLACE INTO draft (family_id, about, kind, copy, content, saved_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        family_id,
        about,
        kind,
        copy,
        draft.content,
        draft.saved_at.0
    ])?;
    Ok(())
}

fn newest(conn: &Connection, key: &DraftKey) -> Result<Option<(i64, Draft)>> {
    let (family_id, about, kind) = columns(key);
    let mut statement = conn.prepare_cached(
        "SELECT family_id, about, kind, content, saved_at, copy FROM draft
         WHERE family_id = ?1 AND about = ?2 AND kind = ?3
         ORDER BY saved_at DESC, copy DESC LIMIT 1",
    )?;
    let found = statement.query_row(params![family_id, about, kind], |row| {
        Ok((row.get(5)?, read(row)?))
    });
    Ok(found.optional()?)
}

fn content_of(conn: &Connection, key: &DraftKey, copy: i64) -> Result<Option<String>> {
    let (family_id, about, kind) = columns(key);
    let sql = "SELECT content FROM draft
               WHERE family_id = ?1 AND about = ?2 AND kind = ?3 AND copy = ?4";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_row(params![family_id, about, kind, copy], |row| row.get(0));
    Ok(found.optional()?)
}

fn free_copy(conn: &Connection, key: &DraftKey) -> Result<i64> {
    let (family_id, about, kind) = columns(key);
    let sql = "SELECT ifnull(max(copy), -1) + 1 FROM draft
               WHERE family_id = ?1 AND about = ?2 AND kind = ?3";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.query_row(params![family_id, about, kind], |row| row.get(0))?)
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
        DraftKind::EditComment => "edit_comment",
        DraftKind::NewFamily => "new_family",
        DraftKind::EditFamily => "edit_family",
        DraftKind::JoinFamily => "join_family",
        DraftKind::NewGroup => "new_group",
        DraftKind::EditGroup => "edit_group",
        DraftKind::NewQueue => "new_queue",
        DraftKind::EditQueue => "edit_queue",
        DraftKind::Invite => "invite",
        DraftKind::EditMe => "edit_me",
        DraftKind::NewWebhook => "new_webhook",
        DraftKind::EditWebhook => "edit_webhook",
    }
}

/// A word that a newer program wrote is read as the plainest kind, so that its text is not lost.
fn kind(word: &str) -> DraftKind {
    DraftKind::ALL
        .into_iter()
        .find(|kind| self::word(*kind) == word)
        .unwrap_or(DraftKind::Edit)
}
