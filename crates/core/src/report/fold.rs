//! From entries to facts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::entry::{Diversion, EndReason, Entry, EntryBody};
use crate::id::{AgentId, CallId, QueueId, RobotId};
use crate::labels::{LabelPatch, Patch, Priority};
use crate::message::Author;
use crate::report::{
    ConversationFact, Ending, EpisodeEnd, EpisodeFact, EpisodeStart, Holder, MessageCounts, Moment,
    PromiseFact, RatingFact, WaitEnd, WaitFact,
};
use crate::time::Timestamp;

/// A customer who is back within this time after agents served them takes the conversation up again.
const REOPENED_WITHIN: Duration = Duration::from_hours(24);

/// The conversations whose facts must be there before these entries are folded: those that the entries are of, and
/// those before the ones that begin.
pub fn needed<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> BTreeSet<u64> {
    let mut needed = BTreeSet::new();
    for entry in entries {
        needed.insert(entry.conversation);
        if matches!(entry.body, EntryBody::Connected { .. }) {
            needed.insert(entry.conversation.saturating_sub(1));
        }
    }
    needed.remove(&0);
    needed
}

/// Takes one entry of a customer's log in. Entries come in their order; nothing that can be taken back later is looked
/// at. What belongs to no conversation, or to one whose beginning is gone, counts for nothing.
pub fn fold(facts: &mut BTreeMap<u64, ConversationFact>, entry: &Entry) {
    if let EntryBody::Connected { call, robot } = &entry.body {
        let before = entry.conversation.checked_sub(1).and_then(|before| facts.get(&before));
        let fact = begin(entry, call, robot.as_ref(), before);
        facts.entry(entry.conversation).or_insert(fact);
    } else if let Some(fact) = facts.get_mut(&entry.conversation) {
        fact.take(&entry.body, entry.at);
    }
}

fn begin(
    entry: &Entry,
    call: &CallId,
    robot: Option<&RobotId>,
    before: Option<&ConversationFact>,
) -> ConversationFact {
    let is_back = |before: &&ConversationFact| {
        let ended = before.ended.filter(|ended| entry.at.since(ended.at) <= REOPENED_WITHIN);
        ended.is_some() && !before.episodes.is_empty()
    };
    let holder = if robot.is_some() { Holder::Robot } else { Holder::Nobody };
    ConversationFact {
        conversation: entry.conversation,
        call: call.clone(),
        began: entry.at,
        ended: None,
        reopens: before.filter(is_back).map(|before| before.conversation),
        robot: robot.cloned(),
        robot_millis: 0,
        asked_robot: false,
        handed_to_people: None,
        first_response_millis: None,
        unanswered_millis: 0,
        waits: Vec::new(),
        episodes: Vec::new(),
        messages: MessageCounts::default(),
        turned_away: 0,
        left_message: false,
        tags: BTreeSet::new(),
        priority: Priority::default(),
        disposition: None,
        promises: Vec::new(),
        robot_helped: 0,
        robot_failed: 0,
        moment: Moment { holder, since: entry.at, ..Moment::default() },
    }
}

