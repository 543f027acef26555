//! Push: how messages are sent to a company's own server, and how it can tell that they are ours.
//!
//! - `channel`: what is configured of it. `destination`: where it may go.
//! - [`auth_v2`] and [`standard_webhooks`]: the two signatures.
//! - `retry`: when it is tried again.

pub mod auth_v2;
mod channel;
mod destination;
mod retry;
pub mod standard_webhooks;

pub use channel::{OAuth, Push, PushError, Verification};
pub use destination::is_public;
pub use retry::{Retry, cap_retry_after};
