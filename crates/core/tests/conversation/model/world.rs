//! The store: logs that take a decision only if their state is still the one that was seen.

use std::collections::BTreeMap;
use std::time::Duration;

use frontdesk_core::conversation::{
    Clocks, Command, Control, Decided, Decision, Intent, LogState, Participation, Refusal, TransferTarget,
    decide,
};
use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::{EntryNumber, Life, LogId};
use frontdesk_core::message::Author;
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;

use super::routing::{Claim, Routing};
use super::witness::{Owner, Witness};
use crate::shop::{MORNING, Shop, agent_id, log_id};

/// How many customers there are: more than all agents together can hold.
pub(super) const CUSTOMERS: usize = 4;
/// Who takes customers from agents, whatever there is room for.
pub(super) const SUPERVISOR: &str = "201";

#[derive(Debug)]
pub(super) struct Log {
    pub(super) id: LogId,
    pub(super) state: LogState,
    pub(super) entries: Vec<Entry>,
    pub(super) witness: Witness,
    pub(super) seen: Timestamp,
}

/// A decision that was made and not committed yet.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) log: usize,
    version: u64,
    now: Timestamp,
    pub(super) command: Command,
    decision: Decision,
}

/// An intent that is still to be carried out.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) log: usize,
    pub(super) number: EntryNumber,
    pub(super) intent: Intent,
}

/// An agent passes a customer on directly, or a supervisor takes one: the fence was looked at; then the other agent's slot is taken; then the log
/// is asked.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    pub(super) log: usize,
    pub(super) from: AgentId,
    pub(super) to: AgentId,
    pub(super) fence: u64,
    pub(super) has_slot: bool,
    pub(super) is_take_over: bool,
}

impl Transfer {
    pub(super) fn command(&self) -> Command {
        if self.is_take_over {
            return Command::AgentTakesOver { agent: self.to.clone(), fence: self.fence };
        }
        let target = TransferTarget::Agent { agent: self.to.clone(), fence: self.fence };
        Command::AgentTransfers { agent: self.from.clone(), target }
    }
}

/// What an agent is told of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Told {
    #[default]
    Gone,
    TakesPart(Participation),
    Has,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) shop: Shop,
    pub(super) now: Timestamp,
    pub(super) logs: Vec<Log>,
    pub(super) routing: Routing,
    pub(super) pending: Vec<Pending>,
    pub(super) held: Vec<Held>,
    /// Agents found, by those who are about to tell the logs.
    pub(super) claims: Vec<Claim>,
    pub(super) transfers: Vec<Transfer>,
    /// Whether agents are asked before they get a customer.
    pub(super) asks: bool,
    /// Agents' own logs: what became of the conversation for the agent, by where that was written.
    pub(super) told: BTreeMap<(AgentId, usize, EntryNumber), Told>,
}

impl World {
    pub(super) fn new() -> Self {
        let mut shop = Shop::new();
        for queue in ["support", "wide", "returns"] {
            shop.change(queue, |queue| queue.tell_every = 0);
        }
        let mut routing = Routing::default();
        for (agent, capacity) in shop.agents.iter().zip([1, 2]) {
            routing.hire(agent.id.clone(), capacity);
        }
        let log = |n: usize| Log {
            id: log_id(u8::try_from(n).expect("few")),
            state: LogState::default(),
            entries: Vec::new(),
            witness: Witness::default(),
            seen: MORNING,
        };
        // A supervisor gets nobody but whom they take.
        routing.hire(agent_id(SUPERVISOR), u32::MAX);
        routing.workers.entry(agent_id(SUPERVISOR)).and_modify(|boss| boss.status = AgentStatus::Away);
        Self {
            shop,
            now: MORNING,
            logs: (0..CUSTOMERS).map(log).collect(),
            routing,
            pending: Vec::new(),
            held: Vec::new(),
            claims: Vec::new(),
            transfers: Vec::new(),
            asks: false,
            told: BTreeMap::new(),
        }
    }

