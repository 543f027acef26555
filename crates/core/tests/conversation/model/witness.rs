//! What a log's entries alone say about its conversations, and whether a decision agrees.

use frontdesk_core::conversation::{
    Command, Control, Decision, Intent, LogState, Participation, TransferTarget,
};
use frontdesk_core::entry::{Departure, Diversion, EntryBody};
use frontdesk_core::id::{AgentId, QueueId};
use frontdesk_core::message::Author;
use frontdesk_core::time::Timestamp;

use super::world::Told;

/// Who has control.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Owner {
    #[default]
    Nobody,
    Robot,
    Queue(QueueId),
    Agent(AgentId),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Witness {
    pub(super) owner: Owner,
    pub(super) fence: u64,
    version: u64,
    conversation: u64,
    /// The agent who served last, and in which conversation.
    served: Option<(AgentId, u64)>,
    /// Without a robot a conversation begins in a queue: until then it is in between.
    must_queue: bool,
    /// Why the conversation goes another way, said by the decision that is being read.
    diverted: Option<Diversion>,
    /// Who takes part beside the agent who has it, in the order in which they came.
    participants: Vec<(AgentId, Participation)>,
    /// How many turns the robot has had in this conversation.
    robot_turns: u32,
}

impl Witness {
    /// Follows a decision that is being written, and fails if it breaks a rule.
    pub(super) fn follow(&mut self, command: &Command, decision: &Decision, now: Timestamp) {
        self.check_fence_of(command);
        let before = self.clone();
        self.diverted = None;
        assert!(!decision.entries.is_empty(), "a decision that writes nothing");
        for entry in &decision.entries {
            self.read(entry, decision.conversation);
        }
        assert!(!self.must_queue, "a conversation that nobody has");
        if let Some(state) = &decision.state {
            self.version += 1;
            self.agrees_with(state);
            self.robot_turns = state.open().map_or(0, |open| open.robot_turns);
        } else {
            assert_eq!(
                (before.fence, &before.owner),
                (self.fence, &self.owner),
                "a hand-over without a state"
            );
        }
        check_what_was_said(command, decision);
        let mut expected = self.intents_since(&before, decision, now);
        expected.extend(before.what_to_learn(decision));
        assert_eq!(sorted(&without_age(&decision.intents, now)), sorted(&expected));
    }

    /// Only the owner, or what was begun under the present fence, gets this far.
    fn check_fence_of(&self, command: &Command) {
        let fence_and_owner_fit = match command {
            Command::Assign { fence, .. } | Command::TellQueuing { fence } => {
                *fence == self.fence && matches!(self.owner, Owner::Queue(_))
            }
            Command::AgentTransfers { agent, target: TransferTarget::Agent { fence, .. } } => {
                *fence == self.fence && self.owner == Owner::Agent(agent.clone())
            }
            Command::AgentTakesOver { fence, agent } => {
                *fence == self.fence && matches!(&self.owner, Owner::Agent(holder) if holder != agent)
            }
            Command::AgentSays { agent, .. } | Command::AgentReads { agent, .. } => self.speaks(agent),
            Command::AgentWhispers { agent, .. } => self.part_of(agent) != Told::Gone,
            Command::AgentLeaves { agent, guest } => {
                agent == guest || self.owner == Owner::Agent(agent.clone())
            }
            Command::AgentMonitors { .. } | Command::AgentBargesIn { .. } => {
                matches!(self.owner, Owner::Agent(_))
            }
            Command::AgentInvites { agent, .. }
            | Command::AgentEnds { agent }
            | Command::AgentVanished { agent }
            | Command::AgentTransfers { agent, .. } => self.owner == Owner::Agent(agent.clone()),
            _ => true,
        };
        assert!(fence_and_owner_fit, "{command:?} is stale under {self:?}");
    }

    /// What the conversation is to an agent.
    pub(super) fn part_of(&self, agent: &AgentId) -> Told {
        if self.owner == Owner::Agent(agent.clone()) {
            return Told::Has;
        }
        let own = self.participants.iter().find(|(other, _)| other == agent);
        own.map_or(Told::Gone, |(_, mode)| Told::TakesPart(*mode))
    }

    fn speaks(&self, agent: &AgentId) -> bool {
        matches!(self.part_of(agent), Told::Has | Told::TakesPart(Participation::Conference))
    }

