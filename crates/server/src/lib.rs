//! Frontdesk: server.