    pub(super) fn clocks(&self, log: usize) -> Clocks {
        let log = &self.logs[log];
        let said_by_customer =
            |entry: &&Entry| matches!(&entry.body, EntryBody::Said(said) if said.author == Author::Customer);
        let said_by_agent = |entry: &&Entry| matches!(&entry.body, EntryBody::Said(said) if matches!(said.author, Author::Agent(_)));
        let last = |entry: Option<&Entry>| entry.map(|entry| entry.at).unwrap_or_default();
        let said = last(log.entries.iter().rev().find(said_by_customer));
        Clocks { seen: log.seen, said, answered: last(log.entries.iter().rev().find(said_by_agent)) }
    }

    fn decide(&self, log: usize, command: &Command) -> Result<Decided, Refusal> {
        let facts = self.shop.facts(self.logs[log].id, self.now, command);
        decide(&self.logs[log].state, command.clone(), &facts)
    }

    /// Decides and commits at once; tells whether anything was written. What follows elsewhere is left for later.
    pub(super) fn perform(&mut self, log: usize, command: Command) -> Result<bool, Refusal> {
        let Some(decision) = self.decide(log, &command)?.decision else { return Ok(false) };
        let version = self.logs[log].state.version;
        let held = Held { log, version, now: self.now, command, decision };
        self.commit(held).unwrap_or_else(|held| panic!("nobody got ahead of {held:?}"));
        Ok(true)
    }

    /// Decides, and keeps the decision for later.
    pub(super) fn hold(&mut self, log: usize, command: Command) {
        if let Ok(Decided { decision: Some(decision), .. }) = self.decide(log, &command) {
            let version = self.logs[log].state.version;
            self.held.push(Held { log, version, now: self.now, command, decision });
        }
    }

    /// Commits a decision if the state is the one that it saw; otherwise gives it back and nothing has happened.
    pub(super) fn commit(&mut self, held: Held) -> Result<(), Box<Held>> {
        let log = &mut self.logs[held.log];
        if log.state.version != held.version {
            return Err(Box::new(held));
        }
        log.witness.follow(&held.command, &held.decision, held.now);
        // Nobody notes or labels anything in this model, nor says what they have seen.
        let Decision { conversation, entries, amend, state, intents, .. } = held.decision;
        let first = EntryNumber(log.entries.len() as u64 + 1);
        for body in entries {
            let number = EntryNumber(log.entries.len() as u64 + 1);
            let at = log.entries.last().map_or(self.now, |last| self.now.max(last.at.next()));
            log.entries.push(Entry { number, life: Life::FIRST, at, conversation, body });
        }
        if let Some((number, body)) = amend {
            let amended = log.entries.iter_mut().find(|entry| entry.number == number);
            amended.expect("an entry that is there").body = body;
        }
        if let Some(state) = state {
            log.state = state;
        }
        let pending = |intent| Pending { log: held.log, number: first, intent };
        self.pending.extend(intents.into_iter().map(pending));
        Ok(())
    }

    pub(super) fn pass(&mut self, span: Duration) {
        self.now = self.now.plus(span);
    }

    /// What must hold at every moment, however much is still to be carried out.
    pub(super) fn check(&self) {
        for (n, log) in self.logs.iter().enumerate() {
            if let Owner::Agent(agent) = &log.witness.owner {
                let slot = self.routing.slots.contains_key(&(agent.clone(), n));
                assert!(slot, "{agent} serves customer {n} without a slot");
            }
        }
        for open in self.logs.iter().filter_map(|log| log.state.open()) {
            let holder = match &open.control {
                Control::Agent(agent) => Some(agent),
                Control::Robot(_) | Control::Queue { .. } => None,
            };
            for (n, participant) in open.participants.iter().enumerate() {
                assert!(holder.is_some_and(|holder| *holder != participant.agent), "{open:?}");
                let others = &open.participants[..n];
                assert!(others.iter().all(|other| other.agent != participant.agent), "twice in {open:?}");
            }
        }
        for (agent, worker) in &self.routing.workers {
            assert!(self.routing.held(agent) <= worker.capacity, "{agent} is above capacity");
        }
    }
}
