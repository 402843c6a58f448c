//! An endpoint as others run them: an HTTPS server that writes down what it is sent.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{RootCertStore, ServerConfig};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::remote::tls;

/// What the receiver is called; only the tests' own lookup knows it.
pub const HOST: &str = "hall.example";

/// One message as it came.
#[derive(Debug, Clone)]
pub struct Message {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// How a message is answered.
pub enum Answer {
    Status(u16),
    /// Elsewhere, to which nobody is to go.
    Redirect(String),
    /// With more than anybody wants to read.
    Endless,
    Never,
}

pub struct Receiver {
    pub port: u16,
    /// Encryption with whoever the receiver's own authority vouches for.
    pub encryption: TlsConnector,
    book: Arc<Book>,
}

#[derive(Default)]
struct Book {
    came: Mutex<Vec<Message>>,
    answers: Mutex<VecDeque<Answer>>,
    rang: Notify,
}

impl Receiver {
    pub async fn open() -> Receiver {
        let made = rcgen::generate_simple_self_signed(vec![HOST.to_owned()]).expect("made");
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .expect("a certificate");
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).expect("added");
        let client = tls::vouched_for_by(roots).expect("a client");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let port = listener.local_addr().expect("an address").port();
        let book = Arc::new(Book::default());
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(serve(listener, acceptor, Arc::clone(&book)));
        Receiver {
            port,
            encryption: TlsConnector::from(Arc::new(client)),
            book,
        }
    }

    pub fn url(&self) -> String {
        format!("https://{HOST}:{}/hook?key=hush", self.port)
    }

    /// How the next messages are answered; those after them are taken.
    pub fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.book.answers.lock().expect("held").extend(answers);
    }

    /// What came since last time.
    pub fn came(&self) -> Vec<Message> {
        std::mem::take(&mut self.book.came.lock().expect("held"))
    }

    /// Waits until something has come.
    pub async fn rang(&self) {
        self.book.rang.notified().await;
    }
}

impl Message {
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).expect("the header");
        value.to_str().expect("text")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The event's name without what all begin with.
    pub fn event(&self) -> String {
        let json = self.json();
        let name = json["type"].as_str().expect("a name");
        name.strip_prefix("fam-help-desk.")
            .expect("ours")
            .to_owned()
    }

    /// Whether the secret has signed it, in the eyes of somebody else's verifier.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let verifier = standardwebhooks::Webhook::new(secret).expect("a secret");
        let at = self.header("webhook-timestamp").parse().expect("a time");
        let signed = verifier.sign(self.header("webhook-id"), at, &self.body);
        let signed = signed.expect("signed");
        let mut all = self.header("webhook-signature").split(' ');
        all.any(|it| it == signed)
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, book: Arc<Book>) {
    loop {
        let (stream, _) = listener.accept().await.expect("accepted");
        let (acceptor, book) = (acceptor.clone(), Arc::clone(&book));
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let service = service_fn(move |request| take(request, Arc::clone(&book)));
            // Whoever hangs up is nobody's trouble here.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn take(
    request: Request<Incoming>,
    book: Arc<Book>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    assert_eq!(request.uri().to_string(), "/hook?key=hush");
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let headers = head.headers;
    book.came
        .lock()
        .expect("held")
        .push(Message { headers, body });
    book.rang.notify_one();
    let answer = book.answers.lock().expect("held").pop_front();
    let (status, location, text) = match answer.unwrap_or(Answer::Status(204)) {
        Answer::Status(status) => (status, None, "thank you".to_owned()),
        Answer::Redirect(to) => (302, Some(to), String::new()),
        Answer::Endless => (500, None, "é".repeat(4_000_000)),
        Answer::Never => std::future::pending().await,
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    if let Some(to) = location {
        let to = to.parse().expect("a location");
        response.headers_mut().insert(http::header::LOCATION, to);
    }
    Ok(response)
}
