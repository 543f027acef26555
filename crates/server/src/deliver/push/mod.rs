//! Push: messages are sent to a company's own server. Each channel with push has one reader of its customers' logs.
//!
//! - `service`: what the rest of the server sees. `runner`: the task of one channel.
//! - `schedule`: who is tried when. `attempt`: one attempt for one customer.
//! - `endpoint`: the receiver: what is sent to it, and what it answers. `reach`: until when customers could be pushed to.
//!
//! The log is the outbox: the mark of a log (see `port::pending`) is where the reader stands in it, and there is none
//! where everything is delivered. A mark moves only after the receiver has answered, so a crash repeats and never
//! loses. Per customer there is one request under way at most, so order is kept.

mod attempt;
mod endpoint;
mod reach;
mod runner;
mod schedule;
mod service;

pub use endpoint::{Endpoint, EndpointError, Report};
pub use service::Pushers;
