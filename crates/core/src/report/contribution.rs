//! What a fact adds to which quarter of an hour.

use std::collections::BTreeMap;

use crate::entry::{SlaNews, SlaTarget};
use crate::id::QueueId;
use crate::report::{
    ConversationFact, Count, EpisodeEnd, EpisodeFact, EpisodeStart, Measures, RatingFact, Spread, WaitEnd,
    WaitFact,
};
use crate::time::Timestamp;

/// Length of the shortest stretch that numbers are kept for. Every offset of a time zone is a multiple of it.
pub(super) const QUARTER_MILLIS: i64 = 15 * 60 * 1_000;

/// What the numbers are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Conversations; their name is the first queue.
    Conversation,
    /// Stays in queues; their name is the queue.
    Wait,
    /// Service episodes; their name is the queue that the customer waited in last.
    Episode,
    /// Conversations with a disposition, which is their name.
    Disposition,
    /// Conversations with a tag, which is their name; one with several counts for each.
    Tag,
}

impl Subject {
    /// The subject as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Wait => "wait",
            Self::Episode => "episode",
            Self::Disposition => "disposition",
            Self::Tag => "tag",
        }
    }
}

/// What is added up together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RollupKey {
    /// What it is about.
    pub subject: Subject,
    /// The beginning of the quarter of an hour.
    pub quarter: Timestamp,
    /// The name, by the subject; empty for none.
    pub name: String,
    /// The agent; empty for none.
    pub agent: String,
}

/// What facts add, by where.
pub type Contributions = BTreeMap<RollupKey, Measures>;

fn quarter_of(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().div_euclid(QUARTER_MILLIS) * QUARTER_MILLIS)
}

fn key(subject: Subject, at: Timestamp, name: Option<&str>, agent: &str) -> RollupKey {
    let name = name.unwrap_or_default().to_owned();
    RollupKey { subject, quarter: quarter_of(at), name, agent: agent.to_owned() }
}

/// Everything that a conversation adds. Each thing counts when it is over; only that a conversation began counts when it
/// did.
pub fn contributions(fact: &ConversationFact) -> Contributions {
    let mut all = Contributions::new();
    let queue = fact.first_queue().map(QueueId::as_str);
    all.entry(key(Subject::Conversation, fact.began, queue, "")).or_default().add(Count::Began, 1);
    if let Some(ended) = fact.ended {
        let measures = of_conversation(fact, ended.at);
        let mut put = |subject, name: Option<&str>| {
            all.entry(key(subject, ended.at, name, "")).or_default().merge(&measures);
        };
        put(Subject::Conversation, queue);
        if let Some(disposition) = &fact.disposition {
            put(Subject::Disposition, Some(disposition.as_str()));
        }
        for tag in &fact.tags {
            put(Subject::Tag, Some(tag));
        }
    }
    for wait in &fact.waits {
        if let Some((at, end)) = wait.ended {
            let key = key(Subject::Wait, at, Some(wait.queue.as_str()), "");
            add_wait(all.entry(key).or_default(), wait, at, end);
        }
    }
    for episode in &fact.episodes {
        if let Some((at, end)) = episode.ended {
            let queue = episode.queue.as_ref().map(QueueId::as_str);
            let key = key(Subject::Episode, at, queue, episode.agent.as_str());
            add_episode(all.entry(key).or_default(), episode, at, end);
        }
    }
    all
}

/// What must be added so that the contributions of `before` become those of `after`.
pub fn difference(before: Option<&ConversationFact>, after: Option<&ConversationFact>) -> Contributions {
    let mut all = after.map(contributions).unwrap_or_default();
    for (key, measures) in before.map(contributions).unwrap_or_default() {
        all.entry(key).or_default().take_off(&measures);
    }
    all.retain(|_, measures| !measures.is_empty());
    all
}

fn signed(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

fn span(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.since(from).as_millis()).unwrap_or(u64::MAX)
}

