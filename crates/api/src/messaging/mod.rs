//! The CC-Messaging family: what a customer's client sends and receives.
//!
//! Names, orders and texts are those of the published pages, misspellings included. Where pages and samples
//! disagree, requests accept both and answers carry the strictest form.

pub mod click_to_call;
pub mod enums;
pub mod error;
pub mod feedback;
pub mod file;
pub mod history;
pub mod leave_message;
pub mod phrase;
pub mod poll;
pub mod push;
pub mod queue;
pub mod rating;
pub mod result;
pub mod send;
pub mod survey;
pub mod token;
pub mod user_info;
pub mod web_card;

/// The only legal channel type of the web family; the pages ask for it in nearly every request.
pub const CHANNEL_WEB: &str = "WEB";

#[cfg(test)]
mod tests;
