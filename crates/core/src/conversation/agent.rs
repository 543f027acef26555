//! What an agent can do.

use crate::conversation::control::{
    enqueue, give_to_agent, give_to_robot, give_up, leave_agent, robot_stays, spoken_by,
};
use crate::conversation::labels::must_have_disposition;
use crate::conversation::overflow::{Diverted, Way, end_with_message, way};
use crate::conversation::{
    Conversation, Decided, Decision, Facts, Intent, LogState, Outcome, Refusal, TransferTarget,
};
use crate::entry::{Departure, EndReason, EntryBody};
use crate::id::{AgentId, QueueId};
use crate::log::{EntryNumber, Life};
use crate::message::{Author, Message};
use crate::texts::Text;

pub(super) fn say(state: &LogState, agent: &AgentId, message: Message) -> Result<Decided, Refusal> {
    speaks(state, agent)?;
    let entries = vec![EntryBody::Said(message)];
    let decision = Decision { conversation: state.conversations, entries, ..Decision::default() };
    Ok(Decided::write(decision, Outcome::Noted))
}

pub(super) fn recall(
    state: &LogState,
    agent: &AgentId,
    (number, life): (EntryNumber, Life),
    message: &Message,
) -> Result<Decided, Refusal> {
    speaks(state, agent)?;
    if message.author != Author::Agent(agent.clone()) {
        return Err(Refusal::NotTheAgents);
    }
    if message.extras.recalled {
        return Ok(Decided::nothing(Outcome::Noted));
    }
    let decision = Decision {
        conversation: state.conversations,
        entries: vec![EntryBody::Recalled { agent: agent.clone(), number, life }],
        amend: Some((number, EntryBody::Said(message.recalled()))),
        ..Decision::default()
    };
    Ok(Decided::write(decision, Outcome::Noted))
}

pub(super) fn read(state: &LogState, agent: &AgentId, messages: Vec<String>) -> Result<Decided, Refusal> {
    speaks(state, agent)?;
    if messages.is_empty() {
        return Ok(Decided::nothing(Outcome::Noted));
    }
    let entries = vec![EntryBody::ReadByAgent { agent: agent.clone(), messages }];
    let decision = Decision { conversation: state.conversations, entries, ..Decision::default() };
    Ok(Decided::write(decision, Outcome::Noted))
}

pub(super) fn transfer(
    state: &LogState,
    agent: &AgentId,
    target: TransferTarget,
    facts: &Facts<'_>,
) -> Result<Decided, Refusal> {
    let conversation = held_by(state, agent)?;
    let mut decision = match target {
        TransferTarget::Queue(queue) => return to_queue(state, conversation, agent, &queue, facts),
        TransferTarget::Robot => {
            let robot = facts.robot.ok_or(Refusal::NoRobot)?;
            let says = spoken_by(robot, facts.texts.get(Text::TransferToRobot));
            let decision = give_to_robot(state, conversation, robot, says, facts);
            return Ok(Decided::write(decision, Outcome::Noted));
        }
        TransferTarget::Agent { agent: target, .. } if target == *agent => return Err(Refusal::ToOneself),
        TransferTarget::Agent { fence, .. } if fence != state.fence => return Err(Refusal::Fenced),
        TransferTarget::Agent { agent: target, fence } => {
            let mut decision = give_to_agent(state, conversation, &target, Some(agent.clone()), facts);
            decision.intents.push(Intent::ConfirmReservation { agent: target, fence });
            decision
        }
    };
    decision.intents.splice(0..0, leave_agent(state, agent, Departure::Transferred));
    Ok(Decided::write(decision, Outcome::Noted))
}

/// To a queue, or to where its rules lead. Where nobody can be had the agent keeps the conversation and is told why.
fn to_queue(
    state: &LogState,
    conversation: &Conversation,
    agent: &AgentId,
    queue: &QueueId,
    facts: &Facts<'_>,
) -> Result<Decided, Refusal> {
    let decision = match way(queue, facts) {
        Way::Queue { queue, diverted } => {
            let mut decision = enqueue(state, conversation, queue, Some(agent.clone()), facts);
            decision.entries.splice(0..0, diverted.map(Diverted::entry));
            decision.intents.splice(0..0, leave_agent(state, agent, Departure::Transferred));
            decision
        }
        Way::Robot(robot, diverted) => {
            let mut decision = give_to_robot(state, conversation, robot, robot_stays(robot, facts), facts);
            decision.entries.insert(0, diverted.entry());
            decision
        }
        Way::LeaveMessage(diverted) => end_with_message(state, conversation, diverted, facts),
        Way::Refused(refusal) => return Err(refusal),
    };
    Ok(Decided::write(decision, Outcome::Noted))
}

pub(super) fn end(state: &LogState, agent: &AgentId, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let conversation = held_by(state, agent)?;
    must_have_disposition(conversation, facts)?;
    let ended =
        EntryBody::Ended { reason: EndReason::Agent, agent: Some(agent.clone()), offline: false, tip: None };
    Ok(Decided::write(give_up(state, conversation, ended, false), Outcome::Noted))
}

/// Who speaks to the customer: the agent who has the conversation, and who was brought in.
fn speaks(state: &LogState, agent: &AgentId) -> Result<(), Refusal> {
    state.open().ok_or(Refusal::NoSession)?;
    if state.speaks_to_customer(agent) { Ok(()) } else { Err(Refusal::NotTheAgents) }
}

fn held_by<'a>(state: &'a LogState, agent: &AgentId) -> Result<&'a Conversation, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    if state.agent() == Some(agent) { Ok(conversation) } else { Err(Refusal::NotTheAgents) }
}
