//! Queues and slots in memory, as the routing port describes them.

use std::collections::BTreeMap;

use frontdesk_core::conversation::Command;
use frontdesk_core::id::{AgentId, QueueId};
use frontdesk_core::routing::{AgentStatus, Candidate, Choice, Demand, MatchRules, choose};
use frontdesk_core::time::Timestamp;

/// A customer who waits, by the number of the log.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) queue: QueueId,
    pub(super) fence: u64,
    pub(super) since: Timestamp,
    pub(super) avoid: Option<AgentId>,
    /// The agent whose slot is taken, while the log does not know yet.
    pub(super) claimed_by: Option<AgentId>,
}

#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub(super) status: AgentStatus,
    pub(super) capacity: u32,
    last_assigned: Option<Timestamp>,
}

/// A waiting customer, and the agent who was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) log: usize,
    pub(super) fence: u64,
    pub(super) agent: AgentId,
}

impl Claim {
    pub(super) fn command(&self) -> Command {
        Command::Assign { agent: self.agent.clone(), fence: self.fence }
    }
}

#[derive(Debug, Default)]
pub(super) struct Routing {
    pub(super) items: BTreeMap<usize, Item>,
    /// The newest fence under which each customer entered or left a queue.
    heard: BTreeMap<usize, u64>,
    /// The fence under which each slot was last taken.
    pub(super) slots: BTreeMap<(AgentId, usize), u64>,
    pub(super) workers: BTreeMap<AgentId, Worker>,
}

impl Routing {
    pub(super) fn hire(&mut self, agent: AgentId, capacity: u32) {
        self.workers.insert(agent, Worker { status: AgentStatus::Online, capacity, last_assigned: None });
    }

    pub(super) fn held(&self, agent: &AgentId) -> u32 {
        let held = self.slots.keys().filter(|(holder, _)| holder == agent).count();
        u32::try_from(held).expect("few")
    }

    fn hear(&mut self, log: usize, fence: u64) {
        let heard = self.heard.entry(log).or_default();
        *heard = (*heard).max(fence);
    }

    pub(super) fn enqueue(&mut self, log: usize, item: Item) {
        if self.heard.get(&log).is_some_and(|heard| *heard >= item.fence) {
            return;
        }
        self.hear(log, item.fence);
        self.take_out(log);
        self.items.insert(log, item);
    }

    pub(super) fn leave_queue(&mut self, log: usize, fence: u64) {
        self.hear(log, fence);
        if self.items.get(&log).is_some_and(|item| item.fence <= fence) {
            self.take_out(log);
        }
    }

    fn take_out(&mut self, log: usize) {
        if let Some(Item { claimed_by: Some(agent), fence, .. }) = self.items.remove(&log) {
            self.free_slot(&agent, log, fence + 1);
        }
    }

    pub(super) fn finish_claim(&mut self, log: usize, fence: u64) {
        self.hear(log, fence);
        if self.items.get(&log).is_some_and(|item| item.fence <= fence) {
            self.items.remove(&log);
        }
    }

    pub(super) fn claim_next(&mut self, now: Timestamp) -> Option<Claim> {
        let waiting = self.items.iter().filter(|(_, item)| item.claimed_by.is_none());
        let (&log, item) = waiting.min_by_key(|(log, item)| (item.since, **log))?;
        let candidates: Vec<Candidate> = self
            .workers
            .iter()
            .map(|(agent, worker)| Candidate {
                agent: agent.clone(),
                status: worker.status,
                held: self.held(agent),
                capacity: worker.capacity,
                last_assigned: worker.last_assigned,
                reachable: true,
                idle_since: None,
                languages: Vec::new(),
            })
            .collect();
        let demand = Demand { weight: 1, avoid: item.avoid.clone(), ..Demand::default() };
        let Choice::Candidate(place) = choose(&candidates, &demand, MatchRules::default(), now) else {
            return None;
        };
        let agent = candidates[place].agent.clone();
        let fence = item.fence;
        self.take_slot(&agent, log, fence, now);
        if let Some(item) = self.items.get_mut(&log) {
            item.claimed_by = Some(agent.clone());
        }
        Some(Claim { log, fence, agent })
    }

    pub(super) fn claims(&self) -> Vec<Claim> {
        let claim = |(log, item): (&usize, &Item)| {
            Some(Claim { log: *log, fence: item.fence, agent: item.claimed_by.clone()? })
        };
        self.items.iter().filter_map(claim).collect()
    }

    /// Takes a slot for a customer who is passed on directly; `false` if the agent cannot take one more.
    pub(super) fn reserve(&mut self, agent: &AgentId, log: usize, fence: u64, now: Timestamp) -> bool {
        let has_one = self.slots.contains_key(&(agent.clone(), log));
        let worker = &self.workers[agent];
        let may = has_one || worker.status == AgentStatus::Online && self.held(agent) < worker.capacity;
        if may {
            self.take_slot(agent, log, fence, now);
        }
        may
    }

    /// Takes a slot for somebody who takes a customer over, whatever there is room for.
    pub(super) fn seize(&mut self, agent: &AgentId, log: usize, fence: u64, now: Timestamp) {
        self.take_slot(agent, log, fence, now);
    }

    fn take_slot(&mut self, agent: &AgentId, log: usize, fence: u64, now: Timestamp) {
        let taken = self.slots.entry((agent.clone(), log)).or_default();
        *taken = (*taken).max(fence);
        if let Some(worker) = self.workers.get_mut(agent) {
            worker.last_assigned = Some(now);
        }
    }

    pub(super) fn free_slot(&mut self, agent: &AgentId, log: usize, fence: u64) {
        let slot = (agent.clone(), log);
        if self.slots.get(&slot).is_some_and(|taken| *taken < fence) {
            self.slots.remove(&slot);
        }
    }
}
