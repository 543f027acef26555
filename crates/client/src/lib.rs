//! Frontdesk: client.
