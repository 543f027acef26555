//! TLS: the certificate, which can be renewed while the server runs, and the connections that it stands for.
//!
//! What is different for a connection:
//!
//! - **An answer has left when its ciphertext was taken by the kernel.** Encryption takes more than the socket does, so an
//!   answer counts as sent only once nothing is held back ([`transport`](super::transport)).
//! - **A farewell is no proof.** Clients that give up say so (`close_notify`) before they look whether an answer has come;
//!   then their kernel resets the connection. So the farewell alone settles nothing: the socket's own close does, or a
//!   reset, or silence.
//! - **The handshake is part of what a first request may take**: both together have the time of a request's head.
//! - **Plain HTTP is told so**: a peer whose first byte is no TLS gets a plain 400.
//! - **Above the limit of connections** a newcomer is closed without a word.
//!
//! ALPN offers `http/1.1` alone, which is what is spoken. TLS 1.2 and 1.3, without early data: it could be replayed.

mod certificate;
mod handshake;
mod secured;
mod wire;

pub use certificate::{Tls, TlsError, TlsFiles};
pub(super) use handshake::{Accepted, run};
