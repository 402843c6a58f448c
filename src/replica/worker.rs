//! A thread that owns a value and does to it what it is sent. One thread owns each SQLite
//! connection.

use std::fmt::Display;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

type Job<T> = Box<dyn FnOnce(&mut T) + Send>;

/// Starts a thread, once.
type Start = Box<dyn FnOnce() -> std::io::Result<()> + Send>;

/// A handle on a value that lives on a thread of its own, from the first job on. Dropping the last
/// handle ends the thread after the jobs that were sent.
pub struct Worker<T> {
    jobs: Sender<Job<T>>,
    start: Arc<Mutex<Option<Start>>>,
}

impl<T> Clone for Worker<T> {
    fn clone(&self) -> Worker<T> {
        Worker {
            jobs: self.jobs.clone(),
            start: Arc::clone(&self.start),
        }
    }
}

/// The thread has ended: it panicked, or the program is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the local store has stopped; start famdesk again, nothing that was saved is lost")]
pub struct Stopped;

impl<T: Send + 'static> Worker<T> {
    /// A thread of the given name, which makes the value when there is something to be done to it.
    /// Where it can't be made, that is logged, and nothing is ever done.
    pub fn new<E: Display>(
        name: &'static str,
        make: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Worker<T> {
        let (jobs, inbox) = channel::<Job<T>>();
        let work = move || match make() {
            Ok(mut value) => {
                for job in inbox {
                    job(&mut value);
                }
            }
            Err(error) => tracing::error!("{name}: {error}"),
        };
        let start: Start = Box::new(move || {
            let thread = thread::Builder::new().name(name.to_owned());
            thread.spawn(work).map(drop)
        });
        Worker {
            jobs,
            start: Arc::new(Mutex::new(Some(start))),
        }
    }

    /// Does the job when its turn comes, and answers what it comes to.
    pub async fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut T) -> R + Send + 'static,
    ) -> Result<R, Stopped> {
        let (answer, answered) = oneshot::channel();
        self.send(move |value| {
            // Whoever asked may have gone away; then nobody needs the answer.
            let _ = answer.send(job(value));
        })?;
        answered.await.map_err(|_| Stopped)
    }

    /// Does the job when its turn comes.
    pub fn send(&self, job: impl FnOnce(&mut T) + Send + 'static) -> Result<(), Stopped> {
        let start = self
            .start
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(start) = start {
            start().map_err(|_| Stopped)?;
        }
        self.jobs.send(Box::new(job)).map_err(|_| Stopped)
    }
}
