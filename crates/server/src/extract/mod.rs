//! What handlers ask of a request: who calls, and what the body and the query say.

mod caller;
mod credentials;
mod json;
mod query;

pub use caller::{AgentCaller, AppCaller, CustomerCaller, authenticate};
pub use credentials::WEBSOCKET_PROTOCOL;
pub use json::{MessagingJson, NativeJson, OptionalMessagingJson};
pub use query::{MessagingQuery, NativeQuery};
