//! Delivery: how what a log holds reaches those who read it.

mod agent_feed;
mod classic;
pub mod native;
mod position;
mod reader;
mod render;

pub use agent_feed::AgentFeed;
pub use classic::{ClassicPoll, poll_classic};
pub use position::PositionWriter;
pub use reader::{Reader, Turn};
pub use render::{CHANNEL_TYPE, Renderer, core_media, wire_media};
