//! How long a conversation survives what.

use crate::conversation::control::give_up;
use crate::conversation::{Control, Conversation, Decided, Facts, LogState, Outcome, Refusal};
use crate::directory::{Channel, Patience};
use crate::entry::{EndReason, EntryBody};
use crate::texts::Text;
use crate::time::Timestamp;

/// When something last happened. Three clocks: being there is not being active, and waiting is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// The last sign of the customer's clients: a poll, an open stream, a successful push.
    pub seen: Timestamp,
    /// The customer's last word.
    pub said: Timestamp,
}

impl Patience {
    /// When the conversation ends if nothing happens any more, and why.
    fn limits(&self, conversation: &Conversation, clocks: Clocks) -> [Option<(Timestamp, EndReason)>; 3] {
        let silence = clocks.seen.max(conversation.opened).plus(self.session_silence());
        let (waiting, inactive) = match &conversation.control {
            Control::Queue { since, .. } => (Some(since.plus(self.queue_wait())), None),
            // Whoever waits for an answer need not say more, and has not been idle when an agent takes over at last.
            Control::Robot(_) | Control::Agent(_) => {
                let active = clocks.said.max(conversation.handed_over);
                (None, Some(active.plus(self.customer_inactivity())))
            }
        };
        [
            Some((silence, EndReason::Silence)),
            waiting.map(|at| (at, EndReason::QueueTimeout)),
            inactive.map(|at| (at, EndReason::Inactivity)),
        ]
    }
}

/// When the log must be looked at next; `None` if nothing can run out.
pub fn next_deadline(state: &LogState, clocks: Clocks, channel: &Channel) -> Option<Timestamp> {
    let limits = channel.patience.limits(state.open()?, clocks);
    limits.into_iter().flatten().map(|(at, _)| at).min()
}

/// Ends the conversation if its time is up.
pub(super) fn check(state: &LogState, clocks: Clocks, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    let limits = facts.channel.patience.limits(conversation, clocks);
    let first = limits.into_iter().flatten().min_by_key(|(at, _)| *at);
    let Some((_, reason)) = first.filter(|(at, _)| *at <= facts.now) else {
        return Ok(Decided::nothing(Outcome::Noted));
    };
    let offline = facts.channel.async_replies;
    let tip = offline.then(|| facts.texts.get(Text::OfflineTip).to_owned());
    let ended = EntryBody::Ended { reason, agent: None, offline, tip };
    Ok(Decided::write(give_up(state, conversation, ended, offline), Outcome::LeftAgent))
}
