//! What other programs do to the replica. Every commit grows its write-ahead log, or where there is
//! none changes its file, and the system tells of that, so nobody polls; whose commit it was, SQLite
//! knows.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use notify::event::EventKind;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

use crate::replica::worker::Worker;
use crate::replica::{FILE, Replica, WAL};

/// Listens to what is written of a replica.
pub(super) struct Elsewhere {
    _watcher: RecommendedWatcher,
    stirred: Arc<Notify>,
    /// SQLite's count of what others have committed, as it was last seen.
    seen: AtomicI64,
}

impl Elsewhere {
    /// Begins to listen; what happened before is not told.
    pub(super) async fn begin(
        folder: &Path,
        replica: &Worker<Replica>,
    ) -> notify::Result<Elsewhere> {
        let stirred = Arc::new(Notify::new());
        let told = Arc::clone(&stirred);
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                if !event.is_ok_and(|it| matches!(it.kind, EventKind::Access(_))) {
                    told.notify_one();
                }
            })?;
        let log = folder.join(WAL);
        let written = if log.exists() { log } else { folder.join(FILE) };
        watcher.watch(&written, RecursiveMode::NonRecursive)?;
        let elsewhere = Elsewhere {
            _watcher: watcher,
            stirred,
            seen: AtomicI64::new(0),
        };
        elsewhere.is_news(replica).await;
        Ok(elsewhere)
    }

    /// Waits until another program has committed something.
    pub(super) async fn changed(&self, replica: &Worker<Replica>) {
        loop {
            self.stirred.notified().await;
            if self.is_news(replica).await {
                return;
            }
        }
    }

    async fn is_news(&self, replica: &Worker<Replica>) -> bool {
        let count = replica.run(|it| it.commits_elsewhere()).await;
        // Where it can't be known, looking again does no harm.
        let Ok(Ok(count)) = count else { return true };
        self.seen.swap(count, Ordering::Relaxed) != count
    }
}
