//! The kit: a whole server in this process on a free port, and callers who speak to it over HTTP.

mod callers;
mod proxy;
pub mod receivers;
mod server;
mod store;
mod world;

pub use callers::{Agent, Answer, App, Customer, Http, POLL};
pub use proxy::{Plan, Proxy, Repeater};
pub use server::{CHANNEL, Server, ServerOptions};
pub use store::{CountingStore, Gate};
pub use world::{ManualClock, SeededRandom, TestClock};
