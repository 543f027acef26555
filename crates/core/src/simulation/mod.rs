//! A contact centre in simulated time: how long customers would wait under a set of rules.
//!
//! Customers, agents and their queues are simulated; what is decided about them is decided by the same code as in a
//! server: [`crate::conversation::decide`] and [`crate::routing::match_waiting`]. What is simplified: agents accept
//! every offer at once, and customers are there all the while until they leave.

mod engine;
mod report;
mod scenario;
mod steps;
mod traffic;
mod worker;

pub use engine::{Options, simulate};
pub use report::{AgentReport, Fate, QueueReport, Report, Stretch, Visit};
pub use scenario::{Arrival, Scenario, ScenarioError, Shape, Shift, Span, Staff, Traffic};
pub use traffic::arrivals;
