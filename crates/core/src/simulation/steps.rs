//! What each event does: the rules decide, and what they want done is done.

use std::collections::HashMap;
use std::sync::Arc;

use crate::conversation::{
    Clocks, Command, Control, Decided, Facts, Intent, Outcome, Refusal, Standing, TimerRules, asks, decide,
    next_deadline,
};
use crate::directory::Agent;
use crate::entry::{EndReason, EntryBody};
use crate::id::{AgentId, QueueId};
use crate::log::LogId;
use crate::routing::{Demand, MatchRules, match_waiting};
use crate::simulation::engine::{Event, Run};
use crate::simulation::report::Fate;
use crate::texts::Texts;

/// As of the store: how many of those who wait are looked at in one go.
const LOOKED_AT: usize = 64;

impl Run<'_> {
    /// A customer comes, as one comes who has talked to the robot and wants an agent.
    pub(super) fn came(&mut self, customer: usize) {
        let asked =
            self.run(customer, Command::Connect).and_then(|_| self.run(customer, Command::TransferToAgent));
        match asked {
            Ok(Outcome::Transferring) => {
                self.set_timer(customer);
                let patience = self.customers[customer].arrival.patience;
                if let (Some(patience), None) = (patience, self.customers[customer].fate) {
                    self.at(self.now.plus(patience), Event::Left(customer));
                }
            }
            Ok(_) => self.settle(customer, Fate::Diverted),
            Err(_) => self.settle(customer, Fate::Refused),
        }
    }

    /// Carries out what cannot be refused, or may be.
    pub(super) fn carry_out(&mut self, customer: usize, command: Command) {
        // Somebody who is gone already is not brought back by what comes late.
        let _ = self.run(customer, command);
    }

    fn run(&mut self, customer: usize, command: Command) -> Result<Outcome, Refusal> {
        let Decided { decision, outcome } = self.decide(customer, command)?;
        let Some(decision) = decision else { return Ok(outcome) };
        if let Some(state) = decision.state {
            self.customers[customer].state = state;
        }
        for entry in &decision.entries {
            if let EntryBody::Ended { reason, .. } = entry {
                self.ended(customer, *reason);
            }
        }
        if matches!(self.customers[customer].state.control(), Some(Control::Robot(_)))
            && self.customers[customer].timer.is_some()
        {
            self.settle(customer, Fate::Diverted);
        }
        for intent in decision.intents {
            self.follow(customer, intent);
        }
        Ok(outcome)
    }

    fn decide(&self, customer: usize, command: Command) -> Result<Decided, Refusal> {
        let who = &self.customers[customer];
        let rules = TimerRules { channel: &who.channel, queues: &self.queues, now: self.now };
        let asked = asks(&who.state, &command, Some(&self.robot), &rules);
        let standings = asked.queues.into_iter().map(|queue| (queue.clone(), self.standing(&queue)));
        let standings: HashMap<QueueId, Standing> = standings.collect();
        let facts = Facts {
            log: LogId::from_bytes((customer as u128).to_be_bytes()),
            now: self.now,
            channel: &who.channel,
            robot: Some(&self.robot),
            queues: &self.queues,
            standings: &standings,
            place: None,
            dispositions: &[],
            sla: &self.sla,
            agent: self.agent_of(&command),
            texts: Texts::new(&self.texts, &who.arrival.locale, &who.arrival.locale),
        };
        decide(&who.state, command, &facts)
    }

    fn agent_of(&self, command: &Command) -> Option<&Agent> {
        let Command::Assign { agent, .. } = command else { return None };
        self.workers.iter().map(|worker| &worker.agent).find(|known| known.id == *agent)
    }

    fn standing(&self, queue: &QueueId) -> Standing {
        let signed_in = self.queues.get(queue).is_some_and(|queue| {
            self.workers.iter().any(|worker| worker.is_online() && worker.serves(queue))
        });
        let waiting = self.lines.get(queue).map_or(0, Vec::len);
        Standing { signed_in, waiting: u32::try_from(waiting).unwrap_or(u32::MAX) }
    }

    fn ended(&mut self, customer: usize, reason: EndReason) {
        let fate = match reason {
            EndReason::Customer => Fate::Abandoned,
            EndReason::QueueTimeout => Fate::TimedOut,
            _ => Fate::Diverted,
        };
        self.settle(customer, fate);
    }

    /// What became of a customer first is what counts.
    fn settle(&mut self, customer: usize, fate: Fate) {
        let now = self.now;
        let who = &mut self.customers[customer];
        who.fate.get_or_insert((now, fate));
        who.timer = None;
    }

    fn follow(&mut self, customer: usize, intent: Intent) {
        match intent {
            Intent::Enqueue { queue, .. } => {
                let came = self.customers[customer].came;
                let line = self.lines.entry(queue.clone()).or_default();
                let place =
                    line.partition_point(|other| (self.customers[*other].came, *other) < (came, customer));
                line.insert(place, customer);
                self.match_queue(&queue);
            }
            Intent::LeaveQueue { .. } => {
                for line in self.lines.values_mut() {
                    line.retain(|other| *other != customer);
                }
            }
            Intent::FreeSlot { agent, .. } => self.slot_is_free(customer, &agent),
            // The others are about logs and slots of a store.
            _ => {}
        }
    }

    fn slot_is_free(&mut self, customer: usize, agent: &AgentId) {
        let weight = self.customers[customer].arrival.weight;
        let from = self.customers[customer].from.as_ref().and_then(|queue| self.queues.get(queue));
        let wrap_up = from.map(|queue| queue.wrap_up()).unwrap_or_default();
        let Some(worker) = self.workers.iter().position(|worker| worker.agent.id == *agent) else { return };
        if wrap_up.is_zero() {
            self.workers[worker].give_back(weight, self.now);
            self.is_free(worker);
        } else {
            self.at(self.now.plus(wrap_up), Event::WrappedUp(worker, weight));
        }
    }

    /// Only who waits has to be looked at in time.
    pub(super) fn set_timer(&mut self, customer: usize) {
        let who = &self.customers[customer];
        let waits = matches!(who.state.control(), Some(Control::Queue { .. }));
        let rules = TimerRules { channel: &who.channel, queues: &self.queues, now: self.now };
        let clocks = Clocks { seen: self.now, said: self.now, answered: self.now };
        let due = waits.then(|| next_deadline(&who.state, clocks, rules)).flatten();
        self.customers[customer].timer = due;
        if let Some(due) = due {
            self.at(due, Event::Timer(customer));
        }
    }

    /// An agent may have become free: their queues are looked at, the most important first, then the one in which
    /// somebody has waited longest.
    pub(super) fn is_free(&mut self, worker: usize) {
        let oldest =
            |queue: &QueueId| self.lines.get(queue)?.first().map(|first| self.customers[*first].came);
        let served = self.workers[worker].agent.queues.iter();
        let mut queues: Vec<_> = served
            .filter_map(|queue| Some((self.queues.get(queue)?.priority, oldest(queue)?, queue.clone())))
            .collect();
        queues.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        for (_, _, queue) in queues {
            self.match_queue(&queue);
        }
    }

    pub(super) fn match_queue(&mut self, queue: &QueueId) {
        let Some(rules) = self.queues.get(queue).map(Arc::clone) else { return };
        loop {
            let line = self.lines.get(queue).map(Vec::as_slice).unwrap_or_default();
            let looked_at: Vec<usize> = line.iter().copied().take(LOOKED_AT).collect();
            if looked_at.is_empty() {
                return;
            }
            let demands: Vec<Demand> = looked_at.iter().map(|customer| self.demand(*customer)).collect();
            let serving: Vec<usize> =
                (0..self.workers.len()).filter(|worker| self.workers[*worker].serves(&rules)).collect();
            let mut candidates: Vec<_> =
                serving.iter().map(|worker| self.workers[*worker].candidate()).collect();
            let match_rules = MatchRules { strategy: rules.strategy, match_language: rules.match_language };
            let matched = match_waiting(&demands, &mut candidates, match_rules, self.now);
            if let (Some(again), Some(place)) =
                (matched.again, self.order.iter().position(|known| known == queue))
            {
                self.at(again, Event::Look(place));
            }
            let found: Vec<(usize, AgentId)> =
                matched.matches.into_iter().map(|found| (looked_at[found.waiting], found.agent)).collect();
            let was_full = found.len() == LOOKED_AT;
            if let Some(line) = self.lines.get_mut(queue) {
                line.retain(|customer| !found.iter().any(|(other, _)| other == customer));
            }
            for (customer, agent) in found {
                self.assign(customer, queue, agent);
            }
            if !was_full {
                return;
            }
        }
    }

    fn demand(&self, customer: usize) -> Demand {
        let arrival = self.customers[customer].arrival;
        Demand { weight: arrival.weight, locale: arrival.locale.clone(), ..Demand::default() }
    }

    fn assign(&mut self, customer: usize, queue: &QueueId, agent: AgentId) {
        let Some(worker) = self.workers.iter().position(|worker| worker.agent.id == agent) else { return };
        let fence = self.customers[customer].state.fence;
        if self.run(customer, Command::Assign { agent: agent.clone(), fence }).is_err() {
            return;
        }
        let now = self.now;
        let who = &mut self.customers[customer];
        who.agent = Some(agent);
        who.from = Some(queue.clone());
        let (weight, handling) = (who.arrival.weight, who.arrival.handling);
        self.settle(customer, Fate::Answered);
        self.workers[worker].take(weight, now);
        self.at(now.plus(handling), Event::Done(customer));
    }
}
