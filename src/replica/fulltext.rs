//! The full-text index: one document per ticket with its title, description and comments.

use rusqlite::{Connection, OptionalExtension, params};

use super::nouns::{all, get};
use super::pen::Pen;
use super::sql::Blob;
use super::{BlobSource, Replica, Result, Verdict};
use crate::model::comment::Comment;
use crate::model::entity::EntityKey;
use crate::model::id::TicketId;
use crate::model::long_text::LongText;
use crate::model::record::Record;

/// The largest store that is written anew for tidiness, in bytes: it takes a second at the most.
const WRITTEN_ANEW: i64 = 64 * 1024 * 1024;

/// Writes a ticket's document anew; removes it if lists don't show the ticket.
pub(super) fn index(
    conn: &Connection,
    fam: i64,
    ticket_id: TicketId,
    blobs: Option<&BlobSource>,
) -> Result<()> {
    let sql = "SELECT id, title, listed FROM ticket WHERE ticket_id = ?1 AND fam = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let row = statement.query_row(params![Blob(ticket_id.0), fam], |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, bool>(2)?,
        ))
    });
    let Some((id, title, listed)) = row.optional()? else {
        return Ok(());
    };
    conn.prepare_cached("DELETE FROM ticket_text WHERE rowid = ?1")?
        .execute([id])?;
    if !listed {
        return Ok(());
    }
    let description = match get(conn, fam, EntityKey::Description(ticket_id))? {
        Some(Record::Description(it)) if !it.common.deleted => whole(&it.description, blobs),
        _ => String::new(),
    };
    let sql = "SELECT json FROM comment INDEXED BY thread
               WHERE fam = ?1 AND ticket_id = ?2 AND deleted = 0";
    let comments: Vec<Comment> = all(conn, sql, params![fam, Blob(ticket_id.0)])?;
    let mut said = String::new();
    for comment in comments {
        said.push_str(&whole(&comment.comment_body, blobs));
        said.push('\n');
    }
    conn.prepare_cached(
        "INSERT INTO ticket_text (rowid, title, description, comments) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        id,
        with_other_spellings(title),
        with_other_spellings(description),
        with_other_spellings(said)
    ])?;
    Ok(())
}

/// A text, and behind it the words of it that are looked for in other spellings too: `wifi` finds
/// `Wi-Fi`, and `受信` finds `メールの受信`.
fn with_other_spellings(mut text: String) -> String {
    let others: Vec<String> = text.split_whitespace().flat_map(other_spellings).collect();
    for word in others {
        text.push(' ');
        text.push_str(&word);
    }
    text
}

/// How else a word is indexed and looked for.
pub(super) fn other_spellings(word: &str) -> impl Iterator<Item = String> {
    in_one(word).into_iter().chain(letter_by_letter(word))
}

/// The letters of scripts that put no spaces between words, each as a word.
fn letter_by_letter(word: &str) -> Option<String> {
    if !word.contains(is_unspaced) || word.chars().nth(1).is_none() {
        return None;
    }
    let mut apart = String::with_capacity(2 * word.len());
    for c in word.chars() {
        match is_unspaced(c) {
            true => apart.extend([' ', c, ' ']),
            false => apart.push(c),
        }
    }
    Some(apart)
}

/// Whether a letter is of Chinese or Japanese script.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{323af}')
}

/// A word that is put together with hyphens or apostrophes, written in one.
fn in_one(word: &str) -> Option<String> {
    /// What has more parts, or is longer, is a key or an address and no word.
    const PARTS: usize = 4;
    const LONGEST: usize = 40;
    let is_joint = |c: char| matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\'' | '\u{2019}');
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    if word.len() > LONGEST || !word.contains(is_joint) {
        return None;
    }
    let parts: Vec<&str> = word.split(is_joint).collect();
    let is_word = |part: &&str| !part.is_empty() && part.chars().all(char::is_alphanumeric);
    let whole = parts.len() <= PARTS && parts.iter().all(is_word);
    (whole && word.contains(char::is_alphabetic)).then(|| parts.concat())
}

/// The whole of a text where it is here, else its beginning.
pub(super) fn whole(text: &LongText, blobs: Option<&BlobSource>) -> String {
    text.blob()
        .and_then(|blob| blobs.and_then(|source| source(&blob.sha256)))
        .unwrap_or_else(|| text.preview().to_owned())
}

