//! Hand-overs: from whoever has control to whoever gets it.

use sha2::{Digest, Sha256};

use crate::conversation::participants::release;
use crate::conversation::state::Served;
use crate::conversation::{
    Control, Conversation, Decided, Decision, Facts, Intent, LogState, Outcome, Refusal,
};
use crate::directory::Robot;
use crate::entry::{Departure, EntryBody};
use crate::id::{AgentId, CallId, QueueId};
use crate::log::LogId;
use crate::message::{Author, Extras, Message};
use crate::texts::Text;
use crate::time::Timestamp;

/// The `callId` of a customer's n-th conversation: `{epoch seconds}-{number}`, as documented. The number is taken from
/// the log and n, so that no two conversations of the same second share it.
pub(super) fn call_id(log: LogId, conversation: u64, opened: Timestamp) -> CallId {
    let mut hasher = Sha256::new();
    hasher.update(log.as_bytes());
    hasher.update(conversation.to_be_bytes());
    let digest = hasher.finalize();
    let number = digest.iter().take(7).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    CallId::new(&format!("{}-{number}", opened.as_seconds())).unwrap_or_else(|_| unreachable_call_id())
}

/// Digits and a hyphen are always an id.
fn unreachable_call_id() -> CallId {
    unreachable!("digits and a hyphen are an id")
}

/// From whoever has control to a queue.
pub(super) fn enqueue(
    state: &LogState,
    conversation: &Conversation,
    queue: QueueId,
    from: Option<AgentId>,
    facts: &Facts<'_>,
) -> Decision {
    let control = Control::queue(queue.clone(), facts.now);
    let mut decision = Decision {
        conversation: state.conversations,
        state: Some(state.handed_over(conversation, control, facts.now)),
        ..Decision::default()
    };
    wait(&mut decision, queue, facts.now, from);
    decision.intents.extend(release(state, conversation, Departure::Transferred));
    decision
}

/// Adds what waiting brings with it to a decision that already has the new state. Who came first is served first, by
/// `since`.
pub(super) fn wait(decision: &mut Decision, queue: QueueId, since: Timestamp, from: Option<AgentId>) {
    let fence = decision.state.as_ref().map_or(0, |state| state.fence);
    decision.entries.push(EntryBody::Queued { queue: queue.clone(), from: from.clone() });
    decision.intents.push(Intent::Enqueue { queue, fence, since, avoid: from });
}

/// An agent was found for the waiting customer.
pub(super) fn assign(
    state: &LogState,
    agent: &AgentId,
    fence: u64,
    facts: &Facts<'_>,
) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::Fenced)?;
    match &conversation.control {
        // Done before, and the answer was lost.
        Control::Agent(current) if current == agent && state.fence == fence + 1 => {
            Ok(Decided::nothing(Outcome::Noted))
        }
        Control::Queue { .. } if state.fence == fence => {
            let mut decision = give_to_agent(state, conversation, agent, None, facts);
            decision.intents.push(Intent::FinishClaim { fence });
            Ok(Decided::write(decision, Outcome::Noted))
        }
        Control::Queue { .. } | Control::Agent(_) | Control::Robot(_) => Err(Refusal::Fenced),
    }
}

/// Gives control to an agent; the customer is told.
pub(super) fn give_to_agent(
    state: &LogState,
    conversation: &Conversation,
    agent: &AgentId,
    from: Option<AgentId>,
    facts: &Facts<'_>,
) -> Decision {
    let nickname = facts.name_of(agent);
    let served =
        Served { agent: agent.clone(), call: conversation.call.clone(), conversation: state.conversations };
    let after = LogState {
        last_served: Some(served),
        ..state.handed_over(conversation, Control::Agent(agent.clone()), facts.now)
    };
    Decision {
        conversation: state.conversations,
        entries: vec![
            EntryBody::Assigned { agent: agent.clone(), nickname, from },
            EntryBody::Said(said_by_system(facts, Text::ConnectedAgent)),
        ],
        state: Some(after),
        intents: vec![Intent::TellHandedOver { agent: agent.clone(), conversation: state.conversations }],
        ..Decision::default()
    }
}

/// The conversation ends, whoever has control of it.
pub(super) fn give_up(
    state: &LogState,
    conversation: &Conversation,
    ended: EntryBody,
    offline: bool,
) -> Decision {
    Decision {
        conversation: state.conversations,
        entries: vec![ended],
        state: Some(state.closed(offline)),
        intents: leave(state, conversation, Departure::Ended),
        ..Decision::default()
    }
}

/// Gives control to the robot, which says something.
pub(super) fn give_to_robot(
    state: &LogState,
    conversation: &Conversation,
    robot: &Robot,
    says: Message,
    facts: &Facts<'_>,
) -> Decision {
    let from = state.agent().cloned();
    Decision {
        conversation: state.conversations,
        entries: vec![EntryBody::GivenToRobot { robot: robot.id.clone(), from }, EntryBody::Said(says)],
        state: Some(state.handed_over(conversation, Control::Robot(robot.id.clone()), facts.now)),
        intents: leave(state, conversation, Departure::Transferred),
        ..Decision::default()
    }
}

/// What follows when whoever has control has it no longer.
fn leave(state: &LogState, conversation: &Conversation, why: Departure) -> Vec<Intent> {
    let mut intents = match &conversation.control {
        Control::Robot(_) => Vec::new(),
        Control::Queue { .. } => vec![Intent::LeaveQueue { fence: state.fence }],
        Control::Agent(agent) => leave_agent(state, agent, why),
    };
    intents.extend(release(state, conversation, why));
    intents
}

/// What follows when an agent no longer holds the conversation.
pub(super) fn leave_agent(state: &LogState, agent: &AgentId, why: Departure) -> Vec<Intent> {
    vec![
        Intent::FreeSlot { agent: agent.clone(), fence: state.fence },
        Intent::TellTakenAway { agent: agent.clone(), conversation: state.conversations, why },
    ]
}

/// One of the system's texts, in the system's name.
pub(super) fn said_by_system(facts: &Facts<'_>, text: Text) -> Message {
    system_says(facts, facts.texts.get(text))
}

/// Something that the system says.
pub(super) fn system_says(facts: &Facts<'_>, text: impl Into<String>) -> Message {
    Message {
        nickname: Some(facts.texts.get(Text::SystemNickname).to_owned()),
        ..Message::text(Author::System, text)
    }
}

/// Something that a robot says.
pub(super) fn spoken_by(robot: &Robot, text: &str) -> Message {
    Message {
        nickname: Some(robot.nickname.clone()),
        avatar: robot.avatar.clone(),
        extras: Extras { gender: robot.gender.clone(), ..Extras::default() },
        ..Message::text(Author::Robot(robot.id.clone()), text)
    }
}

/// The robot says that it goes on because nobody can be had.
pub(super) fn robot_stays(robot: &Robot, facts: &Facts<'_>) -> Message {
    spoken_by(robot, &facts.texts.get(Text::RobotStays).replace("{keyword}", &robot.transfer_keyword))
}
