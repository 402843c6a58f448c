//! The store's file: making it, knowing it, and bringing an older one up to date.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{copy, fault};
use crate::config::drive::{NetworkDrive, journal_mode};
use crate::table::error::TableError;

/// `FAMD`: how a store of this program is told from any other SQLite file.
const APPLICATION_ID: i64 = 0x4641_4d44;

/// How long a statement waits for another program's lock.
const PATIENCE: Duration = Duration::from_secs(5);

/// One store is opened at a time in this process, so that nobody has a fresh file open yet when
/// the handle that made it is closed.
static OPENING: Mutex<()> = Mutex::new(());

/// What brings a store from version `i` to version `i + 1`; released steps never change.
pub(super) const STEPS: &[&str] = &["
CREATE TABLE items (
  pk TEXT NOT NULL, sk TEXT NOT NULL,
  gsi1_pk TEXT, gsi1_sk TEXT, gsi2_pk TEXT, gsi2_sk TEXT, gsi3_pk TEXT, gsi3_sk TEXT,
  version INTEGER NOT NULL, ttl INTEGER, body BLOB NOT NULL,
  PRIMARY KEY (pk, sk)
) STRICT;
CREATE INDEX gsi1 ON items (gsi1_pk, gsi1_sk, pk, sk) WHERE gsi1_pk IS NOT NULL;
CREATE INDEX gsi2 ON items (gsi2_pk, gsi2_sk, pk, sk) WHERE gsi2_pk IS NOT NULL;
CREATE INDEX gsi3 ON items (gsi3_pk, gsi3_sk, pk, sk) WHERE gsi3_pk IS NOT NULL;
CREATE TRIGGER log_is_never_changed BEFORE UPDATE ON items WHEN substr(OLD.pk, -4) = '#LOG'
BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END;
CREATE TRIGGER log_is_never_removed BEFORE DELETE ON items WHEN substr(OLD.pk, -4) = '#LOG'
BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END;
"];

/// The connection that writes, on a store that is ours and up to date.
pub(super) fn open_writer(
    path: &Path,
    drive: Option<NetworkDrive>,
    steps: &[&str],
) -> Result<Connection, TableError> {
    let _alone = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    make_file(path)?;
    let mut connection = connect(path)?;
    if connection
        .is_readonly("main")
        .map_err(|e| fault::of(path, &e))?
    {
        return Err(TableError::ReadOnly {
            path: path.to_owned(),
        });
    }
    let ready = prepare_in_turn(&mut connection, (path, drive), steps);
    ready.map_err(|failure| match failure {
        Failure::Known(error) => error,
        Failure::Sqlite(error) => examine(&connection, path, &error),
    })?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, TableError> {
    let connection = connect(path)?;
    settle(&connection)
        .and_then(|()| connection.pragma_update(None, "query_only", true))
        .map_err(|e| fault::of(path, &e))?;
    Ok(connection)
}

/// A connection that reads a store which must be there, be ours and be of a version that is known.
pub(super) fn open_existing(path: &Path) -> Result<Connection, TableError> {
    if let Err(error) = std::fs::metadata(path) {
        return Err(fault::of_file(path, &error));
    }
    let connection = open_reader(path)?;
    let (application, found, _) = what_it_is(&connection).map_err(|e| fault::of(path, &e))?;
    let known = STEPS.len() as i64;
    match application {
        APPLICATION_ID if found <= known => Ok(connection),
        APPLICATION_ID => Err(TableError::Newer {
            path: path.to_owned(),
            found,
            known,
        }),
        _ => Err(TableError::NotOurs {
            path: path.to_owned(),
        }),
    }
}

/// A fresh table without a file.
pub(super) fn open_in_memory() -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    settle(&connection)?;
    step_up(&mut connection, STEPS, 0)?;
    Ok(connection)
}

/// Why opening failed: for a reason we have words for, or one that SQLite has.
enum Failure {
    Known(TableError),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        Failure::Sqlite(error)
    }
}

/// Makes the file where there is none, for its owner's eyes only. An existing one is not even
/// opened here: closing any handle of a file drops the locks that SQLite holds on it in this
/// process.
fn make_file(path: &Path) -> Result<(), TableError> {
    match make_private(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(fault::of_file(path, &error))
        }
        _ => Ok(()),
    }
}

