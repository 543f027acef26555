//! What an administrator configures: tenants and what belongs to them.
//!
//! The whole of it is small and read at every request, so a node holds it as one immutable [`Directory`] and swaps
//! the whole when something changes.

mod agent;
mod canned_reply;
mod channel;
mod check;
mod identity_provider;
mod item;
mod kind;
mod lookup;
mod patience;
mod plan;
mod queue;
mod retention;
mod robot;
mod secrets;
mod sla_policy;
mod survey;
mod tenant;

pub use agent::{Agent, SkillLevel};
pub use canned_reply::{CannedReply, CannedReplyError};
pub use channel::Channel;
pub use check::{ConfigError, check, check_scope};
pub use identity_provider::{GroupRole, IdentityProvider};
pub use item::Item;
pub use kind::{KINDS, Kind};
pub use lookup::{Directory, TenantDirectory};
pub use patience::{AgentSilence, Patience};
pub use plan::{ItemChange, Plan, plan};
pub use queue::{Escalation, Overflow, Queue, SkillNeeded, Sticky, Strategy};
pub use retention::{Retention, RetentionClass};
pub use robot::Robot;
pub use secrets::{conceal, is_kept_secret, is_secret, keep_secrets, secrets_to_set};
pub use sla_policy::{SlaPause, SlaPolicy};
pub use survey::{Survey, SurveyQuestion};
pub use tenant::{App, AwayReason, Disposition, OldSecret, Tenant};

pub use crate::access::Role;
