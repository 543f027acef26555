//! Handlers: short, one for each route.

pub mod agent;
pub mod agentgateway;
pub mod audit;
pub mod config;
pub mod config_file;
pub mod customers;
pub mod internal;
pub mod keys;
pub mod knowledge;
pub mod limits;
pub mod messaging;
pub mod openapi;
pub mod page;
pub mod push;
pub mod report;
pub mod search;
pub mod setup;
pub mod signin;
pub mod widget;

mod html;
