//! How long conversations of a channel survive what.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long a conversation survives what, in seconds. Which of the clocks counts depends on who has the conversation
/// and on who is silent; a client that polls is there, but that is no word from the customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Patience {
    /// Without any sign of the customer's clients, such as a poll.
    pub session_silence: u64,
    /// Waiting in a queue.
    pub queue_wait: u64,
    /// With an agent, without a word from the customer since the agent's last one.
    pub customer_inactivity: u64,
    /// With the robot, without a word from the customer; without it, as long as `customer_inactivity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub robot_inactivity: Option<u64>,
    /// With an agent, without an answer to what the customer said; 0 if that is not looked at. What happens then says
    /// `agent_silence`, and only then does `customer_inactivity` begin to count.
    pub agent_inactivity: u64,
    /// What happens to a customer whom the agent does not answer.
    pub agent_silence: AgentSilence,
    /// How long before the end for inactivity the customer is warned; 0 for no warning. A conversation never ends for
    /// inactivity sooner than this after the warning.
    pub warn_before: u64,
}

/// What happens to a customer whom the agent does not answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentSilence {
    /// The agent is reminded, once for each time that the customer speaks.
    #[default]
    Remind,
    /// The customer waits for another agent, first in line, if one is signed in; otherwise the agent is reminded.
    Requeue,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            session_silence: 300,
            queue_wait: 600,
            customer_inactivity: 1_800,
            robot_inactivity: None,
            agent_inactivity: 0,
            agent_silence: AgentSilence::default(),
            warn_before: 0,
        }
    }
}

impl Patience {
    /// Span without any sign of the customer's clients.
    pub const fn session_silence(&self) -> Duration {
        Duration::from_secs(self.session_silence)
    }

    /// Longest wait in a queue.
    pub const fn queue_wait(&self) -> Duration {
        Duration::from_secs(self.queue_wait)
    }

    /// Span with an agent without a word from the customer.
    pub const fn customer_inactivity(&self) -> Duration {
        Duration::from_secs(self.customer_inactivity)
    }

    /// Span with the robot without a word from the customer.
    pub fn robot_inactivity(&self) -> Duration {
        self.robot_inactivity.map_or(self.customer_inactivity(), Duration::from_secs)
    }

    /// Span without an answer from the agent; `None` if it is not looked at.
    pub fn agent_inactivity(&self) -> Option<Duration> {
        (self.agent_inactivity > 0).then(|| Duration::from_secs(self.agent_inactivity))
    }

    /// How long before the end the customer is warned; `None` if they are not.
    pub fn warn_before(&self) -> Option<Duration> {
        (self.warn_before > 0).then(|| Duration::from_secs(self.warn_before))
    }
}
