//! Where customers go who are to wait: into the queue, around it, or nowhere.

use std::collections::HashMap;
use std::sync::Arc;

use crate::conversation::control::{give_up, said_by_system, system_says};
use crate::conversation::timer::TimerRules;
use crate::conversation::{
    Availability, Command, Control, Conversation, Decision, Facts, LogState, Outcome, Refusal, Session,
    TransferTarget, inactivity, waiting,
};
use crate::directory::{Overflow, Queue, Robot};
use crate::entry::{Diversion, EndReason, EntryBody};
use crate::hours::WorkingHours;
use crate::id::{AgentId, QueueId};
use crate::message::{MediaType, Message};
use crate::texts::Text;

/// Where a customer goes who is to wait in a queue.
#[derive(Debug)]
pub(super) enum Way<'a> {
    /// They wait.
    Queue {
        /// Where.
        queue: QueueId,
        /// Why it is not where they were to.
        diverted: Option<Diverted>,
    },
    /// The channel's robot takes them.
    Robot(&'a Robot, Diverted),
    /// They are asked to leave a message.
    LeaveMessage(Diverted),
    /// They are told that nobody can be had.
    Refused(Refusal),
}

/// The queue in which a customer was to wait, and why they do not.
#[derive(Debug)]
pub(super) struct Diverted {
    queue: QueueId,
    why: Diversion,
}

impl Diverted {
    pub(super) fn entry(self) -> EntryBody {
        EntryBody::Diverted { queue: self.queue, why: self.why }
    }

    /// What the one who asked for an agent is told.
    pub(super) fn outcome(&self) -> Outcome {
        if self.why == Diversion::OutsideHours { Outcome::OutsideHours } else { Outcome::NobodyToBeHad }
    }
}

/// Finds the way. Each queue is tried once, so that a circle ends, as a refusal.
pub(super) fn way<'a>(asked: &QueueId, facts: &Facts<'a>) -> Way<'a> {
    let mut tried = Vec::new();
    let mut queue = asked.clone();
    let mut diverted: Option<Diversion> = None;
    loop {
        let Some((availability, overflow)) = obstacle(&queue, facts) else {
            let diverted = diverted.map(|why| Diverted { queue: asked.clone(), why });
            return Way::Queue { queue, diverted };
        };
        let (why, refusal) = match availability {
            Availability::OutsideHours => (Diversion::OutsideHours, Refusal::OutsideHours),
            Availability::Full => (Diversion::Full, Refusal::QueueFull),
            Availability::NobodySignedIn | Availability::SignedIn => (Diversion::NoAgents, Refusal::NoAgents),
        };
        let first = Diverted { queue: asked.clone(), why: *diverted.get_or_insert(why) };
        match (overflow, facts.robot) {
            (Overflow::Queue(next), _) if !tried.contains(next) && *next != queue => {
                tried.push(queue);
                queue = next.clone();
            }
            (Overflow::Robot, Some(robot)) => return Way::Robot(robot, first),
            (Overflow::LeaveMessage, _) => return Way::LeaveMessage(first),
            (Overflow::Queue(_) | Overflow::Robot | Overflow::Refuse | Overflow::Wait, _) => {
                return Way::Refused(refusal);
            }
        }
    }
}

/// What keeps customers from waiting in a queue, and what happens to them then. Who may wait for the opening need not
/// find anybody there.
fn obstacle<'a>(queue: &QueueId, facts: &Facts<'a>) -> Option<(Availability, &'a Overflow)> {
    const REFUSE: &Overflow = &Overflow::Refuse;
    let settings: Option<&'a Queue> = facts.queues.get(queue).map(|queue| &**queue);
    let standing = facts.standings.get(queue);
    let is_outside = hours(queue, facts).is_some_and(|hours| !hours.is_open(facts.now));
    let found = |availability, overflow: Option<&'a Overflow>| {
        Some((availability, overflow.unwrap_or(REFUSE))).filter(|(_, overflow)| **overflow != Overflow::Wait)
    };
    let not_staffed = if is_outside {
        found(Availability::OutsideHours, settings.map(|queue| &queue.outside_hours))
    } else if standing.is_some_and(|standing| !standing.signed_in) {
        found(Availability::NobodySignedIn, settings.map(|queue| &queue.no_agents))
    } else {
        None
    };
    not_staffed.or_else(|| {
        let most = settings?.max_waiting?;
        let is_full = standing.is_some_and(|standing| standing.waiting >= most);
        is_full.then(|| found(Availability::Full, settings.map(|queue| &queue.when_full))).flatten()
    })
}

/// When a queue is served: its own hours, else the channel's.
fn hours<'a>(queue: &QueueId, facts: &Facts<'a>) -> Option<&'a WorkingHours> {
    let own = facts.queues.get(queue).and_then(|queue| queue.hours.as_ref());
    own.or(facts.channel.hours.as_ref())
}

/// A text, and after it when the queue opens again, if it is closed and ever does.
pub(super) fn with_opening(text: &str, queue: Option<&QueueId>, facts: &Facts<'_>) -> String {
    let opening = queue.and_then(|queue| {
        let hours = hours(queue, facts).filter(|hours| !hours.is_open(facts.now))?;
        let time = hours.local(hours.opens_next(facts.now)?, facts.texts.get(Text::TimeFormat))?;
        Some(facts.texts.get(Text::OpensAgain).replace("{time}", &time))
    });
    match opening {
        Some(opening) => format!("{text} {opening}"),
        None => text.to_owned(),
    }
}

