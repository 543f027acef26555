//! An encrypted connection: the session, and the socket beneath it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::super::settle::Connection;
use super::super::transport::Transport;

/// The socket beneath the encryption. It notes whether the peer takes what there is to write.
pub(in crate::listen) struct Wire {
    socket: TcpStream,
    connection: Arc<Connection>,
}

impl Wire {
    pub(super) fn new(socket: TcpStream, connection: Arc<Connection>) -> Self {
        Self { socket, connection }
    }

    fn note<T>(&self, result: &Poll<io::Result<T>>) {
        match result {
            Poll::Pending => self.connection.progress.blocked(),
            Poll::Ready(Ok(_)) => self.connection.progress.wrote(),
            Poll::Ready(Err(_)) => {}
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.socket).poll_write(context, bytes);
        this.note(&result);
        result
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.socket).poll_write_vectored(context, slices);
        this.note(&result);
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(context)
    }
}

/// An encrypted connection after its handshake.
pub(in crate::listen) struct Encrypted {
    session: Box<TlsStream<Wire>>,
    /// Whether the peer's socket was closed without a farewell before it.
    has_closed: bool,
}

impl Encrypted {
    pub(super) fn new(session: TlsStream<Wire>) -> Self {
        Self { session: Box::new(session), has_closed: false }
    }
}

impl Transport for Encrypted {
    const IS_PLAIN: bool = false;

    fn socket(&self) -> &TcpStream {
        &self.session.get_ref().0.socket
    }

    fn has_unread(&self) -> bool {
        let (wire, session) = self.session.get_ref();
        // The session wants nothing more while something that it decrypted has not been read, or after a farewell.
        !session.wants_read() || wire.socket.has_unread()
    }

    fn holds_back(&self) -> bool {
        self.session.get_ref().1.wants_write()
    }

    fn has_closed(&self) -> bool {
        self.has_closed
    }

    fn poll_wire(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.session.get_mut().0.socket).poll_read(context, buffer)
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.session).poll_read(context, buffer) {
            // The socket was closed without a farewell, as many clients do. A request that is cut short by it is noticed:
            // its length is known.
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                this.has_closed = true;
                Poll::Ready(Ok(()))
            }
            result => result,
        }
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().session).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().session).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.session.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().session).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().session).poll_shutdown(context)
    }
}
