//! Who gets a waiting customer, and what a waiting customer is told.

mod estimate;
mod matching;
mod status;

pub use estimate::{Handling, Place, QueuePlace, estimate_wait};
pub use matching::{Candidate, Choice, Demand, Match, MatchRules, Matched, Matcher, choose, match_waiting};
pub use status::AgentStatus;
