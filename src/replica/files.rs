//! Files on tickets: what is shown of each, and which are still spoken of by what waits here.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension};

use super::nouns::{self, attachment, membership};
use super::sql::count;
use super::thread::Scene;
use super::view::FileRow;
use super::{Replica, Result, shadow};
use crate::model::attachment::{Attachment, FileFacts};
use crate::model::id::{CommentId, TicketId};
use crate::model::record::Record;

impl Replica {
    /// Which of these texts (by SHA-256) something here is written in: an entity, what it was
    /// before, or a command that was given here, also one that may have to be sent again.
    pub fn texts_named(&self, of: &[String]) -> Result<Vec<String>> {
        let sql = "SELECT EXISTS (SELECT 1 FROM blob_ref WHERE sha256 = ?1)
                   OR EXISTS (SELECT 1 FROM settled WHERE instr(command, ?1))
                   OR EXISTS (SELECT 1 FROM deed_step WHERE instr(back, ?1))
                   OR EXISTS (SELECT 1 FROM shadow WHERE instr(json, ?1))";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut named = self.files_wanted(of)?;
        for sha256 in of {
            if !named.contains(sha256) && statement.query_row([sha256], |row| row.get(0))? {
                named.push(sha256.clone());
            }
        }
        let mut left: HashSet<&String> = of.iter().filter(|it| !named.contains(it)).collect();
        if left.is_empty() {
            return Ok(named);
        }
        // The past is long, so it is looked through once for all.
        let mut statement = self
            .conn
            .prepare("SELECT json FROM event WHERE instr(json, '\"sha256\"')")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let json = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let found: Vec<&String> = left
                .iter()
                .filter(|it| json.contains(**it))
                .copied()
                .collect();
            for sha256 in found {
                left.remove(sha256);
                named.push(sha256.clone());
            }
        }
        Ok(named)
    }

    /// Which of these files (by SHA-256) something speaks of that waits here: a command to be sent or
    /// refused, or a draft.
    pub fn files_wanted(&self, of: &[String]) -> Result<Vec<String>> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE instr(command, ?1))
                   OR EXISTS (SELECT 1 FROM tray WHERE instr(command, ?1))
                   OR EXISTS (SELECT 1 FROM draft WHERE instr(content, ?1))";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut wanted = Vec::new();
        for sha256 in of {
            if statement.query_row([sha256], |row| row.get(0))? {
                wanted.push(sha256.clone());
            }
        }
        Ok(wanted)
    }
}

/// How many bytes a family's files take, removed ones included, as far as that is known here: the
/// backend said so last, and what one sees oneself may have grown since.
pub(super) fn attached(conn: &Connection, fam: i64) -> Result<u64> {
    let told = "SELECT coalesce(json_extract(standing, '$.attached'), 0) FROM family_log
                WHERE fam = ?1";
    let seen = "SELECT coalesce(sum(json_extract(json, '$.bytes')), 0) FROM attachment
                WHERE fam = ?1";
    let bytes = |sql: &str| -> Result<u64> {
        let found = conn.prepare_cached(sql)?.query_row([fam], |row| row.get(0));
        Ok(count(found.optional()?.unwrap_or_default()))
    };
    Ok((bytes(told)? + unsent(conn, fam)?).max(bytes(seen)?))
}

/// How many bytes the files have that wait to be sent.
fn unsent(conn: &Connection, fam: i64) -> Result<u64> {
    let sql = "SELECT entity_type, entity_id FROM shadow
               WHERE fam = ?1 AND entity_type = 'attachment' AND json IS NULL";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([fam])?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let (kind, id): (String, String) = (row.get(0)?, row.get(1)?);
        let there = match shadow::key(&kind, &id) {
            Some(key) => nouns::get(conn, fam, key)?,
            None => None,
        };
        if let Some(Record::Attachment(it)) = there {
            bytes += it.bytes;
        }
    }
    Ok(bytes)
}

/// The files on some tickets, by the comment that each came with.
pub(super) type Files = HashMap<Option<CommentId>, Vec<FileRow>>;

pub(super) fn of_tickets(scene: &Scene<'_>, tickets: &[TicketId]) -> Result<Files> {
    let mut files = Files::new();
    for ticket_id in tickets {
        for it in attachment::of_ticket(scene.conn, scene.fam, *ticket_id)? {
            files
                .entry(it.comment_id)
                .or_default()
                .push(row(scene, it)?);
        }
    }
    Ok(files)
}

fn row(scene: &Scene<'_>, it: Attachment) -> Result<FileRow> {
    Ok(FileRow {
        ticket_id: it.ticket_id,
        attachment_id: it.attachment_id,
        added_by: membership::name_of(scene.conn, scene.fam, it.common.created_by)?,
        added_by_id: it.common.created_by,
        added: it.common.creation_date,
        unsent: scene.is_unsent(it.key())?,
        file: FileFacts {
            file_name: it.file_name,
            sha256: it.sha256,
            bytes: it.bytes,
            content_type: it.content_type,
        },
    })
}
