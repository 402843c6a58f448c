//! A thread that owns a value and does to it what it is sent. One thread owns each SQLite
//! connection. Who has nothing else to do needs none: there each job is done where it is sent. So it
//! is in a simulation too, which leaves nothing to the system's scheduler.

use std::fmt::Display;
use std::mem;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use crate::config::work::Work;

type Job<T> = Box<dyn FnOnce(&mut T) + Send>;

/// Starts a thread, once.
type Start = Box<dyn FnOnce() -> std::io::Result<JoinHandle<()>> + Send>;

/// Makes the value, where it can be made.
type Make<T> = Box<dyn FnOnce() -> Option<T> + Send>;

/// A handle on a value that lives on a thread of its own, from the first job on. Dropping the last
/// handle waits for the jobs that were sent, and until the value is closed.
pub struct Worker<T> {
    desk: Arc<Desk<T>>,
}

/// What the handles share.
enum Desk<T> {
    Apart {
        /// None only while the last handle is dropped.
        jobs: Option<Sender<Job<T>>>,
        thread: Mutex<Thread>,
    },
    Here(Mutex<Here<T>>),
}

/// A value without a thread.
enum Here<T> {
    Later(Make<T>),
    Made(T),
    /// It could not be made.
    None,
}

enum Thread {
    Later(Start),
    Running(JoinHandle<()>),
    /// The system gave none.
    None,
}

impl<T> Clone for Worker<T> {
    fn clone(&self) -> Worker<T> {
        Worker {
            desk: Arc::clone(&self.desk),
        }
    }
}

/// The thread has ended: it panicked, or the program is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the local store has stopped; start famdesk again, nothing that was saved is lost")]
pub struct Stopped;

impl<T: Send + 'static> Worker<T> {
    /// A thread of the given name, or none, which makes the value when there is something to be done
    /// to it. Where it can't be made, that is logged, and nothing is ever done.
    pub fn new<E: Display>(
        name: &'static str,
        work: Work,
        make: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Worker<T> {
        let made = move || {
            let made = make();
            made.inspect_err(|error| tracing::error!("{name}: {error}"))
                .ok()
        };
        let desk = match work {
            Work::Apart if !cfg!(feature = "simulation") => Desk::apart(name, made),
            _ => Desk::Here(Mutex::new(Here::Later(Box::new(made)))),
        };
        Worker {
            desk: Arc::new(desk),
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
        let done = answered.await.map_err(|_| Stopped);
        edge!();
        done
    }

    /// Does the job when its turn comes.
    pub fn send(&self, job: impl FnOnce(&mut T) + Send + 'static) -> Result<(), Stopped> {
        match &*self.desk {
            Desk::Apart { jobs, thread } => {
                started(thread)?;
                let jobs = jobs.as_ref().ok_or(Stopped)?;
                jobs.send(Box::new(job)).map_err(|_| Stopped)
            }
            Desk::Here(here) => here
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .work(job),
        }
    }
}

impl<T: Send + 'static> Desk<T> {
    fn apart(name: &'static str, make: impl FnOnce() -> Option<T> + Send + 'static) -> Desk<T> {
        let (jobs, inbox) = channel::<Job<T>>();
        let work = move || {
            if let Some(mut value) = make() {
                for job in inbox {
                    job(&mut value);
                }
            }
        };
        let start: Start =
            Box::new(move || thread::Builder::new().name(name.to_owned()).spawn(work));
        Desk::Apart {
            jobs: Some(jobs),
            thread: Mutex::new(Thread::Later(start)),
        }
    }
}

/// Sees to it that there is a thread.
fn started(thread: &Mutex<Thread>) -> Result<(), Stopped> {
    let mut thread = thread.lock().unwrap_or_else(PoisonError::into_inner);
    *thread = match mem::replace(&mut *thread, Thread::None) {
        Thread::Later(start) => Thread::Running(start().map_err(|_| Stopped)?),
        other => other,
    };
    match *thread {
        Thread::None => Err(Stopped),
        _ => Ok(()),
    }
}

impl<T> Here<T> {
    fn work(&mut self, job: impl FnOnce(&mut T)) -> Result<(), Stopped> {
        *self = match mem::replace(self, Here::None) {
            Here::Later(make) => make().map_or(Here::None, Here::Made),
            other => other,
        };
        match self {
            Here::Made(value) => {
                job(value);
                Ok(())
            }
            Here::Later(_) | Here::None => Err(Stopped),
        }
    }
}

impl<T> Drop for Desk<T> {
    fn drop(&mut self) {
        let Desk::Apart { jobs, thread } = self else {
            return;
        };
        *jobs = None;
        let thread = thread.get_mut().unwrap_or_else(PoisonError::into_inner);
        // A job may have had the last handle; it is not to wait for itself.
        if let Thread::Running(thread) = mem::replace(thread, Thread::None)
            && thread.thread().id() != thread::current().id()
        {
            // One that panicked has said so already.
            let _ = thread.join();
        }
    }
}
