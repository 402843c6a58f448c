//! The store's engine, wherever it runs. The first program on a store holds its `engine.lock`,
//! opens the table and serves the routes at a socket beside it, to itself without the socket. Later
//! ones find the socket. When the holder goes, one of them takes over and the others find it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep, timeout};

use super::failure::{Failure, Result};
use crate::config::Webhooks;
use crate::config::lock::LockFile;
use crate::desk::Desk;
use crate::model::source::{Source, Timestamp};
use crate::publish::{Publisher, Sender};
use crate::remote::client::Client;
use crate::remote::found::{Find, Found};
use crate::remote::in_process::InProcess;
use crate::remote::socket::Socket;
use crate::remote::{Remote, Unreachable};
use crate::run::Keeper;
use crate::server;
use crate::table::blobs::BlobStore;
use crate::table::{Reads, SqliteTable};
use crate::wire::session::{Meta, ProtocolRange};
use crate::wire::socket::SocketPath;

/// The lock's file in the store's folder.
const LOCK: &str = "engine.lock";

/// How long a holder that is just coming or going is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The first and the longest pause between two looks at a holder that comes or goes.
const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_millis(50);

/// Most subcommands are over sooner than this.
const SHORT: Duration = Duration::from_millis(20);

/// A subcommand is over sooner than anything falls due. One that is not lets time act.
const LONG: Duration = Duration::from_secs(1);

/// Whoever does this is alone on the store in the folder until the lock is dropped.
pub fn alone_on(data: &Path) -> Result<LockFile> {
    lock(data)?.ok_or_else(|| {
        Failure::store(format!(
            "{} has the store {} open; close it and try again",
            holder(data),
            data.display()
        ))
    })
}

/// The process that holds the engine of the store in the folder now.
pub fn held_by(data: &Path) -> Option<u32> {
    LockFile::held_by(&data.join(LOCK))
}

fn lock(data: &Path) -> Result<Option<LockFile>> {
    let path = data.join(LOCK);
    LockFile::take(&path).map_err(|error| {
        Failure::store(format!(
            "{} can't be locked ({error}); check its folder and the disk",
            path.display()
        ))
    })
}

/// Who holds the engine, in words.
fn holder(data: &Path) -> String {
    match LockFile::holder(&data.join(LOCK)) {
        Some(pid) => format!("another famdesk (process {pid})"),
        None => "another famdesk".to_owned(),
    }
}

/// The engine, here or in another program.
pub struct Engine {
    found: Found<Finder>,
}

/// Looks for the engine: at the socket, or else by becoming it.
struct Finder {
    data: PathBuf,
    source: Arc<dyn Source>,
    webhooks: Webhooks,
    reads: Reads,
    part: Mutex<Part>,
}

/// This program's part.
#[derive(Default)]
struct Part {
    held: Option<Held>,
    time_acts: bool,
}

/// The engine in this program.
struct Held {
    desk: Arc<Desk>,
    serving: JoinHandle<()>,
    webhooks: Webhooks,
    tending: Option<JoinHandle<()>>,
}

impl Engine {
    /// Reaches the engine of the store in the folder, or becomes it.
    pub async fn reach(
        data: &Path,
        source: &Arc<dyn Source>,
        webhooks: &Webhooks,
        reads: Reads,
    ) -> Result<Arc<Engine>> {
        let engine = Engine::later(data, source, webhooks, reads);
        let first = engine.finder().look().await?;
        engine.found.is(first);
        Ok(engine)
    }

    /// The same once it is needed.
    pub fn later(
        data: &Path,
        source: &Arc<dyn Source>,
        webhooks: &Webhooks,
        reads: Reads,
    ) -> Arc<Engine> {
        let finder = Finder {
            data: data.to_owned(),
            source: Arc::clone(source),
            webhooks: webhooks.clone(),
            reads,
            part: Mutex::default(),
        };
        Arc::new(Engine {
            found: Found::new(finder),
        })
    }

    /// Becomes the engine of the store in the folder, with time acting from the beginning.
    ///
    /// # Errors
    /// Where another program is it.
    pub async fn hold(
        data: &Path,
        source: &Arc<dyn Source>,
        webhooks: &Webhooks,
    ) -> Result<(Arc<Engine>, Arc<Desk>)> {
        let lock = alone_on(data)?;
        let finder = Finder {
            data: data.to_owned(),
            source: Arc::clone(source),
            webhooks: webhooks.clone(),
            reads: Reads::InPlace,
            part: Mutex::new(Part {
                held: None,
                time_acts: true,
            }),
        };
        let here = finder.hold(lock).await?;
        let desk = finder.desk();
        let desk = desk.ok_or_else(|| Failure::store("the store was given away at once"))?;
        desk.fire_timers().await?;
        let found = Found::new(finder);
        found.is(here);
        Ok((Arc::new(Engine { found }), desk))
    }

    /// Fires what fell due since the store was last open, where this program holds the engine;
    /// whoever else holds it has done so. A subcommand that lasts lets time act besides.
    ///
    /// Says until when time will do nothing by itself: no longer than now where another holds it.
    pub async fn fire_timers(self: &Arc<Engine>, now: Timestamp) -> Result<Timestamp> {
        let quiet_until = match self.finder().desk() {
            Some(desk) => desk.fire_timers().await?.unwrap_or(Timestamp(i64::MAX)),
            None => now,
        };
        let engine = Arc::clone(self);
        tokio::spawn(async move {
            sleep(LONG).await;
            engine.let_time_act();
        });
        Ok(quiet_until)
    }

    fn finder(&self) -> &Finder {
        self.found.finder()
    }
}

