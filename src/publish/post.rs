//! One message to one endpoint: to a checked address, in time, and without following anywhere.

use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::address::{Forbidden, Resolve, System, checked};
use crate::config::Webhooks;
use crate::model::webhook::Target;
use crate::remote::tls;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// How much of a reply is read, and how much of that is kept.
const READ: usize = 64 * 1024;
const KEPT: usize = 2000;

/// Sends messages.
pub struct Sender {
    settings: Webhooks,
    resolver: Box<dyn Resolve>,
    /// Made when it is first needed: reading the authorities takes a while.
    encryption: OnceLock<TlsConnector>,
}

/// A reply, whatever it says.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Its beginning.
    pub text: String,
}

/// Why there was no reply.
#[derive(Debug, thiserror::Error)]
pub enum NoReply {
    #[error("that is no address: {0}")]
    Address(&'static str),
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("no connection ({0})")]
    Connection(io::Error),
    #[error("no answer ({0})")]
    Broken(#[from] hyper::Error),
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    Late,
}

impl Sender {
    /// One that goes out as the settings allow, to whom this machine's authorities vouch for.
    pub fn new(settings: Webhooks) -> Sender {
        Sender {
            settings,
            resolver: Box::new(System),
            encryption: OnceLock::new(),
        }
    }

    /// The same with another way to look names up, and other authorities.
    #[cfg(test)]
    pub fn with(
        settings: Webhooks,
        resolver: Box<dyn Resolve>,
        encryption: TlsConnector,
    ) -> Sender {
        Sender {
            settings,
            resolver,
            encryption: OnceLock::from(encryption),
        }
    }

    /// Posts JSON to an endpoint. A redirection is a reply like any other and leads nowhere.
    pub async fn post(&self, url: &str, headers: HeaderMap, body: Bytes) -> Result<Reply, NoReply> {
        let target = Target::parse(url).map_err(NoReply::Address)?;
        match timeout(PATIENCE, self.exchange(&target, headers, body)).await {
            Ok(reply) => reply,
            Err(_) => Err(NoReply::Late),
        }
    }

    async fn exchange(
        &self,
        target: &Target,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Reply, NoReply> {
        let addresses = checked(target, &self.settings, self.resolver.as_ref()).await?;
        let (mut sender, line) = self
            .connect(target, &addresses)
            .await
            .map_err(NoReply::Connection)?;
        // The connection ends with this, whatever the other side does.
        let _line = HangUp(line);
        let reply = sender.send_request(request(target, headers, body)?).await?;
        let status = reply.status().as_u16();
        let text = beginning(reply.into_body()).await;
        Ok(Reply { status, text })
    }

    async fn connect(&self, target: &Target, addresses: &[SocketAddr]) -> io::Result<Line> {
        let stream = TcpStream::connect(addresses).await?;
        stream.set_nodelay(true)?;
        if !target.is_encrypted {
            return handshake(stream).await;
        }
        let name = ServerName::try_from(target.host.clone()).map_err(io::Error::other)?;
        let encryption = match self.encryption.get() {
            Some(encryption) => encryption,
            None => {
                let made = tls::to_vouched_for().map_err(io::Error::other)?;
                self.encryption.get_or_init(|| made)
            }
        };
        handshake(encryption.connect(name, stream).await?).await
    }
}

type Line = (
    http1::SendRequest<Full<Bytes>>,
    JoinHandle<Result<(), hyper::Error>>,
);

struct HangUp(JoinHandle<Result<(), hyper::Error>>);

impl Drop for HangUp {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn handshake<S>(stream: S) -> io::Result<Line>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    Ok((sender, tokio::spawn(connection)))
}

fn request(
    target: &Target,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, NoReply> {
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = Method::POST;
    let wrong = |_| NoReply::Address("its path can't be written");
    *request.uri_mut() = target.path.parse::<Uri>().map_err(wrong)?;
    *request.headers_mut() = headers;
    let host = match (target.is_encrypted, target.port) {
        (true, 443) | (false, 80) => {
            let place = target.place();
            place.rsplit_once(':').map(|(host, _)| host.to_owned())
        }
        _ => Some(target.place()),
    };
    let host = HeaderValue::from_str(&host.unwrap_or_default());
    let host = host.map_err(|_| NoReply::Address("its host can't be written"))?;
    let headers = request.headers_mut();
    headers.insert(header::HOST, host);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(
        header::USER_AGENT,
        HeaderValue::from_static(concat!("famdesk/", env!("CARGO_PKG_VERSION"))),
    );
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(request)
}

/// As much of a reply as is kept; the rest is not waited for.
async fn beginning(mut body: Incoming) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < READ {
        match body.frame().await {
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    bytes.extend_from_slice(&data);
                }
            }
            Some(Err(_)) | None => break,
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    text[..text.floor_char_boundary(KEPT)].to_owned()
}