impl ConversationFact {
    fn take(&mut self, body: &EntryBody, at: Timestamp) {
        match body {
            EntryBody::Said(message) => self.hear(&message.author, body.is_for_customer(), at),
            EntryBody::Queued { queue, from } => self.queue(queue, from.is_some(), at),
            EntryBody::Diverted { why, .. } => self.divert(*why),
            EntryBody::Assigned { agent, from, .. } => {
                let start = if from.is_some() || self.moment.passed_on {
                    EpisodeStart::Transfer
                } else {
                    EpisodeStart::Queue
                };
                self.leave(WaitEnd::Answered, EpisodeEnd::Transferred, at);
                self.serve(agent, start, at);
            }
            EntryBody::TakenOver { agent, .. } => {
                self.leave(WaitEnd::Answered, EpisodeEnd::TakenOver, at);
                self.serve(agent, EpisodeStart::TakeOver, at);
            }
            EntryBody::GivenToRobot { robot, .. } => {
                let lost = self.lost_as();
                self.leave(WaitEnd::Released, lost, at);
                self.answered(at);
                self.robot.get_or_insert_with(|| robot.clone());
                self.hold(Holder::Robot, at);
            }
            EntryBody::Ended { reason, .. } => self.end(*reason, at),
            EntryBody::LeftMessage { .. } => self.left_message = true,
            EntryBody::RatedAgent(rating) => {
                let given =
                    RatingFact { at, evaluation: rating.evaluation, nps: rating.nps, solved: rating.solved };
                if let Some(episode) = self.last_episode_of(&rating.agent) {
                    episode.rating = Some(given);
                }
            }
            EntryBody::SurveyDue { agent, .. } => {
                if let Some(episode) = self.last_episode_of(agent) {
                    episode.asked = true;
                }
            }
            EntryBody::RatedRobot { satisfied: true, .. } => self.robot_helped += 1,
            EntryBody::RatedRobot { satisfied: false, .. } => self.robot_failed += 1,
            EntryBody::Labelled { changes, .. } => self.label(changes),
            EntryBody::Sla { policy, target, what, .. } => {
                let known = self.promises.iter_mut().find(|promise| promise.target == *target);
                match known {
                    Some(promise) => promise.worst = promise.worst.max(*what),
                    None => self.promises.push(PromiseFact {
                        policy: policy.clone(),
                        target: *target,
                        worst: *what,
                    }),
                }
            }
            EntryBody::Connected { .. }
            | EntryBody::Reminded { .. }
            | EntryBody::Joined { .. }
            | EntryBody::Left { .. }
            | EntryBody::Whispered(_)
            | EntryBody::ReadByAgent { .. }
            | EntryBody::ReadByCustomer { .. }
            | EntryBody::Recalled { .. }
            | EntryBody::Note(_)
            | EntryBody::Mentioned { .. }
            | EntryBody::HandedOver { .. }
            | EntryBody::TakesPart { .. }
            | EntryBody::TakenAway { .. }
            | EntryBody::Offered { .. }
            | EntryBody::StateChanged
            | EntryBody::OfferEnded { .. } => {}
        }
    }

    fn hear(&mut self, author: &Author, is_for_customer: bool, at: Timestamp) {
        match author {
            Author::Customer => {
                self.messages.customer += 1;
                match self.moment.holder {
                    Holder::Robot => self.asked_robot = true,
                    Holder::Queue | Holder::Agent => self.wants_answer(at),
                    Holder::Nobody => {}
                }
            }
            Author::Agent(agent) if is_for_customer => {
                self.messages.agent += 1;
                // What is said when all is over answers a message that was left.
                if self.ended.is_none() {
                    self.hear_agent(agent, at);
                }
            }
            Author::Agent(_) => {}
            Author::Robot(_) => self.messages.robot += 1,
            Author::System => self.messages.system += 1,
        }
    }

    fn hear_agent(&mut self, agent: &AgentId, at: Timestamp) {
        self.answered(at);
        if let (None, Some(asked)) = (self.first_response_millis, self.handed_to_people) {
            self.first_response_millis = Some(millis(asked, at));
        }
        if let (Holder::Agent, Some(episode)) = (self.moment.holder, self.episodes.last_mut())
            && episode.agent == *agent
        {
            episode.messages += 1;
            episode.first_response_millis.get_or_insert_with(|| millis(episode.began, at));
        }
    }

    fn queue(&mut self, queue: &QueueId, is_passed_on: bool, at: Timestamp) {
        let lost = self.lost_as();
        let began = match (self.moment.holder, self.waits.last()) {
            (Holder::Queue, Some(wait)) => wait.began,
            _ => at,
        };
        // A move from queue to queue keeps who passed the customer on.
        let passed_on = match self.moment.holder {
            Holder::Queue => self.moment.passed_on,
            _ => is_passed_on && lost == EpisodeEnd::Transferred,
        };
        self.leave(WaitEnd::MovedOn, lost, at);
        self.waits.push(WaitFact { queue: queue.clone(), since: at, began, ended: None });
        self.handed_to_people.get_or_insert(at);
        self.hold(Holder::Queue, at);
        self.moment.passed_on = passed_on;
        self.wants_answer(at);
    }

