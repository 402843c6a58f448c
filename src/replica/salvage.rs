//! What to do with a damaged file: set it aside, save from it what can't be fetched again, and say
//! so.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Row, params};
use serde::Serialize;

use super::open::{FILE, io};
use super::sql::Blob;
use super::{Replica, Result, number_family};
use crate::config::write_private;
use crate::model::id::FamilyId;
use crate::model::source::Timestamp;

/// What became of a damaged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvaged {
    /// Where the damaged file is now.
    pub aside: PathBuf,
    /// Where what was saved from it stands, as JSON.
    pub saved: PathBuf,
    /// How many commands, refused commands and drafts are in the fresh store again.
    pub kept: usize,
}

/// What was read from a damaged file.
#[derive(Debug, Default, Serialize)]
pub(super) struct Saved {
    #[serde(skip)]
    aside: PathBuf,
    #[serde(skip)]
    file: PathBuf,
    outbox: Vec<SavedRow>,
    tray: Vec<SavedRow>,
    drafts: Vec<SavedRow>,
}

/// A row, as text: the family's id, and the row's columns.
#[derive(Debug, Serialize)]
struct SavedRow {
    family_id: Option<FamilyId>,
    /// What a draft is about, or which command was refused.
    about: Option<uuid::Uuid>,
    kind: String,
    text: String,
    /// The actor or the refusal, as JSON.
    beside: String,
    at: i64,
}

impl Saved {
    pub(super) fn into_report(self) -> Salvaged {
        Salvaged {
            aside: self.aside,
            saved: self.file,
            kept: 0,
        }
    }
}

/// Moves the damaged file out of the way and writes what can be read of it beside it.
pub(super) fn set_aside(folder: &Path) -> Result<Saved> {
    let (aside, file) = free_names(folder);
    for end in ["", "-wal", "-shm"] {
        let from = folder.join(format!("{FILE}{end}"));
        let to = PathBuf::from(format!("{}{end}", aside.display()));
        match fs::rename(&from, to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(io(from, error));
            }
            _ => {}
        }
    }
    let mut saved = read(&aside);
    saved.aside = aside;
    saved.file = file;
    let json = serde_json::to_vec_pretty(&saved)?;
    write_private(&saved.file, &json).map_err(|error| io(saved.file.clone(), error))?;
    Ok(saved)
}

fn free_names(folder: &Path) -> (PathBuf, PathBuf) {
    let mut n = 1;
    loop {
        let aside = folder.join(format!("replica.corrupt-{n}"));
        let file = folder.join(format!("replica.salvaged-{n}.json"));
        if !aside.exists() && !file.exists() {
            return (aside, file);
        }
        n += 1;
    }
}

/// Reads what can be read, row by row; what can't is left out.
fn read(path: &Path) -> Saved {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(conn) = Connection::open_with_flags(path, flags) else {
        return Saved::default();
    };
    Saved {
        outbox: rows(
            &conn,
            "SELECT (SELECT family_id FROM family_log WHERE fam = o.fam), NULL, '', command,
                    actor, submitted_at FROM outbox o ORDER BY position",
        ),
        tray: rows(
            &conn,
            "SELECT (SELECT family_id FROM family_log WHERE fam = r.fam), command_id,
                    command_type, command, refusal, 0 FROM tray r
             WHERE refusal IS NOT NULL ORDER BY position",
        ),
        drafts: rows(
            &conn,
            "SELECT family_id, about, kind, content, '', saved_at FROM draft",
        ),
        ..Saved::default()
    }
}

fn rows(conn: &Connection, sql: &str) -> Vec<SavedRow> {
    let mut found = Vec::new();
    let Ok(mut statement) = conn.prepare(sql) else {
        return found;
    };
    let Ok(mut rows) = statement.query([]) else {
        return found;
    };
    while let Ok(Some(row)) = rows.next() {
        found.extend(saved_row(row));
    }
    found
}

fn saved_row(row: &Row<'_>) -> rusqlite::Result<SavedRow> {
    Ok(SavedRow {
        family_id: row.get::<_, Option<Blob>>(0)?.map(|id| FamilyId(id.0)),
        about: row.get::<_, Option<Blob>>(1)?.map(|id| id.0),
        kind: row.get(2)?,
        text: row.get(3)?,
        beside: row.get(4)?,
        at: row.get(5)?,
    })
}

/// Puts what was saved into a fresh store; says how much of it could be read.
pub(super) fn take_over(conn: &Connection, saved: &Saved) -> Result<usize> {
    let mut kept = 0;
    for row in &saved.outbox {
        let (Some(family_id), Ok(command), Ok(actor)) = (
            row.family_id,
            serde_json::from_str(&row.text),
            serde_json::from_str(&row.beside),
        ) else {
            continue;
        };
        Replica::requeue(conn, family_id, (&command, &actor, Timestamp(row.at)))?;
        kept += 1;
    }
    for row in &saved.tray {
        let (Some(family_id), Some(command_id)) = (row.family_id, row.about) else {
            continue;
        };
        let fam = number_family(conn, family_id)?;
        kept += conn.execute(
            "INSERT OR IGNORE INTO tray (fam, command_id, command_type, command, refusal)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![fam, Blob(command_id), row.kind, row.text, row.beside],
        )?;
    }
    for row in &saved.drafts {
        let (Some(family_id), Some(about)) = (row.family_id, row.about) else {
            continue;
        };
        kept += conn.execute(
            "INSERT INTO draft (family_id, about, kind, content, saved_at, copy)
             VALUES (?1, ?2, ?3, ?4, ?5, (SELECT ifnull(max(copy), -1) + 1 FROM draft
                 WHERE family_id = ?1 AND about = ?2 AND kind = ?3))",
            params![Blob(family_id.0), Blob(about), row.kind, row.text, row.at],
        )?;
    }
    Ok(kept)
}
