//! Beginning from nothing: a family as it is now, page by page, put in place at once at the end.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fulltext::mark_untidy;
use super::incoming::Pages;
use super::pen::Pen;
use super::pull::{place, save_own_place, save_place, settle_decided};
use super::tally::{family_number, family_numbers};
use super::{
    Replica, ReplicaError, Result, Verdict, newer, nouns, number_family, outbox, past, shadow,
    tray, undo,
};
use crate::model::entity::EntityType;
use crate::model::id::{FamilyId, TicketId};
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
    /// How much of what came counts, in bytes.
    bytes: u64,
    /// The tickets that have come, and how many there are about.
    tickets: u64,
    of_tickets: u64,
    /// The ticket that came last; a page may begin with it again.
    #[serde(default)]
    last: Option<TicketId>,
}

/// A snapshot that was begun and is not in place yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where the log is to be read from when all is in place.
    pub start: Cursor,
    /// The token of the page at which it goes on; absent when all pages are here.
    pub next: Option<String>,
    /// The tickets that have come, and how many there are about.
    pub tickets: (u64, u64),
}

impl From<Progress> for Begun {
    fn from(progress: Progress) -> Begun {
        Begun {
            start: progress.start,
            next: progress.next,
            tickets: (progress.tickets, progress.of_tickets),
        }
    }
}

/// What becomes of what is here of a family's log when a snapshot takes the place of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogHere {
    /// The backend has vouched for it: it is of the history that the snapshot is of.
    Stays,
    /// The backend may have another history, by which some of it never happened.
    Goes,
}

/// Memory for the pages of the file while a whole family is put in place, in KiB.
const BULK_CACHE: i64 = 32_000;
const USUAL_CACHE: i64 = 4_000;

