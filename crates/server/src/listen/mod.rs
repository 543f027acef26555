//! The front door: accepts TCP connections and speaks HTTP/1.1 on them, with or without TLS.
//!
//! [`serve`] drives hyper's connections directly, because four promises need to see below the handlers:
//!
//! - **Bounds.** However a peer behaves, a connection costs a bounded amount of memory and time: [`Limits`] says how
//!   many there may be and how long each may dawdle. Above the limit a newcomer is told so (503) and let go.
//! - **Settlement.** A handler can ask what became of its answer: [`ConnectionHandle::settle_after`] gives it a body
//!   to return and a [`Settlement`] that resolves once it is known whether the answer went out ([`settle`]).
//! - **Settlement, encrypted or not.** Encryption keeps bytes back and has farewells of its own; [`tls`] says what that
//!   means for an answer.
//! - **Refusals that can be read.** A peer that is still sending when it is refused gets to see why: what it sends is
//!   read and dropped for a while ([`body`] and the end of each connection).
//!
//! A connection is one task and one timer. The task polls hyper, which polls the socket through a thin wrapper; the
//! wrapper notes where the connection stands in a few atomics, and the task derives its next deadline from them. The
//! timer is only ever moved forward when it fires, so that an ordinary request does not touch it.
//!
//! Every request carries two extensions: [`ConnectionHandle`], and axum's
//! [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo) with the peer's address.

mod accept;
mod admission;
pub mod body;
mod connection;
mod ledger;
mod limits;
mod linger;
mod progress;
mod refusal;
pub mod room;
mod service;
pub mod settle;
pub mod tls;
mod transport;
mod watch;

pub use accept::{Listener, serve};
pub use limits::Limits;
pub use settle::{ConnectionHandle, Outcome, SettledBody, Settlement};
