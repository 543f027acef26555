//! Messages left to be answered later, and their answers.

use crate::conversation::control::give_up;
use crate::conversation::{Control, Decided, Decision, Facts, Intent, LogState, Outcome};
use crate::entry::{EndReason, EntryBody};
use crate::id::{AgentId, QueueId};
use crate::log::EntryNumber;
use crate::message::Message;

/// The customer leaves a message. The entry comes first: the ticket is known by it.
pub(super) fn leave(state: &LogState, caller: String, text: String, facts: &Facts<'_>) -> Decided {
    let ticket = Intent::OpenTicket { queue: queue(state, facts), caller: caller.clone(), opened: facts.now };
    let left = EntryBody::LeftMessage { caller, text };
    let mut decision = match state.open() {
        // A message is left where no agent could be had; with it the flow of the conversation ends.
        Some(conversation) if !matches!(conversation.control, Control::Agent(_)) => {
            let ended =
                EntryBody::Ended { reason: EndReason::Customer, agent: None, offline: false, tip: None };
            let mut decision = give_up(state, conversation, ended, false);
            decision.entries.insert(0, left);
            decision
        }
        _ => Decision { conversation: state.conversations, entries: vec![left], ..Decision::default() },
    };
    decision.intents.push(ticket);
    Decided::write(decision, Outcome::Noted)
}

/// Whose agents see to it: of the queue that the customer waits in or came from, else of the channel's.
fn queue(state: &LogState, facts: &Facts<'_>) -> Option<QueueId> {
    let open = state.open();
    let waits = open.and_then(|conversation| match &conversation.control {
        Control::Queue { queue, .. } => Some(queue),
        Control::Robot(_) | Control::Agent(_) => conversation.remembered.queue.as_ref(),
    });
    waits.or(facts.channel.queue.as_ref()).cloned()
}

/// An agent answers. It opens no conversation: one that is open shows it, otherwise it belongs to the one in which the
/// message was left.
pub(super) fn answer(
    state: &LogState,
    agent: AgentId,
    (ticket, conversation): (EntryNumber, u64),
    message: Message,
) -> Decided {
    let conversation = if state.open().is_some() { state.conversations } else { conversation };
    let decision = Decision {
        conversation,
        entries: vec![EntryBody::Said(message)],
        intents: vec![Intent::AnswerTicket { agent, ticket }],
        ..Decision::default()
    };
    Decided::write(decision, Outcome::Noted)
}
