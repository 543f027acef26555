//! Who gets a waiting customer, and what a waiting customer is told.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::AgentId;
use crate::time::Timestamp;

/// What an agent declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentStatus {
    /// Takes customers.
    Online,
    /// Signed in, but takes no more customers.
    Busy,
    /// Signed in, but not at the desk.
    Away,
    /// Not signed in.
    #[default]
    Offline,
}

impl AgentStatus {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Busy => "busy",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// The status with this name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Online, Self::Busy, Self::Away, Self::Offline]
            .into_iter()
            .find(|status| status.as_str() == name)
    }

    /// Whether the agent counts as signed in.
    pub const fn is_signed_in(self) -> bool {
        !matches!(self, Self::Offline)
    }
}

/// An agent who might get a waiting customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The agent.
    pub agent: AgentId,
    /// What the agent declares.
    pub status: AgentStatus,
    /// How many conversations the agent holds.
    pub held: u32,
    /// How many the agent can hold.
    pub capacity: u32,
    /// When the agent last got one.
    pub last_assigned: Option<Timestamp>,
}

impl Candidate {
    /// Whether the agent can take one more.
    pub const fn is_free(&self) -> bool {
        matches!(self.status, AgentStatus::Online) && self.held < self.capacity
    }
}

/// The free agent with the fewest conversations; of those, the one who has waited longest for work. The agent to avoid
/// is chosen only if nobody else is free.
pub fn choose<'a>(candidates: &'a [Candidate], avoid: Option<&AgentId>) -> Option<&'a Candidate> {
    candidates.iter().filter(|candidate| candidate.is_free()).min_by(|a, b| {
        let rank = |candidate: &Candidate| {
            (avoid == Some(&candidate.agent), candidate.held, candidate.last_assigned.unwrap_or_default())
        };
        rank(a).cmp(&rank(b)).then_with(|| a.agent.cmp(&b.agent))
    })
}

/// Where a customer stands in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    /// 1 for the next to be served.
    pub position: u32,
    /// Since when the customer waits in this queue.
    pub since: Timestamp,
    /// Since when the one who waits longest has waited.
    pub longest_since: Timestamp,
    /// How long agents of this queue have lately held a conversation, on average; `None` if none has ended yet.
    pub mean_handling: Option<Duration>,
}

/// Handling time that is assumed until one has been measured.
const ASSUMED_HANDLING: Duration = Duration::from_mins(3);

/// How long a customer at a position will probably wait: the agents together finish one conversation every
/// (handling time ÷ slots), and `position` of them must finish.
pub fn estimate_wait(place: &QueuePlace, slots: u32) -> Duration {
    place.mean_handling.unwrap_or(ASSUMED_HANDLING) * place.position / slots.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(name: &str, held: u32, last: i64) -> Candidate {
        Candidate {
            agent: AgentId::new(name).unwrap(),
            status: AgentStatus::Online,
            held,
            capacity: 2,
            last_assigned: Some(Timestamp::from_millis(last)),
        }
    }

    #[test]
    fn the_least_loaded_is_chosen_then_the_longest_idle() {
        let candidates = [candidate("full", 2, 0), candidate("late", 1, 9), candidate("idle", 1, 5)];
        assert_eq!(choose(&candidates, None).unwrap().agent.as_str(), "idle");
        let away = Candidate { status: AgentStatus::Away, ..candidate("away", 0, 0) };
        assert_eq!(choose(&[away], None), None);
    }

    #[test]
    fn the_agent_to_avoid_is_the_last_resort() {
        let avoid = AgentId::new("idle").unwrap();
        let candidates = [candidate("late", 1, 9), candidate("idle", 0, 5)];
        assert_eq!(choose(&candidates, Some(&avoid)).unwrap().agent.as_str(), "late");
        assert_eq!(choose(&candidates[1..], Some(&avoid)).unwrap().agent.as_str(), "idle");
    }
}