fn message_asked(diverted: &Diverted, facts: &Facts<'_>) -> String {
    with_opening(facts.texts.get(Text::LeaveMessage), Some(&diverted.queue), facts)
}

/// The system asks for a message; the conversation stays where it is.
pub(super) fn ask_for_message(state: &LogState, diverted: Diverted, facts: &Facts<'_>) -> Decision {
    let said = system_says(facts, message_asked(&diverted, facts));
    let entries = vec![diverted.entry(), EntryBody::Said(said)];
    Decision { conversation: state.conversations, entries, ..Decision::default() }
}

/// The system asks for a message, and the conversation ends. Where the customer may still write, the end itself says so,
/// as with a time-out.
pub(super) fn end_with_message(
    state: &LogState,
    conversation: &Conversation,
    diverted: Diverted,
    facts: &Facts<'_>,
) -> Decision {
    let offline = facts.channel.async_replies;
    let (entries, ended) = asked_and_ended(diverted, facts);
    let mut decision = give_up(state, conversation, ended, offline);
    decision.entries.splice(0..0, entries);
    decision
}

/// The same for somebody who did not even get a conversation: one is opened and ends at once.
pub(super) fn open_with_message(
    state: &LogState,
    connected: EntryBody,
    diverted: Diverted,
    facts: &Facts<'_>,
) -> Decision {
    let conversations = state.conversations + 1;
    let (mut entries, ended) = asked_and_ended(diverted, facts);
    entries.insert(0, connected);
    entries.push(ended);
    let after = LogState { conversations, ..state.closed(facts.channel.async_replies) };
    Decision { conversation: conversations, entries, state: Some(after), ..Decision::default() }
}

fn asked_and_ended(diverted: Diverted, facts: &Facts<'_>) -> (Vec<EntryBody>, EntryBody) {
    let offline = facts.channel.async_replies;
    let text = message_asked(&diverted, facts);
    let mut entries = vec![diverted.entry()];
    if !offline {
        entries.push(EntryBody::Said(system_says(facts, &text)));
    }
    let tip = offline.then_some(text);
    (entries, EntryBody::Ended { reason: EndReason::MessageAsked, agent: None, offline, tip })
}

/// What the system says of a refusal.
pub(super) fn regret(refusal: Refusal, facts: &Facts<'_>) -> Message {
    match refusal {
        Refusal::OutsideHours => {
            let text = facts.texts.get(Text::OutsideHours);
            system_says(facts, with_opening(text, facts.channel.queue.as_ref(), facts))
        }
        _ => said_by_system(facts, Text::NoAgents),
    }
}

impl Diverted {
    /// Away from a queue in which the customer waits, or back to one.
    pub(super) const fn new(queue: QueueId, why: Diversion) -> Self {
        Self { queue, why }
    }
}

/// What must be looked up before a command can be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// The queues whose standing counts.
    pub queues: Vec<QueueId>,
    /// An agent who does not count as signed in.
    pub except: Option<AgentId>,
    /// Whether it counts where the customer stands.
    pub place: bool,
}

/// What must be looked up before a command can be decided. Most commands need nothing.
pub fn asks(state: &LogState, command: &Command, robot: Option<&Robot>, rules: &TimerRules<'_>) -> Asks {
    let of_channel = || rules.channel.queue.iter().collect::<Vec<_>>();
    let with_robot = matches!(state.control(), Some(Control::Robot(_)));
    let may_write_again = state.session == Session::Closed { offline: true };
    let starts = match command {
        Command::TransferToAgent if with_robot => of_channel(),
        Command::Connect if robot.is_none() && state.open().is_none() => of_channel(),
        Command::Chat { message, .. } if with_robot || may_write_again => {
            let is_keyword =
                |robot: &Robot| message.media == MediaType::Text && robot.is_transfer(&message.content);
            // A robot that is gone cannot answer: an agent must.
            if robot.is_none_or(is_keyword) { of_channel() } else { Vec::new() }
        }
        Command::AgentTransfers { target: TransferTarget::Queue(queue), .. } => vec![queue],
        Command::TellQueuing { .. } => return Asks { place: true, ..Asks::default() },
        Command::CheckTimers(clocks) => match state.open() {
            Some(conversation) => match &conversation.control {
                Control::Queue { .. } => return waiting::asks(conversation, rules),
                Control::Agent(_) => return inactivity::asks(conversation, *clocks, rules),
                Control::Robot(_) => Vec::new(),
            },
            None => Vec::new(),
        },
        _ => Vec::new(),
    };
    Asks { queues: reachable(rules.queues, starts), ..Asks::default() }
}

/// These queues and those that customers may be sent on to from them.
pub(super) fn reachable<'a>(
    queues: &'a HashMap<QueueId, Arc<Queue>>,
    starts: impl IntoIterator<Item = &'a QueueId>,
) -> Vec<QueueId> {
    let mut reached: Vec<QueueId> = starts.into_iter().cloned().collect();
    let mut next = 0;
    while let Some(here) = reached.get(next) {
        next += 1;
        let Some(queue) = queues.get(here) else { continue };
        for overflow in [&queue.outside_hours, &queue.no_agents, &queue.when_full] {
            if let Overflow::Queue(onwards) = overflow
                && !reached.contains(onwards)
            {
                reached.push(onwards.clone());
            }
        }
    }
    reached
}
