//! The local state store: a read model of what this person may see, with drafts and the outbox.
//!
//! It is fed from the log and from snapshots alone, and shows one's own commands at once: the
//! tables hold the confirmed state with the pending commands applied, and `shadow` keeps what the
//! backend has confirmed of whatever they touch. One `Replica` is one connection; one thread owns
//! it. No clock in here: moments are given.

use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior};

use crate::model::id::FamilyId;

mod answer;
mod as_of;
mod board;
mod condition;
mod deleted;
mod drafts;
mod family_view;
mod files;
mod fulltext;
mod history;
mod hits;
mod incoming;
mod known;
mod list;
mod lookup;
mod names;
mod newer;
mod nouns;
mod open;
mod open_rows;
mod outbox;
mod past;
mod pen;
mod plan;
mod pull;
pub mod resolve;
mod rows;
mod salvage;
mod shadow;
mod snapshot;
mod sql;
mod submit;
mod tally;
mod texts;
mod thread;
mod tray;
mod triage;
mod undo;
mod unread;
pub mod view;
pub mod worker;

#[cfg(test)]
mod tests;

pub use lookup::Found;
pub use newer::PassedOver;
pub use open::{FILE, WAL};
pub use outbox::Pending;
pub use pull::Applied;
pub use salvage::Salvaged;
pub use snapshot::{Begun, LogHere};
pub use submit::{Giver, SubmitError, Submitted};
pub use undo::{Turn, TurnError};

/// The whole of a text that stands in the blob store, by its SHA-256, if it is here.
pub type BlobSource = Box<dyn Fn(&str) -> Option<String> + Send>;

/// The local state store, as one connection.
pub struct Replica {
    conn: Connection,
    blobs: Option<BlobSource>,
    salvaged: Option<Salvaged>,
    incoming: incoming::Incoming,
    open_rows: open_rows::OpenRows,
    /// The family that was asked for last.
    family: as_of::AsOf<(FamilyId, Option<view::FamilyView>)>,
}

/// Why the local state store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ReplicaError {
    #[error(
        "{} was written by a newer famdesk (format {found}, this one knows {known}); update famdesk to open it",
        path.display()
    )]
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    #[error("{} belongs to another program; name another folder", .0.display())]
    NotOurs(PathBuf),
    #[error("the local store can't be reached at {}: {source}; check the folder and the disk", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}", sqlite_words(.0))]
    Sqlite(#[from] rusqlite::Error),
    #[error(
        "the local store holds something unreadable: {0}; `famdesk rebuild` fetches everything again"
    )]
    Json(#[from] serde_json::Error),
    #[error(
        "what was fetched of a family is not whole; nothing was changed, and it is fetched again"
    )]
    NoSnapshot,
}

impl ReplicaError {
    /// Whether the file itself is damaged; opening it again sets it aside.
    pub fn is_corruption(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        matches!(self, ReplicaError::Sqlite(error)
            if matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)))
    }
}

impl ReplicaError {
    /// Whether there was no room; nothing was saved then.
    pub fn is_of_a_full_disk(&self) -> bool {
        self.has_code(rusqlite::ErrorCode::DiskFull)
    }

    /// Whether the disk failed; where it did so at a commit, nobody knows what was saved.
    pub fn is_of_a_failing_disk(&self) -> bool {
        self.has_code(rusqlite::ErrorCode::SystemIoFailure)
    }

    fn has_code(&self, code: rusqlite::ErrorCode) -> bool {
        matches!(self, ReplicaError::Sqlite(error) if error.sqlite_error_code() == Some(code))
    }
}

/// What is wrong with the disk is said as such.
fn sqlite_words(error: &rusqlite::Error) -> String {
    use rusqlite::ErrorCode::{CannotOpen, DiskFull, PermissionDenied, ReadOnly, SystemIoFailure};
    match error.sqlite_error_code() {
        Some(DiskFull) => "the disk of the state folder is full; make room there".to_owned(),
        Some(ReadOnly) => "the state folder is read-only; make it writable, or name another with \
             FAMDESK_STATE_DIR"
            .to_owned(),
        Some(SystemIoFailure | CannotOpen | PermissionDenied) => format!(
            "the disk of the state folder is full or can't be written ({error}); make room there, \
             or check it"
        ),
        _ => format!(
            "the local store failed: {error}; start again, and `famdesk doctor` looks into it"
        ),
    }
}

type Result<T> = std::result::Result<T, ReplicaError>;

impl Replica {
    /// Gives the store a way to the whole of long texts. Without one, their beginnings stand for
    /// them.
    pub fn with_blobs(mut self, blobs: BlobSource) -> Replica {
        self.blobs = Some(blobs);
        self
    }

    /// What was saved from a damaged file that was set aside when this store was opened.
    pub fn salvaged(&self) -> Option<&Salvaged> {
        self.salvaged.as_ref()
    }

    /// Runs one change of the store: all of it, or nothing.
    fn write<T>(
        &mut self,
        change: impl FnOnce(&Connection, Option<&BlobSource>) -> Result<Verdict<T>>,
    ) -> Result<T> {
        let transaction = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        match change(&transaction, self.blobs.as_ref())? {
            Verdict::Keep(value) => {
                transaction.commit()?;
                Ok(value)
            }
            Verdict::Drop(value) => {
                transaction.rollback()?;
                Ok(value)
            }
        }
    }
}

impl Replica {
    /// Like [`write`](Replica::write), for what the backend tells: should a power cut take it, the
    /// place to read on from goes with it, and it is told again. So it need not wait for the disk.
    fn take_in<T>(
        &mut self,
        change: impl FnOnce(&Connection, Option<&BlobSource>) -> Result<Verdict<T>>,
    ) -> Result<T> {
        self.conn.pragma_update(None, "synchronous", "NORMAL")?;
        let done = self.write(change);
        self.conn.pragma_update(None, "synchronous", "FULL")?;
        done
    }
}

/// Whether a change is to be kept.
enum Verdict<T> {
    Keep(T),
    Drop(T),
}

/// The number under which a family stands in the tables, which is given now if it has none.
fn number_family(conn: &Connection, family_id: FamilyId) -> Result<i64> {
    if let Some(fam) = tally::family_number(conn, family_id)? {
        return Ok(fam);
    }
    conn.prepare_cached("INSERT INTO family_log (family_id) VALUES (?1)")?
        .execute([sql::Blob(family_id.0)])?;
    Ok(conn.last_insert_rowid())
}

/// The id of the family that stands under a number.
fn family_of(conn: &Connection, fam: i64) -> Result<FamilyId> {
    let sql = "SELECT family_id FROM family_log WHERE fam = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.query_row([fam], |row| Ok(FamilyId(row.get::<_, sql::Blob>(0)?.0)))?)
}
