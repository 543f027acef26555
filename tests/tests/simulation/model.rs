//! What was written so far, as the commits said, and the rules that it must keep.

use std::collections::{HashMap, HashSet};

use frontdesk_core::conversation::{Control, LogState};
use frontdesk_core::entry::{Audience, EntryBody};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::LogId;
use frontdesk_core::message::Author;
use frontdesk_core::port::{Commit, Committed};

/// Everything that was written.
#[derive(Debug, Default)]
pub(crate) struct Model {
    logs: HashMap<LogId, LogModel>,
    capacities: HashMap<AgentId, u32>,
    /// How far devices are.
    places: HashMap<(LogId, &'static str), u64>,
}

/// What was written to a customer's log.
#[derive(Debug, Default)]
pub(crate) struct LogModel {
    pub(crate) name: String,
    pub(crate) entries: Vec<Written>,
    pub(crate) owner: Owner,
    version: u64,
    fence: u64,
    /// What the customer's client named what it said.
    named: HashSet<String>,
    said: HashSet<String>,
}

/// An entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) number: u64,
    pub(crate) at: i64,
    pub(crate) for_customer: bool,
}

/// Who has the conversation, as the entries say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Owner {
    /// None is open.
    #[default]
    Nobody,
    /// It was opened just now.
    NotYet,
    Robot,
    Queue,
    Agent(AgentId),
}

impl Owner {
    fn of(state: &LogState) -> Self {
        match state.control() {
            None => Self::Nobody,
            Some(Control::Robot(_)) => Self::Robot,
            Some(Control::Queue { .. }) => Self::Queue,
            Some(Control::Agent(agent)) => Self::Agent(agent.clone()),
        }
    }

    /// Who has it after an entry; refused if the entry stands there in the name of somebody who has it no longer, or
    /// opens what is open.
    fn after(&self, body: &EntryBody) -> Result<Self, &'static str> {
        let is = |owner: &Self| self == owner;
        let by = |agent: &AgentId| is(&Self::Agent(agent.clone()));
        let (allowed, next, why) = match body {
            EntryBody::Connected { robot, .. } => {
                let next = if robot.is_some() { Self::Robot } else { Self::NotYet };
                (is(&Self::Nobody), next, "a conversation is opened while one is open")
            }
            EntryBody::Queued { from, .. } => {
                let allowed = !is(&Self::Nobody) && from.as_ref().is_none_or(by);
                (allowed, Self::Queue, "somebody else's conversation is put into a queue")
            }
            EntryBody::Assigned { agent, from, .. } => {
                let allowed = from.as_ref().map_or(is(&Self::Queue), by);
                (allowed, Self::Agent(agent.clone()), "somebody else's conversation is assigned")
            }
            EntryBody::TakenOver { agent, from, .. } => {
                (by(from), Self::Agent(agent.clone()), "somebody else's conversation is taken over")
            }
            EntryBody::GivenToRobot { from, .. } => {
                let allowed = !is(&Self::Nobody) && from.as_ref().is_none_or(by);
                (allowed, Self::Robot, "somebody else's conversation is given to the robot")
            }
            EntryBody::Ended { agent, .. } => {
                let allowed = !is(&Self::Nobody) && agent.as_ref().is_none_or(by);
                (allowed, Self::Nobody, "somebody ends what is not theirs")
            }
            EntryBody::Said(message) => {
                let allowed = match &message.author {
                    Author::Agent(agent) => by(agent),
                    Author::Robot(_) => is(&Self::Robot),
                    Author::Customer => !is(&Self::Nobody),
                    Author::System => true,
                };
                (allowed, self.clone(), "somebody speaks in a conversation that they do not have")
            }
            EntryBody::ReadByAgent { agent, .. } | EntryBody::Reminded { agent } => {
                (by(agent), self.clone(), "an agent reads or is reminded who does not have the conversation")
            }
            _ => (true, self.clone(), ""),
        };
        if allowed { Ok(next) } else { Err(why) }
    }
}

impl Model {
    /// Customers, each with a name, and agents, each with how many they can hold.
    pub(crate) fn new(customers: impl Iterator<Item = (LogId, String)>, agents: Vec<(AgentId, u32)>) -> Self {
        let logs = customers.map(|(log, name)| (log, LogModel { name, ..LogModel::default() })).collect();
        Self { logs, capacities: agents.into_iter().collect(), places: HashMap::new() }
    }

    pub(crate) fn log(&self, log: LogId) -> &LogModel {
        &self.logs[&log]
    }

