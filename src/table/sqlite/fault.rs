//! What SQLite's errors mean to someone who has never heard of SQLite.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::table::error::TableError;

/// The error of a statement on the file.
pub(super) fn of(path: &Path, error: &rusqlite::Error) -> TableError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => TableError::DiskFull { path },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            TableError::ReadOnly { path }
        }
        Some(ErrorCode::DatabaseCorrupt) => TableError::Corrupt {
            path,
            detail: error.to_string(),
        },
        Some(ErrorCode::NotADatabase) => TableError::NotOurs { path },
        Some(ErrorCode::SystemIoFailure) => TableError::Failing {
            path,
            detail: error.to_string(),
        },
        _ => TableError::Engine {
            path,
            detail: error.to_string(),
        },
    }
}

/// The error of a COMMIT: only a full disk is sure to have left nothing behind.
pub(super) fn of_commit(path: &Path, error: &rusqlite::Error) -> TableError {
    match of(path, error) {
        full @ TableError::DiskFull { .. } => full,
        _ => TableError::OutcomeUnknown {
            path: path.to_owned(),
            detail: error.to_string(),
        },
    }
}

/// The error of making or reading a file.
pub(super) fn of_file(path: &Path, error: &io::Error) -> TableError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => TableError::DiskFull { path },
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            TableError::ReadOnly { path }
        }
        _ => TableError::Engine {
            path,
            detail: error.to_string(),
        },
    }
}
