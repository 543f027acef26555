//! What became of an answer.
//!
//! A read position may move only once the answer that carries the messages has gone out. TCP does not tell when a peer
//! has received something, but what happens on the connection afterwards does. After the answer's last byte was taken
//! by the kernel, it settles as [`Outcome::Delivered`] at the first of
//!
//! - bytes of a next request that came after that last byte,
//! - an orderly close by the peer,
//! - [`settle_silence`](super::Limits::settle_silence) without an error.
//!
//! A reset or any other error before that, or the end of the connection in another way (the process stops, the handler
//! is cancelled, the body is dropped unsent), settles it as [`Outcome::Lost`].
//!
//! Bytes or a close that were already waiting when the last byte was written (a pipelined request) were sent without
//! knowledge of the answer: they prove nothing, and such an answer settles by silence alone.
//!
//! How it is known that the last byte left: hyper takes the body's only frame, writes its buffer, and flushes the
//! socket's wrapper only when that buffer is empty. A flush after at least the body's length was written is therefore
//! the moment. Counting the bytes as well keeps this true where a middleware takes the frame earlier and passes it on
//! later. For an answer with `Connection: close`, the connection's task keeps the socket after hyper is done with it,
//! until its answers are settled.
//!
//! Cost: a connection without a settlement under way pays one relaxed load for each read, write and flush. With one,
//! those calls take a mutex that only the connection's own task ever takes, so it is never contended.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::oneshot;

use super::ledger::Ledger;
use super::progress::Progress;

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It went out, and nothing says that the peer did not get it.
    Delivered,
    /// It was not sent whole, or the connection broke before it could count as delivered.
    Lost,
}

/// Resolves to the [`Outcome`] of one answer. It always resolves, at the latest when the connection ends.
#[derive(Debug)]
pub struct Settlement(oneshot::Receiver<Outcome>);

impl Future for Settlement {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        Pin::new(&mut self.0).poll(context).map(|outcome| outcome.unwrap_or(Outcome::Lost))
    }
}

/// What will become of an answer that goes out by other means than one of our connections: whoever sends it says so.
impl From<oneshot::Receiver<Outcome>> for Settlement {
    fn from(outcome: oneshot::Receiver<Outcome>) -> Self {
        Self(outcome)
    }
}

/// What a connection's task, its socket's wrapper and its handlers share.
pub(super) struct Connection {
    pub(super) peer: SocketAddr,
    pub(super) progress: Progress,
    pub(super) ledger: Ledger,
}

/// The connection that a request came on; an extension of each request.
#[derive(Clone)]
pub struct ConnectionHandle(pub(super) Arc<Connection>);

impl ConnectionHandle {
    /// Address of the peer: a client, or the last proxy before this server.
    pub fn peer_address(&self) -> SocketAddr {
        self.0.peer
    }

    /// A body to answer this connection's current request with, and what will become of it.
    ///
    /// The settlement resolves to [`Outcome::Lost`] if the body is dropped unsent, which is also what happens to an
    /// empty one and to the answer of a HEAD request: they have no byte whose delivery could be observed.
    pub fn settle_after(&self, bytes: Bytes) -> (SettledBody, Settlement) {
        let (outcome, settlement) = oneshot::channel();
        let body = SettledBody { answer: Some((bytes, outcome)), connection: Arc::clone(&self.0) };
        (body, Settlement(settlement))
    }
}

/// The body of an answer whose outcome is awaited: one frame of known length.
pub struct SettledBody {
    answer: Option<(Bytes, oneshot::Sender<Outcome>)>,
    connection: Arc<Connection>,
}

impl Body for SettledBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.answer.take().map(|(bytes, outcome)| {
            self.connection.ledger.sending(bytes.len(), outcome);
            Ok(Frame::data(bytes))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.answer.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.answer.as_ref().map_or(0, |(bytes, _)| bytes.len() as u64))
    }
}
