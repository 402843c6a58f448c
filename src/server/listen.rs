//! Where a server listens: Unix sockets and TCP, encrypted where it leaves this machine. Each
//! connection is served until its end, or until the server stops and what is in flight is done.

use std::convert::Infallible;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::Service as _;

use super::access::{Connection, Peer};
use super::observe::Metrics;
use super::stall::Reading;

/// Connections at once; further ones wait.
const CONNECTIONS: usize = 256;

/// How long callers are waited for.
const PATIENCE: Patience = Patience {
    encryption: Duration::from_secs(10),
    head: Duration::from_secs(30),
    reading: Duration::from_secs(60),
};

/// The most bytes in a head.
const HEAD_BYTES: usize = 16 * 1024;

/// How long what is in flight may take when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// How long to wait where the system gives no more connections.
const OUT_OF_BREATH: Duration = Duration::from_millis(100);

/// How long callers are waited for.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Until an encryption has come about.
    encryption: Duration,
    /// Until a head is whole; a connection that is kept open for the next request waits as long.
    head: Duration,
    /// Until a caller takes more of an answer. However slow it is, it may go on as long as it takes
    /// some.
    reading: Duration,
}

/// Where a server listens.
pub enum Door {
    Tcp {
        listener: TcpListener,
        /// Absent on this machine's own addresses.
        tls: Option<TlsAcceptor>,
    },
    Unix {
        listener: UnixListener,
        path: PathBuf,
    },
}

/// Why a server can't listen somewhere.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error("nothing can listen at {at} ({why})")]
    Bind { at: String, why: io::Error },
    #[error("{} is no socket; move it away or name another place", .0.display())]
    NoSocket(PathBuf),
    #[error("another program listens at {} already", .0.display())]
    InUse(PathBuf),
}

/// Listens at a Unix socket for this user and its group. One that nobody is behind is replaced.
pub fn at_socket(path: &Path) -> Result<Door, ListenError> {
    let failed = |why: io::Error| ListenError::Bind {
        at: path.display().to_string(),
        why,
    };
    match fs::symlink_metadata(path) {
        Ok(there) if !there.file_type().is_socket() => {
            return Err(ListenError::NoSocket(path.to_owned()));
        }
        Ok(_) if std::os::unix::net::UnixStream::connect(path).is_ok() => {
            return Err(ListenError::InUse(path.to_owned()));
        }
        Ok(_) => fs::remove_file(path).map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let listener = UnixListener::bind(path).map_err(failed)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o660)).map_err(failed)?;
    Ok(Door::Unix {
        listener,
        path: path.to_owned(),
    })
}

/// Listens at an address.
pub async fn at_address(
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
) -> Result<Door, ListenError> {
    let bound = TcpListener::bind(address).await;
    let listener = bound.map_err(|why| ListenError::Bind {
        at: address.to_string(),
        why,
    })?;
    Ok(Door::Tcp { listener, tls })
}

impl Door {
    pub fn is_encrypted(&self) -> bool {
        matches!(self, Door::Tcp { tls: Some(_), .. })
    }

    /// The address that it listens at, with the port that the system chose; none for a socket.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Door::Tcp { listener, .. } => listener.local_addr().ok(),
            Door::Unix { .. } => None,
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Door::Unix { path, .. } = self {
            // Whoever listens there next replaces what could not be removed.
            let _ = fs::remove_file(path);
        }
    }
}

/// Serves the routes at all the doors until told to stop; what is in flight then is finished.
pub async fn serve(
    doors: Vec<Door>,
    routes: Router,
    metrics: Arc<Metrics>,
    stopping: watch::Receiver<bool>,
) {
    let house = House {
        routes,
        metrics,
        stopping,
        places: Arc::new(Semaphore::new(CONNECTIONS)),
        patience: PATIENCE,
    };
    Arc::new(house).serve(doors).await;
}

/// What every connection is served with.
struct House {
    routes: Router,
    metrics: Arc<Metrics>,
    stopping: watch::Receiver<bool>,
    places: Arc<Semaphore>,
    patience: Patience,
}

/// Waits until the server is to stop; whoever could say so being gone says the same.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|it| *it).await;
}

/// A stream of bytes.
trait Stream: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin {}
impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin> Stream for T {}

/// Somebody at a door.
struct Call {
    stream: Box<dyn Stream>,
    peer: Peer,
    tls: Option<TlsAcceptor>,
    _place: OwnedSemaphorePermit,
}

impl House {
    async fn serve(self: Arc<House>, doors: Vec<Door>) {
        let mut tending = JoinSet::new();
        for door in doors {
            let house = Arc::clone(&self);
            tending.spawn(async move { house.tend(door).await });
        }
        tending.join_all().await;
    }

    async fn tend(self: &Arc<House>, door: Door) {
        let mut calls = JoinSet::new();
        let mut stopping = self.stopping.clone();
        loop {
            tokio::select! {
                () = stopped(&mut stopping) => break,
                accepted = self.accept(&door) => match accepted {
                    Ok(call) => {
                        let house = Arc::clone(self);
                        calls.spawn(async move { house.answer(call).await });
                    }
                    Err(error) => {
                        tracing::warn!("a connection could not be let in ({error})");
                        sleep(OUT_OF_BREATH).await;
                    }
                },
                Some(_) = calls.join_next() => {}
            }
        }
        drop(door);
        let done = timeout(LAST_WORDS, async {
            while calls.join_next().await.is_some() {}
        });
        if done.await.is_err() {
            tracing::warn!("{} requests were cut off", calls.len());
        }
    }

    async fn accept(&self, door: &Door) -> io::Result<Call> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(io::Error::other)?;
        let (stream, peer, tls): (Box<dyn Stream>, _, _) = match door {
            Door::Tcp { listener, tls } => {
                let (stream, address) = listener.accept().await?;
                stream.set_nodelay(true)?;
                (Box::new(stream), Peer::Address(address.ip()), tls.clone())
            }
            Door::Unix { listener, .. } => {
                let (stream, _) = listener.accept().await?;
                let peer = Peer::Uid(stream.peer_cred()?.uid());
                (Box::new(stream), peer, None)
            }
        };
        Ok(Call {
            stream,
            peer,
            tls,
            _place: place,
        })
    }

    async fn answer(&self, call: Call) {
        let _counted = self.metrics.connected();
        let stream = Box::new(Reading::within(self.patience.reading, call.stream));
        let stream: Box<dyn Stream> = match &call.tls {
            None => stream,
            Some(tls) => match timeout(self.patience.encryption, tls.accept(stream)).await {
                Ok(Ok(stream)) => Box::new(stream),
                Ok(Err(error)) => {
                    tracing::debug!("a connection could not be encrypted ({error})");
                    return;
                }
                Err(_) => return,
            },
        };
        let connection = Connection {
            peer: call.peer,
            stopping: self.stopping.clone(),
        };
        let routes = self.routes.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(connection.clone());
            let mut routes = routes.clone();
            async move { routes.call(request).await as Result<Response, Infallible> }
        });
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.patience.head)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(serving);
        let mut stopping = self.stopping.clone();
        let over = tokio::select! {
            over = serving.as_mut() => over,
            () = stopped(&mut stopping) => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(error) = over {
            tracing::debug!("a connection ended ({error})");
        }
    }
}

#[cfg(test)]
mod tests;
