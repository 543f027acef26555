//! The agents' interfaces.

pub mod account;
pub mod after_call;
pub mod canned;
pub mod conversations;
pub mod directory;
pub mod feed;
pub mod files;
pub mod hours;
pub mod labels;
pub mod login;
pub mod messages;
pub mod notes;
pub mod offers;
pub mod participants;
pub mod presence;
pub mod sessions;
pub mod status;
pub mod supervision;
pub mod surveys;
pub mod tickets;
pub mod transcripts;

pub(super) mod access;
mod entries;

pub(super) use access::{may_see, visible};
pub(super) use surveys::last_ratings;
