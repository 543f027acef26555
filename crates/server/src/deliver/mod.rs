//! Delivery: how what a log holds reaches those who read it.

mod agent_feed;
mod classic;
mod feed;
pub mod native;
mod position;
mod reader;
mod render;
mod unread;

pub use agent_feed::AgentFeed;
pub use classic::{ClassicPoll, poll_classic};
pub use position::PositionWriter;
pub use feed::{Delivered, Feed, Gap, GapReason, Start};
pub use reader::{HeldPoll, Reader, Turn};
pub use render::{CHANNEL_TYPE, Renderer, core_media, wire_media};
