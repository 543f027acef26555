//! What a customer can do.

use crate::conversation::command::RatingGiven;
use crate::conversation::control::{call_id, enqueue, give_up, said_by_system, wait, waiting_in};
use crate::conversation::{
    Availability, Control, Conversation, CustomerMessage, Decided, Decision, Facts, LogState, Outcome,
    Refusal, RobotSays, Session,
};
use crate::directory::Robot;
use crate::entry::{EndReason, EntryBody};
use crate::id::RobotId;
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
    // Without a queue nobody can be signed in either; that it is missing says more.
    let decision = open_with_queue(state, facts)?;
    refuse_unless_available(facts)?;
    Ok(Decided::write(decision, Outcome::WithAgent))
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
                Ok(decision) => (decision, true),
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
    let opened = match facts.robot {
        Some(robot) => open_with_robot(state, robot, facts),
        // Nobody has to be there yet: this is what the switch is for.
        None => open_with_queue(state, facts)?,
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
            let decision = leave_robot(state, conversation, facts)?;
            Ok(Decided::write(decision, Outcome::Transferring))
        }
    }
}

/// From the robot to the channel's queue.
fn leave_robot(
    state: &LogState,
    conversation: &Conversation,
    facts: &Facts<'_>,
) -> Result<Decision, Refusal> {
    let queue = facts.channel.queue.clone().ok_or(Refusal::NotConfigured)?;
    refuse_unless_available(facts)?;
    let mut decision = enqueue(state, conversation, queue, None, facts);
    if let Some(robot) = facts.robot {
        let farewell = spoken_by(robot, facts.texts.get(Text::TransferToAgent));
        decision.entries.insert(0, EntryBody::Said(farewell));
    }
    Ok(decision)
}

/// The customer needs an agent, but none can be had: they are told so by the robot, which keeps the conversation, or by
/// the system if the channel has no robot any more.
fn regret(state: &LogState, refusal: Refusal, facts: &Facts<'_>) -> Decision {
    let text = if refusal == Refusal::OutsideHours { Text::OutsideHours } else { Text::NoAgents };
    let told = match facts.robot {
        Some(robot) => spoken_by(robot, facts.texts.get(text)),
        None => said_by_system(facts, text),
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

pub(super) fn rate_agent(state: &LogState, rating: RatingGiven) -> Result<Decided, Refusal> {
    let served = state.last_served.as_ref().ok_or(Refusal::NothingToRate)?;
    let conversation = served.conversation;
    let entries = vec![EntryBody::RatedAgent(rating.about(served.agent.clone()))];
    Ok(Decided::write(Decision { conversation, entries, ..Decision::default() }, Outcome::Noted))
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

pub(super) fn leave_message(state: &LogState, caller: String, text: String) -> Decided {
    let left = EntryBody::LeftMessage { caller, text };
    let decision = match state.open() {
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
    Decided::write(decision, Outcome::Noted)
}

fn refuse_unless_available(facts: &Facts<'_>) -> Result<(), Refusal> {
    match facts.availability {
        Availability::SignedIn => Ok(()),
        Availability::NobodySignedIn => Err(Refusal::NoAgents),
        Availability::OutsideHours => Err(Refusal::OutsideHours),
    }
}

fn said_by_customer(message: CustomerMessage) -> Message {
    Message {
        author: Author::Customer,
        media: message.media,
        content: message.content,
        nickname: message.nickname,
        avatar: message.avatar,
        extras: Extras { client_id: message.client_id, ..Extras::default() },
    }
}

pub(super) fn spoken_by(robot: &Robot, text: &str) -> Message {
    Message {
        nickname: Some(robot.nickname.clone()),
        avatar: robot.avatar.clone(),
        extras: Extras { gender: robot.gender.clone(), ..Extras::default() },
        ..Message::text(Author::Robot(robot.id.clone()), text)
    }
}

/// A new conversation under the robot's control.
fn open_with_robot(state: &LogState, robot: &Robot, facts: &Facts<'_>) -> Decision {
    open(state, Control::Robot(robot.id.clone()), Some(robot.id.clone()), facts)
}

/// A new conversation that waits for an agent.
fn open_with_queue(state: &LogState, facts: &Facts<'_>) -> Result<Decision, Refusal> {
    let queue = facts.channel.queue.clone().ok_or(Refusal::NotConfigured)?;
    let mut decision = open(state, waiting_in(queue.clone(), facts), None, facts);
    wait(&mut decision, queue, None, facts);
    Ok(decision)
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
        participants: Vec::new(),
    };
    Decision {
        conversation: conversations,
        entries: vec![EntryBody::Connected { call, robot }],
        state: Some(LogState { conversations, ..state.handed_over(&conversation, control, facts.now) }),
        ..Decision::default()
    }
}
