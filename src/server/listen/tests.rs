//! Callers who hold a server up: a head without an end, silence, too many at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::routing::get;
use bytes::Bytes;
use futures::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::server::tls;

/// A server at an address of this machine.
struct Server {
    address: SocketAddr,
    /// How many requests came through to the routes.
    asked: Arc<AtomicUsize>,
    _stop: watch::Sender<bool>,
}

/// Longer than any test.
const LONG: Duration = Duration::from_secs(600);

/// As short as it may be.
const SHORT: Duration = Duration::from_millis(20);

impl Server {
    async fn start(places: usize, patience: Patience, tls: Option<TlsAcceptor>) -> Server {
        let door = at_address(([127, 0, 0, 1], 0).into(), tls)
            .await
            .expect("listens");
        let address = door.address().expect("an address");
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let well = move || async move {
            count.fetch_add(1, Ordering::SeqCst);
            "well"
        };
        let (stop, stopping) = watch::channel(false);
        let house = House {
            routes: Router::new()
                .route("/", get(well))
                .route("/endless", get(endless)),
            metrics: Arc::new(Metrics::default()),
            stopping,
            places: Arc::new(Semaphore::new(places)),
            patience,
        };
        tokio::spawn(Arc::new(house).serve(vec![door]));
        Server {
            address,
            asked,
            _stop: stop,
        }
    }

    async fn calls(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("connects")
    }
}

/// An answer that no buffer on the way holds.
async fn endless() -> Body {
    Body::from_stream(stream::repeat_with(|| {
        Ok::<_, Infallible>(Bytes::from_static(&[b'.'; 64 * 1024]))
    }))
}

fn patience(encryption: Duration, head: Duration) -> Patience {
    Patience {
        encryption,
        head,
        reading: LONG,
    }
}

/// A request with so many bytes in its head besides.
fn request(more: usize) -> String {
    format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx-more: {}\r\n\r\n",
        "a".repeat(more)
    )
}

async fn is_answered(stream: &mut TcpStream) -> String {
    let mut told = Vec::new();
    while !told.ends_with(b"well") {
        let mut some = [0; 1024];
        let count = stream.read(&mut some).await.expect("read");
        assert!(count > 0, "{}", String::from_utf8_lossy(&told));
        told.extend_from_slice(&some[..count]);
    }
    String::from_utf8(told).expect("UTF-8")
}

/// What is still said until the server hangs up.
async fn last_words(mut stream: TcpStream) -> String {
    let mut told = Vec::new();
    // That it was cut off is an end too.
    let _ = stream.read_to_end(&mut told).await;
    String::from_utf8_lossy(&told).into_owned()
}

#[tokio::test]
async fn a_head_has_an_end_after_16_kib() {
    let server = Server::start(9, patience(LONG, LONG), None).await;
    let mut stream = server.calls().await;
    stream
        .write_all(request(12 * 1024).as_bytes())
        .await
        .expect("sent");
    assert!(is_answered(&mut stream).await.starts_with("HTTP/1.1 200"));
    let mut stream = server.calls().await;
    // It may hang up in the middle.
    let _ = stream
        .write_all(request(HEAD_BYTES + 1024).as_bytes())
        .await;
    let told = last_words(stream).await;
    assert!(!told.contains("200"), "{told}");
    assert_eq!(server.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_says_nothing_is_hung_up_on() {
    let server = Server::start(9, patience(LONG, SHORT), None).await;
    for beginning in ["", "GET / HTTP/1.1\r\nhost:"] {
        let mut stream = server.calls().await;
        stream.write_all(beginning.as_bytes()).await.expect("sent");
        let told = last_words(stream).await;
        assert!(!told.contains("200"), "{told}");
    }
    // Also who has asked once and keeps the line.
    let mut stream = server.calls().await;
    stream.write_all(request(0).as_bytes()).await.expect("sent");
    is_answered(&mut stream).await;
    assert_eq!(last_words(stream).await, "");

    let folder = tempfile::tempdir().expect("a folder");
    let tls = tls::prepare(None, folder.path()).expect("a certificate");
    let server = Server::start(9, patience(SHORT, LONG), Some(tls.acceptor)).await;
    assert_eq!(last_words(server.calls().await).await, "");
}

#[tokio::test]
async fn one_too_many_waits_until_somebody_leaves() {
    let server = Server::start(2, patience(LONG, LONG), None).await;
    let mut inside = Vec::new();
    for _ in 0..2 {
        let mut stream = server.calls().await;
        stream.write_all(request(0).as_bytes()).await.expect("sent");
        is_answered(&mut stream).await;
        inside.push(stream);
    }
    let mut outside = server.calls().await;
    outside
        .write_all(request(0).as_bytes())
        .await
        .expect("sent");
    // Those who are in are answered, however often they ask.
    for _ in 0..5 {
        for stream in &mut inside {
            stream.write_all(request(0).as_bytes()).await.expect("sent");
            is_answered(stream).await;
        }
    }
    assert_eq!(server.asked.load(Ordering::SeqCst), 12);
    drop(inside.pop());
    is_answered(&mut outside).await;
    assert_eq!(server.asked.load(Ordering::SeqCst), 13);
}

#[tokio::test]
async fn who_does_not_take_an_answer_keeps_nobody_out() {
    let patience = Patience {
        reading: SHORT,
        ..patience(LONG, LONG)
    };
    let server = Server::start(1, patience, None).await;
    let mut deaf = server.calls().await;
    let asked = request(0).replace("GET /", "GET /endless");
    deaf.write_all(asked.as_bytes()).await.expect("sent");
    let mut next = server.calls().await;
    next.write_all(request(0).as_bytes()).await.expect("sent");
    is_answered(&mut next).await;
    drop(deaf);
}

#[tokio::test]
async fn another_version_of_http_is_not_spoken() {
    let server = Server::start(9, patience(LONG, LONG), None).await;
    let mut stream = server.calls().await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    stream.write_all(preface).await.expect("sent");
    let told = last_words(stream).await;
    assert!(!told.contains("200"), "{told}");
    assert_eq!(server.asked.load(Ordering::SeqCst), 0);
}
