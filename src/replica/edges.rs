//! Where a program can be killed: behind each transaction of a replica, and wherever else
//! [`pass`] is awaited. For the simulation alone; nothing else is built with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

tokio::task_local! {
    static FUSE: Fuse;
}

#[derive(Clone)]
struct Fuse {
    left: Arc<AtomicUsize>,
    blown: Arc<Notify>,
}

/// Passes one edge; never comes back from the one at which the program is killed.
pub async fn pass() {
    let Ok(fuse) = FUSE.try_with(Fuse::clone) else {
        return;
    };
    let burn = |left: usize| left.checked_sub(1);
    let before = fuse
        .left
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, burn);
    if before == Ok(1) {
        fuse.blown.notify_one();
        std::future::pending::<()>().await;
    }
}

/// Does the work until it is done, or until it comes to the edge of the given number (1 is the
/// first); then it is dropped where it stands.
pub async fn until<F: Future>(edge: usize, work: F) -> Option<F::Output> {
    let fuse = Fuse {
        left: Arc::new(AtomicUsize::new(edge)),
        blown: Arc::default(),
    };
    let blown = Arc::clone(&fuse.blown);
    tokio::select! {
        biased;
        done = FUSE.scope(fuse, work) => Some(done),
        () = blown.notified() => None,
    }
}