    fn read(&mut self, entry: &EntryBody, conversation: u64) {
        let is_begin = matches!(entry, EntryBody::Connected { .. });
        match entry {
            EntryBody::SurveyDue { agent, .. } => {
                let served = Some((agent.clone(), conversation));
                assert_eq!(self.served, served, "asked about another service");
            }
            EntryBody::RatedAgent(rating) => {
                let served = Some((rating.agent.clone(), conversation));
                assert_eq!(self.served, served, "a rating of another service");
            }
            _ => assert_eq!(
                conversation,
                self.conversation + u64::from(is_begin),
                "another conversation's entry"
            ),
        }
        match entry {
            EntryBody::Connected { robot, .. } => {
                assert_eq!(self.owner, Owner::Nobody, "two open conversations");
                self.conversation += 1;
                match robot {
                    Some(_) => self.hand_over(Owner::Robot),
                    None => self.must_queue = true,
                }
            }
            EntryBody::Queued { queue, from } => {
                match from {
                    Some(agent) => assert_eq!(self.owner, Owner::Agent(agent.clone())),
                    None if self.must_queue => assert_eq!(self.owner, Owner::Nobody),
                    // From a queue only by its escalation, and never into the same one.
                    None if self.diverted == Some(Diversion::Escalated) => {
                        assert!(matches!(&self.owner, Owner::Queue(from) if from != queue));
                    }
                    None => assert_eq!(self.owner, Owner::Robot),
                }
                self.must_queue = false;
                self.hand_over(Owner::Queue(queue.clone()));
            }
            EntryBody::Diverted { why, .. } => self.diverted = Some(*why),
            EntryBody::GivenToRobot { from, .. } => {
                match from {
                    Some(agent) => assert_eq!(self.owner, Owner::Agent(agent.clone())),
                    None => assert!(matches!(self.owner, Owner::Queue(_)), "given from {:?}", self.owner),
                }
                self.hand_over(Owner::Robot);
            }
            EntryBody::Reminded { agent } => assert_eq!(self.owner, Owner::Agent(agent.clone())),
            EntryBody::Assigned { agent, from, .. } => {
                match from {
                    Some(from) => assert_eq!(self.owner, Owner::Agent(from.clone())),
                    None => assert!(matches!(self.owner, Owner::Queue(_)), "assigned from {:?}", self.owner),
                }
                self.served = Some((agent.clone(), conversation));
                self.hand_over(Owner::Agent(agent.clone()));
            }
            EntryBody::TakenOver { agent, from, .. } => {
                assert_eq!(self.owner, Owner::Agent(from.clone()));
                assert_ne!(agent, from, "taken from oneself");
                self.served = Some((agent.clone(), conversation));
                self.hand_over(Owner::Agent(agent.clone()));
            }
            EntryBody::Joined { agent, mode, .. } => {
                assert!(matches!(&self.owner, Owner::Agent(holder) if holder != agent), "{agent} joins");
                assert_ne!(self.part_of(agent), Told::TakesPart(*mode), "joined twice");
                self.participants.retain(|(other, _)| other != agent);
                self.participants.push((agent.clone(), *mode));
            }
            EntryBody::Left { agent, mode, .. } => {
                assert_eq!(self.part_of(agent), Told::TakesPart(*mode), "{agent} leaves");
                self.participants.retain(|(other, _)| other != agent);
            }
            EntryBody::Whispered(message) => {
                let Author::Agent(agent) = &message.author else { panic!("whispered by {message:?}") };
                assert_ne!(self.part_of(agent), Told::Gone, "a stranger whispers");
            }
            EntryBody::Ended { .. } => {
                assert!(self.must_queue || self.owner != Owner::Nobody, "ended twice");
                self.must_queue = false;
                self.hand_over(Owner::Nobody);
            }
            EntryBody::Said(message) => match &message.author {
                Author::Robot(_) => assert_eq!(self.owner, Owner::Robot, "a robot spoke out of turn"),
                Author::Agent(agent) => assert!(self.speaks(agent), "{agent} spoke out of turn"),
                Author::System if self.must_queue => {}
                Author::Customer | Author::System => assert_ne!(self.owner, Owner::Nobody, "said to nobody"),
            },
            EntryBody::Recalled { agent, .. } | EntryBody::ReadByAgent { agent, .. } => {
                assert!(self.speaks(agent), "{agent} spoke out of turn");
            }
            EntryBody::ReadByCustomer { .. } | EntryBody::RatedRobot { .. } => {
                assert_ne!(self.owner, Owner::Nobody);
            }
            EntryBody::RatedAgent(_)
            | EntryBody::SurveyDue { .. }
            | EntryBody::Sla { .. }
            | EntryBody::LeftMessage { .. } => {}
            other => panic!("nothing in this model writes {other:?}"),
        }
    }

