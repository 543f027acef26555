//! The native API under `/api/v1`: what agents' desks use.
//!
//! JSON in camelCase; times are milliseconds since 1970; errors are problems (RFC 9457).

pub mod agent;
pub mod canned;
pub mod config;
pub mod conversation;
pub mod feed;
pub mod file;
pub mod hours;
pub mod label;
pub mod message;
pub mod note;
pub mod participant;
pub mod problem;
pub mod push;
pub mod widget;

#[cfg(test)]
mod tests;
