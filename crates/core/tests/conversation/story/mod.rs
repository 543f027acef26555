//! Conversations as the documented interfaces tell them, each decision shown whole.

mod agent;
mod ending;
mod escalation;
mod handling;
mod learning;
mod overflow;
mod participants;
mod rating;
mod robot;
mod silence;
mod sla;
mod survey;
mod vanish;
mod waiting;

use std::time::Duration;

use frontdesk_core::conversation::{
    Clocks, Command, Decision, Intent, LogState, Outcome, Refusal, RobotSays, TimerRules, TransferTarget,
    decide, next_deadline,
};
use frontdesk_core::entry::{EntryBody, Rating};
use frontdesk_core::id::AgentId;
use frontdesk_core::message::{Author, MediaType, Message};
use frontdesk_core::time::Timestamp;

use crate::shop::{MORNING, Shop, agent_id, customer_says, log_id};

/// A customer's log, with whatever is decided written at once.
struct Story {
    shop: Shop,
    state: LogState,
    now: Timestamp,
    /// The customer's last word and the last sign of their clients.
    clocks: Clocks,
}

/// What came of a command: what the caller is told, the entries and the intents, each as a line.
#[derive(Debug, PartialEq, Eq)]
struct Happened {
    outcome: Outcome,
    entries: Vec<String>,
    intents: Vec<String>,
}

impl Story {
    fn new() -> Self {
        Self::at(Shop::new())
    }

    fn at(shop: Shop) -> Self {
        let clocks = Clocks { seen: MORNING, said: MORNING, answered: Timestamp::ZERO };
        Self { shop, state: LogState::default(), now: MORNING, clocks }
    }

    fn without_robot() -> Self {
        let mut story = Self::new();
        story.shop.robot = None;
        story
    }

    /// A customer whom Alex serves, whose name is 101.
    fn with_alex() -> Self {
        let mut story = Self::without_robot();
        story.does(Command::Connect).expect("connects");
        story.does(story.assign("101")).expect("assigned");
        story
    }

    /// Carries a command out and gives the decision, if there is one.
    fn does(&mut self, command: Command) -> Result<(Outcome, Option<Decision>), Refusal> {
        let facts = self.shop.facts(log_id(1), self.now, &command);
        if matches!(command, Command::Chat { .. }) {
            self.clocks.said = self.now;
        }
        if matches!(command, Command::AgentSays { .. }) {
            self.clocks.answered = self.now;
        }
        let decided = decide(&self.state, command, &facts)?;
        if let Some(changed) = decided.decision.as_ref().and_then(|decision| decision.state.clone()) {
            self.state = changed;
        }
        Ok((decided.outcome, decided.decision))
    }

    #[track_caller]
    fn shows(&mut self, command: Command, outcome: Outcome, entries: &[&str], intents: &[&str]) {
        let (told, decision) = self.does(command).expect("not refused");
        let decision = decision.unwrap_or_default();
        let happened = Happened {
            outcome: told,
            entries: decision.entries.iter().map(line).collect(),
            intents: decision.intents.iter().map(intent_line).collect(),
        };
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(happened, Happened { outcome, entries: owned(entries), intents: owned(intents) });
    }

    #[track_caller]
    fn refuses(&mut self, command: Command, refusal: Refusal) {
        let before = self.state.clone();
        assert_eq!(self.does(command).map(|(outcome, _)| outcome), Err(refusal));
        assert_eq!(self.state, before);
    }

    fn passes(&mut self, seconds: u64) {
        self.now = self.now.plus(Duration::from_secs(seconds));
    }

    /// Time passes while the customer's clients keep polling.
    fn passes_polling(&mut self, seconds: u64) {
        self.passes(seconds);
        self.clocks.seen = self.now;
    }

    fn deadline(&self) -> Option<Timestamp> {
        let (channel, queues) = (&self.shop.channel, &self.shop.queues);
        next_deadline(&self.state, self.clocks, TimerRules { channel, queues, now: self.now })
    }

    fn check_timers(&self) -> Command {
        Command::CheckTimers(self.clocks)
    }

    fn assign(&self, agent: &str) -> Command {
        Command::Assign { agent: agent_id(agent), fence: self.state.fence }
    }

    fn transfer_to(&self, from: &str, to: &str) -> Command {
        let target = TransferTarget::Agent { agent: agent_id(to), fence: self.state.fence };
        Command::AgentTransfers { agent: agent_id(from), target }
    }
}

fn chat(text: &str) -> Command {
    Command::Chat { message: customer_says(MediaType::Text, text), answer: None }
}

fn asks(text: &str, answer: &[&str], similar: &[&str]) -> Command {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let answer = RobotSays { texts: owned(answer), similar: owned(similar), trace: None };
    Command::Chat { message: customer_says(MediaType::Text, text), answer: Some(answer) }
}

fn agent_says(agent: &str, text: &str) -> Command {
    let agent = agent_id(agent);
    Command::AgentSays { agent: agent.clone(), message: Message::text(Author::Agent(agent), text) }
}

