//! An agent at work.

use crate::directory::{Agent, Queue};
use crate::routing::{AgentStatus, Candidate};
use crate::simulation::scenario::Shift;
use crate::time::Timestamp;

#[derive(Debug)]
pub(super) struct Worker {
    pub(super) agent: Agent,
    pub(super) shifts: Vec<Shift>,
    online: bool,
    held: u32,
    last_assigned: Option<Timestamp>,
    idle_since: Option<Timestamp>,
    /// Up to when the two below are counted.
    counted: Timestamp,
    /// Milliseconds online, each as often as the capacity.
    could: u128,
    /// Milliseconds in use while online, each as often as was in use.
    did: u128,
}

impl Worker {
    pub(super) fn new(agent: Agent, shifts: Vec<Shift>, start: Timestamp) -> Self {
        let online = shifts.is_empty();
        Self {
            agent,
            shifts,
            online,
            held: 0,
            last_assigned: None,
            idle_since: online.then_some(start),
            counted: start,
            could: 0,
            did: 0,
        }
    }

    pub(super) const fn is_online(&self) -> bool {
        self.online
    }

    /// Whether the agent serves a queue and knows what it needs.
    pub(super) fn serves(&self, queue: &Queue) -> bool {
        self.agent.queues.contains(&queue.id) && self.agent.knows(&queue.needs)
    }

    pub(super) fn candidate(&self) -> Candidate {
        Candidate {
            agent: self.agent.id.clone(),
            status: if self.online { AgentStatus::Online } else { AgentStatus::Offline },
            reachable: true,
            held: self.held,
            capacity: self.agent.capacity,
            last_assigned: self.last_assigned,
            idle_since: self.idle_since,
            languages: self.agent.languages.clone(),
        }
    }

    pub(super) fn set_online(&mut self, online: bool, now: Timestamp) {
        self.count(now);
        if online && !self.online {
            self.idle_since = Some(now);
        }
        self.online = online;
    }

    pub(super) fn take(&mut self, weight: u32, now: Timestamp) {
        self.count(now);
        self.held += weight;
        self.last_assigned = Some(now);
    }

    pub(super) fn give_back(&mut self, weight: u32, now: Timestamp) {
        self.count(now);
        self.held = self.held.saturating_sub(weight);
        self.idle_since = Some(now);
    }

    /// Part of the capacity that was in use while the agent was online.
    pub(super) fn load(&mut self, now: Timestamp) -> f64 {
        self.count(now);
        #[expect(clippy::cast_precision_loss, reason = "three digits of it are looked at")]
        let load = if self.could == 0 { 0.0 } else { self.did as f64 / self.could as f64 };
        load
    }

    fn count(&mut self, now: Timestamp) {
        if self.online {
            let span = now.since(self.counted).as_millis();
            self.could += span * u128::from(self.agent.capacity);
            self.did += span * u128::from(self.held);
        }
        self.counted = now;
    }
}
