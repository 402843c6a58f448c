//! A backend that may move from one program to another: whoever keeps it now is found, and found
//! anew when it is gone. What was asked and not answered is asked again; every request of the
//! protocol may be repeated.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::sync::Notify;

use super::{Remote, Unreachable};

/// Finds the backend, wherever it is now.
pub trait Find: Send + Sync {
    /// # Errors
    /// Where there is none to be had, and why.
    fn find(&self) -> BoxFuture<'_, Result<Arc<dyn Remote>, Unreachable>>;
}

/// How often a request is given to another backend, because the one it went to is gone.
const MOVES: u32 = 8;

/// The backend, wherever it is.
pub struct Found<F> {
    find: F,
    now: Mutex<Option<Arc<dyn Remote>>>,
    /// Held by the one who looks.
    looking: tokio::sync::Mutex<()>,
    /// It is no longer where it was.
    moved: Notify,
}

impl<F: Find> Found<F> {
    pub fn new(find: F) -> Found<F> {
        Found {
            find,
            now: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            moved: Notify::new(),
        }
    }

    /// Who looks for it.
    pub fn finder(&self) -> &F {
        &self.find
    }

    /// It has been found.
    pub fn is(&self, remote: Arc<dyn Remote>) {
        *self.lock() = Some(remote);
    }

    /// The way to it, which is found now if it is not known.
    async fn now(&self) -> Result<Arc<dyn Remote>, Unreachable> {
        if let Some(remote) = self.known() {
            return Ok(remote);
        }
        let _one = self.looking.lock().await;
        if let Some(remote) = self.known() {
            return Ok(remote);
        }
        let remote = self.find.find().await?;
        self.is(Arc::clone(&remote));
        Ok(remote)
    }

    /// From here on it is looked for anew.
    pub fn forget(&self) {
        *self.lock() = None;
        self.moved.notify_waiters();
    }

    fn lose(&self, lost: &Arc<dyn Remote>) {
        let mut now = self.lock();
        if now.as_ref().is_some_and(|it| Arc::ptr_eq(it, lost)) {
            *now = None;
        }
    }

    fn known(&self) -> Option<Arc<dyn Remote>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<dyn Remote>>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Find> Remote for Found<F> {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move {
            let mut moved = 0;
            loop {
                let remote = self.now().await?;
                match remote.call(request.clone()).await {
                    Err(_) if moved < MOVES => {
                        self.lose(&remote);
                        moved += 1;
                    }
                    answer => return answer,
                }
            }
        })
    }

    fn listen(&self) {
        if let Some(remote) = self.known() {
            remote.listen();
        }
    }

    fn poked(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let moved = self.moved.notified();
            // Where it is lost, the next call looks for it.
            if let Some(remote) = self.known() {
                tokio::select! {
                    () = remote.poked() => {}
                    () = moved => {}
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Answers so many calls and is gone then.
    struct Mortal {
        lives: AtomicUsize,
    }

    impl Remote for Mortal {
        fn call(&self, _: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
            let alive = self
                .lives
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            Box::pin(std::future::ready(match alive {
                Ok(_) => Ok(Response::new(Bytes::new())),
                Err(_) => Err(Unreachable("gone".to_owned())),
            }))
        }

        fn listen(&self) {}

        fn poked(&self) -> BoxFuture<'_, ()> {
            Box::pin(std::future::ready(()))
        }
    }

    /// Each backend that is found lives for so many calls; there are only so many.
    struct Line {
        lives: usize,
        left: AtomicUsize,
    }

    impl Find for Line {
        fn find(&self) -> BoxFuture<'_, Result<Arc<dyn Remote>, Unreachable>> {
            let left = self
                .left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            Box::pin(std::future::ready(match left {
                Ok(_) => Ok(Arc::new(Mortal {
                    lives: AtomicUsize::new(self.lives),
                }) as Arc<dyn Remote>),
                Err(_) => Err(Unreachable("nobody is left".to_owned())),
            }))
        }
    }

    fn line(lives: usize, left: usize) -> Found<Line> {
        Found::new(Line {
            lives,
            left: AtomicUsize::new(left),
        })
    }

    #[tokio::test]
    async fn a_call_goes_to_whoever_is_there_now() {
        let found = line(2, 3);
        for _ in 0..6 {
            let request = Request::new(Bytes::new());
            found.call(request).await.expect("answered");
        }
        let last = found.call(Request::new(Bytes::new())).await;
        assert_eq!(
            last.expect_err("nobody").to_string(),
            "the backend did not answer (nobody is left); it will be tried again"
        );
    }

    #[tokio::test]
    async fn a_backend_that_dies_at_every_call_is_not_looked_for_without_end() {
        let found = line(0, usize::MAX);
        let lost = found.call(Request::new(Bytes::new())).await;
        assert!(lost.is_err());
    }
}
