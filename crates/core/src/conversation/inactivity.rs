//! Silence in a conversation that somebody has: who is silent, whom that concerns, and when it ends.

use std::time::Duration;

use crate::conversation::control::{leave_agent, said_by_system, system_says, wait};
use crate::conversation::overflow::{Diverted, Way, reachable, way};
use crate::conversation::timer::{Clocks, TimerRules};
use crate::conversation::{Asks, Control, Conversation, Decision, Facts, LogState, Remembered, Session};
use crate::directory::{AgentSilence, Channel, Patience};
use crate::entry::{Departure, Diversion, EntryBody};
use crate::id::{AgentId, QueueId};
use crate::texts::Text;
use crate::time::Timestamp;

/// What silence leads to if nobody says anything any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Silence {
    /// The agent is looked to, who has not answered.
    pub(super) agent: Option<Timestamp>,
    /// The customer is warned.
    pub(super) warn: Option<Timestamp>,
    /// The conversation ends; `None` before the warning.
    pub(super) end: Option<Timestamp>,
}

/// What silence leads to. Whoever waits in a queue need not say anything.
pub(super) fn silence(conversation: &Conversation, clocks: Clocks, patience: &Patience) -> Silence {
    // Who waited has not been idle when an agent takes over at last.
    let asked = clocks.said.max(conversation.handed_over);
    let (quiet_since, span, agent) = match &conversation.control {
        Control::Queue { .. } => return Silence::default(),
        Control::Robot(_) => (asked, patience.robot_inactivity(), None),
        // It is the customer's turn.
        Control::Agent(_) if clocks.answered > asked => {
            (clocks.answered, patience.customer_inactivity(), None)
        }
        Control::Agent(_) => {
            let due = patience.agent_inactivity().map(|span| asked.plus(span));
            let is_reminded = conversation.remembered.reminded.is_some_and(|reminded| reminded > asked);
            (due.unwrap_or(asked), patience.customer_inactivity(), due.filter(|_| !is_reminded))
        }
    };
    let end = quiet_since.plus(span);
    let Some(before) = patience.warn_before() else { return Silence { agent, warn: None, end: Some(end) } };
    let last_word = asked.max(clocks.answered);
    if let Some(warned) = conversation.remembered.warned.filter(|warned| *warned > last_word) {
        return Silence { agent, warn: None, end: Some(end.max(warned.plus(before))) };
    }
    let warn = quiet_since.plus(span.saturating_sub(before));
    Silence { agent, warn: Some(warn), end: None }
}

/// What must be looked up to look at a conversation that an agent has.
pub(super) fn asks(conversation: &Conversation, clocks: Clocks, rules: &TimerRules<'_>) -> Asks {
    let due = silence(conversation, clocks, &rules.channel.patience).agent.filter(|at| *at <= rules.now);
    let is_requeued = rules.channel.patience.agent_silence == AgentSilence::Requeue;
    let (Some(_), true, Control::Agent(agent)) = (due, is_requeued, &conversation.control) else {
        return Asks::default();
    };
    let queues = reachable(rules.queues, came_from(conversation, rules.channel));
    Asks { queues, except: Some(agent.clone()), place: false }
}

fn came_from<'a>(conversation: &'a Conversation, channel: &'a Channel) -> Option<&'a QueueId> {
    conversation.remembered.queue.as_ref().or(channel.queue.as_ref())
}

/// Looks at a conversation that somebody has: an agent who does not answer, or a customer who is to be warned.
pub(super) fn look(
    state: &LogState,
    conversation: &Conversation,
    clocks: Clocks,
    facts: &Facts<'_>,
) -> Option<Decision> {
    let patience = &facts.channel.patience;
    let silence = silence(conversation, clocks, patience);
    let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= facts.now);
    if let Control::Agent(agent) = &conversation.control
        && is_due(silence.agent)
    {
        let requeued = match patience.agent_silence {
            AgentSilence::Requeue => requeue(state, conversation, agent, facts),
            AgentSilence::Remind => None,
        };
        return Some(requeued.unwrap_or_else(|| remind(state, conversation, agent, facts)));
    }
    is_due(silence.warn).then(|| warn(state, conversation, patience, facts))
}

/// Back to the queue, before everybody who came later than the customer. The wait as such is a new one.
fn requeue(
    state: &LogState,
    conversation: &Conversation,
    agent: &AgentId,
    facts: &Facts<'_>,
) -> Option<Decision> {
    let Way::Queue { queue, .. } = way(came_from(conversation, facts.channel)?, facts) else { return None };
    let control = Control::queue(queue.clone(), facts.now);
    let mut decision = Decision {
        conversation: state.conversations,
        entries: vec![
            Diverted::new(queue.clone(), Diversion::AgentSilent).entry(),
            EntryBody::Said(said_by_system(facts, Text::AgentSilent)),
        ],
        state: Some(state.handed_over(conversation, control, facts.now)),
        intents: leave_agent(state, agent, Departure::Transferred),
        ..Decision::default()
    };
    wait(&mut decision, queue, conversation.opened, Some(agent.clone()));
    Some(decision)
}

fn remind(state: &LogState, conversation: &Conversation, agent: &AgentId, facts: &Facts<'_>) -> Decision {
    let remembered = Remembered { reminded: Some(facts.now), ..conversation.remembered.clone() };
    let entry = EntryBody::Reminded { agent: agent.clone() };
    remembering(state, conversation, remembered, entry)
}

fn warn(state: &LogState, conversation: &Conversation, patience: &Patience, facts: &Facts<'_>) -> Decision {
    let remembered = Remembered { warned: Some(facts.now), ..conversation.remembered.clone() };
    let before = patience.warn_before().unwrap_or_default();
    let said = system_says(facts, warning(before, facts));
    remembering(state, conversation, remembered, EntryBody::Said(said))
}

fn warning(before: Duration, facts: &Facts<'_>) -> String {
    const MINUTES_FROM: Duration = Duration::from_mins(2);
    let text = if before >= MINUTES_FROM { Text::InactivityWarningMinutes } else { Text::InactivityWarning };
    let (seconds, minutes) = (before.as_secs(), before.as_secs() / 60);
    facts
        .texts
        .get(text)
        .replace("{seconds}", &seconds.to_string())
        .replace("{minutes}", &minutes.to_string())
}

/// Control stays where it is.
fn remembering(
    state: &LogState,
    conversation: &Conversation,
    remembered: Remembered,
    entry: EntryBody,
) -> Decision {
    let session = Session::Open(Conversation { remembered, ..conversation.clone() });
    Decision {
        conversation: state.conversations,
        entries: vec![entry],
        state: Some(state.with(session)),
        ..Decision::default()
    }
}
