//! A thread that owns a value and does to it what it is sent. One thread owns each SQLite
//! connection.

use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio::sync::oneshot;

type Job<T> = Box<dyn FnOnce(&mut T) + Send>;

/// A handle on a value that lives on a thread of its own. Dropping the last handle ends the
/// thread after the jobs that were sent.
pub struct Worker<T> {
    jobs: Sender<Job<T>>,
}

impl<T> Clone for Worker<T> {
    fn clone(&self) -> Worker<T> {
        Worker {
            jobs: self.jobs.clone(),
        }
    }
}

/// The thread has ended: it panicked, or the program is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the local store has stopped; start famdesk again, nothing that was saved is lost")]
pub struct Stopped;

impl<T: Send + 'static> Worker<T> {
    /// Gives the value a thread of the given name.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn spawn(name: &str, mut value: T) -> std::io::Result<Worker<T>> {
        let (jobs, inbox) = channel::<Job<T>>();
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                for job in inbox {
                    job(&mut value);
                }
            })?;
        Ok(Worker { jobs })
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
        let done = answered.await.map_err(|_| Stopped);
        #[cfg(feature = "simulation")]
        super::edges::pass().await;
        done
    }

    /// Does the job when its turn comes.
    pub fn send(&self, job: impl FnOnce(&mut T) + Send + 'static) -> Result<(), Stopped> {
        self.jobs.send(Box::new(job)).map_err(|_| Stopped)
    }
}
