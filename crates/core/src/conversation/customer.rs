//! What a customer can do.

use crate::conversation::control::{call_id, enqueue, give_up, robot_stays, spoken_by, wait};
use crate::conversation::overflow::{
    self, Diverted, Way, ask_for_message, end_with_message, open_with_message, way,
};
use crate::conversation::{
    Control, Conversation, CustomerMessage, Decided, Decision, Facts, LogState, Outcome, Refusal, Remembered,
    RobotSays, Session,
};
use crate::directory::Robot;
use crate::entry::{EndReason, EntryBody};
use crate::id::{QueueId, RobotId};
use crate::labels::Priority;
use crate::message::{Author, Extras, MediaType, Message};
use crate::texts::Text;

pub(super) fn connect(state: &LogState, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    if let Some(control) = state.control() {
        return Ok(Decided::nothing(match control {
            Control::Robot(_) => Outcome::WithRobot,
            Control::Queue { .. } | Control::Agent(_) => Outcome::WithAgent,
        }));
    }
    if let Some(robot) = facts.robot {
        let mut decision = open_with_robot(state, robot, facts);
        if !robot.welcome.trim().is_empty() {
            decision.entries.push(EntryBody::Said(spoken_by(robot, &robot.welcome)));
        }
        return Ok(Decided::write(decision, Outcome::WithRobot));
    }
    let queue = facts.channel.queue.as_ref().ok_or(Refusal::NotConfigured)?;
    match way(queue, facts) {
        Way::Queue { queue, diverted } => {
            Ok(Decided::write(open_with_queue(state, queue, diverted, facts), Outcome::WithAgent))
        }
        Way::LeaveMessage(diverted) => {
            let outcome = diverted.outcome();
            let decision = open_with_message(state, connected(state, facts), diverted, facts);
            Ok(Decided::write(decision, outcome))
        }
        Way::Refused(refusal) => Err(refusal),
        // Only a channel with a robot leads there, and that one has the conversation from the start.
        Way::Robot(..) => Err(Refusal::NoAgents),
    }
}

pub(super) fn chat(
    state: &LogState,
    message: CustomerMessage,
    answer: Option<&RobotSays>,
    facts: &Facts<'_>,
) -> Result<Decided, Refusal> {
    match &state.session {
        Session::Open(conversation) => Ok(chat_open(state, conversation, message, answer, facts)),
        Session::Closed { offline: true } => chat_again(state, message, answer, facts),
        Session::Closed { offline: false } => Err(Refusal::NoSession),
    }
}

fn chat_open(
    state: &LogState,
    conversation: &Conversation,
    message: CustomerMessage,
    answer: Option<&RobotSays>,
    facts: &Facts<'_>,
) -> Decided {
    let asks_for_agent = message.media == MediaType::Text
        && facts.robot.is_some_and(|robot| robot.is_transfer(&message.content));
    let robot_is_gone = facts.robot.is_none();
    let said = EntryBody::Said(said_by_customer(message));
    match &conversation.control {
        Control::Queue { .. } | Control::Agent(_) => {
            let decision =
                Decision { conversation: state.conversations, entries: vec![said], ..Decision::default() };
            Decided::write(decision, Outcome::SentToAgent)
        }
        Control::Robot(_) if asks_for_agent || robot_is_gone => {
            let (mut decision, waits) = match leave_robot(state, conversation, facts) {
                Ok((decision, outcome)) => (decision, outcome == Outcome::Transferring),
                Err(refusal) => (regret(state, refusal, facts), false),
            };
            decision.entries.insert(0, said);
            let outcome = if waits && robot_is_gone { Outcome::SentToAgent } else { Outcome::SentToRobot };
            Decided::write(decision, outcome)
        }
        Control::Robot(_) => {
            let mut decision =
                Decision { conversation: state.conversations, entries: vec![said], ..Decision::default() };
            if let (Some(robot), Some(answer)) = (facts.robot, answer) {
                take_turn(state, conversation, robot, answer, &mut decision);
            }
            Decided::write(decision, Outcome::SentToRobot)
        }
    }
}

