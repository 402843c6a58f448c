//! Programs that share a replica all read it and append to its outbox; one of them at a time pushes
//! and pulls: the one that has the baton.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::SyncError;
use crate::config::lock::LockFile;

/// The lock's file in the replica's folder.
const LOCK: &str = "sync.lock";

/// What the programs on one replica hand each other.
pub(super) struct Baton {
    path: PathBuf,
}

impl Baton {
    pub(super) fn of(folder: &Path) -> Baton {
        Baton {
            path: folder.join(LOCK),
        }
    }

    /// Takes the baton, once whoever has it is done; it is handed on when the lock is dropped.
    ///
    /// # Errors
    /// [`SyncError::OthersTurn`] where that takes longer than one has patience.
    pub(super) async fn take(&self, patience: Duration) -> Result<LockFile, SyncError> {
        match LockFile::take(&self.path) {
            Ok(Some(lock)) => Ok(lock),
            Ok(None) => self.wait(patience).await,
            Err(error) => Err(self.broken(error)),
        }
    }

    /// The system wakes a thread of its own, which may outlast the patience: what it gets then
    /// goes back at once.
    async fn wait(&self, patience: Duration) -> Result<LockFile, SyncError> {
        let (send, taken) = oneshot::channel();
        let path = self.path.clone();
        thread::Builder::new()
            .name("sync-baton".to_owned())
            .spawn(move || drop(send.send(LockFile::wait(&path))))
            .map_err(|error| self.broken(error))?;
        match timeout(patience, taken).await {
            Ok(Ok(lock)) => lock.map_err(|error| self.broken(error)),
            Ok(Err(_)) | Err(_) => Err(SyncError::OthersTurn {
                pid: LockFile::holder(&self.path).unwrap_or_default(),
            }),
        }
    }

    fn broken(&self, why: std::io::Error) -> SyncError {
        SyncError::NoTurn {
            path: self.path.clone(),
            why,
        }
    }
}
