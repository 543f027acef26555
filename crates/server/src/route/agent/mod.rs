//! The agents' interfaces.

pub mod conversations;
pub mod feed;
pub mod files;
pub mod hours;
pub mod login;
pub mod messages;
pub mod offers;
pub mod status;

mod access;