/// The robot's turn: its answer, and the turn counted.
fn take_turn(
    state: &LogState,
    conversation: &Conversation,
    robot: &Robot,
    answer: &RobotSays,
    decision: &mut Decision,
) {
    let turn = conversation.robot_turns + 1;
    let last = answer.texts.len().saturating_sub(1);
    for (index, text) in answer.texts.iter().enumerate() {
        let mut message = spoken_by(robot, text);
        message.extras.turn = Some(turn);
        if index == 0 {
            message.extras.found = answer.trace.clone().map(Box::new);
        }
        if index == last {
            message.extras.similar.clone_from(&answer.similar);
        }
        decision.entries.push(EntryBody::Said(message));
    }
    let session = Session::Open(Conversation { robot_turns: turn, ..conversation.clone() });
    decision.state = Some(state.with(session));
}

/// The async switch is on and the customer writes after a time-out: a new conversation, with their message in it.
fn chat_again(
    state: &LogState,
    message: CustomerMessage,
    answer: Option<&RobotSays>,
    facts: &Facts<'_>,
) -> Result<Decided, Refusal> {
    let opened = if let Some(robot) = facts.robot {
        open_with_robot(state, robot, facts)
    } else {
        let queue = facts.channel.queue.as_ref().ok_or(Refusal::NotConfigured)?;
        let (queue, diverted) = match way(queue, facts) {
            Way::Queue { queue, diverted } => (queue, diverted),
            // Nobody has to be there yet: this is what the switch is for.
            Way::Robot(..) | Way::LeaveMessage(_) | Way::Refused(_) => (queue.clone(), None),
        };
        open_with_queue(state, queue, diverted, facts)
    };
    let opened_state = opened.state.unwrap_or_default();
    let conversation = opened_state.open().ok_or(Refusal::NoSession)?;
    let then = chat_open(&opened_state, conversation, message, answer, facts);
    let Some(mut decision) = then.decision else { return Ok(then) };
    decision.entries.splice(0..0, opened.entries);
    decision.intents.splice(0..0, opened.intents);
    decision.state = Some(match decision.state {
        // Both changes are one commit, so the version moves by one.
        Some(changed) => LogState { version: opened_state.version, ..changed },
        None => opened_state,
    });
    Ok(Decided::write(decision, then.outcome))
}

pub(super) fn transfer_to_agent(state: &LogState, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    match &conversation.control {
        Control::Agent(_) => Err(Refusal::AlreadyWithAgent),
        Control::Queue { .. } => Ok(Decided::nothing(Outcome::Transferring)),
        Control::Robot(_) => {
            let (decision, outcome) = leave_robot(state, conversation, facts)?;
            Ok(Decided::write(decision, outcome))
        }
    }
}

/// From the robot to the channel's queue, or to where its rules lead. Where nobody can be had the robot keeps the
/// conversation, so that the customer is not left alone: a message that they leave ends it.
fn leave_robot(
    state: &LogState,
    conversation: &Conversation,
    facts: &Facts<'_>,
) -> Result<(Decision, Outcome), Refusal> {
    let queue = facts.channel.queue.as_ref().ok_or(Refusal::NotConfigured)?;
    match way(queue, facts) {
        Way::Queue { queue, diverted } => {
            let mut decision = enqueue(state, conversation, queue, None, facts);
            decision.entries.splice(0..0, diverted.map(Diverted::entry));
            if let Some(robot) = facts.robot {
                let farewell = spoken_by(robot, facts.texts.get(Text::TransferToAgent));
                decision.entries.insert(0, EntryBody::Said(farewell));
            }
            Ok((decision, Outcome::Transferring))
        }
        Way::Robot(robot, diverted) => {
            let outcome = diverted.outcome();
            let entries = vec![diverted.entry(), EntryBody::Said(robot_stays(robot, facts))];
            let decision = Decision { conversation: state.conversations, entries, ..Decision::default() };
            Ok((decision, outcome))
        }
        Way::LeaveMessage(diverted) => {
            let outcome = diverted.outcome();
            let decision = match facts.robot {
                Some(_) => ask_for_message(state, diverted, facts),
                None => end_with_message(state, conversation, diverted, facts),
            };
            Ok((decision, outcome))
        }
        Way::Refused(refusal) => Err(refusal),
    }
}

