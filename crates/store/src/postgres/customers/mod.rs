//! Customers over all their channels: what is known of them, joining and forgetting them.

mod change;
mod erase;
mod list;
mod merge;
mod port;
mod profile;

pub(super) use change::appeared;
