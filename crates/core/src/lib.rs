//! Frontdesk: core.

pub mod robot;
