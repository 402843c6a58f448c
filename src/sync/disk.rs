//! The disk of the state folder when it gives out: some room is kept in reserve for what somebody
//! has just written, and a commit that failed is looked into.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::replica::{Replica, ReplicaError, SubmitError};

/// The file that keeps the room.
const RESERVE: &str = "reserve";

/// How much it keeps, in bytes: a long evening's worth of writing.
const KEPT: usize = 1024 * 1024;

/// It is kept where that leaves so much for everything else, in bytes.
const LEFT_TO_OTHERS: u64 = 4 * KEPT as u64;

/// What is said while the reserve is being used up.
const TIGHT: &str = "the disk is full, and what you write takes the last room kept for it; make room in \
     the state folder";

/// The disk below the replica.
pub(super) struct Disk {
    reserve: PathBuf,
    has_reserve: AtomicBool,
    /// A commit failed, and the file was not opened again since.
    in_doubt: AtomicBool,
    told: watch::Sender<Option<String>>,
}

/// An error that the disk may be to blame for.
pub(super) trait MayBeOfTheDisk: From<ReplicaError> {
    fn of_the_store(&self) -> Option<&ReplicaError>;
}

impl MayBeOfTheDisk for ReplicaError {
    fn of_the_store(&self) -> Option<&ReplicaError> {
        Some(self)
    }
}

impl MayBeOfTheDisk for SubmitError {
    fn of_the_store(&self) -> Option<&ReplicaError> {
        match self {
            SubmitError::Store(error) => Some(error),
            SubmitError::Refused { .. } => None,
        }
    }
}

impl Disk {
    pub(super) fn below(folder: &Path) -> Disk {
        Disk {
            reserve: folder.join(RESERVE),
            has_reserve: AtomicBool::new(false),
            in_doubt: AtomicBool::new(false),
            told: watch::Sender::new(None),
        }
    }

    /// What is to be said of the disk; nothing while all is well.
    pub(super) fn told(&self) -> watch::Receiver<Option<String>> {
        self.told.subscribe()
    }

    /// Saves something. Where the disk is full, the reserve makes room for it; where a commit
    /// failed otherwise, the file is opened anew and the same is done again. So it must be
    /// something that is found there if it was saved after all, and not saved twice.
    pub(super) fn save<T, E: MayBeOfTheDisk>(
        &self,
        replica: &mut Replica,
        mut work: impl FnMut(&mut Replica) -> Result<T, E>,
    ) -> Result<T, E> {
        self.reopen_if_in_doubt(replica)?;
        self.keep_reserve();
        let mut done = work(replica);
        let fault = done.as_ref().err().and_then(E::of_the_store);
        let (is_full, has_failed) = fault.map_or((false, false), |error| {
            (error.is_of_a_full_disk(), error.is_of_a_failing_disk())
        });
        if has_failed {
            self.in_doubt.store(true, Ordering::Relaxed);
            self.reopen_if_in_doubt(replica)?;
        }
        let made_room = (is_full || has_failed) && self.release_reserve();
        if made_room || has_failed {
            done = work(replica);
        }
        self.tell(done.as_ref().err().and_then(E::of_the_store));
        done
    }

    /// Until it is open again, it can be read and no more.
    fn reopen_if_in_doubt(&self, replica: &mut Replica) -> Result<(), ReplicaError> {
        if !self.in_doubt.load(Ordering::Relaxed) {
            return Ok(());
        }
        let opened = replica.reopen();
        self.in_doubt.store(opened.is_err(), Ordering::Relaxed);
        self.tell(opened.as_ref().err());
        opened
    }

    fn tell(&self, error: Option<&ReplicaError>) {
        let words = match error {
            Some(error) if error.is_of_a_full_disk() || error.is_of_a_failing_disk() => Some(
                format!("cannot save: {error}; what is here can still be read"),
            ),
            _ if !self.has_reserve.load(Ordering::Relaxed) && self.is_full() => {
                Some(TIGHT.to_owned())
            }
            _ => None,
        };
        self.told.send_if_modified(|now| {
            let is_news = *now != words;
            *now = words;
            is_news
        });
    }

    /// Whether there is no room for a reserve.
    fn is_full(&self) -> bool {
        self.room().is_some_and(|room| room < KEPT as u64)
    }

    /// How many bytes are free for this person; none where the system does not say.
    fn room(&self) -> Option<u64> {
        let about = rustix::fs::statvfs(self.reserve.parent()?).ok()?;
        about.f_bavail.checked_mul(about.f_frsize)
    }

    fn keep_reserve(&self) {
        if self.has_reserve.load(Ordering::Relaxed) {
            return;
        }
        let is_there = fs::metadata(&self.reserve).is_ok_and(|it| it.len() == KEPT as u64);
        let fits = || self.room().is_some_and(|room| room > LEFT_TO_OTHERS);
        let is_kept = is_there || fits() && self.fill_reserve().is_ok();
        self.has_reserve.store(is_kept, Ordering::Relaxed);
    }

    /// Not brought to the disk at once: should a power cut take it, it is made again.
    fn fill_reserve(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600);
        let filled = file.open(&self.reserve)?.write_all(&[0; KEPT]);
        if filled.is_err() {
            // A part of it is worth nothing.
            let _ = fs::remove_file(&self.reserve);
        }
        filled
    }

    /// Whether there was one.
    fn release_reserve(&self) -> bool {
        self.has_reserve.store(false, Ordering::Relaxed);
        fs::remove_file(&self.reserve).is_ok()
    }
}