impl Remote for Engine {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, std::result::Result<Response<Bytes>, Unreachable>> {
        self.found.call(request)
    }

    fn listen(&self) {
        self.found.listen();
    }

    fn poked(&self) -> BoxFuture<'_, ()> {
        self.found.poked()
    }
}

impl Keeper for Engine {
    fn let_time_act(&self) {
        let mut part = self.finder().part();
        part.time_acts = true;
        if let Some(held) = &mut part.held {
            held.tend();
        }
    }

    fn step_aside(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.found.forget();
            let held = self.finder().part().held.take();
            if let Some(held) = held {
                held.close().await;
            }
        })
    }
}

impl Find for Finder {
    fn find(&self) -> BoxFuture<'_, std::result::Result<Arc<dyn Remote>, Unreachable>> {
        Box::pin(async {
            let found = self.look().await;
            found.map_err(|failure| Unreachable(failure.message))
        })
    }
}

impl Finder {
    async fn look(&self) -> Result<Arc<dyn Remote>> {
        let begun = Instant::now();
        let mut pause = SHORTEST;
        loop {
            match Socket::connect(&self.data).await {
                Ok(socket) => {
                    let socket: Arc<dyn Remote> = Arc::new(socket);
                    if self.is_understood(&socket).await? {
                        return Ok(socket);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    return Err(self.of_another_user());
                }
                Err(_) => {
                    if let Some(lock) = lock(&self.data)? {
                        return self.hold(lock).await;
                    }
                }
            }
            // Between its lock and its socket, or between its last word and its end.
            if begun.elapsed() > PATIENCE {
                return Err(self.stuck());
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Whether the holder answers; false where it went just now.
    async fn is_understood(&self, socket: &Arc<dyn Remote>) -> Result<bool> {
        let client = Client::new(Arc::clone(socket), None);
        let Ok(answer) = timeout(PATIENCE, client.meta()).await else {
            return Err(self.stuck());
        };
        match answer {
            Ok(meta) if meta.protocol.meets(ProtocolRange::OURS) => Ok(true),
            Ok(meta) => Err(self.of_another_version(&meta)),
            Err(error) if error.is_unreachable() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the engine here.
    async fn hold(&self, lock: LockFile) -> Result<Arc<dyn Remote>> {
        let (data, reads) = (self.data.clone(), self.reads);
        let open = move || -> Result<_> {
            let table = SqliteTable::open_reading(data.join("store.db"), reads)?.holding(lock);
            Ok((table, BlobStore::open(data.join("blobs"))?))
        };
        let settled = self.part().time_acts;
        // A live screen goes on meanwhile; whoever has only just begun has nothing else to do.
        let (table, blobs) = if settled {
            spawn_blocking(open).await.map_err(io::Error::from)??
        } else {
            open()?
        };
        let desk = Arc::new(Desk::new(Arc::new(table), blobs, Arc::clone(&self.source)));
        let routes = server::bundled(Arc::clone(&desk));
        let stirs = desk.stirs();
        let serving = tokio::spawn(serve(self.data.clone(), routes.clone(), settled));
        let mut held = Held {
            desk,
            serving,
            webhooks: self.webhooks.clone(),
            tending: None,
        };
        let mut part = self.part();
        if part.time_acts {
            held.tend();
        }
        part.held = Some(held);
        Ok(Arc::new(InProcess::new(routes, stirs)))
    }

    fn desk(&self) -> Option<Arc<Desk>> {
        self.part().held.as_ref().map(|held| Arc::clone(&held.desk))
    }

    fn part(&self) -> MutexGuard<'_, Part> {
        self.part.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stuck(&self) -> Failure {
        Failure::store(format!(
            "{} holds the store {} and does not answer; bring it back to the foreground or end it, \
             then try again",
            holder(&self.data),
            self.data.display()
        ))
    }

    fn of_another_user(&self) -> Failure {
        Failure::store(format!(
            "{} of another user holds the store {}; run famdesk as that user, or name a store of \
             your own with --data",
            holder(&self.data),
            self.data.display()
        ))
    }

    fn of_another_version(&self, meta: &Meta) -> Failure {
        Failure::store(format!(
            "{} holds the store and is of another version ({}, this one is {}); \
             close it and try again",
            holder(&self.data),
            if meta.version.is_empty() {
                "unknown"
            } else {
                &meta.version
            },
            env!("CARGO_PKG_VERSION")
        ))
    }
}

/// Serves the routes at the socket. Who has only just begun does so a moment later: most
/// subcommands are over by then, and whoever waits for one has the lock as soon as the socket.
async fn serve(data: PathBuf, routes: Router, settled: bool) {
    if !settled {
        sleep(SHORT).await;
    }
    let listener =
        SocketPath::beside(&data).and_then(|path| server::socket::listen(path.address()));
    match listener {
        Ok(listener) => server::socket::serve(listener, routes).await,
        Err(error) => {
            tracing::warn!("other programs can't reach this store while this one runs: {error}");
        }
    }
}

impl Held {
    /// Lets time act, and webhooks be told.
    fn tend(&mut self) {
        let desk = Arc::clone(&self.desk);
        let webhooks = &self.webhooks;
        self.tending.get_or_insert_with(|| {
            let publisher = Publisher::new(Arc::clone(&desk), Sender::new(webhooks.clone()));
            tokio::spawn(async move {
                tokio::join!(desk.tend(), publisher.run());
            })
        });
    }

    /// Hangs up on everyone and closes the table; its lock goes with it.
    async fn close(self) {
        for task in [Some(self.serving), self.tending].into_iter().flatten() {
            task.abort();
            // Over, one way or the other.
            let _ = task.await;
        }
    }
}
