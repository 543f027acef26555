//! What editors of knowledge can learn from: it is taken note of with the commit and looked at after it.

use crate::conversation::{Control, Conversation, Decided, Intent, LogState};
use crate::entry::EntryBody;
use crate::message::{Author, Message};
use crate::robot::Hit;

/// Adds the intent to learn from what was decided, if there is anything to learn.
pub(super) fn follow(state: &LogState, decided: &mut Decided) {
    let Some(decision) = &mut decided.decision else { return };
    let entries = &decision.entries;
    let whole =
        entries.iter().any(|entry| ends_robots_part(state, entry)) || wants_agent_in_vain(state, entries);
    if whole || entries.iter().any(is_unanswered) {
        let conversation = decision.conversation;
        decision.intents.push(Intent::Learn { conversation, whole });
    }
}

/// A turn of the robot that does not answer what was asked.
fn is_unanswered(entry: &EntryBody) -> bool {
    let EntryBody::Said(message) = entry else { return false };
    message.extras.found.as_ref().is_some_and(|found| found.hit != Hit::Clear)
}

/// What says something about earlier turns: the customer wants an agent, or rates a turn, or an agent who came after
/// the robot is done.
fn ends_robots_part(state: &LogState, entry: &EntryBody) -> bool {
    let Some(conversation) = state.open().filter(|conversation| conversation.robot_turns > 0) else {
        return false;
    };
    match entry {
        EntryBody::RatedRobot { .. } => true,
        EntryBody::Queued { .. } | EntryBody::Diverted { .. } => is_with_robot(conversation),
        EntryBody::Ended { .. } => {
            state.last_served.as_ref().is_some_and(|served| served.conversation == state.conversations)
        }
        _ => false,
    }
}

/// The customer typed what brings an agent, and the robot regrets: it says something that is no turn.
fn wants_agent_in_vain(state: &LogState, entries: &[EntryBody]) -> bool {
    let is_said_by = |entry: &EntryBody, is_robot: bool| match entry {
        EntryBody::Said(Message { author: Author::Robot(_), extras, .. }) => {
            is_robot && extras.turn.is_none()
        }
        EntryBody::Said(Message { author: Author::Customer, .. }) => !is_robot,
        _ => false,
    };
    state.open().is_some_and(|conversation| conversation.robot_turns > 0 && is_with_robot(conversation))
        && entries.iter().any(|entry| is_said_by(entry, false))
        && entries.iter().any(|entry| is_said_by(entry, true))
}

const fn is_with_robot(conversation: &Conversation) -> bool {
    matches!(conversation.control, Control::Robot(_))
}
