//! What can happen next.

use std::time::Duration;

use frontdesk_core::conversation::{
    Availability, Command, CustomerMessage, RatingGiven, RobotSays, Session, TransferTarget,
};
use frontdesk_core::id::AgentId;
use frontdesk_core::message::{Author, MediaType, Message};
use frontdesk_core::routing::AgentStatus;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::routing::Claim;
use super::world::{CUSTOMERS, Transfer, World};
use crate::shop::{agent_id, customer_says, queue, robot};

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Somebody asks something of a log.
    Ask(usize, Ask),
    /// The same, but the decision is committed later, if at all.
    Hold(usize, Ask),
    /// A decision is committed that may have become old.
    CommitHeld(Index),
    /// An intent is carried out, for the last time or not.
    CarryOut {
        which: Index,
        again: bool,
    },
    /// An agent's slot is taken for somebody who waits; the log does not know yet.
    Claim,
    /// The log is told about a claim.
    Settle(Index),
    /// The same, but it is committed later.
    HoldClaim(Index),
    /// Customers are given to agents until there are none of either.
    Match,
    /// Whoever has a customer begins to pass them on to this agent.
    BeginTransfer(usize, &'static str),
    /// A transfer goes one step on.
    GoOnWithTransfer(Index),
    /// The log is asked for a transfer, but it is committed later.
    HoldTransfer(Index),
    Pass(Duration),
    /// All customers' clients but this one's poll.
    AllSeenBut(usize),
    RunTimers,
    Status(&'static str, AgentStatus),
    Configure(Setting),
}

#[derive(Clone, Debug)]
pub(super) enum Setting {
    Robot(bool),
    Queue(bool),
    AsyncReplies(bool),
    Availability(Availability),
}

/// What is asked of a log.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// By the customer, who connects first if need be.
    ByCustomer(Command),
    /// By the customer, whether it fits or not.
    InAnyState(Command),
    /// By whoever has the customer, if an agent has.
    ByHolder(AgentAsks),
    /// By this agent, who may have nothing to do with the customer.
    ByAgent(&'static str, AgentAsks),
    /// An agent is found under a fence so many hand-overs ago.
    Assign(&'static str, u64),
    /// The same for the word that nobody is free.
    TellQueuing(u64),
    CheckTimers,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum AgentAsks {
    Say,
    Read,
    PassOn,
    End,
}

impl Ask {
    fn command(self, log: usize, world: &World) -> Option<Command> {
        let state = &world.logs[log].state;
        Some(match self {
            // Most of what a customer can do needs a conversation.
            Self::ByCustomer(_) if state.session == (Session::Closed { offline: false }) => Command::Connect,
            Self::ByCustomer(command) | Self::InAnyState(command) => command,
            Self::ByHolder(asks) => asks.command(state.agent()?.clone()),
            Self::ByAgent(agent, asks) => asks.command(agent_id(agent)),
            Self::Assign(agent, ago) => {
                Command::Assign { agent: agent_id(agent), fence: state.fence.saturating_sub(ago) }
            }
            Self::TellQueuing(ago) => Command::TellQueuing { fence: state.fence.saturating_sub(ago) },
            Self::CheckTimers => Command::CheckTimers(world.clocks(log)),
        })
    }
}

impl AgentAsks {
    fn command(self, agent: AgentId) -> Command {
        match self {
            Self::Say => {
                let message = Message::text(Author::Agent(agent.clone()), "Hi");
                Command::AgentSays { agent, message }
            }
            Self::Read => Command::AgentReads { agent, messages: vec!["m".to_owned()] },
            Self::PassOn => {
                Command::AgentTransfers { agent, target: TransferTarget::Queue(queue("returns")) }
            }
            Self::End => Command::AgentEnds { agent },
        }
    }
}

impl World {
    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::Ask(log, ask) => {
                if let Some(command) = ask.command(log, self) {
                    // A refusal is an answer too.
                    let _ = self.perform(log, command);
                }
            }
            Step::Hold(log, ask) => {
                if let Some(command) = ask.command(log, self) {
                    self.hold(log, command);
                }
            }
            Step::CommitHeld(which) => {
                if let Some(at) = pick(which, self.held.len()) {
                    let held = self.held.remove(at);
                    self.commit_held(held);
                }
            }
            Step::CarryOut { which, again } => {
                if let Some(at) = pick(which, self.pending.len()) {
                    let pending = self.pending[at].clone();
                    if !again {
                        self.pending.remove(at);
                    }
                    self.carry_out(&pending);
                }
            }
            Step::Claim => {
                let claim = self.routing.claim_next(self.now);
                self.claims.extend(claim);
            }
            Step::Settle(which) => {
                let claims = self.claims_to_settle();
                if let Some(at) = pick(which, claims.len()) {
                    self.claims.retain(|claim| *claim != claims[at]);
                    self.settle(&claims[at]);
                }
            }
            Step::HoldClaim(which) => {
                let claims = self.claims_to_settle();
                if let Some(at) = pick(which, claims.len()) {
                    self.hold(claims[at].log, claims[at].command());
                }
            }
            Step::Match => self.match_all(),
            Step::BeginTransfer(log, to) => self.begin_transfer(log, to),
            Step::GoOnWithTransfer(which) => {
                if let Some(at) = pick(which, self.transfers.len()) {
                    let transfer = self.transfers.remove(at);
                    let next = self.next_of_transfer(transfer);
                    self.transfers.extend(next);
                }
            }
            Step::HoldTransfer(which) => {
                let with_slot: Vec<_> = self.transfers.iter().filter(|transfer| transfer.has_slot).collect();
                if let Some(at) = pick(which, with_slot.len()) {
                    let (log, command) = (with_slot[at].log, with_slot[at].command());
                    self.hold(log, command);
                }
            }
            Step::Pass(span) => self.pass(span),
            Step::AllSeenBut(silent) => {
                let others = self.logs.iter_mut().enumerate().filter(|(n, _)| *n != silent);
                others.for_each(|(_, log)| log.seen = self.now);
            }
            Step::RunTimers => self.run_timers(),
            Step::Status(agent, status) => {
                if let Some(worker) = self.routing.workers.get_mut(&agent_id(agent)) {
                    worker.status = status;
                }
            }
            Step::Configure(setting) => self.configure(&setting),
        }
    }

    /// Those whose finder is at work, and those that are made up for.
    fn claims_to_settle(&self) -> Vec<Claim> {
        let mut claims = self.claims.clone();
        claims.extend(self.routing.claims());
        claims
    }

    fn begin_transfer(&mut self, log: usize, to: &str) {
        let state = &self.logs[log].state;
        if let Some(from) = state.agent().filter(|from| from.as_str() != to) {
            let (from, to) = (from.clone(), agent_id(to));
            self.transfers.push(Transfer { log, from, to, fence: state.fence, has_slot: false });
        }
    }

    fn configure(&mut self, setting: &Setting) {
        match *setting {
            Setting::Robot(there) => self.shop.robot = there.then(robot),
            Setting::Queue(there) => self.shop.channel.queue = there.then(|| queue("support")),
            Setting::AsyncReplies(on) => self.shop.channel.async_replies = on,
            Setting::Availability(availability) => self.shop.make(availability),
        }
    }
}

fn pick(which: Index, len: usize) -> Option<usize> {
    (len > 0).then(|| which.index(len))
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let log = || 0..CUSTOMERS;
    prop_oneof![
        60 => (log(), ask()).prop_map(|(log, ask)| Step::Ask(log, ask)),
        10 => (log(), ask()).prop_map(|(log, ask)| Step::Hold(log, ask)),
        10 => any::<Index>().prop_map(Step::CommitHeld),
        30 => (any::<Index>(), any::<bool>()).prop_map(|(which, again)| Step::CarryOut { which, again }),
        4 => Just(Step::Claim),
        4 => any::<Index>().prop_map(Step::Settle),
        2 => any::<Index>().prop_map(Step::HoldClaim),
        4 => any::<Index>().prop_map(Step::HoldTransfer),
        2 => Just(Step::Match),
        14 => (log(), agent_name()).prop_map(|(log, to)| Step::BeginTransfer(log, to)),
        20 => any::<Index>().prop_map(Step::GoOnWithTransfer),
        6 => span().prop_map(|millis| Step::Pass(Duration::from_millis(millis))),
        6 => log().prop_map(Step::AllSeenBut),
        2 => Just(Step::RunTimers),
        2 => (agent_name(), select(vec![AgentStatus::Online, AgentStatus::Away]))
            .prop_map(|(agent, status)| Step::Status(agent, status)),
        2 => setting().prop_map(Step::Configure),
    ]
}

/// Seldom as long as it takes to run out of patience.
fn span() -> impl Strategy<Value = u64> {
    prop_oneof![
        6 => select(vec![1, 1_000, 100_000]),
        1 => select(vec![299_999, 300_000, 600_000, 1_800_000]),
    ]
}

fn setting() -> impl Strategy<Value = Setting> {
    let availability = vec![
        Availability::SignedIn,
        Availability::NobodySignedIn,
        Availability::OutsideHours,
        Availability::Full,
    ];
    prop_oneof![
        any::<bool>().prop_map(Setting::Robot),
        any::<bool>().prop_map(Setting::Queue),
        any::<bool>().prop_map(Setting::AsyncReplies),
        select(availability).prop_map(Setting::Availability),
    ]
}

fn agent_name() -> impl Strategy<Value = &'static str> {
    select(vec!["101", "102"])
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        12 => by_customer().prop_map(Ask::ByCustomer),
        2 => by_customer().prop_map(Ask::InAnyState),
        8 => agent_asks().prop_map(Ask::ByHolder),
        2 => (agent_name(), agent_asks()).prop_map(|(agent, asks)| Ask::ByAgent(agent, asks)),
        // As if found by nobody's claim: only under an old fence, which must be refused.
        1 => (agent_name(), 1..4_u64).prop_map(|(agent, ago)| Ask::Assign(agent, ago)),
        1 => (0..4_u64).prop_map(Ask::TellQueuing),
        1 => Just(Ask::CheckTimers),
    ]
}

