//! Does a server keep the contract that customers' clients rely on?
//!
//! [`run`] calls a server as an integrator and as customers do and compares what comes back with the documented wire:
//! credentials, messages, the levels of the poll, the stream, errors and records. Each check has a customer of its own,
//! so that checks neither depend on one another nor on what a server holds already. What a check needs of the channel
//! is a robot that answers anything at all; with an [`AgentAccount`] the agent's half of a conversation is tried too.
//!
//! ```no_run
//! use frontdesk_client::conformance::{self, Target};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let target = Target {
//!     url: "http://127.0.0.1:8080".to_owned(),
//!     app_key: "demo-app".to_owned(),
//!     app_secret: "demo-secret".into(),
//!     channel: "1011577355744904195".to_owned(),
//!     agent: Some("demo:101:demo-101".parse()?),
//! };
//! let report = conformance::run(target).await?;
//! println!("{report}");
//! # Ok(())
//! # }
//! ```

mod agent;
mod customer;
mod errors;
mod poll_acknowledged;
mod poll_classic;
mod records;
mod report;
mod send;
mod stage;
mod stream;
mod target;
mod tokens;
mod verdict;
mod wire;

pub use report::{Check, Outcome, Report};
pub use target::{AgentAccount, NotAnAccount, Target, Unreachable};

use report::Group;
use stage::Stage;

/// Runs every check against a server, one after the other; takes about as long as the server holds an empty poll, and
/// a few seconds.
///
/// # Errors
///
/// [`Unreachable`] if the address is none, or nothing answers there.
pub async fn run(target: Target) -> Result<Report, Unreachable> {
    let stage = Stage::new(target)?;
    stage.reach().await?;
    let mut checks = Vec::new();
    checks.extend(tokens::run(&stage, Group::new("tokens")).await);
    checks.extend(send::run(&stage, Group::new("send")).await);
    checks.extend(poll_classic::run(&stage, Group::new("classic poll")).await);
    checks.extend(poll_acknowledged::run(&stage, Group::new("acknowledged poll")).await);
    checks.extend(stream::run(&stage, Group::new("stream")).await);
    checks.extend(errors::run(&stage, Group::new("errors")).await);
    checks.extend(records::run(&stage, Group::new("records")).await);
    checks.extend(agent::run(&stage, Group::new("agent")).await);
    Ok(Report { checks })
}
