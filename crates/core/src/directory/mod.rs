//! What an administrator configures: tenants and what belongs to them.
//!
//! The whole of it is small and read at every request, so a node holds it as one immutable [`Directory`] and swaps
//! the whole when something changes.

mod agent;
mod canned_reply;
mod channel;
mod check;
mod item;
mod lookup;
mod patience;
mod queue;
mod robot;
mod survey;
mod tenant;

pub use agent::{Agent, Role, SkillLevel};
pub use canned_reply::{CannedReply, CannedReplyError};
pub use channel::Channel;
pub use check::{ConfigError, check};
pub use item::Item;
pub use lookup::{Directory, TenantDirectory};
pub use patience::{AgentSilence, Patience};
pub use queue::{Escalation, Overflow, Queue, SkillNeeded, Sticky, Strategy};
pub use robot::Robot;
pub use survey::{Survey, SurveyQuestion};
pub use tenant::{App, Disposition, Tenant};
