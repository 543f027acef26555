//! The connection as hyper sees it, with an eye on what passes.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::admission::Admission;
use super::settle::Connection;
use super::transport::Transport;

/// A connection's way to the peer. It notes progress and settles answers; the bytes pass through untouched.
pub(super) struct WatchedStream<T> {
    stream: T,
    connection: Arc<Connection>,
    /// The connection's place among those allowed; free again when the socket closes, also after an upgrade.
    _place: Admission,
}

impl<T: Transport> WatchedStream<T> {
    pub(super) fn new(stream: T, connection: Arc<Connection>, place: Admission) -> Self {
        Self { stream, connection, _place: place }
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Settles the answers whose silence is over. An error ends the connection.
    pub(super) fn settle_silent(&self) -> io::Result<()> {
        let ledger = &self.connection.ledger;
        if !ledger.is_active() {
            return Ok(());
        }
        let socket = self.stream.socket();
        let result = ledger.settle_silent(Instant::now(), || socket.take_error().unwrap_or_else(Some));
        if result.is_err() {
            self.connection.progress.end();
        }
        result
    }

    /// Makes closing the socket discard what the peer has not taken, instead of leaving it to the kernel for minutes.
    pub(super) fn discard_on_close(&self) {
        // If it fails the socket is already beyond use.
        let _ = self.stream.socket().set_zero_linger();
    }

    /// Reads what the peer still sends to a server that has nothing more to say to it.
    pub(super) fn poll_rest(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = ready!(self.stream.poll_wire(context, buffer));
        let has_come = buffer.filled().len() > before;
        match &result {
            Err(_) => self.fail(),
            Ok(()) if !has_come => self.close(),
            // Without decrypting it cannot be told from the farewell of a peer that has not read its answer.
            Ok(()) if !T::IS_PLAIN => {}
            Ok(()) => self.receive(),
        }
        Poll::Ready(result)
    }

    fn before_write(&self) -> io::Result<()> {
        if self.connection.ledger.is_active() {
            self.settle_silent()?;
            self.connection.ledger.writing(|| self.stream.has_unread());
        }
        Ok(())
    }

    fn after_write(&self, result: &Poll<io::Result<usize>>) {
        let Connection { progress, ledger, .. } = &*self.connection;
        match result {
            Poll::Pending if T::IS_PLAIN => progress.blocked(),
            // What encryption takes has not left; the socket beneath it notes what does.
            Poll::Pending => {}
            Poll::Ready(Ok(count)) => {
                if T::IS_PLAIN {
                    progress.wrote();
                }
                if ledger.is_active() {
                    ledger.wrote(*count);
                }
            }
            Poll::Ready(Err(_)) => self.fail(),
        }
    }

    fn receive(&self) {
        let Connection { progress, ledger, .. } = &*self.connection;
        progress.received();
        if ledger.is_active() {
            ledger.heard();
        }
    }

    fn close(&self) {
        let Connection { progress, ledger, .. } = &*self.connection;
        progress.end();
        if ledger.is_active() {
            ledger.heard();
        }
    }

    fn fail(&self) {
        self.connection.progress.end();
        self.connection.ledger.lose();
    }
}

impl<T> Drop for WatchedStream<T> {
    fn drop(&mut self) {
        self.connection.ledger.close();
    }
}

impl<T: Transport> AsyncRead for WatchedStream<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let result = Pin::new(&mut this.stream).poll_read(context, buffer);
        match &result {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => this.receive(),
            Poll::Ready(Ok(())) if this.stream.has_closed() => this.close(),
            Poll::Ready(Err(_)) => this.fail(),
            // Or the peer said that it will send no more: whether it has read its answer shows in how it closes.
            Poll::Pending | Poll::Ready(Ok(())) => {}
        }
        result
    }
}

impl<T: Transport> AsyncWrite for WatchedStream<T> {
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
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.stream.holds_back() {
            this.before_write()?;
            let flushed = ready!(Pin::new(&mut this.stream).poll_flush(context));
            if flushed.is_err() {
                this.fail();
                return Poll::Ready(flushed);
            }
        }
        let Connection { progress, ledger, .. } = &*this.connection;
        progress.flushed();
        if ledger.is_active() {
            ledger.flushed(Instant::now());
            this.settle_silent()?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