/// How the full-text index is written: in parts of about so many bytes, of which so many of a size
/// are joined. While a whole family comes all are joined at the end.
type IndexParts = [(&'static str, i64); 3];
const USUAL_INDEX: IndexParts = [("hashsize", 1 << 20), ("automerge", 4), ("crisismerge", 16)];
const BULK_INDEX: IndexParts = [("hashsize", 8 << 20), ("automerge", 0), ("crisismerge", 64)];

impl Replica {
    /// Drops what came of a snapshot of a family that was not finished, if there is any.
    pub fn drop_snapshot(&mut self, family_id: FamilyId) -> Result<()> {
        if self.snapshot_begun(family_id)?.is_some() {
            self.take_in(|conn, _| {
                let fam = number_family(conn, family_id)?;
                forget_progress(conn, fam)?;
                Ok(Verdict::Keep(()))
            })?;
        }
        self.incoming.forget(family_id)
    }

    /// Puts a page aside; gives how far it has come.
    pub fn apply_snapshot_page(
        &mut self,
        family_id: FamilyId,
        page: &SnapshotPage,
    ) -> Result<Begun> {
        let begun = self.progress(family_id)?.unwrap_or_else(|| Progress {
            start: page.start.clone(),
            head: page.head.clone(),
            next: None,
            own: page.own.clone(),
            newer: 0,
            bytes: 0,
            tickets: 0,
            of_tickets: page.tickets.unwrap_or_default(),
            last: None,
        });
        let tickets = page.rows.iter().filter_map(|row| match row {
            Record::Ticket(ticket) => Some(ticket.ticket_id),
            _ => None,
        });
        let tickets: Vec<TicketId> = tickets.collect();
        let is_again = begun.last.is_some() && tickets.first() == begun.last.as_ref();
        let progress = Progress {
            head: page.head.clone(),
            next: page.next.clone(),
            newer: begun.newer + page.rows.newer(),
            bytes: self.incoming.put(family_id, begun.bytes, &page.rows)?,
            tickets: begun.tickets + tickets.len() as u64 - u64::from(is_again),
            last: tickets.last().copied().or(begun.last),
            ..begun
        };
        self.take_in(|conn, _| {
            let fam = number_family(conn, family_id)?;
            conn.prepare_cached("REPLACE INTO meta VALUES ('snapshot ' || ?1, ?2)")?
                .execute(params![fam, serde_json::to_string(&progress)?])?;
            Ok(Verdict::Keep(()))
        })?;
        Ok(progress.into())
    }

    /// The snapshot of a family that was begun and not finished, if there is one.
    pub fn snapshot_begun(&self, family_id: FamilyId) -> Result<Option<Begun>> {
        let progress = self.progress(family_id)?;
        Ok(progress.map(Begun::from))
    }

    fn progress(&self, family_id: FamilyId) -> Result<Option<Progress>> {
        match family_number(&self.conn, family_id)? {
            Some(fam) => progress(&self.conn, fam),
            None => Ok(None),
        }
    }

    /// Puts the snapshot in place of all that was here of the family, with the pending commands
    /// applied to it. Outbox, tray and drafts are left alone.
    ///
    /// # Errors
    /// [`ReplicaError::NoSnapshot`] where a part of it is lost, as after a power cut: then all of it
    /// is dropped.
    pub fn apply_snapshot_finish(&mut self, family_id: FamilyId, log: LogHere) -> Result<()> {
        self.conn.pragma_update(None, "cache_size", -BULK_CACHE)?;
        let done = self.put_in_place(family_id, log);
        self.conn.pragma_update(None, "cache_size", -USUAL_CACHE)?;
        match done {
            Ok(()) => self.incoming.forget(family_id)?,
            Err(ReplicaError::NoSnapshot) => self.drop_snapshot(family_id)?,
            Err(_) => {}
        }
        done
    }

    fn put_in_place(&mut self, family_id: FamilyId, log: LogHere) -> Result<()> {
        let progress = self.progress(family_id)?;
        let progress = progress.ok_or(ReplicaError::NoSnapshot)?;
        let pages = self.incoming.pages(family_id, progress.bytes)?;
        self.take_in(|conn, blobs| {
            let fam = number_family(conn, family_id)?;
            let is_first = place(conn, fam)?.is_none();
            clear(conn, fam)?;
            if mutant!(SnapshotDropsOutbox) {
                conn.execute("DELETE FROM outbox WHERE fam = ?1", [fam])?;
            }
            if !is_first {
                // What was here and is not in the snapshot still stands in the write-ahead log.
                mark_untidy(conn)?;
            }
            if log == LogHere::Goes {
                conn.execute("DELETE FROM event WHERE fam = ?1", [fam])?;
            }
            let mut pen = Pen::new(conn, fam, blobs);
            set_index(conn, BULK_INDEX)?;
            put_all(&mut pen, pages)?;
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
            set_index(conn, USUAL_INDEX)?;
            Ok(Verdict::Keep(()))
        })
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
        })?;
        self.incoming.forget(family_id)
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

fn set_index(conn: &Connection, parts: IndexParts) -> Result<()> {
    for (what, value) in parts {
        conn.prepare_cached("INSERT INTO ticket_text (ticket_text, rank) VALUES (?1, ?2)")?
            .execute(params![what, value])?;
    }
    Ok(())
}

/// What follows from a page is written while what it is made of is at hand.
fn put_all(pen: &mut Pen<'_>, mut pages: Pages) -> Result<()> {
    while let Some(page) = pages.next()? {
        for record in &page {
            pen.put(record)?;
        }
        pen.flush()?;
    }
    Ok(())
}

/// Removes the past of what is not in the snapshot, and, where one is no admin, what only admins
/// see of the rest: one may not see it any more.
fn forget_hidden_events(conn: &Connection, fam: i64) -> Result<()> {
    let sql = "SELECT DISTINCT entity_type, entity_id FROM event WHERE fam = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([fam])?;
    let mut hidden = Vec::new();
    while let Some(row) = rows.next()? {
        let (kind, id): (String, String) = (row.get(0)?, row.get(1)?);
        let is_here = match shadow::key(&kind, &id) {
            Some(key) => nouns::version(conn, fam, key)?.is_some(),
            None => false,
        };
        if !is_here {
            hidden.push((kind, id));
        }
    }
    for (kind, id) in hidden {
        let sql = "DELETE FROM event WHERE fam = ?1 AND entity_type = ?2 AND entity_id = ?3";
        conn.prepare_cached(sql)?.execute(params![fam, kind, id])?;
    }
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
