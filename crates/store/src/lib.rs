//! Frontdesk: store.
