//! Everything that a customer receives, as one sequence.
//!
//! A [`Feed`] is what its caller sees. Behind it, `engine` decides how to receive: it polls, goes over to a stream, and
//! falls back to the poll. What comes goes into `inbox`, which drops duplicates, keeps the order, and knows how far the
//! caller has taken it. `network` is all that the engine knows of the wire; tests put a script in its place.

mod engine;
mod inbox;
mod item;
mod network;
mod options;
mod place;
mod poll;
mod pull;
mod sse;
mod upgrade;
mod ws;

#[cfg(test)]
mod scripted;
#[cfg(test)]
mod tests;

pub use item::{FeedGap, FeedItem, GapCause};
pub use options::{FeedOptions, FeedStart, Transport};
pub use place::{FilePlaces, MemoryPlaces, Place, PlaceStore};
pub use pull::Feed;
