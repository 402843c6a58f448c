//! A backend on another machine, or behind a socket that a server keeps for several people: the
//! protocol over HTTP, with a token, and with patience for a network that comes and goes.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;

use super::address::Address;
use super::token::TokenFile;
use super::{Remote, Unreachable, tls};
use crate::wire::login::Secret;
use crate::wire::pin::Pin;
use crate::wire::session::{Meta, NextEvents, PROTOCOL, PROTOCOL_HEADER};

/// How long a server is waited for.
const PATIENCE: Patience = Patience {
    connect: CONNECT,
    reply: Duration::from_secs(30),
    silence: Duration::from_secs(45),
    poll: Duration::from_secs(30),
    pause: Duration::from_secs(2),
};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// Who has just found nobody there need not look again at once.
const NOBODY: Duration = Duration::from_secs(1);

/// A large request takes its time on a thin line.
const LARGE: usize = 256 * 1024;
const LARGE_REPLY: Duration = Duration::from_secs(300);

/// So many times the server is asked for the next event before the stream is tried again.
const LONG_POLLS: u32 = 20;

/// How long a server is waited for.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Until a connection has come about.
    connect: Duration,
    /// Until a reply begins.
    reply: Duration,
    /// Until a line on which something was coming is taken for dead.
    silence: Duration,
    /// Between two questions for what is new, where the server tells nothing by itself.
    poll: Duration,
    /// At most, before the news is read again; how long exactly is left to chance, so that not
    /// everyone comes back at once.
    pause: Duration,
}

/// How a server is reached, and how it is known again.
#[derive(Debug, Clone)]
pub struct Server {
    pub address: Address,
    /// Of its certificate, where no authority vouches for it.
    pub pin: Option<Pin>,
    /// Its own name; another one at the same place is another server. Absent until it was asked.
    pub server_id: Option<String>,
}

/// A server as one speaks with it. Connections are opened as they are needed and kept.
pub struct Http {
    line: Arc<Line>,
    /// Counts up with whatever the server tells, and when it can't be heard any more.
    news: watch::Sender<u64>,
    /// How far the news has been taken in.
    heard: Mutex<watch::Receiver<u64>>,
    /// Reads the news, once somebody waits for it.
    reading: Mutex<Option<JoinHandle<()>>>,
    /// Somebody waits for it.
    wanted: Arc<Notify>,
}

/// How news is heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By a stream of events.
    Stream,
    /// By asking for the next event: something on the way holds streams back.
    Asking,
    /// Not at all; it is looked from time to time.
    Looking,
}

/// The way to the server.
struct Line {
    server: Server,
    encryption: Option<TlsConnector>,
    token: Option<TokenFile>,
    patience: Patience,
    idle: Mutex<Vec<Sender>>,
    /// When nobody was there last, and why.
    nobody: Mutex<Option<(Instant, Unreachable)>>,
}

type Sender = SendRequest<Full<Bytes>>;

/// Why a server can't be spoken with at all.
#[derive(Debug, thiserror::Error)]
#[error("{address} can't be reached in encryption ({why})")]
pub struct NoEncryption {
    address: Address,
    why: rustls::Error,
}

impl Http {
    /// Nothing is sent yet. Without a token only what anyone may ask can be asked.
    pub fn to(server: Server, token: Option<TokenFile>) -> Result<Http, NoEncryption> {
        Http::with_patience(server, token, PATIENCE)
    }

    fn with_patience(
        server: Server,
        token: Option<TokenFile>,
        patience: Patience,
    ) -> Result<Http, NoEncryption> {
        let encryption = match (&server.address, server.pin) {
            (Address::Https { .. }, Some(pin)) => Some(tls::to_pinned(pin)),
            (Address::Https { .. }, None) => Some(tls::to_vouched_for()),
            (Address::Http { .. } | Address::Unix(_), _) => None,
        };
        let encryption = encryption.transpose().map_err(|why| NoEncryption {
            address: server.address.clone(),
            why,
        })?;
        let (news, heard) = watch::channel(0);
        Ok(Http {
            line: Arc::new(Line {
                server,
                encryption,
                token,
                patience,
                idle: Mutex::default(),
                nobody: Mutex::default(),
            }),
            news,
            heard: Mutex::new(heard),
            reading: Mutex::default(),
            wanted: Arc::default(),
        })
    }

