//! The native API under `/api/v1`: what agents' desks use.
//!
//! JSON in camelCase; times are milliseconds since 1970; errors are problems (RFC 9457).

pub mod agent;
pub mod audit;
pub mod canned;
pub mod config;
pub mod conversation;
pub mod customer;
pub mod directory;
pub mod feed;
pub mod file;
pub mod hours;
pub mod knowledge;
pub mod label;
pub mod limits;
pub mod message;
pub mod note;
pub mod participant;
pub mod people;
pub mod presence;
pub mod problem;
pub mod push;
pub mod rating;
pub mod report;
pub mod search;
pub mod setup;
pub mod signin;
pub mod sla;
pub mod ticket;
pub mod widget;

#[cfg(test)]
mod tests;
