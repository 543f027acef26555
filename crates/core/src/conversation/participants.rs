//! Who else takes part in a conversation that an agent has: colleagues who are consulted or brought in, and supervisors.
//!
//! Control stays with one agent. Participants own nothing: they hold no slot, end nothing and pass nothing on. They
//! are released when the conversation leaves its agents: at its end, and when a queue or the robot gets it.

use serde::{Deserialize, Serialize};

use crate::conversation::control::{give_to_agent, leave_agent, said_by_system};
use crate::conversation::{
    Control, Conversation, Decided, Decision, Facts, Intent, LogState, Outcome, Refusal, Session,
};
use crate::entry::{Departure, EntryBody};
use crate::id::AgentId;
use crate::message::Message;
use crate::texts::Text;

/// How somebody takes part in a conversation that an agent has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Participation {
    /// Reads everything and speaks to colleagues only.
    Consult,
    /// Speaks to the customer as well.
    Conference,
    /// Reads everything, and nobody knows.
    Monitor,
}

impl Participation {
    /// Whether neither the customer nor the agents may know of it.
    pub const fn is_hidden(self) -> bool {
        matches!(self, Self::Monitor)
    }
}

/// Somebody who takes part in a conversation that an agent has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Who.
    pub agent: AgentId,
    /// How.
    pub mode: Participation,
    /// The agent who asked them in; `None` if they came by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentId>,
}

impl Conversation {
    /// Most participants of a conversation, those who monitor it counted apart.
    pub const MOST_PARTICIPANTS: usize = 10;

    /// How somebody takes part; `None` if they do not, or if the conversation is theirs.
    pub fn participation(&self, agent: &AgentId) -> Option<&Participant> {
        self.participants.iter().find(|participant| participant.agent == *agent)
    }

    /// The agent who has it.
    fn holder(&self) -> Result<&AgentId, Refusal> {
        match &self.control {
            Control::Agent(agent) => Ok(agent),
            Control::Robot(_) | Control::Queue { .. } => Err(Refusal::NotWithAgent),
        }
    }

    fn has_room_for(&self, mode: Participation) -> Result<(), Refusal> {
        let alike = |other: &&Participant| other.mode.is_hidden() == mode.is_hidden();
        if self.participants.iter().filter(alike).count() < Self::MOST_PARTICIPANTS {
            Ok(())
        } else {
            Err(Refusal::TooManyParticipants)
        }
    }
}

impl LogState {
    /// Whether what this agent says goes to the customer: the conversation is theirs, or they were brought in.
    pub fn speaks_to_customer(&self, agent: &AgentId) -> bool {
        let joined = || self.open()?.participation(agent).map(|participant| participant.mode);
        self.agent() == Some(agent) || joined() == Some(Participation::Conference)
    }

    /// Whether the conversation concerns this agent: it is theirs, or they take part in it.
    pub fn involves(&self, agent: &AgentId) -> bool {
        let takes_part = || self.open().is_some_and(|open| open.participation(agent).is_some());
        self.agent() == Some(agent) || takes_part()
    }
}

/// The agent who has the conversation asks a colleague in.
pub(super) fn invite(
    state: &LogState,
    by: &AgentId,
    guest: &AgentId,
    mode: Participation,
    facts: &Facts<'_>,
) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    if state.agent() != Some(by) {
        return Err(Refusal::NotTheAgents);
    }
    if guest == by {
        return Err(Refusal::ToOneself);
    }
    let now = conversation.participation(guest).map(|participant| participant.mode);
    match (now, mode) {
        // Who is consulted can be brought in; of who monitors the agent knows nothing.
        (None | Some(Participation::Monitor), _) => conversation.has_room_for(mode)?,
        (Some(Participation::Consult), Participation::Conference) => {}
        (Some(Participation::Consult | Participation::Conference), _) => {
            return Err(Refusal::AlreadyTakesPart);
        }
    }
    let guest = Participant { agent: guest.clone(), mode, by: Some(by.clone()) };
    Ok(join(state, conversation, guest, facts))
}

/// A supervisor begins to read along. Nobody is told.
pub(super) fn monitor(state: &LogState, agent: &AgentId, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    if conversation.holder()? == agent {
        return Err(Refusal::ToOneself);
    }
    if conversation.participation(agent).is_some() {
        return Err(Refusal::AlreadyTakesPart);
    }
    conversation.has_room_for(Participation::Monitor)?;
    let guest = Participant { agent: agent.clone(), mode: Participation::Monitor, by: None };
    Ok(join(state, conversation, guest, facts))
}

/// A supervisor begins to speak to the customer. The agent keeps the conversation.
pub(super) fn barge_in(state: &LogState, agent: &AgentId, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    if conversation.holder()? == agent {
        return Err(Refusal::ToOneself);
    }
    match conversation.participation(agent).map(|participant| participant.mode) {
        Some(Participation::Conference) => return Err(Refusal::AlreadyTakesPart),
        None | Some(Participation::Monitor) => conversation.has_room_for(Participation::Conference)?,
        Some(Participation::Consult) => {}
    }
    let guest = Participant { agent: agent.clone(), mode: Participation::Conference, by: None };
    Ok(join(state, conversation, guest, facts))
}

