//! Rust SDK of Frontdesk: typed calls and a resuming feed.
//!
//! Three clients, one for each side of the server, all made from an [`Endpoint`] and cheap to clone:
//!
//! - [`ServerClient`]: an integrator's back end, which alone knows the app's secret;
//! - [`CustomerClient`]: one customer's client, with credentials that the back end obtained;
//! - [`AgentClient`]: a signed-in agent's desk.
//!
//! What goes over the wire are the types of [`api`]. A business failure (HTTP 200 with another result code than `0`) is
//! part of a call's answer, or [`Error::Refused`] where the call yields a single thing that is then missing. Calls are
//! never repeated behind the caller's back, but for one repetition with renewed credentials after a 401.
//!
//! ```no_run
//! use frontdesk_client::{CustomerClient, Endpoint, FeedItem, FeedOptions, ServerClient};
//!
//! # async fn run() -> Result<(), frontdesk_client::Error> {
//! // In the shop's back end.
//! let endpoint = Endpoint::new("http://127.0.0.1:8080")?;
//! let server = ServerClient::new(endpoint.clone(), "demo-app", "demo-secret");
//! let credentials = server.apply_token("u-77", "Ann", "1011577355744904195", "en_US").await?;
//!
//! // In the customer's client.
//! let customer = CustomerClient::new(endpoint, credentials);
//! customer.connect().await?;
//! customer.chat("What are your opening hours?").await?;
//! let mut feed = customer.feed(FeedOptions::default());
//! loop {
//!     match feed.next().await? {
//!         FeedItem::Message(message) => println!("{}", message.message.content.as_deref().unwrap_or_default()),
//!         FeedItem::Event(event) => println!("{}", event.class),
//!         FeedItem::Gap(gap) => println!("something is missing: {:?}", gap.cause),
//!     }
//! }
//! # }
//! ```
//!
//! A program in the customer's hands without a back end of its own gets its credentials from a widget session:
//! [`WidgetCredentials`]. A [`Feed`] begins with the poll, goes over to a WebSocket or Server-sent events and falls back
//! when these are blocked; with [`FilePlaces`] it goes on after a restart where its caller has come to.

mod agent;
mod answer;
mod backoff;
pub mod conformance;
mod credentials;
mod customer;
mod endpoint;
mod error;
mod feed;
mod form;
mod random;
mod recent;
mod server;
mod session;
mod widget;

#[cfg(test)]
mod testing;

pub use agent::AgentClient;
pub use credentials::{CredentialsError, CredentialsProvider, CustomerCredentials};
pub use customer::CustomerClient;
pub use endpoint::Endpoint;
pub use error::{Error, ErrorAnswer, Route, StatusError};
pub use feed::{
    Feed, FeedGap, FeedItem, FeedOptions, FeedStart, FilePlaces, GapCause, MemoryPlaces, Place, PlaceStore,
    Transport,
};
pub use frontdesk_api as api;
pub use server::{ServerClient, ServerCredentials};
pub use widget::WidgetCredentials;