fn of_conversation(fact: &ConversationFact, ended: Timestamp) -> Measures {
    let mut all = Measures::default();
    all.add(Count::Conversations, 1);
    all.add(Count::DurationMillis, signed(span(fact.began, ended)));
    all.count_if(Count::WithRobot, fact.robot.is_some());
    all.count_if(Count::AskedRobot, fact.asked_robot);
    all.count_if(Count::Contained, fact.is_contained());
    all.add(Count::RobotMillis, signed(fact.robot_millis));
    all.count_if(Count::HandedToPeople, fact.handed_to_people.is_some());
    all.count_if(Count::Served, !fact.episodes.is_empty());
    if let Some(millis) = fact.first_response_millis {
        all.add(Count::Responded, 1);
        all.note(Spread::FirstResponse, Count::FirstResponseMillis, millis);
    }
    all.add(Count::UnansweredMillis, signed(fact.unanswered_millis));
    all.count_if(Count::Reopened, fact.reopens.is_some());
    all.count_if(Count::Transferred, fact.transfers() > 0);
    all.add(Count::Transfers, signed(fact.transfers()));
    all.count_if(Count::LeftMessage, fact.left_message);
    all.add(Count::TurnedAway, fact.turned_away.into());
    all.add(Count::CustomerMessages, fact.messages.customer.into());
    all.add(Count::AgentMessages, fact.messages.agent.into());
    all.add(Count::RobotMessages, fact.messages.robot.into());
    all.add(Count::SystemMessages, fact.messages.system.into());
    all.add(Count::RobotHelped, fact.robot_helped.into());
    all.add(Count::RobotFailed, fact.robot_failed.into());
    for promise in &fact.promises {
        let (met, breached) = match promise.target {
            SlaTarget::FirstReply => (Count::FirstReplyMet, Count::FirstReplyBreached),
            SlaTarget::NextReply => (Count::NextReplyMet, Count::NextReplyBreached),
            SlaTarget::Resolution => (Count::ResolutionMet, Count::ResolutionBreached),
        };
        // Where no agent said anything, no reply was in time.
        let is_kept = promise.target == SlaTarget::Resolution || fact.first_response_millis.is_some();
        all.count_if(breached, promise.worst == SlaNews::Breached);
        all.count_if(met, promise.worst != SlaNews::Breached && is_kept);
    }
    all
}

fn add_wait(all: &mut Measures, wait: &WaitFact, at: Timestamp, end: WaitEnd) {
    all.add(Count::Waits, 1);
    let waited = span(wait.began, at);
    match end {
        WaitEnd::Answered => {
            all.add(Count::WaitsAnswered, 1);
            all.note(Spread::AnsweredWait, Count::AnsweredWaitMillis, waited);
        }
        WaitEnd::Abandoned => {
            all.add(Count::WaitsAbandoned, 1);
            all.note(Spread::AbandonedWait, Count::AbandonedWaitMillis, waited);
        }
        WaitEnd::LeftMessage => all.add(Count::WaitsLeftMessage, 1),
        WaitEnd::Released => all.add(Count::WaitsReleased, 1),
        WaitEnd::MovedOn => all.add(Count::WaitsMovedOn, 1),
    }
}

fn add_episode(all: &mut Measures, episode: &EpisodeFact, at: Timestamp, end: EpisodeEnd) {
    all.add(Count::Episodes, 1);
    all.note(Spread::Handling, Count::HandlingMillis, span(episode.began, at));
    if let Some(millis) = episode.first_response_millis {
        all.add(Count::EpisodesResponded, 1);
        all.note(Spread::EpisodeResponse, Count::EpisodeResponseMillis, millis);
    }
    all.add(Count::EpisodeMessages, episode.messages.into());
    all.count_if(Count::TransfersIn, episode.start == EpisodeStart::Transfer);
    match end {
        EpisodeEnd::Ended => {}
        EpisodeEnd::Transferred => all.add(Count::TransfersOut, 1),
        EpisodeEnd::TakenOver => all.add(Count::TakenOver, 1),
        EpisodeEnd::Silent => all.add(Count::LostSilent, 1),
        EpisodeEnd::Vanished => all.add(Count::LostVanished, 1),
    }
    all.count_if(Count::SurveysSent, episode.asked);
    if let Some(rating) = &episode.rating {
        add_rating(all, rating);
    }
}

fn add_rating(all: &mut Measures, rating: &RatingFact) {
    all.add(Count::Rated, 1);
    if let Some(evaluation) = rating.evaluation {
        all.add(Count::Evaluated, 1);
        all.add(Count::EvaluationSum, evaluation.into());
        all.count_if(Count::Satisfied, evaluation >= 4);
    }
    match rating.nps {
        Some(9..) => all.add(Count::Promoters, 1),
        Some(7 | 8) => all.add(Count::Passives, 1),
        Some(_) => all.add(Count::Detractors, 1),
        None => {}
    }
    match rating.solved {
        Some(true) => all.add(Count::Solved, 1),
        Some(false) => all.add(Count::Unsolved, 1),
        None => {}
    }
}
