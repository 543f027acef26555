//! What can happen next.

use std::time::Duration;

use frontdesk_core::conversation::{
    Availability, Command, CustomerMessage, Participation, RatingGiven, RobotSays, Session, TransferTarget,
};
use frontdesk_core::directory::{AgentSilence, Escalation, Overflow};
use frontdesk_core::id::AgentId;
use frontdesk_core::message::{Author, MediaType, Message};
use frontdesk_core::robot::Hit;
use frontdesk_core::routing::AgentStatus;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::routing::Claim;
use super::world::{CUSTOMERS, SUPERVISOR, Transfer, World};
use crate::shop::{agent_id, customer_says, found, queue, robot};

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
    /// Agents' slots are taken for those who wait; the logs do not know yet.
    Claim,
    /// Whoever is asked takes the customer, or does not.
    Answer(Index, bool),
    /// What is due in the queues is done.
    RunDues,
    /// The log is told about a claim.
    Settle(Index),
    /// The same, but it is committed later.
    HoldClaim(Index),
    /// Customers are given to agents until there are none of either.
    Match,
    /// Whoever has a customer begins to pass them on to this agent.
    BeginTransfer(usize, &'static str),
    /// The supervisor begins to take a customer over.
    BeginTakeOver(usize),
    /// A transfer goes one step on.
    GoOnWithTransfer(Index),
    /// The log is asked for a transfer, but it is committed later.
    HoldTransfer(Index),
    Pass(Duration),
    /// All customers' clients but this one's poll.
    AllSeenBut(usize),
    RunTimers,
    Status(&'static str, AgentStatus),
    /// An agent is no longer heard of, or is again.
    Reach(&'static str, bool),
    /// Whoever is not heard of loses their customers.
    TakeBack,
    Configure(Setting),
}

#[derive(Clone, Debug)]
pub(super) enum Setting {
    Robot(bool),
    Queue(bool),
    AsyncReplies(bool),
    Availability(Availability),
    /// What happens to customers whom the queue cannot take.
    Overflow(Overflow),
    /// What happens to customers who wait for so many seconds.
    Escalation(u64, Overflow),
    /// How long agents have to answer, what happens then, and how early customers are warned.
    Silence(u64, AgentSilence, u64),
    Asks(bool),
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
    ToRobot,
    End,
    Invite(&'static str, Participation),
    /// Ends the part of somebody, perhaps of whoever asks.
    Release(&'static str),
    Monitor,
    BargeIn,
    Whisper,
    /// Not quite by the agent: they are taken to have vanished.
    Vanish,
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
            Self::ToRobot => Command::AgentTransfers { agent, target: TransferTarget::Robot },
            Self::End => Command::AgentEnds { agent },
            Self::Invite(guest, mode) => Command::AgentInvites { agent, guest: agent_id(guest), mode },
            Self::Release(guest) => Command::AgentLeaves { agent, guest: agent_id(guest) },
            Self::Monitor => Command::AgentMonitors { agent },
            Self::BargeIn => Command::AgentBargesIn { agent },
            Self::Whisper => {
                let message = Message::text(Author::Agent(agent.clone()), "psst");
                Command::AgentWhispers { agent, message }
            }
            Self::Vanish => Command::AgentVanished { agent },
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
                let claims = self.routing.claim(self.now, self.asks);
                self.claims.extend(claims);
            }
            Step::Answer(which, takes) => {
                let offers = self.routing.offers(None);
                if let Some(at) = pick(which, offers.len()) {
                    if takes {
                        let claim = self.routing.accept(offers[at]);
                        self.claims.extend(claim);
                    } else {
                        self.routing.decline(offers[at], self.now);
                    }
                }
            }
            Step::RunDues => self.run_dues(),
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
            Step::BeginTransfer(log, to) => self.begin_transfer(log, to, false),
            Step::BeginTakeOver(log) => self.begin_transfer(log, SUPERVISOR, true),
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
            Step::Reach(agent, reachable) => {
                if let Some(worker) = self.routing.workers.get_mut(&agent_id(agent)) {
                    worker.reachable = reachable;
                }
            }
            Step::TakeBack => self.take_back(),
            Step::Configure(setting) => self.configure(&setting),
        }
    }

    /// Those whose finder is at work, and those that are made up for.
    fn claims_to_settle(&self) -> Vec<Claim> {
        let mut claims = self.claims.clone();
        claims.extend(self.routing.claims());
        claims
    }

    fn begin_transfer(&mut self, log: usize, to: &str, is_take_over: bool) {
        let state = &self.logs[log].state;
        if let Some(from) = state.agent().filter(|from| from.as_str() != to) {
            let (from, to) = (from.clone(), agent_id(to));
            let fence = state.fence;
            self.transfers.push(Transfer { log, from, to, fence, has_slot: false, is_take_over });
        }
    }

    fn configure(&mut self, setting: &Setting) {
        match *setting {
            Setting::Robot(there) => self.shop.robot = there.then(robot),
            Setting::Queue(there) => self.shop.channel.queue = there.then(|| queue("support")),
            Setting::AsyncReplies(on) => self.shop.channel.async_replies = on,
            Setting::Overflow(ref overflow) => self.shop.change("support", |queue| {
                queue.outside_hours = overflow.clone();
                queue.no_agents = overflow.clone();
                queue.when_full = overflow.clone();
            }),
            Setting::Escalation(after, ref then) => self.shop.change("support", |queue| {
                queue.escalation = vec![
                    Escalation { after, then: then.clone() },
                    Escalation { after: after + 100, then: Overflow::Robot },
                ];
            }),
            Setting::Silence(agent, then, warning) => {
                let patience = &mut self.shop.channel.patience;
                (patience.agent_inactivity, patience.agent_silence) = (agent, then);
                patience.warn_before = warning;
            }
            Setting::Availability(availability) => self.shop.make(availability),
            Setting::Asks(asks) => self.asks = asks,
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
        8 => (any::<Index>(), any::<bool>()).prop_map(|(which, takes)| Step::Answer(which, takes)),
        2 => Just(Step::RunDues),
        4 => any::<Index>().prop_map(Step::Settle),
        2 => any::<Index>().prop_map(Step::HoldClaim),
        4 => any::<Index>().prop_map(Step::HoldTransfer),
        2 => Just(Step::Match),
        14 => (log(), agent_name()).prop_map(|(log, to)| Step::BeginTransfer(log, to)),
        4 => log().prop_map(Step::BeginTakeOver),
        20 => any::<Index>().prop_map(Step::GoOnWithTransfer),
        6 => span().prop_map(|millis| Step::Pass(Duration::from_millis(millis))),
        6 => log().prop_map(Step::AllSeenBut),
        4 => Just(Step::RunTimers),
        2 => (agent_name(), select(vec![AgentStatus::Online, AgentStatus::Away]))
            .prop_map(|(agent, status)| Step::Status(agent, status)),
        3 => (agent_name(), any::<bool>()).prop_map(|(agent, reachable)| Step::Reach(agent, reachable)),
        3 => Just(Step::TakeBack),
        4 => setting().prop_map(Step::Configure),
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
        overflow().prop_map(Setting::Overflow),
        (select(vec![1, 100]), overflow()).prop_map(|(after, then)| Setting::Escalation(after, then)),
        (
            select(vec![0, 100]),
            select(vec![AgentSilence::Remind, AgentSilence::Requeue]),
            select(vec![0, 60])
        )
            .prop_map(|(agent, then, warning)| Setting::Silence(agent, then, warning)),
        any::<bool>().prop_map(Setting::Asks),
    ]
}

fn overflow() -> impl Strategy<Value = Overflow> {
    let wide = Overflow::Queue(queue("wide"));
    select(vec![Overflow::Refuse, Overflow::Wait, wide, Overflow::Robot, Overflow::LeaveMessage])
}

fn agent_name() -> impl Strategy<Value = &'static str> {
    select(vec!["101", "102"])
}

fn anybody() -> impl Strategy<Value = &'static str> {
    select(vec!["101", "102", SUPERVISOR])
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        12 => by_customer().prop_map(Ask::ByCustomer),
        2 => by_customer().prop_map(Ask::InAnyState),
        8 => agent_asks().prop_map(Ask::ByHolder),
        2 => (agent_name(), agent_asks()).prop_map(|(agent, asks)| Ask::ByAgent(agent, asks)),
        8 => (anybody(), participant_asks()).prop_map(|(agent, asks)| Ask::ByAgent(agent, asks)),
        // As if found by nobody's claim: only under an old fence, which must be refused.
        1 => (agent_name(), 1..4_u64).prop_map(|(agent, ago)| Ask::Assign(agent, ago)),
        1 => (0..4_u64).prop_map(Ask::TellQueuing),
        1 => Just(Ask::CheckTimers),
    ]
}

