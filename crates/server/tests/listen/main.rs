//! The front door over real sockets, with clients that behave as they like.

mod body;
mod kit;
mod limits;
mod settlement;
mod shutdown;
mod tls;
mod tls_settlement;
