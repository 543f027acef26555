//! Background work: what follows commits, matching, timers; and what must hold once all of it is done.

use frontdesk_core::conversation::{Command, Control, Intent, TimerRules, TransferTarget, next_deadline};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::time::Timestamp;

use super::routing::{Claim, Item};
use super::witness::Owner;
use super::world::{CUSTOMERS, Held, Pending, Told, Transfer, World};

impl World {
    pub(super) fn carry_out(&mut self, pending: &Pending) {
        let Pending { log, number, intent } = pending.clone();
        match intent {
            Intent::Enqueue { queue, fence, since, avoid } => {
                if self.logs[log].state.fence == fence {
                    self.routing.enqueue(log, Item::new(queue, fence, since, avoid));
                    self.match_all();
                    self.tell_if_waiting(log, fence);
                }
            }
            Intent::LeaveQueue { fence } => self.routing.leave_queue(log, fence),
            Intent::FinishClaim { fence } => self.routing.finish_claim(log, fence),
            // Only a crash leaves a reservation behind, and nothing crashes here. Nobody looks after tickets or learns.
            Intent::ConfirmReservation { .. }
            | Intent::OpenTicket { .. }
            | Intent::AnswerTicket { .. }
            | Intent::Learn { .. } => {}
            Intent::GiveBackSlot { agent, fence } | Intent::FreeSlot { agent, fence } => {
                self.routing.free_slot(&agent, log, fence);
            }
            Intent::TellHandedOver { agent, .. } => {
                self.told.insert((agent, log, number), Told::Has);
            }
            Intent::TellJoined { agent, mode, .. } => {
                self.told.insert((agent, log, number), Told::TakesPart(mode));
            }
            Intent::TellMentioned { .. } | Intent::Prioritise { .. } => {
                panic!("nobody notes anything in this model")
            }
            Intent::TellTakenAway { agent, .. } => {
                self.told.insert((agent, log, number), Told::Gone);
            }
        }
    }

    fn tell_if_waiting(&mut self, log: usize, fence: u64) {
        let is_claimed = |item: &Item| item.agent.is_some() && item.offered_until.is_none();
        if self.routing.items.get(&log).is_some_and(|item| !is_claimed(item)) {
            // Refused if an agent was found meanwhile.
            let _ = self.perform(log, Command::TellQueuing { fence });
        }
    }

    /// Takes back the offers whose time is over, and looks for others.
    pub(super) fn run_dues(&mut self) {
        self.routing.expire(self.now);
        self.match_all();
    }

    pub(super) fn match_all(&mut self) {
        loop {
            let claims = self.routing.claim(self.now, self.asks);
            if claims.is_empty() {
                return;
            }
            for claim in claims {
                self.settle(&claim);
            }
        }
    }

    /// Takes the customers of whoever is not heard of. Some have only a slot: they are offered, or about to come or go.
    pub(super) fn take_back(&mut self) {
        for (agent, log) in self.routing.abandoned() {
            let _ = self.perform(log, Command::AgentVanished { agent });
        }
    }

    /// Tells the log about a claim; a refusal gives the slot back.
    pub(super) fn settle(&mut self, claim: &Claim) {
        match self.perform(claim.log, claim.command()) {
            Ok(true) => {}
            Ok(false) => self.routing.finish_claim(claim.log, claim.fence),
            Err(_) => self.routing.leave_queue(claim.log, claim.fence),
        }
    }

    /// Takes the next step of a transfer; `None` when it is over.
    pub(super) fn next_of_transfer(&mut self, mut transfer: Transfer) -> Option<Transfer> {
        if !transfer.has_slot {
            let Transfer { log, fence, .. } = transfer;
            transfer.has_slot = if transfer.is_take_over {
                self.routing.seize(&transfer.to, log, fence, self.now);
                true
            } else {
                self.routing.reserve(&transfer.to, log, fence, self.now)
            };
            return transfer.has_slot.then_some(transfer);
        }
        self.finish_transfer(&transfer);
        None
    }

    /// Asks the log for a transfer. If it is refused, the slot is given back, unless the agent got the customer with it
    /// all the same. The giving back may come late, as an intent does.
    fn finish_transfer(&mut self, transfer: &Transfer) {
        let Transfer { log, to, fence, .. } = transfer;
        if self.perform(*log, transfer.command()).is_ok() {
            return;
        }
        let state = &self.logs[*log].state;
        let handed_over = state.fence == fence + 1 && state.agent() == Some(to);
        if !handed_over {
            let intent = Intent::FreeSlot { agent: to.clone(), fence: fence + 1 };
            self.pending.push(Pending { log: *log, number: EntryNumber::START, intent });
        }
    }

    /// Commits a decision that was made before. If it has become old, whoever made it decides again.
    pub(super) fn commit_held(&mut self, held: Held) {
        let Err(held) = self.commit(held) else { return };
        let log = held.log;
        match held.command {
            Command::Assign { agent, fence } => self.settle(&Claim { log, fence, agent }),
            Command::AgentTransfers { agent: from, target: TransferTarget::Agent { agent: to, fence } } => {
                let transfer = Transfer { log, from, to, fence, has_slot: true, is_take_over: false };
                self.finish_transfer(&transfer);
            }
            Command::AgentTakesOver { agent: to, fence } => {
                let from = to.clone();
                let transfer = Transfer { log, from, to, fence, has_slot: true, is_take_over: true };
                self.finish_transfer(&transfer);
            }
            command => drop(self.perform(log, command)),
        }
    }

