//! The kit: a whole server in this process on a free port, or as a process of its own, and callers who speak to it
//! over HTTP.

mod callers;
mod certificate;
mod citus;
mod kept;
mod ledger;
mod pgbouncer;
mod postgres;
mod process;
mod proxy;
mod raw;
pub mod receivers;
mod server;
mod show;
pub mod store;
mod story;
mod template;
mod wait;
mod web_hook;
mod wire;
mod world;

pub use callers::{Agent, Answer, App, Customer, Http, POLL};
pub use certificate::Certificate;
pub use citus::{CITUS, Citus, ask};
pub use ledger::{Dice, Ledger};
pub use pgbouncer::{PgBouncer, Prepared};
pub use postgres::{Database, Ending, Postgres};
pub use process::{Finished, Frontdesk, Process, binary};
pub use proxy::{Plan, Proxy, Repeater};
pub use raw::Raw;
pub use server::{CHANNEL, Server, ServerOptions, quiet};
pub use show::{agent_says, downlink, hide, merge, robot_says, shown, system_says};
pub use store::{CountingStore, Gate};
pub use story::{Fate, Logged, Received, Sent, Story};
pub use wait::{eventually, soon};
pub use web_hook::{Call, PUSH_KEY, Reply, WebHook, signed_push};
pub use wire::Wire;
pub use world::{ManualClock, SeededRandom, TestClock};
