//! What is simulated: the rules, who works when, and who comes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::directory::{Agent, Patience, Queue, SkillLevel};
use crate::id::{AgentId, IdError, QueueId};
use crate::time::Timestamp;

/// What is simulated. All times are seconds since the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The start, which hours of queues are looked at from, such as `2026-11-23T08:00:00+01:00`; 1970 by default.
    #[serde(default)]
    pub start: jiff::Timestamp,
    /// The language of the customers who do not say theirs.
    #[serde(default = "english")]
    pub locale: String,
    /// The queues with their rules, as configured.
    #[serde(default, rename = "queue")]
    pub queues: Vec<Queue>,
    /// Who works.
    #[serde(default)]
    pub staff: Vec<Staff>,
    /// How long conversations survive what, as configured of channels. Customers are taken to be there all the while.
    #[serde(default)]
    pub patience: Patience,
    /// Who comes, made up by chance.
    #[serde(default)]
    pub traffic: Vec<Traffic>,
}

fn english() -> String {
    "en".to_owned()
}

/// One agent, or several with the same rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// The agent; of several, each has a number behind it.
    pub id: String,
    /// How many there are.
    #[serde(default = "one")]
    pub count: u32,
    /// As of [`Agent::capacity`].
    #[serde(default = "default_capacity")]
    pub capacity: u32,
    /// The queues that they serve.
    pub queues: Vec<QueueId>,
    /// What they know.
    #[serde(default)]
    pub skills: Vec<SkillLevel>,
    /// The languages that they write; empty for any.
    #[serde(default)]
    pub languages: Vec<String>,
    /// When they are online; all the time if empty.
    #[serde(default)]
    pub shifts: Vec<Shift>,
}

const fn one() -> u32 {
    1
}

const fn default_capacity() -> u32 {
    Agent::DEFAULT_CAPACITY
}

/// A span in which agents are online. Who holds conversations at its end finishes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// When it begins, in seconds since the start.
    pub from: u64,
    /// When it ends, in seconds since the start.
    pub to: u64,
}

/// Customers of one queue, made up by chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// Where they want to go.
    pub queue: QueueId,
    /// How many come on average in each hour, one number an hour; the last holds for the rest.
    pub per_hour: Vec<f64>,
    /// For how long they come, in seconds since the start.
    pub lasts: u64,
    /// How long a conversation keeps an agent busy.
    pub handling: Span,
    /// How long customers wait before they leave; without it, as long as it takes.
    #[serde(default)]
    pub patience: Option<Span>,
    /// How much of an agent's capacity a conversation takes.
    #[serde(default = "one")]
    pub weight: u32,
    /// The customers' language.
    #[serde(default)]
    pub locale: Option<String>,
}

/// A span of time that varies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Its mean, in seconds.
    pub mean: f64,
    /// How it varies.
    #[serde(default)]
    pub shape: Shape,
    /// Standard deviation divided by the mean, for [`Shape::LogNormal`].
    #[serde(default = "whole")]
    pub variation: f64,
}

const fn whole() -> f64 {
    1.0
}

/// How a span varies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Many short ones, a few long ones: the classical assumption.
    #[default]
    Exponential,
    /// As measured of most contact centres.
    LogNormal,
    /// Not at all.
    Constant,
}

/// A customer who comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When, since the start.
    pub at: Duration,
    /// Where they want to go.
    pub queue: QueueId,
    /// Their language.
    pub locale: String,
    /// How much of an agent's capacity the conversation takes.
    pub weight: u32,
    /// How long it keeps an agent busy.
    pub handling: Duration,
    /// How long they wait before they leave; `None` for as long as it takes.
    pub patience: Option<Duration>,
}

/// Why a scenario cannot be simulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// A value does not fit.
    #[error("{field}: {why}")]
    Invalid {
        /// Where, as a path of names.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody comes.
    #[error("nobody comes: give `traffic`, or recorded traffic")]
    NoTraffic,
}

impl ScenarioError {
    pub(super) fn invalid(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), why: why.into() }
    }
}

impl Scenario {
    pub(super) fn start(&self) -> Timestamp {
        Timestamp::from_millis(self.start.as_millisecond())
    }

    /// The queues by their ids.
    pub(super) fn queues_by_id(&self) -> HashMap<QueueId, Arc<Queue>> {
        self.queues.iter().map(|queue| (queue.id.clone(), Arc::new(queue.clone()))).collect()
    }

    /// Every agent, with their shifts.
    pub(super) fn agents(&self) -> Result<Vec<(Agent, Vec<Shift>)>, ScenarioError> {
        let mut agents: Vec<(Agent, Vec<Shift>)> = Vec::new();
        for (place, staff) in self.staff.iter().enumerate() {
            if staff.capacity == 0 {
                return Err(ScenarioError::invalid(format!("staff[{place}].capacity"), "must be at least 1"));
            }
            if let Some(unknown) =
                staff.queues.iter().find(|id| !self.queues.iter().any(|queue| queue.id == **id))
            {
                let why = format!("there is no queue {:?}", unknown.as_str());
                return Err(ScenarioError::invalid(format!("staff[{place}].queues"), why));
            }
            for number in 1..=staff.count {
                let name = if staff.count == 1 { staff.id.clone() } else { format!("{}-{number}", staff.id) };
                let wrong =
                    |error: IdError| ScenarioError::invalid(format!("staff[{place}].id"), error.to_string());
                let agent = Agent {
                    capacity: staff.capacity,
                    queues: staff.queues.clone(),
                    skills: staff.skills.clone(),
                    languages: staff.languages.clone(),
                    ..Agent::new(AgentId::new(&name).map_err(wrong)?, &name)
                };
                if agents.iter().any(|(other, _)| other.id == agent.id) {
                    let why = format!("{name:?} is there twice");
                    return Err(ScenarioError::invalid(format!("staff[{place}].id"), why));
                }
                agents.push((agent, staff.shifts.clone()));
            }
        }
        Ok(agents)
    }
}