/// A supervisor takes the conversation from the agent who has it. The supervisor's slot was taken under `fence`.
pub(super) fn take_over(
    state: &LogState,
    agent: &AgentId,
    fence: u64,
    facts: &Facts<'_>,
) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    let holder = conversation.holder()?;
    if holder == agent {
        return Err(Refusal::ToOneself);
    }
    if fence != state.fence {
        return Err(Refusal::Fenced);
    }
    let mut decision = give_to_agent(state, conversation, agent, Some(holder.clone()), facts);
    if let Some(first) = decision.entries.first_mut() {
        *first = EntryBody::TakenOver {
            agent: agent.clone(),
            nickname: facts.name_of(agent),
            from: holder.clone(),
        };
    }
    decision.intents.splice(0..0, leave_agent(state, holder, Departure::TakenOver));
    decision.intents.push(Intent::ConfirmReservation { agent: agent.clone(), fence });
    Ok(Decided::write(decision, Outcome::Noted))
}

/// Somebody stops taking part: by themselves, or because the agent who has the conversation wants it. For somebody who
/// does not take part, or of whom that agent may not know, nothing happens.
pub(super) fn leave(
    state: &LogState,
    by: &AgentId,
    guest: &AgentId,
    facts: &Facts<'_>,
) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    let by_oneself = by == guest;
    if !by_oneself && state.agent() != Some(by) {
        return Err(Refusal::NotTheAgents);
    }
    let Some(participant) = conversation.participation(guest) else {
        return Ok(Decided::nothing(Outcome::Noted));
    };
    if !by_oneself && participant.mode.is_hidden() {
        return Ok(Decided::nothing(Outcome::Noted));
    }
    if !by_oneself && participant.by.is_none() {
        return Err(Refusal::NotInvited);
    }
    let nickname = facts.name_of(guest);
    let mut entries = vec![EntryBody::Left {
        agent: guest.clone(),
        nickname: nickname.clone(),
        mode: participant.mode,
        by: (!by_oneself).then(|| by.clone()),
    }];
    if participant.mode == Participation::Conference {
        entries.push(told_of(facts, Text::AgentLeft, &nickname));
    }
    let why = if by_oneself { Departure::Left } else { Departure::Removed };
    let gone = Intent::TellTakenAway { agent: guest.clone(), conversation: state.conversations, why };
    let mut left = conversation.clone();
    left.participants.retain(|participant| participant.agent != *guest);
    Ok(changed(state, left, entries, gone))
}

/// Somebody who takes part says something to their colleagues. The customer never sees it.
pub(super) fn whisper(state: &LogState, agent: &AgentId, message: Message) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::NoSession)?;
    conversation.holder()?;
    if !state.involves(agent) {
        return Err(Refusal::NotTheAgents);
    }
    let entries = vec![EntryBody::Whispered(message)];
    let decision = Decision { conversation: state.conversations, entries, ..Decision::default() };
    Ok(Decided::write(decision, Outcome::Noted))
}

/// What participants are told when the conversation leaves its agents.
pub(super) fn release(state: &LogState, conversation: &Conversation, why: Departure) -> Vec<Intent> {
    let told = |participant: &Participant| Intent::TellTakenAway {
        agent: participant.agent.clone(),
        conversation: state.conversations,
        why,
    };
    conversation.participants.iter().map(told).collect()
}

/// Who still takes part when somebody else gets control: everybody but the new agent, as long as it is an agent.
pub(super) fn staying(conversation: &Conversation, control: &Control) -> Vec<Participant> {
    let Control::Agent(holder) = control else { return Vec::new() };
    let stays = |participant: &&Participant| participant.agent != *holder;
    conversation.participants.iter().filter(stays).cloned().collect()
}

fn join(state: &LogState, conversation: &Conversation, guest: Participant, facts: &Facts<'_>) -> Decided {
    let nickname = facts.name_of(&guest.agent);
    let mut entries = vec![EntryBody::Joined {
        agent: guest.agent.clone(),
        nickname: nickname.clone(),
        mode: guest.mode,
        by: guest.by.clone(),
    }];
    if guest.mode == Participation::Conference {
        entries.push(told_of(facts, Text::AgentJoined, &nickname));
    }
    let told = Intent::TellJoined {
        agent: guest.agent.clone(),
        conversation: state.conversations,
        mode: guest.mode,
    };
    let mut joined = conversation.clone();
    joined.participants.retain(|participant| participant.agent != guest.agent);
    joined.participants.push(guest);
    changed(state, joined, entries, told)
}

/// Control stays where it is, so the fence does too.
fn changed(state: &LogState, conversation: Conversation, entries: Vec<EntryBody>, told: Intent) -> Decided {
    let decision = Decision {
        conversation: state.conversations,
        entries,
        state: Some(state.with(Session::Open(conversation))),
        intents: vec![told],
        ..Decision::default()
    };
    Decided::write(decision, Outcome::Noted)
}

/// The customer is told of a colleague by name.
fn told_of(facts: &Facts<'_>, text: Text, nickname: &str) -> EntryBody {
    let mut message = said_by_system(facts, text);
    message.content = message.content.replace("{agent}", nickname);
    EntryBody::Said(message)
}
