//! The kit: a whole server in this process on a free port, and callers who speak to it over HTTP.

mod callers;
mod server;
mod world;

pub use callers::{Agent, Answer, App, Customer, Http};
pub use server::{CHANNEL, Server, ServerOptions};
pub use world::{ManualClock, SeededRandom, TestClock};
