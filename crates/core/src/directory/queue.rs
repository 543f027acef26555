//! Where customers wait, and the rules by which they are served.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::hours::WorkingHours;
use crate::id::QueueId;

/// Where customers wait for agents with the same skills.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// Who of several free agents gets the next customer.
    #[serde(default)]
    pub strategy: Strategy,
    /// Prefers the agent who served the customer last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky: Option<Sticky>,
    /// What an agent of the queue must know to be given its customers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<SkillNeeded>,
    /// Whether customers go to agents who speak their language only.
    #[serde(default)]
    pub match_language: bool,
    /// Customers of an agent who serves several queues come by this first, the highest first; by age within it.
    #[serde(default)]
    pub priority: u8,
    /// Seconds that an agent has to accept a customer before the next agent is asked; without it, customers are
    /// given to agents unasked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_within: Option<u64>,
    /// Seconds that an agent has for after-call work before the conversation's place is given to somebody else.
    #[serde(default)]
    pub wrap_up: u64,
    /// When the queue is served; without it, whenever the channel is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<WorkingHours>,
    /// What happens to customers who come outside of the hours.
    #[serde(default)]
    pub outside_hours: Overflow,
    /// What happens to customers who come while nobody who could serve them is signed in.
    #[serde(default)]
    pub no_agents: Overflow,
    /// Most customers that wait; without it, any number. Those who come in the same moment are not counted against each
    /// other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_waiting: Option<u32>,
    /// What happens to customers who come while the queue is full.
    #[serde(default)]
    pub when_full: Overflow,
    /// What happens to customers who wait for long, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalation: Vec<Escalation>,
    /// Seconds between two notes to a waiting customer of where they stand, of which those that say nothing new are left
    /// out; 0 for none after the first.
    #[serde(default = "Queue::default_tell_every")]
    pub tell_every: u64,
}

impl Queue {
    /// Seconds between two notes to a waiting customer unless configured otherwise.
    pub const DEFAULT_TELL_EVERY: u64 = 10;

    /// A queue with the rules that hold unless configured otherwise.
    pub fn new(id: QueueId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            strategy: Strategy::default(),
            sticky: None,
            needs: Vec::new(),
            match_language: false,
            priority: 0,
            accept_within: None,
            wrap_up: 0,
            hours: None,
            outside_hours: Overflow::default(),
            no_agents: Overflow::default(),
            max_waiting: None,
            when_full: Overflow::default(),
            escalation: Vec::new(),
            tell_every: Self::DEFAULT_TELL_EVERY,
        }
    }

    /// The queues that this one's rules send customers to.
    pub fn other_queues(&self) -> impl Iterator<Item = &QueueId> {
        let overflows = [&self.outside_hours, &self.no_agents, &self.when_full];
        overflows.into_iter().chain(self.escalation.iter().map(|step| &step.then)).filter_map(Overflow::queue)
    }

    /// How long an agent has to accept a customer; `None` if they are not asked.
    pub fn accept_within(&self) -> Option<Duration> {
        self.accept_within.map(Duration::from_secs)
    }

    /// How long an agent has for after-call work.
    pub const fn wrap_up(&self) -> Duration {
        Duration::from_secs(self.wrap_up)
    }

    const fn default_tell_every() -> u64 {
        Self::DEFAULT_TELL_EVERY
    }
}

/// Who of several free agents gets the next customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The one with the smallest part of their capacity in use; of those, the one who has waited longest for work.
    #[default]
    LeastBusy,
    /// The one who has been free longest: since their last conversation ended or they came online.
    LongestIdle,
    /// The one who was given a customer longest ago, however many they hold.
    RoundRobin,
}

/// Prefers the agent who served the customer last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sticky {
    /// Seconds after the last conversation in which that agent is preferred.
    pub within: u64,
    /// Seconds that a customer waits for that agent if they are busy; then anybody takes the customer. An agent who
    /// is not online is not waited for.
    #[serde(default)]
    pub wait: u64,
}

/// Something that an agent must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillNeeded {
    /// The skill, as in [`crate::directory::Agent::skills`].
    pub skill: String,
    /// The lowest level that will do, 1 to 10.
    #[serde(default = "lowest_level")]
    pub level: u8,
}

const fn lowest_level() -> u8 {
    1
}

/// What happens to a customer who cannot be served where they came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// They are told, as documented, and stay with the robot if there is one.
    #[default]
    Refuse,
    /// They wait nevertheless.
    Wait,
    /// They wait in another queue.
    Queue(QueueId),
    /// The channel's robot takes them.
    Robot,
    /// They are asked to leave a message. The conversation ends with it, or at once where no robot has it.
    LeaveMessage,
}

impl Overflow {
    /// The queue that the customer goes to.
    pub const fn queue(&self) -> Option<&QueueId> {
        match self {
            Self::Queue(queue) => Some(queue),
            Self::Refuse | Self::Wait | Self::Robot | Self::LeaveMessage => None,
        }
    }
}

/// What happens to a customer who has waited for some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Seconds since the customer began to wait.
    pub after: u64,
    /// What happens then: a wider queue, the robot, or a message that is left. [`Overflow::Refuse`] ends the wait as
    /// the channel's `queue_wait` does; [`Overflow::Wait`] changes nothing.
    pub then: Overflow,
}
