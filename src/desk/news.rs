//! Telling whoever listens in this process that something has happened, and nothing of what.

use tokio::sync::watch;

/// What there is to listen to.
#[derive(Debug, Clone, Default)]
pub(super) struct News {
    commits: watch::Sender<u64>,
    stirs: watch::Sender<u64>,
}

impl News {
    /// Something was committed.
    pub(super) fn committed(&self) {
        count_up(&self.commits);
        count_up(&self.stirs);
    }

    /// Somebody came to a ticket, or left one.
    pub(super) fn stirred(&self) {
        count_up(&self.stirs);
    }

    /// Moves with every commit.
    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Moves with every commit, and with whoever comes or goes.
    pub(super) fn stirs(&self) -> watch::Receiver<u64> {
        self.stirs.subscribe()
    }
}

fn count_up(counter: &watch::Sender<u64>) {
    counter.send_modify(|count| *count += 1);
}