/// Notes which blob an entity's text stands in, or that it stands in none.
pub(super) fn note_blob(pen: &mut Pen<'_>, of: EntityKey, text: Option<&LongText>) -> Result<()> {
    let entity_id = of.entity_id();
    pen.run(
        "DELETE FROM blob_ref WHERE fam = ?1 AND entity_id = ?2",
        params![pen.fam, entity_id],
    )?;
    if let (Some(blob), Some(ticket_id)) = (text.and_then(LongText::blob), of.ticket()) {
        pen.run(
            "REPLACE INTO blob_ref (sha256, fam, ticket_id, entity_id) VALUES (?1, ?2, ?3, ?4)",
            params![blob.sha256, pen.fam, Blob(ticket_id.0), entity_id],
        )?;
        pen.run("REPLACE INTO meta VALUES ('blobs wanted', 'yes')", [])?;
        pen.wanted.push(blob.sha256.clone());
    }
    Ok(())
}

impl Replica {
    /// The blobs (by SHA-256) that texts here stand in, where some may not have come: a program that
    /// was to fetch them was killed, or a snapshot has named them.
    pub fn wanted_blobs(&self) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT sha256 FROM blob_ref
                   WHERE EXISTS (SELECT 1 FROM meta WHERE key = 'blobs wanted')";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_map([], |row| row.get::<_, String>(0))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// All that were wanted have come.
    pub fn blobs_are_here(&mut self) -> Result<()> {
        self.take_in(|conn, _| {
            conn.execute_batch("DELETE FROM meta WHERE key = 'blobs wanted'")?;
            Ok(Verdict::Keep(()))
        })
    }

    /// A blob has come: the tickets it belongs to are found by all of their words now.
    pub fn blob_arrived(&mut self, sha256: &str) -> Result<()> {
        self.write(|conn, blobs| {
            let sql = "SELECT DISTINCT fam, ticket_id FROM blob_ref WHERE sha256 = ?1";
            let mut statement = conn.prepare_cached(sql)?;
            let found = statement.query_map([sha256], |row| {
                Ok((row.get::<_, i64>(0)?, TicketId(row.get::<_, Blob>(1)?.0)))
            })?;
            for (fam, ticket_id) in found.collect::<rusqlite::Result<Vec<_>>>()? {
                index(conn, fam, ticket_id, blobs)?;
            }
            Ok(Verdict::Keep(()))
        })
    }

    /// Sees to it that nothing is left in the files of what was hidden: joins the parts of the
    /// full-text index, and writes a store of usual size anew, for SQLite leaves copies of what it
    /// moved about in the gaps of its pages. Call it when nothing else is to be done and
    /// [`Replica::is_untidy`] says so.
    pub fn tidy(&mut self) -> Result<()> {
        self.write(|conn, _| {
            conn.execute_batch("INSERT INTO ticket_text (ticket_text) VALUES ('optimize')")?;
            Ok(Verdict::Keep(()))
        })?;
        let done = self.write_anew().and_then(|()| {
            let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
            self.conn.prepare(checkpoint)?.query_row([], |_| Ok(()))
        });
        match done {
            Ok(()) => self.write(|conn, _| {
                conn.execute_batch("DELETE FROM meta WHERE key = 'untidy'")?;
                Ok(Verdict::Keep(()))
            }),
            Err(error) => match error.sqlite_error_code() {
                // Somebody reads, or the disk has no room for a second copy: the next time.
                Some(
                    rusqlite::ErrorCode::DatabaseBusy
                    | rusqlite::ErrorCode::DatabaseLocked
                    | rusqlite::ErrorCode::DiskFull,
                ) => Ok(()),
                _ => Err(error.into()),
            },
        }
    }

    fn write_anew(&self) -> rusqlite::Result<()> {
        let pragma = |name| self.conn.pragma_query_value(None, name, |row| row.get(0));
        let (pages, size): (i64, i64) = (pragma("page_count")?, pragma("page_size")?);
        match pages.saturating_mul(size) <= WRITTEN_ANEW {
            true => self.conn.execute_batch("VACUUM"),
            false => Ok(()),
        }
    }

    /// Whether there is something for [`Replica::tidy`] to do. While a family is on its way in, not
    /// all is here that can name a text.
    pub fn is_untidy(&self) -> Result<bool> {
        let sql = "SELECT 1 FROM meta WHERE key = 'untidy'
                   AND NOT EXISTS (SELECT 1 FROM meta WHERE key LIKE 'snapshot %')";
        Ok(self.conn.prepare_cached(sql)?.exists([])?)
    }
}

/// Notes that there is something to tidy.
pub(super) fn mark_untidy(conn: &Connection) -> Result<()> {
    conn.execute_batch("REPLACE INTO meta VALUES ('untidy', 'yes')")?;
    Ok(())
}
