//! Handlers: short, one for each route.

pub mod agent;
pub mod config;
pub mod internal;
pub mod messaging;
pub mod openapi;
pub mod page;
pub mod push;
pub mod widget;
