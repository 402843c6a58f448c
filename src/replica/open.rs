//! Opening the store's file: who may read it, its settings, its format and what to do when it is
//! newer, foreign or damaged.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::as_of::AsOf;
use super::incoming::Incoming;
use super::open_rows::OpenRows;
use super::salvage::{self, Salvaged};
use super::{Replica, ReplicaError, Result};
use crate::config::drive::{NetworkDrive, journal_mode};
use crate::model::id::DeviceId;

/// The file inside the folder.
pub const FILE: &str = "replica.db";

/// Its write-ahead log, which every commit grows; there is none on network drives.
pub const WAL: &str = "replica.db-wal";

/// `FdRe`: tells SQLite's file of this store from any other.
const APPLICATION_ID: i64 = 0x4664_5265;

/// One script per format; `user_version` says how many have been run.
const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema_undo.sql"),
    include_str!("schema_unread.sql"),
    include_str!("schema_deleted.sql"),
    include_str!("schema_triage.sql"),
    include_str!("schema_drafts.sql"),
    include_str!("schema_queries.sql"),
    include_str!("schema_past.sql"),
    include_str!("schema_groups.sql"),
    include_str!("schema_deeds.sql"),
    include_str!("schema_tray.sql"),
    include_str!("schema_attachments.sql"),
    include_str!("schema_webhooks.sql"),
    include_str!("schema_incoming.sql"),
];

/// The longest write-ahead log, in bytes, that is left beside the file.
const SMALL_LOG: u64 = 512 * 1024;

/// Statements that are kept ready.
const STATEMENTS: usize = 256;

impl Replica {
    /// Opens the store in the folder to read and write, making both where they are missing. A
    /// damaged file is set aside and a fresh one begun; [`Replica::salvaged`] tells.
    pub fn open(folder: &Path) -> Result<Replica> {
        make_folder(folder)?;
        Replica::open_on(NetworkDrive::below(folder), folder)
    }

