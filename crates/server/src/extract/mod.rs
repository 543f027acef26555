//! What handlers ask of a request: who calls, and what the body and the query say.

mod body;
mod caller;
mod credentials;
mod json;
mod query;
mod staff;
mod verified;

pub(crate) use body::read_body;
pub use caller::{AppCaller, CustomerCaller, authenticate};
pub(crate) use caller::{customer_of, hand_out};
pub use credentials::WEBSOCKET_PROTOCOL;
pub use json::{GatewayJson, MessagingJson, NativeJson, OptionalMessagingJson};
pub use query::{GatewayQuery, MessagingQuery, NativeQuery};
pub use staff::{AgentCaller, KEY_PREFIX, Principal, Who};
pub use verified::VerifiedCredentials;
