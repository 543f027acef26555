//! The socket as hyper sees it, with an eye on what passes.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::settle::Connection;

/// A connection's socket. It notes progress and settles answers; the bytes pass through untouched.
pub(super) struct WatchedStream {
    stream: TcpStream,
    connection: Arc<Connection>,
    /// The connection's place among those allowed; free again when the socket closes, also after an upgrade.
    _place: OwnedSemaphorePermit,
}

impl WatchedStream {
    pub(super) fn new(stream: TcpStream, connection: Arc<Connection>, place: OwnedSemaphorePermit) -> Self {
        Self { stream, connection, _place: place }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Settles the answers whose silence is over. An error ends the connection.
    pub(super) fn settle_silent(&self) -> io::Result<()> {
        let ledger = &self.connection.ledger;
        if !ledger.is_active() {
            return Ok(());
        }
        let result = ledger.settle_silent(Instant::now(), || self.stream.take_error().unwrap_or_else(Some));
        if result.is_err() {
            self.connection.progress.end();
        }
        result
    }

    /// Makes closing the socket discard what the peer has not taken, instead of leaving it to the kernel for minutes.
    pub(super) fn discard_on_close(&self) {
        // If it fails the socket is already beyond use.
        let _ = self.stream.set_zero_linger();
    }

    fn before_write(&self) -> io::Result<()> {
        if self.connection.ledger.is_active() {
            self.settle_silent()?;
            self.connection.ledger.writing(|| has_unread(&self.stream));
        }
        Ok(())
    }

    fn after_write(&self, result: &Poll<io::Result<usize>>) {
        let Connection { progress, ledger, .. } = &*self.connection;
        match result {
            Poll::Pending => progress.blocked(),
            Poll::Ready(Ok(count)) => {
                progress.wrote();
                if ledger.is_active() {
                    ledger.wrote(*count);
                }
            }
            Poll::Ready(Err(_)) => self.fail(),
        }
    }

    fn fail(&self) {
        self.connection.progress.end();
        self.connection.ledger.lose();
    }
}

impl Drop for WatchedStream {
    fn drop(&mut self) {
        self.connection.ledger.close();
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let result = Pin::new(&mut this.stream).poll_read(context, buffer);
        match &result {
            Poll::Pending => {}
            Poll::Ready(Ok(())) => {
                let Connection { progress, ledger, .. } = &*this.connection;
                if buffer.filled().len() > before {
                    progress.received();
                } else {
                    progress.end();
                }
                if ledger.is_active() {
                    ledger.heard();
                }
            }
            Poll::Ready(Err(_)) => this.fail(),
        }
        result
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.before_write()?;
        let result = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.after_write(&result);
        result
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.before_write()?;
        let result = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.after_write(&result);
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper calls this whenever it is polled and has nothing left to write: an answer that was handed over has been
    /// sent then, and silences are checked here.
    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Connection { progress, ledger, .. } = &*self.connection;
        progress.flushed();
        if ledger.is_active() {
            ledger.flushed(Instant::now());
            self.settle_silent()?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

/// Whether bytes, a close or an error of the peer are waiting.
///
/// The kernel is asked directly: the runtime's own idea of readiness may be some microseconds old.
fn has_unread(stream: &TcpStream) -> bool {
    let mut byte = [MaybeUninit::uninit()];
    !matches!(SockRef::from(stream).peek(&mut byte), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}
