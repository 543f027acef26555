//! Customers over all their channels, as agents and supervisors see them.

pub mod blocking;
pub mod erasing;
pub mod exporting;
pub mod list;
pub mod merging;
pub mod profile;
pub mod timeline;

mod access;
mod wire;

pub(super) use access::visible_logs;
pub(super) use wire::customer_id;
