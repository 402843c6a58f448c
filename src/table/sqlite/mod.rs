//! The embedded engine: one SQLite file, one thread that writes; a few that read, or whoever asks.
//!
//! Transactions that wait together are committed together, in the order in which they came.

mod copy;
mod damage;
mod fault;
mod pool;
mod read;
mod readers;
mod schema;
mod write;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use futures::future::BoxFuture;
use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio::task::coop::consume_budget;

pub use self::copy::{back_up, check_file, put_back};

use self::damage::Damage;
use self::pool::Pool;
use self::readers::{Read, Readers};
use self::write::{Job, Transaction, Writer};
use super::Table;
use super::error::TableError;
use super::item::{Item, Key, Page, Places, Query, Write, check_writes};
use crate::config::drive::NetworkDrive;
use crate::config::lock::LockFile;

/// What is said where nobody is left to answer.
const STOPPED: &str = "the thread that keeps it has stopped";

/// The table in one SQLite file, or in memory. Dropping it finishes what waits and closes.
pub struct SqliteTable {
    path: PathBuf,
    damage: Damage,
    // The readers end first, so that the writer closes the file and tidies it.
    readers: By,
    writer: Lane,
    // Let go of last: whoever takes it next finds the file closed.
    _lock: Option<LockFile>,
}

/// Where reading is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reads {
    /// On threads of their own, for whoever has other things to do meanwhile.
    #[default]
    Apart,
    /// Where it is asked for.
    InPlace,
}

/// Who reads.
enum By {
    Threads(Readers),
    Whoever(Pool),
    /// There is one connection.
    Writer,
}

impl SqliteTable {
    /// Opens the store, making it where there is none and bringing an older one up to date
    /// (a copy is kept beside it). The folder must exist.
    pub fn open(path: impl AsRef<Path>) -> Result<SqliteTable, TableError> {
        SqliteTable::open_reading(path, Reads::default())
    }

    /// The same, and says where reading is done.
    pub fn open_reading(path: impl AsRef<Path>, reads: Reads) -> Result<SqliteTable, TableError> {
        let drive = path.as_ref().parent().and_then(NetworkDrive::below);
        SqliteTable::open_on(drive, path, reads)
    }

    /// The same on a drive that is known.
    pub fn open_on(
        drive: Option<NetworkDrive>,
        path: impl AsRef<Path>,
        reads: Reads,
    ) -> Result<SqliteTable, TableError> {
        let path = path.as_ref().to_owned();
        let writer = Writer::open(&path, drive)?;
        let readers = match reads {
            // What a simulation comes to is not left to threads.
            _ if cfg!(feature = "simulation") => By::Writer,
            Reads::Apart => By::Threads(Readers::start(&path)),
            Reads::InPlace => By::Whoever(Pool::of(&path)),
        };
        Ok(SqliteTable {
            path,
            damage: writer.damage(),
            readers,
            writer: Lane::of(writer),
            _lock: None,
        })
    }

    /// Opens a store, which must be there, to be read and never changed: a copy, or one that another
    /// program works with.
    pub fn open_to_read(path: impl AsRef<Path>) -> Result<SqliteTable, TableError> {
        let path = path.as_ref().to_owned();
        let writer = Writer::that_reads(&path)?;
        Ok(SqliteTable {
            path,
            damage: writer.damage(),
            readers: By::Writer,
            writer: Lane::of(writer),
            _lock: None,
        })
    }

    /// A table that is gone when it is dropped; one connection reads and writes.
    pub fn in_memory() -> Result<SqliteTable, TableError> {
        let writer = Writer::in_memory()?;
        Ok(SqliteTable {
            path: writer.path().to_owned(),
            damage: writer.damage(),
            readers: By::Writer,
            writer: Lane::of(writer),
            _lock: None,
        })
    }