fn line(entry: &EntryBody) -> String {
    match entry {
        EntryBody::Said(message) => said_line(message),
        EntryBody::Connected { robot: Some(robot), .. } => format!("connected to {robot}"),
        EntryBody::Connected { robot: None, .. } => "connected".to_owned(),
        EntryBody::Queued { queue, from: None } => format!("queued in {queue}"),
        EntryBody::Queued { queue, from: Some(agent) } => format!("queued in {queue} by {agent}"),
        EntryBody::Assigned { agent, nickname, from: None } => format!("assigned to {agent} ({nickname})"),
        EntryBody::Assigned { agent, nickname, from: Some(from) } => {
            format!("assigned to {agent} ({nickname}) by {from}")
        }
        EntryBody::TakenOver { agent, nickname, from } => {
            format!("taken over by {agent} ({nickname}) from {from}")
        }
        EntryBody::GivenToRobot { robot, from: Some(agent) } => format!("given to {robot} by {agent}"),
        EntryBody::Joined { agent, nickname, mode, by } => {
            format!("{agent} ({nickname}) joins{}: {mode:?}", by_line(by.as_ref()))
        }
        EntryBody::Left { agent, nickname, mode, by } => {
            format!("{agent} ({nickname}) leaves{}: {mode:?}", by_line(by.as_ref()))
        }
        EntryBody::Whispered(message) => said_line(message).replacen(": ", " whispers: ", 1),
        EntryBody::ReadByAgent { agent, messages } => format!("{agent} has read {}", messages.join(",")),
        EntryBody::ReadByCustomer { messages } => format!("customer has read {}", messages.join(",")),
        EntryBody::Ended { reason, agent: None, offline: false, tip: None } => format!("ended: {reason:?}"),
        EntryBody::Ended { reason, agent: Some(agent), offline: false, tip: None } => {
            format!("ended by {agent}: {reason:?}")
        }
        EntryBody::Ended { reason, agent: None, offline: true, tip: Some(tip) } => {
            format!("ended, may still write: {reason:?}: {tip}")
        }
        EntryBody::Diverted { queue, why } => format!("not in {queue}: {why:?}"),
        EntryBody::GivenToRobot { robot, from: None } => format!("given to {robot}"),
        EntryBody::Reminded { agent } => format!("{agent} was reminded"),
        EntryBody::RatedAgent(rating) => rated_line(rating),
        EntryBody::SurveyDue { episode, agent, by: None, .. } => format!("asked about {agent} ({episode})"),
        EntryBody::SurveyDue { episode, agent, by: Some(by), .. } => {
            format!("asked about {agent} ({episode}) by {by}")
        }
        EntryBody::Sla { policy, target, what, .. } => format!("{policy}: {target:?} {what:?}"),
        EntryBody::RatedRobot { turn, satisfied, .. } => format!("rated turn {turn}: {satisfied}"),
        EntryBody::Note(note) => format!("noted by {}: {}", note.agent, note.text),
        EntryBody::LeftMessage { caller, text } => format!("left for {caller}: {text}"),
        other => panic!("not in a customer's log: {other:?}"),
    }
}

fn by_line(by: Option<&AgentId>) -> String {
    by.map(|by| format!(" by {by}")).unwrap_or_default()
}

fn rated_line(rating: &Rating) -> String {
    let (agent, episode) = (&rating.agent, rating.episode.unwrap_or_default());
    format!("rated {agent} ({episode}) {}", rating.evaluation.unwrap_or_default())
}

fn said_line(message: &Message) -> String {
    let author = match &message.author {
        Author::Customer => "customer",
        Author::Robot(_) => "robot",
        Author::Agent(agent) => agent.as_str(),
        Author::System => "system",
    };
    let mut line = format!("{author}: {}", message.content);
    let extras = &message.extras;
    if let Some(turn) = extras.turn {
        line = format!("{line} [turn {turn}]");
    }
    if !extras.similar.is_empty() {
        line = format!("{line} [similar: {}]", extras.similar.join(", "));
    }
    if let Some(place) = extras.place {
        line = format!("{line} [place {}, {:?} min]", place.position, place.minutes);
    }
    if extras.queuing {
        line += " [queuing]";
    }
    line
}

fn intent_line(intent: &Intent) -> String {
    match intent {
        Intent::Enqueue { queue, fence, avoid: None, .. } => format!("enqueue in {queue} under {fence}"),
        Intent::Enqueue { queue, fence, avoid: Some(agent), .. } => {
            format!("enqueue in {queue} under {fence} but not to {agent}")
        }
        Intent::LeaveQueue { fence } => format!("leave queue of {fence}"),
        Intent::Prioritise { fence, priority } => format!("priority under {fence}: {priority:?}"),
        Intent::FinishClaim { fence } => format!("finish claim of {fence}"),
        Intent::ConfirmReservation { agent, fence } => {
            format!("confirm reservation of {agent} under {fence}")
        }
        Intent::GiveBackSlot { agent, fence } => format!("give back slot of {agent} under {fence}"),
        Intent::FreeSlot { agent, fence } => format!("free slot of {agent} under {fence}"),
        Intent::OpenTicket { queue: Some(queue), caller, .. } => format!("ticket of {caller} for {queue}"),
        Intent::OpenTicket { queue: None, caller, .. } => format!("ticket of {caller}"),
        Intent::Learn { conversation, whole: true } => format!("learn from all of {conversation}"),
        Intent::Learn { conversation, whole: false } => format!("learn from {conversation}"),
        Intent::AnswerTicket { agent, ticket } => format!("ticket {ticket} answered by {agent}"),
        Intent::TellHandedOver { agent, conversation } => format!("tell {agent}: {conversation} is yours"),
        Intent::TellMentioned { agent, conversation } => format!("tell {agent}: mentioned in {conversation}"),
        Intent::TellJoined { agent, conversation, mode } => {
            format!("tell {agent}: takes part in {conversation}, {mode:?}")
        }
        Intent::TellTakenAway { agent, conversation, why } => {
            format!("tell {agent}: {conversation} is gone, {why:?}")
        }
    }
}