/// The customer needs an agent, but none can be had: they are told so by the robot, which keeps the conversation, or by
/// the system if the channel has no robot any more.
fn regret(state: &LogState, refusal: Refusal, facts: &Facts<'_>) -> Decision {
    let told = overflow::regret(refusal, facts);
    let told = match facts.robot {
        Some(robot) => spoken_by(robot, &told.content),
        None => told,
    };
    let entries = vec![EntryBody::Said(told)];
    Decision { conversation: state.conversations, entries, ..Decision::default() }
}

pub(super) fn disconnect(state: &LogState) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    let outcome = match conversation.control {
        Control::Robot(_) => Outcome::LeftRobot,
        Control::Queue { .. } | Control::Agent(_) => Outcome::LeftAgent,
    };
    let ended = EntryBody::Ended { reason: EndReason::Customer, agent: None, offline: false, tip: None };
    Ok(Decided::write(give_up(state, conversation, ended, false), outcome))
}

pub(super) fn typing(state: &LogState) -> Result<Decided, Refusal> {
    state.open().ok_or(Refusal::NoSession)?;
    Ok(Decided::nothing(Outcome::Noted))
}

pub(super) fn read(state: &LogState, messages: Vec<String>) -> Result<Decided, Refusal> {
    state.open().ok_or(Refusal::NoSession)?;
    if messages.is_empty() {
        return Ok(Decided::nothing(Outcome::Noted));
    }
    let entries = vec![EntryBody::ReadByCustomer { messages }];
    let decision = Decision { conversation: state.conversations, entries, ..Decision::default() };
    Ok(Decided::write(decision, Outcome::Noted))
}

pub(super) fn rate_robot(
    state: &LogState,
    turn: String,
    satisfied: bool,
    comment: Option<String>,
) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NothingToRate)?;
    let given = turn.parse::<u32>().map_err(|_| Refusal::NothingToRate)?;
    if given == 0 || given > conversation.robot_turns {
        return Err(Refusal::NothingToRate);
    }
    let entries = vec![EntryBody::RatedRobot { turn, satisfied, comment }];
    let decision = Decision { conversation: state.conversations, entries, ..Decision::default() };
    Ok(Decided::write(decision, Outcome::Noted))
}

fn said_by_customer(message: CustomerMessage) -> Message {
    Message {
        author: Author::Customer,
        media: message.media,
        content: message.content,
        nickname: message.nickname,
        avatar: message.avatar,
        extras: Extras { client_id: message.client_id, masked: message.masked, ..Extras::default() },
    }
}

/// A new conversation under the robot's control.
fn open_with_robot(state: &LogState, robot: &Robot, facts: &Facts<'_>) -> Decision {
    open(state, Control::Robot(robot.id.clone()), Some(robot.id.clone()), facts)
}

/// A new conversation that waits for an agent.
fn open_with_queue(
    state: &LogState,
    queue: QueueId,
    diverted: Option<Diverted>,
    facts: &Facts<'_>,
) -> Decision {
    let mut decision = open(state, Control::queue(queue.clone(), facts.now), None, facts);
    decision.entries.extend(diverted.map(Diverted::entry));
    wait(&mut decision, queue, facts.now, None);
    decision
}

fn open(state: &LogState, control: Control, robot: Option<RobotId>, facts: &Facts<'_>) -> Decision {
    let conversations = state.conversations + 1;
    let call = call_id(facts.log, conversations, facts.now);
    let conversation = Conversation {
        call: call.clone(),
        opened: facts.now,
        control: control.clone(),
        handed_over: facts.now,
        robot_turns: 0,
        remembered: Remembered::default(),
        priority: Priority::default(),
        disposition: None,
        participants: Vec::new(),
    };
    Decision {
        conversation: conversations,
        entries: vec![EntryBody::Connected { call, robot }],
        state: Some(LogState { conversations, ..state.handed_over(&conversation, control, facts.now) }),
        ..Decision::default()
    }
}

/// The beginning of the next conversation.
fn connected(state: &LogState, facts: &Facts<'_>) -> EntryBody {
    EntryBody::Connected { call: call_id(facts.log, state.conversations + 1, facts.now), robot: None }
}
