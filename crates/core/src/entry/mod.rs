//! Entries: what a log is made of.

mod audience;
mod body;
mod erased;
mod log_ref;
mod rating;
mod why;

pub use audience::{Audience, Heads};
pub use body::{Entry, EntryBody};
pub use log_ref::LogRef;
pub use rating::Rating;
pub use why::{Departure, Diversion, EndReason, OfferEnd, SlaNews, SlaTarget};