pub(super) fn make_private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn connect(path: &Path) -> Result<Connection, TableError> {
    // Each connection stays with one thread. The path is a path, whatever it looks like.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|e| fault::of(path, &e))
}

/// What every connection keeps to.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Otherwise a statement with a bound LIMIT is prepared anew each time that it runs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Recursive triggers, so that a REPLACE is a removal like any other.
    connection.execute_batch(
        "PRAGMA recursive_triggers = ON; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
         PRAGMA temp_store = MEMORY;",
    )
}

/// Tries again where another program is opening the store in the same moment: SQLite does not wait
/// by itself for a change of the journal mode.
fn prepare_in_turn(
    connection: &mut Connection,
    file: (&Path, Option<NetworkDrive>),
    steps: &[&str],
) -> Result<(), Failure> {
    let patience = Instant::now() + PATIENCE;
    loop {
        match prepare(connection, file, steps) {
            Err(Failure::Sqlite(error))
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < patience =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

/// Checks that the store is ours, and makes it what the last step makes it.
fn prepare(
    connection: &mut Connection,
    (path, drive): (&Path, Option<NetworkDrive>),
    steps: &[&str],
) -> Result<(), Failure> {
    settle(connection)?;
    let known = steps.len() as i64;
    let (application, found, empty) = what_it_is(connection)?;
    match application {
        APPLICATION_ID if found == known => {}
        APPLICATION_ID if found > known => {
            return Err(Failure::Known(TableError::Newer {
                path: path.to_owned(),
                found,
                known,
            }));
        }
        APPLICATION_ID => migrate(connection, path, steps, found)?,
        0 if found == 0 && empty => create(connection, steps)?,
        _ => {
            return Err(Failure::Known(TableError::NotOurs {
                path: path.to_owned(),
            }));
        }
    }
    connection.pragma_update(None, "journal_mode", journal_mode(drive))?;
    // An import's transaction dirties many pages, and the same ones soon again.
    connection.execute_batch("PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000;")?;
    Ok(())
}

/// Whose it is, of which version, and whether it is empty: as of one moment, because another
/// program may be making it.
fn what_it_is(connection: &Connection) -> rusqlite::Result<(i64, i64, bool)> {
    let moment = connection.unchecked_transaction()?;
    let empty = moment.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
        row.get(0)
    })?;
    let application = number(&moment, "application_id")?;
    let found = number(&moment, "user_version")?;
    moment.finish()?;
    Ok((application, found, empty))
}

/// Before the journal mode changes, so that the file itself says whose it is from the first
/// commit on.
fn create(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    connection.pragma_update(None, "page_size", 8192)?;
    step_up(connection, steps, 0)
}

fn migrate(
    connection: &mut Connection,
    path: &Path,
    steps: &[&str],
    found: i64,
) -> Result<(), Failure> {
    copy::write_copy(connection, &backup_path(path, found)).map_err(Failure::Known)?;
    step_up(connection, steps, found)?;
    let verdict = quick_check(connection)?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(Failure::Known(TableError::Corrupt {
        path: path.to_owned(),
        detail: verdict,
    }))
}

/// Carries out the steps from the given version on, each in a transaction with its number.
fn step_up(connection: &mut Connection, steps: &[&str], found: i64) -> rusqlite::Result<()> {
    for (from, step) in (0_i64..).zip(steps) {
        if from < found {
            continue;
        }
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another program may have been faster.
        if number(&transaction, "user_version")? != from {
            continue;
        }
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", from + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Where the copy of a store stands that was made before it left the given version.
pub(super) fn backup_path(path: &Path, version: i64) -> PathBuf {
    path.with_added_extension(format!("before-{}", version + 1))
}

/// What is wrong with a file that can't be opened.
fn examine(connection: &Connection, path: &Path, error: &rusqlite::Error) -> TableError {
    if error.sqlite_error_code() != Some(ErrorCode::DatabaseCorrupt) {
        return fault::of(path, error);
    }
    TableError::Corrupt {
        path: path.to_owned(),
        detail: quick_check(connection).unwrap_or_else(|_| error.to_string()),
    }
}

fn quick_check(connection: &Connection) -> rusqlite::Result<String> {
    connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
}

fn number(connection: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}