    /// Sees to it that the news is read, from now on whenever somebody waits for it.
    fn read_on(&self) {
        self.wanted.notify_one();
        lock(&self.reading).get_or_insert_with(|| {
            let line = Arc::clone(&self.line);
            let wanted = Arc::clone(&self.wanted);
            let news = self.news.clone();
            tokio::spawn(async move { line.read_news(&wanted, &news).await })
        });
    }
}

impl Remote for Http {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move {
            let token = self.line.token()?;
            let response = self.line.ask(request.clone(), token.as_ref()).await?;
            if response.status() != StatusCode::UNAUTHORIZED {
                return Ok(response);
            }
            // Somebody may have signed in meanwhile, in another program.
            let now = self.line.token()?;
            if now.is_some() && now != token {
                return self.line.ask(request, now.as_ref()).await;
            }
            Ok(response)
        })
    }

    fn is_far(&self) -> bool {
        true
    }

    fn keep_token(&self, token: &Secret) -> Result<(), Unreachable> {
        let nowhere = || Unreachable("there is no place for a token".to_owned());
        let file = self.line.token.as_ref().ok_or_else(nowhere)?;
        let kept = file.write(token);
        kept.map_err(|error| Unreachable(error.to_string()))
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

impl Drop for Http {
    fn drop(&mut self) {
        if let Some(reading) = lock(&self.reading).take() {
            reading.abort();
        }
    }
}

impl Line {
    fn token(&self) -> Result<Option<Secret>, Unreachable> {
        let token = self.token.as_ref().map(TokenFile::read).transpose();
        Ok(token
            .map_err(|error| Unreachable(error.to_string()))?
            .flatten())
    }

    /// One request and its reply, on a connection that was kept or on a new one.
    async fn ask(
        &self,
        request: Request<Bytes>,
        token: Option<&Secret>,
    ) -> Result<Response<Bytes>, Unreachable> {
        let request = self.addressed(request, token)?;
        loop {
            let kept = lock(&self.idle).pop();
            let was_kept = kept.is_some();
            let mut sender = match kept {
                Some(sender) => sender,
                None => self.dial().await?,
            };
            match self.exchange(&mut sender, request.clone()).await {
                Ok(response) => {
                    lock(&self.idle).push(sender);
                    return Ok(response);
                }
                // The server hung up while nothing was asked.
                Err(NoReply::NotSent) if was_kept => {}
                Err(why) => return Err(self.silent(&why)),
            }
        }
    }

    fn addressed(
        &self,
        mut request: Request<Bytes>,
        token: Option<&Secret>,
    ) -> Result<Request<Bytes>, Unreachable> {
        let headers = request.headers_mut();
        let host = HeaderValue::from_str(&self.server.address.authority());
        headers.insert(header::HOST, host.map_err(|why| self.silent(&why))?);
        if let Some(Secret(token)) = token {
            let value = HeaderValue::from_str(&format!("Bearer {token}"));
            let mut value = value.map_err(|why| self.silent(&why))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(request)
    }

    /// A new connection to the very server that is meant: before anything of the person's is sent
    /// there, it says who it is.
    async fn dial(&self) -> Result<Sender, Unreachable> {
        if let Some((at, why)) = &*lock(&self.nobody)
            && at.elapsed() < NOBODY
        {
            return Err(why.clone());
        }
        let dialled = self.look_for_it().await;
        let nobody = dialled.as_ref().err();
        *lock(&self.nobody) = nobody.map(|why| (Instant::now(), why.clone()));
        dialled
    }

    async fn look_for_it(&self) -> Result<Sender, Unreachable> {
        let mut sender = match timeout(self.patience.connect, self.connect()).await {
            Ok(connected) => connected.map_err(|why| self.silent(&why))?,
            Err(_) => return Err(self.silent(&"no connection within 5 seconds")),
        };
        let Some(known) = &self.server.server_id else {
            return Ok(sender);
        };
        let asked = Request::get("/v1/meta").body(Bytes::new());
        let asked = self.addressed(asked.map_err(|why| self.silent(&why))?, None)?;
        let reply = self.exchange(&mut sender, asked).await;
        let reply = reply.map_err(|why| self.silent(&why))?;
        let meta: Meta = serde_json::from_slice(reply.body())
            .map_err(|_| self.silent(&"what answers there is no famdesk"))?;
        if meta.server_id == *known {
            return Ok(sender);
        }
        Err(Unreachable(format!(
            "another server answers at {} than the one you signed in to; nothing was sent there; \
             `famdesk connect` connects to it if that is what you want",
            self.server.address
        )))
    }

    async fn connect(&self) -> io::Result<Sender> {
        match &self.server.address {
            Address::Unix(path) => handshake(UnixStream::connect(path).await?).await,
            Address::Http { host, port } => handshake(tcp(host, *port).await?).await,
            Address::Https { host, port } => {
                let Some(encryption) = &self.encryption else {
                    return Err(io::Error::other("it is not encrypted"));
                };
                let stream = tcp(host, *port).await?;
                let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
                handshake(encryption.connect(name, stream).await?).await
            }
        }
    }

    async fn exchange(
        &self,
        sender: &mut Sender,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, NoReply> {
        if sender.ready().await.is_err() {
            return Err(NoReply::NotSent);
        }
        let patience = if request.body().len() > LARGE {
            LARGE_REPLY
        } else {
            self.patience.reply
        };
        let response = timeout(patience, sender.send_request(request.map(Full::new))).await;
        let response = match response {
            Err(_) => return Err(NoReply::Silent(patience)),
            Ok(Err(error)) if error.is_canceled() => return Err(NoReply::NotSent),
            Ok(response) => response?,
        };
        let (head, body) = response.into_parts();
        Ok(Response::from_parts(
            head,
            whole(body, self.patience.silence).await?,
        ))
    }

    fn silent(&self, why: &dyn std::fmt::Display) -> Unreachable {
        Unreachable(format!("{}: {why}", self.server.address))
    }

    /// Reads the news for as long as it is polled, whenever it is wanted.
    async fn read_news(&self, wanted: &Notify, news: &watch::Sender<u64>) {
        let mut way = Way::Stream;
        loop {
            wanted.notified().await;
            let before = way;
            way = match before {
                Way::Stream => self.follow(news).await,
                Way::Asking => self.ask_for_next(news).await,
                Way::Looking => {
                    sleep(self.patience.poll).await;
                    Way::Stream
                }
            };
            if way != before {
                tracing::info!("news of the server is had another way now ({way:?})");
            }
            // What was not heard meanwhile, the next pass finds.
            news.send_modify(|count| *count += 1);
            sleep(some_of(self.patience.pause)).await;
        }
    }

    /// Reads the stream of events until it ends; how to go on.
    async fn follow(&self, news: &watch::Sender<u64>) -> Way {
        let Ok(token) = self.token() else {
            return Way::Stream;
        };
        let Ok(mut sender) = self.dial().await else {
            return Way::Stream;
        };
        let Ok(request) = self.addressed(get("/v1/events"), token.as_ref()) else {
            return Way::Stream;
        };
        let sent = timeout(
            self.patience.silence,
            sender.send_request(request.map(Full::new)),
        )
        .await;
        let response = match sent {
            Ok(Ok(response)) => response,
            // It went; the next pass finds out.
            Ok(Err(_)) => return Way::Stream,
            Err(_) => return Way::Asking,
        };
        if response.status() == StatusCode::UNAUTHORIZED {
            // The next pass finds out and says so.
            return Way::Stream;
        }
        if !is_stream(&response) {
            return Way::Asking;
        }
        let mut body = response.into_body();
        let mut heard = false;
        // The server says from time to time that it is there.
        while let Ok(Some(Ok(frame))) = timeout(self.patience.silence, body.frame()).await {
            heard = true;
            // That it is there is no news.
            if frame
                .data_ref()
                .is_some_and(|data| !data.starts_with(b": ka"))
            {
                news.send_modify(|count| *count += 1);
            }
        }
        if heard { Way::Stream } else { Way::Asking }
    }

    /// Asks for the next event again and again, for a while; how to go on.
    async fn ask_for_next(&self, news: &watch::Sender<u64>) -> Way {
        let mut seen = String::new();
        for time in 0..LONG_POLLS {
            let Ok(token) = self.token() else {
                return Way::Looking;
            };
            let asked = get(&format!("/v1/events/next?wait=25&seen={seen}"));
            let next = match self.ask(asked, token.as_ref()).await {
                Ok(reply) if reply.status().is_success() => {
                    serde_json::from_slice::<NextEvents>(reply.body())
                }
                // What worked before works again once the server is back.
                _ if time > 0 => return Way::Stream,
                _ => return Way::Looking,
            };
            let Ok(next) = next else {
                return Way::Looking;
            };
            if next.mark != seen {
                seen = next.mark;
                news.send_modify(|count| *count += 1);
            }
        }
        Way::Stream
    }
}

/// The pin of the certificate that is shown at an address; none where an authority vouches for it.
///
/// # Errors
/// Where nobody answers there, or not in encryption.
pub async fn look_at(address: &Address) -> Result<Option<Pin>, Unreachable> {
    let Address::Https { host, port } = address else {
        return Ok(None);
    };
    let silent = |why: &dyn std::fmt::Display| Unreachable(format!("{address}: {why}"));
    let name = ServerName::try_from(host.clone()).map_err(|why| silent(&why))?;
    let look = |with: TlsConnector, name: ServerName<'static>| async move {
        let stream = tcp(host, *port).await?;
        with.connect(name, stream).await.map(drop)
    };
    let vouched_for = tls::to_vouched_for().map_err(|why| silent(&why))?;
    if let Ok(Ok(())) = timeout(CONNECT, look(vouched_for, name.clone())).await {
        return Ok(None);
    }
    let (looking, shown) = tls::to_look().map_err(|why| silent(&why))?;
    let looked = timeout(CONNECT, look(looking, name)).await;
    match (shown.shown(), looked) {
        (Some(pin), _) => Ok(Some(pin)),
        (None, Ok(Err(why))) => Err(silent(&why)),
        (None, _) => Err(silent(&"no connection within 5 seconds")),
    }
}

/// Why no reply came.
#[derive(Debug, thiserror::Error)]
enum NoReply {
    #[error("it hung up")]
    NotSent,
    #[error("no answer within {} seconds", .0.as_secs())]
    Silent(Duration),
    #[error(transparent)]
    Broken(#[from] hyper::Error),
}

/// A body in full, as long as it keeps coming.
async fn whole(mut body: Incoming, silence: Duration) -> Result<Bytes, NoReply> {
    let mut bytes = Vec::new();
    loop {
        match timeout(silence, body.frame()).await {
            Err(_) => return Err(NoReply::Silent(silence)),
            Ok(None) => return Ok(bytes.into()),
            Ok(Some(frame)) => {
                if let Ok(data) = frame?.into_data() {
                    bytes.extend_from_slice(&data);
                }
            }
        }
    }
}

async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn handshake<S>(stream: S) -> io::Result<Sender>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    // Ends with the sender; what goes wrong on the way, the sender is told.
    tokio::spawn(connection);
    Ok(sender)
}

fn get(path: &str) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::GET;
    // A path of ours is always one.
    *request.uri_mut() = path.parse().unwrap_or_default();
    let version = HeaderValue::from(PROTOCOL);
    request.headers_mut().insert(PROTOCOL_HEADER, version);
    request
}

fn is_stream(response: &Response<Incoming>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|it| it.to_str().ok()).unwrap_or_default();
    response.status().is_success() && kind.starts_with("text/event-stream")
}

/// A part of a time, by chance.
fn some_of(time: Duration) -> Duration {
    let mut byte = [128];
    // Where chance fails, half will do.
    let _ = getrandom::fill(&mut byte);
    time.mul_f64(f64::from(byte[0]) / 255.0)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
