//! A backend in another program on this machine, over the Unix socket beside the store.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::{Remote, Unreachable};
use crate::wire::session::PROTOCOL;
use crate::wire::session::PROTOCOL_HEADER;
use crate::wire::socket::SocketPath;

/// How long a reply is waited for before it is asked whether anybody is there at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to leave a backend alone that answers calls and yet tells no news.
const NO_NEWS: Duration = Duration::from_secs(30);

/// A backend behind a socket. Its connections are opened as they are needed and kept.
pub struct Socket {
    folder: PathBuf,
    idle: Mutex<Vec<Sender>>,
    /// Counts up with whatever the backend tells, and when it has nothing more to tell.
    news: watch::Sender<u64>,
    /// How far the news has been taken in.
    heard: Mutex<watch::Receiver<u64>>,
    /// Reads the news, once somebody waits for it.
    reading: Mutex<Option<JoinHandle<()>>>,
}

type Sender = SendRequest<Full<Bytes>>;

impl Socket {
    /// Reaches the backend of the store in the folder.
    ///
    /// # Errors
    /// Where nobody listens there.
    pub async fn connect(folder: &Path) -> io::Result<Socket> {
        let first = connect(folder).await?;
        let (news, heard) = watch::channel(0);
        Ok(Socket {
            folder: folder.to_owned(),
            idle: Mutex::new(vec![first]),
            news,
            heard: Mutex::new(heard),
            reading: Mutex::default(),
        })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        let kept = lock(&self.idle).pop();
        let mut sender = match kept {
            Some(sender) => sender,
            None => connect(&self.folder).await.map_err(unreachable)?,
        };
        let answered = async {
            sender.ready().await?;
            let response = sender.send_request(request.map(Full::new)).await?;
            let (head, body) = response.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok::<_, hyper::Error>(Response::from_parts(head, body))
        };
        let response = answered.await.map_err(unreachable)?;
        lock(&self.idle).push(sender);
        Ok(response)
    }

    /// Whether somebody is there: a program that was stopped keeps its socket and says nothing.
    async fn is_alive(&self) -> bool {
        let asked = Request::get("/v1/meta").body(Bytes::new());
        let Ok(request) = asked else { return false };
        matches!(timeout(PATIENCE, self.exchange(request)).await, Ok(Ok(_)))
    }

    /// Sees to it that the news is read. What happened before is told by the first of it.
    fn read_on(&self) {
        let mut reading = lock(&self.reading);
        if reading.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let (folder, news) = (self.folder.clone(), self.news.clone());
        let again = reading.is_some();
        *reading = Some(tokio::spawn(async move {
            if again {
                sleep(PATIENCE).await;
            }
            if let Err(why) = follow(&folder, &news).await {
                tracing::warn!("the backend tells no news ({why}); it is asked from time to time");
                sleep(NO_NEWS).await;
            }
            news.send_modify(|count| *count += 1);
        }));
    }
}

impl Remote for Socket {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move {
            let answered = self.exchange(request);
            tokio::pin!(answered);
            loop {
                if let Ok(answer) = timeout(PATIENCE, &mut answered).await {
                    return answer;
                }
                if !self.is_alive().await {
                    return Err(Unreachable(
                        "the program that keeps it is stopped".to_owned(),
                    ));
                }
            }
        })
    }

    fn listen(&self) {
        lock(&self.heard).mark_unchanged();
    }

    fn poked(&self) -> BoxFuture<'_, ()> {
        self.read_on();
        let mut heard = lock(&self.heard).clone();
        Box::pin(async move {
            // The sender lives as long as this value.
            let _ = heard.changed().await;
        })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(reading) = lock(&self.reading).take() {
            reading.abort();
        }
    }
}

async fn connect(folder: &Path) -> io::Result<Sender> {
    let path = SocketPath::beside(folder)?;
    let stream = UnixStream::connect(path.address()).await?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    // Ends with the sender; what goes wrong on the way, the sender is told.
    tokio::spawn(connection);
    Ok(sender)
}

/// Reads the stream of events until the backend is gone. An error is that there is no stream.
async fn follow(folder: &Path, news: &watch::Sender<u64>) -> Result<(), String> {
    let Ok(mut sender) = connect(folder).await else {
        return Ok(());
    };
    let request = Request::builder()
        .method(Method::GET)
        .uri("/v1/events")
        .header(PROTOCOL_HEADER, PROTOCOL)
        .body(Full::new(Bytes::new()))
        .map_err(|error| error.to_string())?;
    let Ok(response) = sender.send_request(request).await else {
        return Ok(());
    };
    if !response.status().is_success() {
        return Err(format!("status {}", response.status()));
    }
    let mut body = response.into_body();
    while let Some(Ok(_)) = body.frame().await {
        news.send_modify(|count| *count += 1);
    }
    Ok(())
}

fn unreachable(error: impl std::fmt::Display) -> Unreachable {
    Unreachable(error.to_string())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
