//! Beginning from nothing: a family as it is now, page by page, put in place at once at the end.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fulltext::mark_untidy;
use super::pen::Pen;
use super::pull::{place, save_own_place, save_place, settle_decided};
use super::tally::{family_number, family_numbers};
use super::{
    Replica, ReplicaError, Result, Verdict, newer, nouns, number_family, outbox, past, shadow,
    tray, undo,
};
use crate::model::entity::EntityType;
use crate::model::id::FamilyId;
use crate::model::record::Record;
use crate::wire::cursor::Cursor;
use crate::wire::sync::SnapshotPage;

/// How far a snapshot has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    start: Cursor,
    head: Cursor,
    next: Option<String>,
    /// Where the person's own log stood when the first page was read.
    #[serde(default)]
    own: Option<Cursor>,
    /// How many rows only a newer version of the program can read.
    #[serde(default)]
    newer: usize,
}

/// Memory for the pages of the file while a whole family is put in place, in KiB.
const BULK_CACHE: i64 = 64_000;
const USUAL_CACHE: i64 = 4_000;

impl Replica {
    /// Begins a snapshot of a family; what came of an earlier one that was not finished is dropped.
    pub fn apply_snapshot_begin(&mut self, family_id: FamilyId) -> Result<()> {
        self.take_in(|conn, _| {
            let fam = number_family(conn, family_id)?;
            forget_progress(conn, fam)?;
            Ok(Verdict::Keep(()))
        })
    }

    /// Puts a page aside.
    pub fn apply_snapshot_page(&mut self, family_id: FamilyId, page: &SnapshotPage) -> Result<()> {
        self.take_in(|conn, _| {
            let fam = number_family(conn, family_id)?;
            let mut statement = conn.prepare_cached(
                "REPLACE INTO staged (fam, entity_type, entity_id, json) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for record in &page.rows {
                let key = record.key();
                let json = record.to_bytes()?;
                statement.execute(params![
                    fam,
                    key.entity_type().as_str(),
                    key.entity_id(),
                    String::from_utf8_lossy(&json)
                ])?;
            }
            let begun = progress(conn, fam)?;
            let (start, own, newer) = match begun {
                Some(begun) => (begun.start, begun.own, begun.newer),
                None => (page.start.clone(), page.own.clone(), 0),
            };
            let progress = Progress {
                start,
                own,
                head: page.head.clone(),
                next: page.next.clone(),
                newer: newer + page.rows.newer(),
            };
            conn.prepare_cached("REPLACE INTO meta VALUES ('snapshot ' || ?1, ?2)")?
                .execute(params![fam, serde_json::to_string(&progress)?])?;
            Ok(Verdict::Keep(()))
        })
    }

    /// The token of the page at which an interrupted snapshot goes on.
    pub fn snapshot_next(&self, family_id: FamilyId) -> Result<Option<String>> {
        let Some(fam) = family_number(&self.conn, family_id)? else {
            return Ok(None);
        };
        Ok(progress(&self.conn, fam)?.and_then(|progress| progress.next))
    }

    /// Puts the snapshot in place of all that was here of the family, with the pending commands
    /// applied to it. Outbox, tray and drafts are left alone.
    pub fn apply_snapshot_finish(&mut self, family_id: FamilyId) -> Result<()> {
        self.conn.pragma_update(None, "cache_size", -BULK_CACHE)?;
        let done = self.take_in(|conn, blobs| {
            let fam = number_family(conn, family_id)?;
            let progress = progress(conn, fam)?.ok_or(ReplicaError::NoSnapshot)?;
            let of_old = place(conn, fam)?;
            clear(conn, fam)?;
            if mutant!(SnapshotDropsOutbox) {
                conn.execute("DELETE FROM outbox WHERE fam = ?1", [fam])?;
            }
            if of_old.is_some() {
                // What was here and is not in the snapshot still stands in the write-ahead log.
                mark_untidy(conn)?;
            }
            if of_old.is_none_or(|(cursor, _)| cursor.epoch != progress.start.epoch) {
                conn.execute("DELETE FROM event WHERE fam = ?1", [fam])?;
            }
            let mut pen = Pen::new(conn, fam, blobs);
            put_staged(&mut pen)?;
            forget_hidden_events(conn, fam)?;
            past::want_all(conn, fam)?;
            shadow::rebase(&mut pen)?;
            pen.finish()?;
            tray::conceal(conn, fam)?;
            outbox::conceal(conn, fam)?;
            undo::forget_hidden(conn, fam)?;
            let start = match mutant!(SnapshotCursorAtEnd) {
                true => &progress.head,
                false => &progress.start,
            };
            save_place(conn, fam, (start, &progress.head))?;
            save_own_place(conn, fam, progress.own.as_ref())?;
            newer::set(conn, fam, progress.newer)?;
            forget_progress(conn, fam)?;
            conn.execute_batch("INSERT INTO ticket_text (ticket_text) VALUES ('optimize')")?;
            Ok(Verdict::Keep(()))
        });
        self.conn.pragma_update(None, "cache_size", -USUAL_CACHE)?;
        done
    }

