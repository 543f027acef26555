//! Frontdesk: core.
