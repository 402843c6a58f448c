//! A line that is open at one end only, and a server that falls silent.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// As short as it may be.
const SHORT: Duration = Duration::from_millis(20);

const IN_NO_TIME: Patience = Patience {
    connect: Duration::from_secs(60),
    reply: SHORT,
    silence: SHORT,
    poll: SHORT,
    pause: Duration::from_millis(1),
};

const WELL: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nwell";

const NEWS: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\
                    event: head\ndata: {}\n\n";

async fn server() -> (TcpListener, Http) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let port = listener.local_addr().expect("an address").port();
    let address = Address::Http {
        host: "127.0.0.1".to_owned(),
        port,
    };
    let server = Server {
        address,
        pin: None,
        server_id: None,
    };
    let http = Http::with_patience(server, None, IN_NO_TIME);
    (listener, http.expect("no encryption is needed"))
}

/// The next request on a line, up to the end of its head.
async fn asked(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).await.expect("asked");
        head.extend(byte);
    }
    String::from_utf8(head).expect("UTF-8")
}

fn request() -> Request<Bytes> {
    get("/v1/session")
}

#[tokio::test]
async fn a_line_that_nothing_comes_back_on_is_given_up_and_another_is_opened() {
    let (listener, http) = server().await;
    let (answered, line) = tokio::join!(http.call(request()), async {
        let (mut stream, _) = listener.accept().await.expect("called");
        asked(&mut stream).await;
        stream.write_all(WELL.as_bytes()).await.expect("said");
        stream
    });
    assert_eq!(answered.expect("well").body().as_ref(), b"well");
    // The line stays open, and whatever is said into it is lost.
    let lost = http.call(request()).await.expect_err("nothing comes back");
    assert!(lost.to_string().contains("no answer within"), "{lost}");
    assert!(
        lost.to_string().contains("it will be tried again"),
        "{lost}"
    );
    let (answered, _) = tokio::join!(http.call(request()), async {
        let (mut stream, _) = listener.accept().await.expect("called anew");
        asked(&mut stream).await;
        stream.write_all(WELL.as_bytes()).await.expect("said");
        stream
    });
    assert!(answered.is_ok());
    drop(line);
}

#[tokio::test]
async fn news_that_have_ceased_are_asked_for_on_another_line() {
    let (listener, http) = server().await;
    let lines = async {
        let mut lines = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.expect("called");
            assert!(asked(&mut stream).await.starts_with("GET /v1/events "));
            stream.write_all(NEWS.as_bytes()).await.expect("told");
            lines.push(stream);
        }
        lines
    };
    // Each is told of, and so is that nothing was heard for long: the pass that follows finds out.
    let heard = async {
        for _ in 0..3 {
            http.listen();
            http.poked().await;
        }
    };
    let (lines, ()) = tokio::join!(lines, heard);
    assert_eq!(lines.len(), 2);
}
