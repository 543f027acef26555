//! Desks of agents that were written against the published CC-Gateway: another wire for what agents do, on the same rules.
//!
//! - [`guid`]: what such a desk signs in with. Beneath it is a sign-in as any other.
//! - [`Desk`]: one agent's desk on this node: what it is still to be told, and whose poll is held.
//! - `sign_in`: opening and closing a desk. `poll`: the event poll. `events`: the feed's events in the gateway's words.
//! - [`State`]: how it stands with an agent, as the gateway numbers it. [`skills`]: queues by their numbers.
//! - [`GatewayError`]: what a desk is told when a request fails.
//!
//! The store keeps of a desk its sign-ins, what it wants, and how far it was told. An event leaves the desk once the
//! answer that carried it has gone out ([`crate::listen`] tells); the place in the agent's feed moves when all events up
//! to it have left. So after a lost answer, or a start of the server, events come again rather than never.

mod desk;
mod events;
pub mod guid;
mod poll;
mod refusal;
mod sign_in;
pub mod skills;
mod state;

pub use desk::{Desk, Desks};
pub use events::rest;
pub use poll::Ready;
pub use refusal::GatewayError;
pub use sign_in::{Opened, close, open, renew, settle_guid};
pub use state::{State, is_talking, state_of, wire_number};