    /// Does all that is left to do, in an order that `turn` chooses, every intent twice.
    pub(super) fn settle_all(&mut self, mut turn: impl FnMut(usize) -> usize) {
        for held in std::mem::take(&mut self.held) {
            self.commit_held(held);
        }
        for claim in std::mem::take(&mut self.claims) {
            self.settle(&claim);
        }
        for transfer in std::mem::take(&mut self.transfers) {
            let mut next = Some(transfer);
            while let Some(transfer) = next {
                next = self.next_of_transfer(transfer);
            }
        }
        let mut again = Vec::new();
        while !self.pending.is_empty() {
            let pending = self.pending.remove(turn(self.pending.len()));
            self.carry_out(&pending);
            self.check();
            again.push(pending);
        }
        for claim in self.routing.claims() {
            self.settle(&claim);
        }
        self.match_all();
        again.append(&mut self.pending.clone());
        while let Some(pending) = self.pending.pop() {
            self.carry_out(&pending);
        }
        let before = self.told.clone();
        while !again.is_empty() {
            let pending = again.remove(turn(again.len()));
            self.carry_out(&pending);
            self.check();
        }
        assert_eq!(self.told, before, "an agent was told twice");
        assert!(self.pending.is_empty(), "doing it twice led to more: {:?}", self.pending);
        self.check_settled();
    }

    /// Queues, slots and agents' own logs say what the customers' logs say.
    fn check_settled(&self) {
        let (mut slots, mut waiting) = (Vec::new(), Vec::new());
        for (n, log) in self.logs.iter().enumerate() {
            match &log.witness.owner {
                Owner::Agent(agent) => slots.push((agent.clone(), n)),
                Owner::Queue(queue) => {
                    // Whoever is asked for them holds a slot.
                    let asked = self.routing.items.get(&n).filter(|item| item.offered_until.is_some());
                    let asked = asked.and_then(|item| item.agent.clone());
                    slots.extend(asked.clone().map(|agent| (agent, n)));
                    waiting.push((n, queue.clone(), log.witness.fence, asked));
                }
                Owner::Nobody | Owner::Robot => {}
            }
            // Nobody is forgotten: who is not served has been told.
            if let Some(Control::Queue { told, .. }) = log.state.control() {
                assert!(told, "customer {n} waits and does not know it");
            }
        }
        slots.sort();
        assert_eq!(self.routing.slots.keys().cloned().collect::<Vec<_>>(), slots, "slots and control differ");
        let items = self.routing.items.iter();
        let items = items.map(|(n, item)| (*n, item.queue.clone(), item.fence, item.agent.clone()));
        assert_eq!(items.collect::<Vec<_>>(), waiting, "queues and control differ");
        for agent in self.routing.workers.keys() {
            for log in 0..CUSTOMERS {
                let so_it_is = self.logs[log].witness.part_of(agent);
                assert_eq!(self.believes(agent, log), so_it_is, "what {agent} was told of customer {log}");
            }
        }
    }

    /// What an agent makes of their own log: customers come and go in turn.
    fn believes(&self, agent: &AgentId, log: usize) -> Told {
        let news = self.told.iter().filter(|((told, of, _), _)| told == agent && *of == log);
        news.fold(Told::Gone, |before, (_, now)| {
            assert_ne!(before, *now, "told twice in a row");
            let may_follow = before != Told::Has || *now == Told::Gone;
            assert!(may_follow, "who has it takes no part in it besides");
            *now
        })
    }

    /// Does what it is time for, and nothing else.
    pub(super) fn run_timers(&mut self) {
        for log in 0..CUSTOMERS {
            let clocks = self.clocks(log);
            let Some(deadline) = self.deadline(log) else { continue };
            let waits = matches!(self.logs[log].state.control(), Some(Control::Queue { .. }));
            let written = self.perform(log, Command::CheckTimers(clocks)).expect("a conversation is open");
            assert!(written || deadline > self.now, "it was time, and nothing happened");
            // Somebody who waits may be sent on by a step that could not be done before.
            assert!(!written || waits || deadline <= self.now, "it was not time yet");
        }
    }

    /// When a log must be looked at next; an open conversation always has a time.
    fn deadline(&self, log: usize) -> Option<Timestamp> {
        let state = &self.logs[log].state;
        let (channel, queues) = (&self.shop.channel, &self.shop.queues);
        let rules = TimerRules { channel, queues, now: self.now };
        let deadline = next_deadline(state, self.clocks(log), rules);
        assert_eq!(deadline.is_some(), state.open().is_some());
        deadline
    }

    /// Lets time run until nothing is left that could happen by itself.
    pub(super) fn run_until_quiet(&mut self, mut turn: impl FnMut(usize) -> usize) {
        self.settle_all(&mut turn);
        self.take_back();
        self.settle_all(&mut turn);
        for log in &self.logs {
            let gone = |agent: &AgentId| !self.routing.workers[agent].reachable;
            assert!(!matches!(&log.witness.owner, Owner::Agent(agent) if gone(agent)), "left with nobody");
        }
        loop {
            let deadlines = (0..CUSTOMERS).filter_map(|log| self.deadline(log));
            let Some(next) = deadlines.chain(self.routing.next_due(self.now)).min() else { break };
            self.now = self.now.max(next);
            self.run_dues();
            self.run_timers();
            self.settle_all(&mut turn);
        }
        assert!(self.routing.slots.is_empty() && self.routing.items.is_empty());
    }
}
