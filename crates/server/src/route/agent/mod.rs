//! The agents' interfaces.

pub mod canned;
pub mod conversations;
pub mod feed;
pub mod files;
pub mod hours;
pub mod labels;
pub mod login;
pub mod messages;
pub mod notes;
pub mod offers;
pub mod participants;
pub mod status;
pub mod supervision;

mod access;
mod entries;
