//! Limits as this node keeps them: who may do how much, and what is said to who wants more.
//!
//! - [`config`]: what the operator sets. [`kind`]: what is limited, by name.
//! - [`Limits`]: what was had lately, and by whom.
//! - [`gate`]: stands in front of every route and asks.
//! - [`address`]: where a request comes from, behind proxies too.
//!
//! Whoever has valid credentials is limited by who they are, never by their address: all customers of an office, and a
//! shop with all of its customers, come from one. By address only what needs no credentials is limited.

pub mod address;
pub mod config;
pub mod gate;
mod keep;
pub mod kind;
mod tenant;

pub use address::{ClientAddress, Network};
pub use config::LimitsConfig;
pub use gate::Slowed;
pub use keep::{Held, Limits};
pub use kind::{Excess, Limit};