    fn divert(&mut self, why: Diversion) {
        match why {
            Diversion::AgentSilent | Diversion::AgentVanished => self.moment.lost = Some(why),
            Diversion::OutsideHours | Diversion::NoAgents | Diversion::Full => self.turned_away += 1,
            Diversion::Escalated => {}
        }
    }

    fn serve(&mut self, agent: &AgentId, start: EpisodeStart, at: Timestamp) {
        let queue = self.waits.last().map(|wait| wait.queue.clone());
        self.episodes.push(EpisodeFact {
            agent: agent.clone(),
            queue,
            began: at,
            start,
            ended: None,
            first_response_millis: None,
            messages: 0,
            asked: false,
            rating: None,
        });
        self.hold(Holder::Agent, at);
    }

    fn end(&mut self, reason: EndReason, at: Timestamp) {
        let wait = match reason {
            _ if self.left_message => WaitEnd::LeftMessage,
            EndReason::Customer | EndReason::Silence | EndReason::Inactivity => WaitEnd::Abandoned,
            EndReason::Agent | EndReason::QueueTimeout | EndReason::MessageAsked => WaitEnd::Released,
        };
        self.leave(wait, EpisodeEnd::Ended, at);
        self.answered(at);
        self.hold(Holder::Nobody, at);
        self.ended = Some(Ending { at, reason });
    }

    /// How whoever has it as an agent is about to lose it, if not with the conversation.
    fn lost_as(&self) -> EpisodeEnd {
        match self.moment.lost {
            Some(Diversion::AgentSilent) => EpisodeEnd::Silent,
            Some(Diversion::AgentVanished) => EpisodeEnd::Vanished,
            _ => EpisodeEnd::Transferred,
        }
    }

    /// Whoever has it has it no longer.
    fn leave(&mut self, wait_end: WaitEnd, episode_end: EpisodeEnd, at: Timestamp) {
        match self.moment.holder {
            Holder::Robot => self.robot_millis += millis(self.moment.since, at),
            Holder::Queue => {
                if let Some(wait) = self.waits.last_mut() {
                    wait.ended = Some((at, wait_end));
                }
            }
            Holder::Agent => {
                if let Some(episode) = self.episodes.last_mut() {
                    episode.ended = Some((at, episode_end));
                }
            }
            Holder::Nobody => {}
        }
    }

    fn hold(&mut self, holder: Holder, since: Timestamp) {
        self.moment = Moment { holder, since, unanswered: self.moment.unanswered, ..Moment::default() };
    }

    fn wants_answer(&mut self, at: Timestamp) {
        self.moment.unanswered.get_or_insert(at);
    }

    fn answered(&mut self, at: Timestamp) {
        if let Some(since) = self.moment.unanswered.take() {
            self.unanswered_millis += millis(since, at);
        }
    }

    fn label(&mut self, changes: &LabelPatch) {
        match &changes.tags {
            Patch::Keep => {}
            Patch::Clear => self.tags.clear(),
            Patch::Set(tags) => self.tags.clone_from(tags),
        }
        match changes.priority {
            Patch::Keep => {}
            Patch::Clear => self.priority = Priority::default(),
            Patch::Set(priority) => self.priority = priority,
        }
        match &changes.disposition {
            Patch::Keep => {}
            Patch::Clear => self.disposition = None,
            Patch::Set(disposition) => self.disposition = Some(disposition.clone()),
        }
    }

    fn last_episode_of(&mut self, agent: &AgentId) -> Option<&mut EpisodeFact> {
        self.episodes.iter_mut().rev().find(|episode| episode.agent == *agent)
    }
}

fn millis(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.since(from).as_millis()).unwrap_or(u64::MAX)
}
