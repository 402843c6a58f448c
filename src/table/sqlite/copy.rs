//! Whole copies of a store's file: made while others write, checked before they count, and put
//! back in the place of a store that nobody has open.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::{fault, schema};
use crate::table::error::TableError;

/// What SQLite keeps beside a file in use.
const BESIDE: [&str; 2] = ["wal", "shm"];

/// Copies the store to a new file, as of one moment, while others read and write it. The copy is
/// for its owner's eyes only and has been checked when this returns.
///
/// # Errors
/// Where the store can't be read or is damaged, or the copy can't be written; no copy is left then.
pub fn back_up(store: &Path, copy: &Path) -> Result<(), TableError> {
    if copy.exists() {
        return Err(TableError::Engine {
            path: copy.to_owned(),
            detail: "there is such a file already".to_owned(),
        });
    }
    let source = schema::open_existing(store)?;
    write_copy(&source, copy)
}

/// Looks at every page of the store's file, which another program may be working with.
pub fn check_file(store: &Path) -> Result<(), TableError> {
    check(&schema::open_existing(store)?, store)
}

/// Copies what the connection leads to, beside the copy first and then in its place.
pub(super) fn write_copy(source: &Connection, copy: &Path) -> Result<(), TableError> {
    let unfinished = copy.with_added_extension("unfinished");
    let written = remove_if_there(&unfinished)
        .and_then(|()| schema::make_private(&unfinished).map(drop))
        .map_err(|error| fault::of_file(copy, &error))
        .and_then(|()| fill(source, &unfinished))
        .and_then(|()| settle(&unfinished, copy).map_err(|error| fault::of_file(copy, &error)));
    if written.is_err() {
        // The reason counts, not whether the rest could be tidied away.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn fill(source: &Connection, target: &Path) -> Result<(), TableError> {
    let fault = |error: rusqlite::Error| fault::of(target, &error);
    let mut copy = Connection::open(target).map_err(fault)?;
    // In one step: a copy made in several begins anew with every commit of someone else.
    Backup::new(source, &mut copy)
        .and_then(|backup| backup.step(-1))
        .map_err(fault)?;
    // A copy that stands alone, in one file.
    copy.pragma_update(None, "journal_mode", "DELETE")
        .map_err(fault)?;
    check(&copy, target)?;
    copy.close().map_err(|(_, error)| fault(error))
}

fn check(connection: &Connection, path: &Path) -> Result<(), TableError> {
    let verdict: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| fault::of(path, &error))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(TableError::Corrupt {
        path: path.to_owned(),
        detail: verdict,
    })
}

/// Gives the finished file its name; once this returns both survive a power cut.
fn settle(unfinished: &Path, copy: &Path) -> io::Result<()> {
    File::open(unfinished)?.sync_all()?;
    fs::rename(unfinished, copy)?;
    sync_folder_of(copy)
}

/// Puts a file in the place of the store, at one stroke; what stood there is kept under `aside`.
/// Nobody may have the store open.
///
/// # Errors
/// Where a file can't be moved; the store is then what it was.
pub fn put_back(file: &Path, store: &Path, aside: &Path) -> Result<(), TableError> {
    let fault = |error: io::Error| fault::of_file(store, &error);
    if store.exists() {
        // Brings what is committed from beside the file into it. Of a damaged store it may fail;
        // then what lies beside is kept beside.
        if let Ok(connection) = schema::open_existing(store) {
            let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
        keep_also_as(store, aside).map_err(fault)?;
        for end in BESIDE {
            // Left where it is, it would be taken for the new store's.
            let (from, to) = (beside(store, end), beside(aside, end));
            match fs::rename(from, to) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(error)),
                _ => {}
            }
        }
    }
    fs::rename(file, store)
        .and_then(|()| sync_folder_of(store))
        .map_err(fault)
}

/// The same file under a second name; where the disk knows no second names, a copy.
fn keep_also_as(file: &Path, name: &Path) -> io::Result<()> {
    match fs::hard_link(file, name) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            fs::copy(file, name)?;
            File::open(name)?.sync_all()
        }
        linked => linked,
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!("-{end}"));
    name.into()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
