//! What a connection may cost.

use std::time::Duration;

/// Bounds of one listener and of each of its connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at the same time. Further ones are answered 503 and closed.
    pub max_connections: u32,
    /// Connections open at the same time from one address (of IPv6, from one network of 64 bits); `None` for as many as
    /// there may be. Further ones are answered 503 and closed.
    pub max_connections_per_address: Option<u64>,
    /// Size of a request's head (request line and headers), in bytes. A larger one is answered 431.
    pub max_header_bytes: usize,
    /// Size up to which a connection's read and write buffers grow, in bytes; at least 8,192.
    pub max_buffer_bytes: usize,
    /// Time from a request's first byte (for the first request: from the connection) to the end of its head.
    pub header_read: Duration,
    /// Time a connection may stay open between an answer and the next request's first byte.
    pub keep_alive_idle: Duration,
    /// Time for which the peer may take no byte of what there is to write.
    pub write_stall: Duration,
    /// Silence after which a settled answer counts as delivered, counted from its last byte.
    pub settle_silence: Duration,
    /// Time that requests under way have to finish once the server stops.
    pub shutdown_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 20_000,
            max_connections_per_address: None,
            max_header_bytes: 16 * 1024,
            max_buffer_bytes: 64 * 1024,
            header_read: Duration::from_secs(10),
            keep_alive_idle: Duration::from_secs(75),
            write_stall: Duration::from_secs(30),
            settle_silence: Duration::from_millis(200),
            shutdown_grace: Duration::from_secs(10),
        }
    }
}