    /// The same on a drive that is known, in a folder that is there.
    pub fn open_on(drive: Option<NetworkDrive>, folder: &Path) -> Result<Replica> {
        let path = folder.join(FILE);
        match open_file(&path, drive) {
            Ok(conn) => Ok(Replica::over(
                conn,
                Incoming::Beside(folder.to_owned()),
                None,
            )),
            Err(error) if error.is_corruption() => {
                let saved = salvage::set_aside(folder)?;
                let conn = open_file(&path, drive)?;
                let salvaged = Salvaged {
                    kept: salvage::take_over(&conn, &saved)?,
                    ..saved.into_report()
                };
                Ok(Replica::over(
                    conn,
                    Incoming::Beside(folder.to_owned()),
                    Some(salvaged),
                ))
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the store, which must be there, for reading alone.
    pub fn open_reader(folder: &Path) -> Result<Replica> {
        let path = folder.join(FILE);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(&path, flags)?;
        settle(&conn)?;
        conn.pragma_update(None, "query_only", true)?;
        let version = format_of(&conn, &path)?;
        if version != newest() {
            return Err(ReplicaError::NotOurs(path));
        }
        Ok(Replica::over(
            conn,
            Incoming::Beside(folder.to_owned()),
            None,
        ))
    }

    /// The same, if whoever opens it to write has nothing to make, to mend or to bring up to date.
    pub fn open_if_ready(folder: &Path) -> Option<Replica> {
        let replica = Replica::open_reader(folder).ok()?;
        let wanted = journal_mode(NetworkDrive::below(folder));
        let is_ready = !replica.conn.is_readonly("main").ok()? && is_kept_so(&replica.conn, wanted);
        touch(&replica.conn).ok()?;
        is_ready.then_some(replica)
    }

    /// A store that lives as long as this value.
    pub fn in_memory() -> Result<Replica> {
        let mut conn = Connection::open_in_memory()?;
        settle(&conn)?;
        migrate(&mut conn, 0)?;
        Ok(Replica::over(conn, Incoming::Memory(HashMap::new()), None))
    }

    /// A number that changes with every commit of another connection to the file, and with none of
    /// this one's own.
    pub fn commits_elsewhere(&self) -> Result<i64> {
        let count = self
            .conn
            .pragma_query_value(None, "data_version", |row| row.get(0));
        Ok(count?)
    }

    /// Opens the file anew, after an error that leaves open what is in it.
    pub fn reopen(&mut self) -> Result<()> {
        let path = self.conn.path().filter(|path| !path.is_empty());
        let Some(path) = path.map(PathBuf::from) else {
            return Ok(());
        };
        let drive = path.parent().and_then(NetworkDrive::below);
        self.conn = open_file(&path, drive)?;
        self.conn.set_prepared_statement_cache_capacity(STATEMENTS);
        self.open_rows = OpenRows::default();
        self.family = AsOf::default();
        Ok(())
    }

    /// Looks at every page of the file; what is wrong with it, in SQLite's words.
    pub fn check(&self) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare("PRAGMA quick_check")?;
        let found = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut found: Vec<String> = found.collect::<rusqlite::Result<_>>()?;
        found.retain(|line| line != "ok");
        Ok(found)
    }

    fn over(conn: Connection, incoming: Incoming, salvaged: Option<Salvaged>) -> Replica {
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        Replica {
            conn,
            blobs: None,
            salvaged,
            incoming,
            open_rows: OpenRows::default(),
            family: AsOf::default(),
        }
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        leave_small_log(&self.conn);
    }
}

/// A small write-ahead log stays beside the file when the last connection closes: whoever opens
/// them next reads it in less time than bringing it into the file takes, which waits for the disk
/// twice.
fn leave_small_log(conn: &Connection) {
    let path = conn.path().filter(|path| !path.is_empty()).map(Path::new);
    let log = path.and_then(|path| fs::metadata(path.with_file_name(WAL)).ok());
    if log.is_some_and(|log| (1..=SMALL_LOG).contains(&log.len())) {
        // Where it can't be said, the log is brought in.
        let _ = conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }
}

fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder
        .create(folder)
        .map_err(|source| io(folder.to_owned(), source))
}

/// Makes the file before SQLite does, readable by nobody else from its first moment; the files
/// that SQLite puts beside it take its mode.
fn make_file(path: &Path) -> Result<()> {
    if fs::exists(path).map_err(|source| io(path.to_owned(), source))? {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(path)
        .map(drop)
        .map_err(|source| io(path.to_owned(), source))
}

pub(super) fn io(path: PathBuf, source: std::io::Error) -> ReplicaError {
    ReplicaError::Io { path, source }
}

fn open_file(path: &Path, drive: Option<NetworkDrive>) -> Result<Connection> {
    make_file(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags)?;
    settle(&conn)?;
    keep_journal(&conn, journal_mode(drive))?;
    let version = format_of(&conn, path)?;
    if version < newest() {
        migrate(&mut conn, version)?;
    }
    // An import's transaction dirties many pages, and the same ones soon again.
    conn.execute_batch("PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000;")?;
    touch(&conn)?;
    Ok(conn)
}

/// Keeps the journal so from here on. While others work with the file it stays as it is.
fn keep_journal(conn: &Connection, mode: &str) -> Result<()> {
    match conn.pragma_update(None, "journal_mode", mode) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
        other => Ok(other?),
    }
}

/// Whether the file is one with a write-ahead log, or without, as it is wanted.
fn is_kept_so(conn: &Connection, wanted: &str) -> bool {
    let found = conn.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
    found.is_ok_and(|found| (found == "wal") == (wanted == "WAL"))
}

/// Touches what can't be fetched again, so that damage there shows now.
fn touch(conn: &Connection) -> Result<()> {
    let sql = "SELECT (SELECT count(*) FROM outbox), (SELECT max(position) FROM tray)";
    Ok(conn.prepare(sql)?.query_row([], |_| Ok(()))?)
}

/// The settings of every connection (PROTOCOL.md section 4).
fn settle(conn: &Connection) -> Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Otherwise a statement with a bound LIMIT is prepared anew each time that it runs.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    conn.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON;
         PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000;",
    )?;
    Ok(())
}

/// The file's format, 0 for an empty file.
fn format_of(conn: &Connection, path: &Path) -> Result<i64> {
    let owner: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let fresh = owner == 0 && found == 0 && is_empty(conn)?;
    if owner != APPLICATION_ID && !fresh {
        return Err(ReplicaError::NotOurs(path.to_owned()));
    }
    if found > newest() {
        return Err(ReplicaError::Newer {
            path: path.to_owned(),
            found,
            known: newest(),
        });
    }
    Ok(found)
}

fn is_empty(conn: &Connection) -> Result<bool> {
    let mut statement = conn.prepare("SELECT 1 FROM sqlite_schema LIMIT 1")?;
    Ok(!statement.exists([])?)
}

fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Brings the format up to date, a transaction per step. Two programs may try at once: whoever
/// comes second finds it done.
fn migrate(conn: &mut Connection, from: i64) -> Result<()> {
    for (step, script) in (1..).zip(MIGRATIONS).filter(|(step, _)| *step > from) {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found >= step {
            continue;
        }
        transaction.execute_batch(script)?;
        if step == 1 {
            let device = DeviceId(uuid::Uuid::new_v4()).to_string();
            transaction.execute("INSERT INTO meta VALUES ('device', ?1)", [device])?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", step)?;
        transaction.commit()?;
    }
    Ok(())
}
