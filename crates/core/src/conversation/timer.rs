//! How long a conversation survives what, and what happens in it by itself until then.

use std::collections::HashMap;
use std::sync::Arc;

use crate::conversation::control::give_up;
use crate::conversation::inactivity::{self, silence};
use crate::conversation::{
    Control, Conversation, Decided, Decision, Facts, LogState, Outcome, Refusal, waiting,
};
use crate::directory::{Channel, Queue};
use crate::entry::{EndReason, EntryBody};
use crate::id::QueueId;
use crate::texts::Text;
use crate::time::Timestamp;

/// When something last happened. Being there is not being active, and waiting is neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    /// The last sign of the customer's clients: a poll, an open stream, a successful push.
    pub seen: Timestamp,
    /// The customer's last word.
    pub said: Timestamp,
    /// The last word of an agent to the customer.
    pub answered: Timestamp,
}

/// The rules by which time passes for a conversation.
#[derive(Clone, Copy, Debug)]
pub struct TimerRules<'a> {
    /// The customer's channel.
    pub channel: &'a Channel,
    /// The tenant's queues.
    pub queues: &'a HashMap<QueueId, Arc<Queue>>,
    /// The time.
    pub now: Timestamp,
}

impl<'a> Facts<'a> {
    pub(super) const fn rules(&self) -> TimerRules<'a> {
        TimerRules { channel: self.channel, queues: self.queues, now: self.now }
    }
}

/// When the conversation ends if nothing happens any more, and why.
fn ends(
    conversation: &Conversation,
    clocks: Clocks,
    channel: &Channel,
) -> impl Iterator<Item = (Timestamp, EndReason)> {
    let patience = &channel.patience;
    let unseen = clocks.seen.max(conversation.opened).plus(patience.session_silence());
    let waited = match &conversation.control {
        Control::Queue { since, .. } => Some(since.plus(patience.queue_wait())),
        Control::Robot(_) | Control::Agent(_) => None,
    };
    let inactive = silence(conversation, clocks, patience).end;
    [
        Some((unseen, EndReason::Silence)),
        waited.map(|at| (at, EndReason::QueueTimeout)),
        inactive.map(|at| (at, EndReason::Inactivity)),
    ]
    .into_iter()
    .flatten()
}

/// When the log must be looked at next; `None` if no conversation is open.
pub fn next_deadline(state: &LogState, clocks: Clocks, rules: TimerRules<'_>) -> Option<Timestamp> {
    let conversation = state.open()?;
    let silence = silence(conversation, clocks, &rules.channel.patience);
    let others = [waiting::deadline(conversation, rules), silence.agent, silence.warn];
    let ends = ends(conversation, clocks, rules.channel).map(|(at, _)| at);
    ends.chain(others.into_iter().flatten()).min()
}

/// Does what it is time for: ends the conversation, moves it on, or tells somebody something.
pub(super) fn check(state: &LogState, clocks: Clocks, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    let first = ends(conversation, clocks, facts.channel).min_by_key(|(at, _)| *at);
    if let Some((_, reason)) = first.filter(|(at, _)| *at <= facts.now) {
        return Ok(Decided::write(end(state, conversation, reason, facts), Outcome::LeftAgent));
    }
    let decision = match &conversation.control {
        Control::Queue { .. } => waiting::look(state, conversation, facts),
        Control::Robot(_) | Control::Agent(_) => inactivity::look(state, conversation, clocks, facts),
    };
    Ok(match decision {
        Some(decision) => Decided::write(decision, Outcome::Noted),
        None => Decided::nothing(Outcome::Noted),
    })
}

/// The wait ends because it took too long.
pub(super) fn time_out(state: &LogState, conversation: &Conversation, facts: &Facts<'_>) -> Decision {
    end(state, conversation, EndReason::QueueTimeout, facts)
}

fn end(state: &LogState, conversation: &Conversation, reason: EndReason, facts: &Facts<'_>) -> Decision {
    let offline = facts.channel.async_replies;
    let tip = offline.then(|| facts.texts.get(Text::OfflineTip).to_owned());
    give_up(state, conversation, EntryBody::Ended { reason, agent: None, offline, tip }, offline)
}
