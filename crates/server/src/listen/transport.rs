//! What a connection's bytes go through: the socket itself, or encryption in front of it.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A way for a connection's bytes. A type parameter, not an object: a connection without encryption pays nothing for
/// there being another kind.
pub(super) trait Transport: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// Whether what is read and written is what goes over the wire.
    const IS_PLAIN: bool;

    /// The socket beneath.
    fn socket(&self) -> &TcpStream;

    /// Whether bytes, a close or an error of the peer are waiting.
    fn has_unread(&self) -> bool;

    /// Whether something that was written has not been handed to the kernel yet.
    fn holds_back(&self) -> bool;

    /// After a read that gave nothing: whether the peer closed its socket, and did not just say that it is going to.
    fn has_closed(&self) -> bool;

    /// Reads what goes over the wire, whatever it may mean.
    fn poll_wire(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>>;
}

impl Transport for TcpStream {
    const IS_PLAIN: bool = true;

    fn socket(&self) -> &TcpStream {
        self
    }

    /// The kernel is asked directly: the runtime's own idea of readiness may be some microseconds old.
    fn has_unread(&self) -> bool {
        let mut byte = [MaybeUninit::uninit()];
        !matches!(SockRef::from(self).peek(&mut byte), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    fn holds_back(&self) -> bool {
        false
    }

    fn has_closed(&self) -> bool {
        true
    }

    fn poll_wire(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(self).poll_read(context, buffer)
    }
}