    fn hand_over(&mut self, to: Owner) {
        match &to {
            Owner::Agent(agent) => self.participants.retain(|(other, _)| other != agent),
            Owner::Nobody | Owner::Robot | Owner::Queue(_) => self.participants.clear(),
        }
        self.owner = to;
        self.fence += 1;
    }

    fn agrees_with(&self, state: &LogState) {
        let owner = match state.control() {
            None => Owner::Nobody,
            Some(Control::Robot(_)) => Owner::Robot,
            Some(Control::Queue { queue, .. }) => Owner::Queue(queue.clone()),
            Some(Control::Agent(agent)) => Owner::Agent(agent.clone()),
        };
        assert_eq!(owner, self.owner, "entries and state name different owners");
        let open = state.open().map(|open| open.participants.as_slice()).unwrap_or_default();
        let participants: Vec<_> = open.iter().map(|other| (other.agent.clone(), other.mode)).collect();
        assert_eq!(participants, self.participants, "entries and state name different participants");
        assert_eq!(state.fence, self.fence, "the fence counts hand-overs");
        assert_eq!(state.version, self.version, "the version counts changes");
        assert_eq!(state.conversations, self.conversation);
        let served = state.last_served.clone().map(|served| (served.agent, served.conversation));
        assert_eq!(served, self.served);
    }

    /// Whether editors of knowledge learn something from a decision, given what was before.
    fn what_to_learn(&self, decision: &Decision) -> Option<Intent> {
        let is_served =
            self.served.as_ref().is_some_and(|(_, conversation)| *conversation == self.conversation);
        let looks_back = |entry: &EntryBody| match entry {
            EntryBody::RatedRobot { .. } => true,
            EntryBody::Queued { .. } | EntryBody::Diverted { .. } => self.owner == Owner::Robot,
            EntryBody::Ended { .. } => is_served,
            _ => false,
        };
        let is_miss = |entry: &EntryBody| match entry {
            EntryBody::Said(message) => message.extras.found.is_some(),
            _ => false,
        };
        let is_regret = self.owner == Owner::Robot
            && decision.entries.iter().any(|entry| is_by(entry, &Author::Customer))
            && decision.entries.iter().any(is_no_turn_of_the_robot);
        let is_open = self.owner != Owner::Nobody;
        let whole = is_open && self.robot_turns > 0 && (is_regret || decision.entries.iter().any(looks_back));
        let learns = whole || decision.entries.iter().any(is_miss);
        learns.then_some(Intent::Learn { conversation: decision.conversation, whole })
    }

    /// What must follow elsewhere, given who had control before and who has it now.
    fn intents_since(&self, before: &Self, decision: &Decision, now: Timestamp) -> Vec<Intent> {
        let left = decision.intents.iter().filter(|intent| matches!(intent, Intent::OpenTicket { .. }));
        let mut intents: Vec<Intent> = left.cloned().collect();
        let messages = decision.entries.iter().filter(|entry| matches!(entry, EntryBody::LeftMessage { .. }));
        assert_eq!(intents.len(), messages.count(), "a ticket for each message that is left");
        let (conversation, fence) = (decision.conversation, before.fence);
        if before.fence == self.fence {
            intents.extend(coming_and_going(decision));
            return intents;
        }
        let ended = self.owner == Owner::Nobody;
        let is_taken = decision.entries.iter().any(|entry| matches!(entry, EntryBody::TakenOver { .. }));
        if !matches!(self.owner, Owner::Agent(_)) {
            let why = if ended { Departure::Ended } else { Departure::Transferred };
            let gone = before.participants.iter().map(|(agent, _)| agent.clone());
            intents.extend(gone.map(|agent| Intent::TellTakenAway { agent, conversation, why }));
        }
        match (&before.owner, &self.owner) {
            (Owner::Queue(_), Owner::Agent(_)) => intents.push(Intent::FinishClaim { fence }),
            (Owner::Queue(_), _) => intents.push(Intent::LeaveQueue { fence }),
            (Owner::Agent(agent), _) => {
                let why = match self.diverted {
                    _ if ended => Departure::Ended,
                    _ if is_taken => Departure::TakenOver,
                    Some(Diversion::AgentVanished) => Departure::Vanished,
                    _ => Departure::Transferred,
                };
                let agent = agent.clone();
                intents.push(if ended {
                    Intent::FreeSlot { agent: agent.clone(), fence }
                } else {
                    Intent::GiveBackSlot { agent: agent.clone(), fence }
                });
                intents.push(Intent::TellTakenAway { agent, conversation, why });
            }
            (Owner::Nobody | Owner::Robot, _) => {}
        }
        match &self.owner {
            Owner::Queue(queue) => {
                let avoid = match &before.owner {
                    Owner::Agent(agent) => Some(agent.clone()),
                    _ => None,
                };
                intents.push(Intent::Enqueue { queue: queue.clone(), fence: self.fence, since: now, avoid });
            }
            Owner::Agent(agent) => {
                intents.push(Intent::TellHandedOver { agent: agent.clone(), conversation });
                if matches!(before.owner, Owner::Agent(_)) {
                    intents.push(Intent::ConfirmReservation { agent: agent.clone(), fence });
                }
            }
            Owner::Nobody | Owner::Robot => {}
        }
        intents
    }
}