fn by_customer() -> impl Strategy<Value = Command> {
    let rating =
        RatingGiven { episode: None, evaluation: Some(5), comment: String::new(), nps: None, solved: None };
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
        1 => Just(AgentAsks::ToRobot),
        1 => Just(AgentAsks::End),
        4 => invitation(),
        1 => anybody().prop_map(AgentAsks::Release),
        1 => Just(AgentAsks::Vanish),
    ]
}

/// What somebody asks who may have nothing to do with the customer.
fn participant_asks() -> impl Strategy<Value = AgentAsks> {
    prop_oneof![
        3 => Just(AgentAsks::Monitor),
        2 => Just(AgentAsks::BargeIn),
        2 => Just(AgentAsks::Whisper),
        2 => Just(AgentAsks::Say),
        2 => anybody().prop_map(AgentAsks::Release),
        1 => invitation(),
    ]
}

fn invitation() -> impl Strategy<Value = AgentAsks> {
    let mode = select(vec![Participation::Consult, Participation::Conference]);
    (anybody(), mode).prop_map(|(guest, mode)| AgentAsks::Invite(guest, mode))
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
            Some(RobotSays {
                texts: vec!["It is so.".to_owned(); parts],
                similar: vec!["Why?".to_owned()],
                trace: Some(found(Hit::Near)),
            })
        }),
    ]
}
