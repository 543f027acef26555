//! Delivery: how what a log holds reaches those who read it.

mod acknowledged;
mod agent_desk;
mod agent_events;
mod agent_feed;
mod agent_place;
pub mod agent_state;
mod claim;
mod classic;
mod feed;
mod lease;
pub mod native;
mod pieces;
mod position;
mod promises;
pub mod push;
mod queue_news;
mod reader;
mod render;
pub mod sse;
mod ticket_news;
mod unread;
pub mod ws;

pub use acknowledged::{AcknowledgedPoll, poll_acknowledged};
pub use agent_feed::AgentFeed;
pub use classic::{ClassicPoll, poll_classic};
pub use feed::{Delivered, Feed, Gap, GapReason, Start};
pub use lease::Lease;
pub use pieces::Wanted;
pub use position::PositionWriter;
pub use promises::promises;
pub use reader::{HeldPoll, Place, Reader, Turn};
pub use render::{CHANNEL_TYPE, Renderer, core_media, wire_media};
pub use ticket_news::{TicketsSeen, ticket_id, ticket_state};
pub use unread::DELIVERED_FOR;
