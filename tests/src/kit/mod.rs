//! The kit: a whole server in this process on a free port, or as a process of its own, and callers who speak to it
//! over HTTP.

mod callers;
mod process;
mod server;
mod world;

pub use callers::{Agent, Answer, App, Customer, Http};
pub use process::{Finished, Frontdesk, Process, binary};
pub use server::{CHANNEL, Server, ServerOptions};
pub use world::{ManualClock, SeededRandom, TestClock};
