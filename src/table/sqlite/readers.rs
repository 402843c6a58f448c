//! The threads that read. The first does what it can alone; the others help only while it is
//! busy, so that a program that asks one thing at a time opens one connection.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::schema;
use crate::table::error::TableError;

/// Something to be read; what it gives sends the answer. Whoever reads is free again by then, so
/// that whoever asks one thing after the other finds them so.
pub(super) type Read = Box<dyn FnOnce(Result<&Connection, TableError>) -> Answer + Send>;
pub(super) type Answer = Box<dyn FnOnce() + Send>;

/// How many threads read, each with a connection of its own.
const READERS: usize = 3;

/// The readers of one file. Dropping them finishes what waits.
pub(super) struct Readers {
    path: PathBuf,
    desk: Arc<Desk>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Default)]
struct Desk {
    waiting: Mutex<Waiting>,
    for_first: Condvar,
    for_others: Condvar,
}

#[derive(Default)]
struct Waiting {
    reads: VecDeque<Read>,
    first_is_busy: bool,
    closed: bool,
}

impl Readers {
    /// Starts the first; the others start when it is busy.
    pub(super) fn start(path: &Path) -> Readers {
        let readers = Readers {
            path: path.to_owned(),
            desk: Arc::default(),
            threads: Mutex::default(),
        };
        readers.add_one();
        readers
    }

    /// Where the system gave no thread the work is dropped, and whoever waits for it is told.
    pub(super) fn send(&self, read: Read) {
        if self.threads().is_empty() {
            return;
        }
        let mut waiting = self.desk.lock();
        waiting.reads.push_back(read);
        if waiting.first_is_busy {
            self.desk.for_others.notify_one();
            drop(waiting);
            self.add_one();
        } else {
            self.desk.for_first.notify_one();
        }
    }

    /// Starts one more, if there may be.
    fn add_one(&self) {
        let mut threads = self.threads();
        if threads.len() == READERS {
            return;
        }
        let is_first = threads.is_empty();
        let (path, desk) = (self.path.clone(), Arc::clone(&self.desk));
        let thread = thread::Builder::new()
            .name(format!("table-read-{}", threads.len() + 1))
            .spawn(move || desk.work(&path, is_first));
        threads.extend(thread);
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads until nobody can ask any more. The first opens its connection while the rest of the
    /// program starts; the others open theirs when they are needed.
    fn work(&self, path: &Path, is_first: bool) {
        let mut connection = if is_first {
            schema::open_reader(path).ok()
        } else {
            None
        };
        while let Some(read) = self.next(is_first) {
            let answer = match &connection {
                Some(connection) => read(Ok(connection)),
                None => match schema::open_reader(path) {
                    Ok(opened) => read(Ok(connection.insert(opened))),
                    Err(error) => read(Err(error)),
                },
            };
            if is_first {
                self.lock().first_is_busy = false;
            }
            answer();
        }
    }

    fn next(&self, is_first: bool) -> Option<Read> {
        let mut waiting = self.lock();
        loop {
            let mine = is_first || waiting.first_is_busy || waiting.closed;
            if mine && let Some(read) = waiting.reads.pop_front() {
                waiting.first_is_busy |= is_first;
                if !waiting.reads.is_empty() {
                    self.for_others.notify_one();
                }
                return Some(read);
            }
            if waiting.closed {
                return None;
            }
            let bell = if is_first {
                &self.for_first
            } else {
                &self.for_others
            };
            waiting = bell.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.desk.lock().closed = true;
        self.desk.for_first.notify_all();
        self.desk.for_others.notify_all();
        for thread in self.threads().drain(..) {
            // A thread that panicked has said so already.
            let _ = thread.join();
        }
    }
}
