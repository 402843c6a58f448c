//! Callers who don't take their answers: without an end, such a one would keep a connection.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A stream that fails once whoever is at its other end has taken nothing for so long of what there
/// is to be read. While there is nothing, as where news are waited for, it lasts.
pub struct Reading<S> {
    stream: S,
    patience: Duration,
    /// Runs from when nothing more could be written until some of it can.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Reading<S> {
    pub fn within(patience: Duration, stream: S) -> Reading<S> {
        Reading {
            stream,
            patience,
            waiting: None,
        }
    }

    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        let why = format!("nothing was taken for {} seconds", patience.as_secs());
        Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, why)))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Reading<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Reading<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, room)
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    /// The time runs only while something can't be written, and anew from each byte that is taken.
    #[tokio::test]
    async fn whoever_takes_some_may_take_their_time() {
        let (here, mut there) = duplex(4);
        let mut stream = Reading::within(Duration::from_secs(600), here);
        assert_eq!(stream.write(b"four").await.expect("room"), 4);
        assert!(stream.waiting.is_none());
        for _ in 0..3 {
            assert!(poll!(Box::pin(stream.write(b"more"))).is_pending());
            assert!(stream.waiting.is_some());
            // Saying that all is to be sent helps nobody who takes nothing.
            stream.flush().await.expect("flushed");
            assert!(stream.waiting.is_some());
            there.read_u8().await.expect("a byte");
            assert_eq!(stream.write(b"more").await.expect("room"), 1);
            assert!(stream.waiting.is_none());
        }
    }

    #[tokio::test]
    async fn whoever_takes_nothing_is_given_up() {
        let (here, mut there) = duplex(4);
        let mut stream = Reading::within(Duration::from_millis(1), here);
        there.write_all(b"?").await.expect("asked");
        stream.read_u8().await.expect("asked");
        let why = stream
            .write_all(b"a long answer")
            .await
            .expect_err("stalled");
        assert_eq!(why.kind(), ErrorKind::TimedOut);
    }
}