fn by_customer() -> impl Strategy<Value = Command> {
    let rating = RatingGiven { evaluation: 5, comment: String::new(), nps: None, solved: None };
    prop_oneof![
        1 => Just(Command::Connect),
        6 => (message(), answer()).prop_map(|(message, answer)| Command::Chat { message, answer }),
        8 => Just(Command::TransferToAgent),
        1 => Just(Command::Disconnect),
        1 => Just(Command::Typing),
        1 => Just(Command::ReadByCustomer { messages: vec!["c".to_owned()] }),
        1 => Just(Command::RateAgent(rating)),
        1 => (0..3_u32).prop_map(|turn| {
            Command::RateRobot { turn: turn.to_string(), satisfied: false, comment: None }
        }),
        1 => Just(Command::LeaveMessage { caller: "1".to_owned(), text: "call".to_owned() }),
    ]
}

fn agent_asks() -> impl Strategy<Value = AgentAsks> {
    prop_oneof![
        2 => Just(AgentAsks::Say),
        1 => Just(AgentAsks::Read),
        3 => Just(AgentAsks::PassOn),
        1 => Just(AgentAsks::End),
    ]
}

fn message() -> impl Strategy<Value = CustomerMessage> {
    prop_oneof![
        2 => Just(customer_says(MediaType::Text, " Agent ")),
        3 => "\\PC{0,9}".prop_map(|text| customer_says(MediaType::Text, &text)),
        1 => Just(customer_says(MediaType::Image, "agent")),
    ]
}

fn answer() -> impl Strategy<Value = Option<RobotSays>> {
    prop_oneof![
        1 => Just(None),
        3 => (0..3_usize).prop_map(|parts| {
            Some(RobotSays { texts: vec!["It is so.".to_owned(); parts], similar: vec!["Why?".to_owned()] })
        }),
    ]
}
