//! The agents' interfaces.

pub mod conversations;
pub mod feed;
pub mod files;
pub mod login;
pub mod messages;
pub mod participants;
pub mod status;
pub mod supervision;

mod access;
