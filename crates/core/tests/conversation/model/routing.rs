//! Queues and slots in memory, as the routing port describes them.

use std::collections::BTreeMap;
use std::time::Duration;

use frontdesk_core::conversation::Command;
use frontdesk_core::id::{AgentId, QueueId};
use frontdesk_core::routing::{AgentStatus, Candidate, Demand, MatchRules, match_waiting};
use frontdesk_core::time::Timestamp;

/// How long an agent is asked.
const ACCEPT_WITHIN: Duration = Duration::from_secs(20);
/// How long whoever did not take a customer is not asked for the same one.
const NOT_ASKED_FOR: Duration = Duration::from_mins(1);

/// A customer who waits, by the number of the log.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) queue: QueueId,
    pub(super) fence: u64,
    pub(super) since: Timestamp,
    pub(super) avoid: Option<AgentId>,
    /// The agent whose slot is taken, while the log does not know yet.
    pub(super) agent: Option<AgentId>,
    /// Until when that agent is asked; without it, the customer is theirs.
    pub(super) offered_until: Option<Timestamp>,
    /// Who did not take the customer, and until when they are not asked again.
    pub(super) declined: Vec<(AgentId, Timestamp)>,
}

impl Item {
    pub(super) fn new(queue: QueueId, fence: u64, since: Timestamp, avoid: Option<AgentId>) -> Self {
        Self { queue, fence, since, avoid, agent: None, offered_until: None, declined: Vec::new() }
    }
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
        if let Some(Item { agent: Some(agent), fence, .. }) = self.items.remove(&log) {
            self.free_slot(&agent, log, fence + 1);
        }
    }

    pub(super) fn finish_claim(&mut self, log: usize, fence: u64) {
        self.hear(log, fence);
        if self.items.get(&log).is_some_and(|item| item.fence <= fence) {
            self.items.remove(&log);
        }
    }

    /// One look at everybody who waits.
    pub(super) fn claim(&mut self, now: Timestamp, asks: bool) -> Vec<Claim> {
        let mut waiting: Vec<(usize, Item)> = self
            .items
            .iter()
            .filter(|(_, item)| item.agent.is_none())
            .map(|(n, item)| (*n, item.clone()))
            .collect();
        waiting.sort_by_key(|(log, item)| (item.since, *log));
        let demand = |(_, item): &(usize, Item)| Demand {
            weight: 1,
            avoid: item.avoid.clone(),
            declined: item.declined.clone(),
            ..Demand::default()
        };
        let demands: Vec<Demand> = waiting.iter().map(demand).collect();
        let mut candidates: Vec<Candidate> = self
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
        let matched = match_waiting(&demands, &mut candidates, MatchRules::default(), now);
        let mut claims = Vec::new();
        for found in matched.matches {
            let (log, Item { fence, .. }) = waiting[found.waiting];
            self.take_slot(&found.agent, log, fence, now);
            let item = self.items.get_mut(&log).expect("an item that waits");
            item.agent = Some(found.agent.clone());
            item.offered_until = asks.then(|| now.plus(ACCEPT_WITHIN));
            if !asks {
                claims.push(Claim { log, fence, agent: found.agent });
            }
        }
        claims
    }

    /// The agent who is asked takes the customer.
    pub(super) fn accept(&mut self, log: usize) -> Option<Claim> {
        let item = self.items.get_mut(&log).filter(|item| item.offered_until.is_some())?;
        item.offered_until = None;
        Some(Claim { log, fence: item.fence, agent: item.agent.clone()? })
    }

    /// The agent who is asked does not take the customer.
    pub(super) fn decline(&mut self, log: usize, now: Timestamp) {
        let Some(item) = self.items.get_mut(&log).filter(|item| item.offered_until.is_some()) else { return };
        item.offered_until = None;
        let (agent, fence) = (item.agent.take().expect("somebody is asked"), item.fence);
        item.declined.push((agent.clone(), now.plus(NOT_ASKED_FOR)));
        self.free_slot(&agent, log, fence + 1);
    }

    /// Offers that are open, or those whose time is over.
    pub(super) fn offers(&self, until: Option<Timestamp>) -> Vec<usize> {
        let open = |(log, item): (&usize, &Item)| {
            let end = item.offered_until?;
            until.is_none_or(|now| end <= now).then_some(*log)
        };
        self.items.iter().filter_map(open).collect()
    }

    /// Takes back what nobody answered to.
    pub(super) fn expire(&mut self, now: Timestamp) {
        for log in self.offers(Some(now)) {
            self.decline(log, now);
        }
    }

    /// When an offer runs out, or somebody may be asked again.
    pub(super) fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let offers = self.items.values().filter_map(|item| item.offered_until);
        let waiting = self.items.values().filter(|item| item.agent.is_none());
        let again = waiting.flat_map(|item| item.declined.iter().map(|(_, until)| *until));
        offers.chain(again.filter(|until| *until > now)).min()
    }

    pub(super) fn claims(&self) -> Vec<Claim> {
        let claim = |(log, item): (&usize, &Item)| {
            let agent = item.agent.clone().filter(|_| item.offered_until.is_none())?;
            Some(Claim { log: *log, fence: item.fence, agent })
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