    /// All logs, by the names of their customers.
    pub(crate) fn logs(&self) -> Vec<LogId> {
        let mut logs: Vec<(&String, LogId)> = self.logs.iter().map(|(log, of)| (&of.name, *log)).collect();
        logs.sort();
        logs.into_iter().map(|(_, log)| log).collect()
    }

    pub(crate) fn capacities(&self) -> &HashMap<AgentId, u32> {
        &self.capacities
    }

    /// A device has everything up to a number.
    pub(crate) fn reached(&mut self, log: LogId, device: &'static str, through: u64) {
        self.places.insert((log, device), through);
    }

    /// Up to where a device has everything.
    pub(crate) fn place(&self, log: LogId, device: &'static str) -> u64 {
        self.places.get(&(log, device)).copied().unwrap_or_default()
    }

    /// How many conversations an agent has.
    pub(crate) fn held_by(&self, agent: &AgentId) -> usize {
        self.logs.values().filter(|log| log.owner == Owner::Agent(agent.clone())).count()
    }

    /// A commit was written, and this is the state since.
    pub(crate) fn wrote(
        &mut self,
        commit: &Commit,
        committed: &Committed,
        after: &LogState,
    ) -> Result<(), String> {
        let Some(log) = self.logs.get_mut(&commit.log) else { return Ok(()) };
        log.wrote(commit, committed, after).map_err(|why| format!("the log of {}: {why}", log.name))
    }

    /// A customer was told that what they said is taken.
    pub(crate) fn acknowledged(&self, log: LogId, said: &str) -> Result<(), String> {
        let log = self.log(log);
        if log.said.contains(said) {
            return Ok(());
        }
        Err(format!("{} was told that \"{said}\" is taken, and it is not in the log", log.name))
    }

    /// What a device was given that had everything up to a number.
    pub(crate) fn gave(&self, log: LogId, after: u64, given: &[(u64, i64)]) -> Result<(), String> {
        let log = self.log(log);
        let mut expected = log.for_customer_after(after);
        for (number, at) in given {
            match expected.next() {
                Some(written) if (written.number, written.at) == (*number, *at) => {}
                expected => {
                    return Err(format!(
                        "a device of {} that had everything up to {after} was given number {number} of {at} where \
                         {expected:?} comes",
                        log.name
                    ));
                }
            }
        }
        Ok(())
    }
}

impl LogModel {
    pub(crate) fn for_customer_after(&self, after: u64) -> impl Iterator<Item = &Written> {
        self.entries.iter().filter(move |written| written.for_customer && written.number > after)
    }

    fn wrote(&mut self, commit: &Commit, committed: &Committed, after: &LogState) -> Result<(), String> {
        if commit.version != self.version {
            return Err(format!(
                "decided on version {}, written to version {}",
                commit.version, self.version
            ));
        }
        let mut owner = self.owner.clone();
        let written = commit.decision.entries.iter().zip(&committed.times);
        for (number, (body, at)) in (committed.first.0..).zip(written) {
            let (last, before) = self.entries.last().map_or((0, i64::MIN), |last| (last.number, last.at));
            if number != last + 1 {
                return Err(format!("number {number} follows number {last}"));
            }
            if at.as_millis() <= before {
                return Err(format!("number {number} was written at {}, after {before}", at.as_millis()));
            }
            owner =
                owner.after(body).map_err(|why| format!("number {number}: {why} ({owner:?}, {body:?})"))?;
            self.remember(body).map_err(|why| format!("number {number}: {why}"))?;
            let for_customer = body.audience().meets(Audience::DOWNLINK);
            self.entries.push(Written { number, at: at.as_millis(), for_customer });
        }
        self.moved(owner, after)
    }

    fn remember(&mut self, body: &EntryBody) -> Result<(), String> {
        let EntryBody::Said(message) = body else { return Ok(()) };
        if message.author != Author::Customer {
            return Ok(());
        }
        self.said.insert(message.content.clone());
        match &message.extras.client_id {
            Some(id) if !self.named.insert(id.clone()) => Err(format!("the message {id} is there twice")),
            _ => Ok(()),
        }
    }

    fn moved(&mut self, owner: Owner, after: &LogState) -> Result<(), String> {
        if Owner::of(after) != owner {
            return Err(format!("the entries give it to {owner:?}, the state to {:?}", Owner::of(after)));
        }
        let was_handed_over = owner != self.owner;
        if after.fence < self.fence || (was_handed_over && after.fence == self.fence) {
            return Err(format!("{owner:?} has it under fence {}, after {}", after.fence, self.fence));
        }
        (self.owner, self.version, self.fence) = (owner, after.version, after.fence);
        Ok(())
    }
}
