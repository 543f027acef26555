//! Delivery: how what a log holds reaches those who read it.

mod classic;
mod position;
mod reader;
mod render;

pub use classic::{ClassicPoll, poll_classic};
pub use position::PositionWriter;
pub use reader::{Reader, Turn};
pub use render::Renderer;