    /// Removes all that is here of a family that is not one's own any more, but for outbox, tray
    /// and drafts. How far it had come stays known: should the backend go back to when it was
    /// one's own, that is noticed.
    pub fn forget_family(&mut self, family_id: FamilyId) -> Result<()> {
        self.take_in(|conn, _| {
            if let Some(fam) = family_number(conn, family_id)? {
                settle_decided(conn, fam)?;
                clear(conn, fam)?;
                tray::conceal(conn, fam)?;
                outbox::conceal(conn, fam)?;
                forget_progress(conn, fam)?;
                conn.execute("DELETE FROM event WHERE fam = ?1", [fam])?;
                past::forget(conn, fam)?;
                undo::forget_family(conn, fam)?;
                conn.execute(
                    "UPDATE family_log SET cursor = NULL, own = NULL, standing = NULL
                     WHERE fam = ?1",
                    [fam],
                )?;
                mark_untidy(conn)?;
            }
            Ok(Verdict::Keep(()))
        })
    }

    /// A hash over everything that is shown of a family, in the order of its keys: equal stores
    /// have equal fingerprints, however they came to be.
    pub fn fingerprint(&self, family_id: FamilyId) -> Result<String> {
        let mut hasher = Sha256::new();
        let Some(fam) = family_number(&self.conn, family_id)? else {
            return Ok(String::new());
        };
        for kind in EntityType::ALL {
            let (table, columns) = nouns::table_of(*kind);
            let order = columns.join(", ");
            let sql = format!("SELECT json FROM {table} WHERE fam = ?1 ORDER BY {order}");
            let mut statement = self.conn.prepare_cached(&sql)?;
            let mut rows = statement.query([fam])?;
            while let Some(row) = rows.next()? {
                let json = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                hasher.update(kind.as_str());
                hasher.update((json.len() as u64).to_be_bytes());
                hasher.update(json);
            }
        }
        let digest = hasher.finalize();
        Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn progress(conn: &Connection, fam: i64) -> Result<Option<Progress>> {
    let sql = "SELECT value FROM meta WHERE key = 'snapshot ' || ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let found: Option<String> = statement.query_row([fam], |row| row.get(0)).optional()?;
    Ok(found.map(|json| serde_json::from_str(&json)).transpose()?)
}

fn forget_progress(conn: &Connection, fam: i64) -> Result<()> {
    conn.execute("DELETE FROM staged WHERE fam = ?1", [fam])?;
    conn.execute("DELETE FROM meta WHERE key = 'snapshot ' || ?1", [fam])?;
    Ok(())
}

/// Empties the tables of all that can be fetched again.
fn clear(conn: &Connection, fam: i64) -> Result<()> {
    if family_numbers(conn)? == [fam] {
        conn.execute_batch("INSERT INTO ticket_text (ticket_text) VALUES ('delete-all')")?;
    } else {
        let sql = "DELETE FROM ticket_text WHERE rowid IN
                   (SELECT id FROM ticket WHERE fam = ?1 AND listed = 1)";
        conn.execute(sql, [fam])?;
    }
    let tags = "DELETE FROM ticket_tag WHERE id IN (SELECT id FROM ticket WHERE fam = ?1)";
    conn.execute(tags, [fam])?;
    let entities = EntityType::ALL.iter().map(|kind| nouns::table_of(*kind).0);
    for table in entities.chain(["tally", "day_tally", "blob_ref", "shadow"]) {
        conn.execute(&format!("DELETE FROM {table} WHERE fam = ?1"), [fam])?;
    }
    Ok(())
}

fn put_staged(pen: &mut Pen<'_>) -> Result<()> {
    let sql = "SELECT entity_type, json FROM staged WHERE fam = ?1 ORDER BY rowid";
    let mut statement = pen.conn.prepare(sql)?;
    let mut rows = statement.query([pen.fam])?;
    while let Some(row) = rows.next()? {
        let kind = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let json = row.get_ref(1)?.as_bytes().map_err(rusqlite::Error::from)?;
        // Only what this program wrote stands here, so every kind is known.
        if let Ok(kind) = kind.parse() {
            pen.put(&Record::from_bytes(kind, json)?)?;
        }
    }
    Ok(())
}

/// Removes the past of what is not in the snapshot, and, where one is no admin, what only admins
/// see of the rest: one may not see it any more.
fn forget_hidden_events(conn: &Connection, fam: i64) -> Result<()> {
    conn.execute(
        "DELETE FROM event WHERE fam = ?1 AND NOT EXISTS
         (SELECT 1 FROM staged WHERE staged.fam = event.fam
          AND staged.entity_type = event.entity_type AND staged.entity_id = event.entity_id)",
        [fam],
    )?;
    conn.execute(
        "DELETE FROM event WHERE fam = ?1 AND entity_type = 'membership'
         AND json_extract(json, '$.audience.of') = 'admins' AND NOT EXISTS
         (SELECT 1 FROM membership JOIN meta ON meta.key = 'me'
          WHERE membership.fam = event.fam AND is_admin = 1 AND live = 1
          AND json_extract(membership.json, '$.user_id') = meta.value)",
        [fam],
    )?;
    Ok(())
}

/// Notes one's standing in a family; gives the family's number.
pub(super) fn save_standing(conn: &Connection, family_id: FamilyId, json: &str) -> Result<i64> {
    let fam = number_family(conn, family_id)?;
    conn.prepare_cached("UPDATE family_log SET standing = ?2 WHERE fam = ?1")?
        .execute(params![fam, json])?;
    Ok(fam)
}
