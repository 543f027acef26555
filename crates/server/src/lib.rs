//! Frontdesk: server.
pub mod listen;
