//! Connections on which whoever asks reads by itself. What is asked of the table takes less time than
//! handing it to a thread and back does.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::schema;
use crate::table::error::TableError;

/// As many connections as ever read at once.
pub(super) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(super) fn of(path: &Path) -> Pool {
        Pool {
            path: path.to_owned(),
            idle: Mutex::default(),
        }
    }

    /// Reads on a connection that nobody reads on.
    pub(super) fn read<R>(&self, work: impl FnOnce(Result<&Connection, TableError>) -> R) -> R {
        let free = self.idle().pop();
        match free.map_or_else(|| schema::open_reader(&self.path), Ok) {
            Ok(connection) => {
                let done = work(Ok(&connection));
                self.idle().push(connection);
                done
            }
            Err(error) => work(Err(error)),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