fn is_by(entry: &EntryBody, author: &Author) -> bool {
    matches!(entry, EntryBody::Said(message) if message.author == *author)
}

fn is_no_turn_of_the_robot(entry: &EntryBody) -> bool {
    match entry {
        EntryBody::Said(message) => {
            matches!(message.author, Author::Robot(_)) && message.extras.turn.is_none()
        }
        _ => false,
    }
}

/// Whoever goes on waiting, or again, keeps an age, which is never in the future.
fn without_age(intents: &[Intent], now: Timestamp) -> Vec<Intent> {
    let ageless = |intent: &Intent| match intent.clone() {
        Intent::Enqueue { queue, fence, since, avoid } => {
            assert!(since <= now);
            Intent::Enqueue { queue, fence, since: now, avoid }
        }
        other => other,
    };
    intents.iter().map(ageless).collect()
}

/// Who comes and goes while control stays where it is is told so.
fn coming_and_going(decision: &Decision) -> Vec<Intent> {
    let conversation = decision.conversation;
    let told = |entry: &EntryBody| match entry {
        EntryBody::Joined { agent, mode, .. } => {
            Some(Intent::TellJoined { agent: agent.clone(), conversation, mode: *mode })
        }
        EntryBody::Left { agent, by, .. } => {
            let why = if by.is_some() { Departure::Removed } else { Departure::Left };
            Some(Intent::TellTakenAway { agent: agent.clone(), conversation, why })
        }
        _ => None,
    };
    decision.entries.iter().filter_map(told).collect()
}

/// Intents may be carried out in any order, so their order is none of the witness's business.
fn sorted(intents: &[Intent]) -> Vec<String> {
    let mut sorted: Vec<String> = intents.iter().map(|intent| format!("{intent:?}")).collect();
    sorted.sort();
    sorted
}

/// What people say is written as they said it, and nobody else's words under their name.
fn check_what_was_said(command: &Command, decision: &Decision) {
    let said = decision.entries.iter().filter_map(|entry| match entry {
        EntryBody::Said(message) if !matches!(message.author, Author::Robot(_) | Author::System) => {
            Some(message)
        }
        _ => None,
    });
    let said: Vec<_> = said.collect();
    match command {
        Command::Chat { message, .. } => {
            assert_eq!(said.len(), 1);
            assert_eq!((&said[0].author, said[0].media), (&Author::Customer, message.media));
            assert_eq!(said[0].content, message.content);
            assert_eq!((&said[0].nickname, &said[0].avatar), (&message.nickname, &message.avatar));
            assert_eq!(said[0].extras.client_id, message.client_id);
        }
        Command::AgentSays { message, .. } => assert_eq!(said, [message]),
        Command::AgentWhispers { message, .. } => {
            let is_about_people = |entry: &&EntryBody| !matches!(entry, EntryBody::Sla { .. });
            let written: Vec<_> = decision.entries.iter().filter(is_about_people).collect();
            assert_eq!(written, [&EntryBody::Whispered(message.clone())]);
        }
        _ => assert_eq!(said.len(), 0),
    }
}