    /// Keeps the lock until the store is closed.
    pub fn holding(mut self, lock: LockFile) -> SqliteTable {
        self._lock = Some(lock);
        self
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn read<T, F>(&self, work: F) -> BoxFuture<'_, Result<T, TableError>>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (path, damage) = (self.path.clone(), self.damage.clone());
        let work = move |connection: Result<&Connection, TableError>| {
            let result = connection.and_then(|it| work(it).map_err(|e| fault::of(&path, &e)));
            result.map_err(|error| damage.noted(&path, error))
        };
        if let By::Whoever(pool) = &self.readers {
            return Box::pin(async move {
                let result = pool.read(work);
                // Whoever reads one thing after the other lets others have their turn.
                consume_budget().await;
                result
            });
        }
        let (answer, answered) = oneshot::channel();
        let read: Read = Box::new(move |connection| {
            let result = work(connection);
            // Whoever asked may have stopped waiting.
            Box::new(move || drop(answer.send(result)))
        });
        match &self.readers {
            By::Threads(readers) => readers.send(read),
            By::Whoever(_) | By::Writer => self.writer.send(Job::Read(read)),
        }
        let path = self.path.clone();
        Box::pin(async move {
            answered.await.unwrap_or_else(|_| {
                Err(TableError::Engine {
                    path,
                    detail: STOPPED.to_owned(),
                })
            })
        })
    }
}

impl Table for SqliteTable {
    fn get(&self, key: Key) -> BoxFuture<'_, Result<Option<Item>, TableError>> {
        self.read(move |connection| read::get(connection, &key))
    }

    fn get_many(&self, keys: Vec<Key>) -> BoxFuture<'_, Result<Vec<Option<Item>>, TableError>> {
        self.read(move |connection| read::get_many(connection, &keys))
    }

    fn query(&self, query: Query) -> BoxFuture<'_, Result<Page, TableError>> {
        self.read(move |connection| read::query(connection, &query))
    }

    fn places(&self, query: Query) -> BoxFuture<'_, Result<Places, TableError>> {
        self.read(move |connection| read::places(connection, &query))
    }

    fn damage(&self) -> Option<TableError> {
        self.damage.found()
    }

    fn transact(&self, writes: Vec<Write>) -> BoxFuture<'static, Result<(), TableError>> {
        if let Err(error) = check_writes(&writes) {
            return Box::pin(std::future::ready(Err(error)));
        }
        let (answer, answered) = oneshot::channel();
        self.writer.send(Job::Write(Transaction { writes, answer }));
        let path = self.path.clone();
        Box::pin(async move {
            answered.await.unwrap_or_else(|_| {
                Err(TableError::OutcomeUnknown {
                    path,
                    detail: STOPPED.to_owned(),
                })
            })
        })
    }
}

/// The writer and the way to it. Dropping it lets it finish, and waits for it.
enum Lane {
    Apart {
        sender: Option<Sender<Job>>,
        /// None where the system gave none.
        thread: Option<JoinHandle<()>>,
    },
    Here(Box<Mutex<Writer>>),
}

impl Lane {
    /// Where the system gives no thread, the work is dropped, and whoever waits for it is told.
    fn of(writer: Writer) -> Lane {
        if cfg!(feature = "simulation") {
            return Lane::Here(Box::new(Mutex::new(writer)));
        }
        let (sender, jobs) = channel();
        let thread = thread::Builder::new().name("table-write".to_owned());
        Lane::Apart {
            sender: Some(sender),
            thread: thread.spawn(move || writer.run(&jobs)).ok(),
        }
    }

    /// Where nobody is left to do the work it is dropped, and whoever waits for it is told.
    fn send(&self, work: Job) {
        match self {
            Lane::Apart { sender, .. } => {
                if let Some(sender) = sender {
                    let _ = sender.send(work);
                }
            }
            Lane::Here(writer) => writer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .work(work),
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if let Lane::Apart { sender, thread } = self {
            *sender = None;
            // A thread that panicked has said so already.
            let _ = thread.take().map(JoinHandle::join);
        }
    }
}

#[cfg(test)]
mod tests;
