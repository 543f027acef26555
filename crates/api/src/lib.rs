//! Frontdesk: api.
