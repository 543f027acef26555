//! The beginning of an encrypted connection.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::super::admission::Admission;
use super::super::connection::{self, Common};
use super::super::refusal;
use super::super::settle::Connection;
use super::super::watch::WatchedStream;
use super::Tls;
use super::secured::Secured;
use super::wire::{Encrypted, Wire};

/// The first byte of TLS: a record of a handshake.
const HANDSHAKE: u8 = 0x16;

/// A connection that was let in and has said nothing yet.
pub(in crate::listen) struct Accepted {
    pub(in crate::listen) stream: TcpStream,
    pub(in crate::listen) connection: Arc<Connection>,
    pub(in crate::listen) place: Admission,
}

/// How a handshake ended without a connection.
enum Failure {
    /// The peer speaks HTTP without encryption.
    Plain(TcpStream),
    /// It took too long.
    Slow,
    /// It broke off, or the two do not agree.
    Broken(io::Error),
}

impl Failure {
    /// Name in metrics.
    const fn name(&self) -> &'static str {
        match self {
            Self::Plain(_) => "plain",
            Self::Slow => "slow",
            Self::Broken(_) => "broken",
        }
    }
}

/// Serves an encrypted connection from its handshake to its end.
pub(in crate::listen) async fn run<S>(
    accepted: Accepted,
    tls: Arc<Tls>,
    service: S,
    common: Arc<Common>,
    shutdown: CancellationToken,
) where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    let Accepted { stream, connection, place } = accepted;
    let until = Instant::now() + common.header_read();
    // Boxed, because it is over before the connection begins and would add to the size of every one.
    let handshake = Box::pin(shake_hands(stream, &connection, &tls, until));
    let outcome = tokio::select! {
        biased;
        outcome = handshake => outcome,
        () = shutdown.cancelled() => return,
    };
    drop(shutdown);
    match outcome {
        Ok(encrypted) => {
            let service = Secured::new(service, tls.transport_security());
            let stream = WatchedStream::new(encrypted, connection, place);
            connection::run(stream, service, common).await;
        }
        Err(failure) => {
            metrics::counter!("frontdesk_tls_failures_total", "reason" => failure.name()).increment(1);
            match failure {
                Failure::Plain(stream) => Box::pin(refusal::ask_for_encryption(stream)).await,
                Failure::Broken(error) => {
                    tracing::debug!(peer = %connection.peer, %error, "no connection with TLS");
                }
                Failure::Slow => tracing::debug!(peer = %connection.peer, "TLS took too long"),
            }
        }
    }
}

async fn shake_hands(
    stream: TcpStream,
    connection: &Arc<Connection>,
    tls: &Tls,
    until: Instant,
) -> Result<Encrypted, Failure> {
    let mut first = [0];
    let peeked = timeout_at(until, stream.peek(&mut first)).await.map_err(|_| Failure::Slow)?;
    if peeked.map_err(Failure::Broken)? > 0 && first[0] != HANDSHAKE && first[0].is_ascii_alphabetic() {
        return Err(Failure::Plain(stream));
    }
    let wire = Wire::new(stream, Arc::clone(connection));
    let accepting = TlsAcceptor::from(tls.current()).accept(wire);
    let session = timeout_at(until, accepting).await.map_err(|_| Failure::Slow)?;
    session.map(Encrypted::new).map_err(Failure::Broken)
}
