//! What an export tells of a conversation and of a service episode.

use frontdesk_core::entry::{EndReason, SlaNews, SlaTarget};
use frontdesk_core::port::FactRow;
use frontdesk_core::report::{ConversationFact, WaitFact};
use frontdesk_core::time::Timestamp;

use crate::deliver::native::conversation_id;
use crate::parts::Parts;
use crate::route::report::table::{Cell, Row};

const fn reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Customer => "customer",
        EndReason::Agent => "agent",
        EndReason::Silence => "silence",
        EndReason::QueueTimeout => "queueTimeout",
        EndReason::MessageAsked => "messageAsked",
        EndReason::Inactivity => "inactivity",
    }
}

fn counted(count: impl TryInto<i64>) -> Cell {
    Cell::Count(count.try_into().unwrap_or(i64::MAX))
}

fn between(from: Timestamp, to: Timestamp) -> Cell {
    Cell::Number(to.since(from).as_secs_f64())
}

fn promise(fact: &ConversationFact, target: SlaTarget) -> Cell {
    let noted = fact.promises.iter().find(|promise| promise.target == target);
    let is_answered = target == SlaTarget::Resolution || fact.first_response_millis.is_some();
    Cell::text(noted.and_then(|promise| match promise.worst {
        SlaNews::Breached => Some("breached"),
        SlaNews::Promised | SlaNews::Warned => is_answered.then_some("met"),
    }))
}

/// The columns of a conversation.
pub(super) const CONVERSATION_NAMES: [&str; 37] = [
    "conversationId",
    "callId",
    "channelId",
    "userId",
    "userName",
    "beganAt",
    "endedAt",
    "endReason",
    "duration",
    "robot",
    "robotTime",
    "contained",
    "handedToPeopleAt",
    "queues",
    "queueTimes",
    "queueEnds",
    "firstResponse",
    "unansweredTime",
    "agents",
    "episodes",
    "transfers",
    "turnedAway",
    "leftMessage",
    "reopens",
    "messagesOfCustomer",
    "messagesOfAgents",
    "messagesOfRobot",
    "messagesOfSystem",
    "tags",
    "priority",
    "disposition",
    "csat",
    "nps",
    "solved",
    "slaFirstReply",
    "slaNextReply",
    "slaResolution",
];

/// A conversation's cells by their names.
pub(super) fn conversation_row(parts: &Parts, found: &FactRow) -> Row {
    let FactRow { place, customer, fact } = found;
    let rating = fact.episodes.iter().rev().find_map(|episode| episode.rating.as_ref());
    let id = |conversation| Cell::Text(conversation_id(parts, place.log, conversation));
    let of_waits = |tell: &dyn Fn(&WaitFact) -> String| Cell::Texts(fact.waits.iter().map(tell).collect());
    let waited = |wait: &WaitFact| {
        wait.ended.map_or_else(String::new, |(at, _)| at.since(wait.since).as_secs_f64().to_string())
    };
    let ends = |wait: &WaitFact| wait.ended.map_or_else(String::new, |(_, end)| end.as_str().to_owned());
    let cells: [Cell; CONVERSATION_NAMES.len()] = [
        id(fact.conversation),
        Cell::text(Some(&fact.call)),
        Cell::text(Some(&customer.channel)),
        Cell::text(Some(&customer.user)),
        Cell::text(Some(&customer.name)),
        Cell::Moment(fact.began),
        Cell::Moment(place.ended),
        Cell::text(fact.ended.map(|ended| reason(ended.reason))),
        between(fact.began, place.ended),
        Cell::text(fact.robot.as_ref()),
        Cell::of(fact.robot.as_ref(), |_| Cell::seconds(fact.robot_millis)),
        Cell::Flag(fact.is_contained()),
        Cell::of(fact.handed_to_people, Cell::Moment),
        of_waits(&|wait| wait.queue.to_string()),
        of_waits(&waited),
        of_waits(&ends),
        Cell::of(fact.first_response_millis, Cell::seconds),
        Cell::of(fact.handed_to_people, |_| Cell::seconds(fact.unanswered_millis)),
        Cell::Texts(fact.episodes.iter().map(|episode| episode.agent.to_string()).collect()),
        counted(fact.episodes.len()),
        counted(fact.transfers()),
        counted(fact.turned_away),
        Cell::Flag(fact.left_message),
        Cell::of(fact.reopens, id),
        counted(fact.messages.customer),
        counted(fact.messages.agent),
        counted(fact.messages.robot),
        counted(fact.messages.system),
        Cell::Texts(fact.tags.iter().cloned().collect()),
        Cell::text(Some(fact.priority.as_str())),
        Cell::text(fact.disposition.as_ref()),
        Cell::of(rating.and_then(|rating| rating.evaluation), counted),
        Cell::of(rating.and_then(|rating| rating.nps), counted),
        Cell::of(rating.and_then(|rating| rating.solved), Cell::Flag),
        promise(fact, SlaTarget::FirstReply),
        promise(fact, SlaTarget::NextReply),
        promise(fact, SlaTarget::Resolution),
    ];
    CONVERSATION_NAMES.into_iter().zip(cells).collect()
}

/// The columns of a service episode.
pub(super) const EPISODE_NAMES: [&str; 18] = [
    "conversationId",
    "callId",
    "channelId",
    "userId",
    "episode",
    "agentId",
    "queue",
    "start",
    "beganAt",
    "endedAt",
    "end",
    "handlingTime",
    "firstResponse",
    "messages",
    "surveySent",
    "csat",
    "nps",
    "solved",
];

/// A service episode's cells by their names.
pub(super) fn episode_row(parts: &Parts, found: &FactRow) -> Row {
    let FactRow { place, customer, fact } = found;
    let index = usize::try_from(place.episode).unwrap_or(usize::MAX);
    let Some(episode) = fact.episodes.get(index) else { return Row::new() };
    let rating = episode.rating.as_ref();
    let cells: [Cell; EPISODE_NAMES.len()] = [
        Cell::Text(conversation_id(parts, place.log, fact.conversation)),
        Cell::text(Some(&fact.call)),
        Cell::text(Some(&customer.channel)),
        Cell::text(Some(&customer.user)),
        counted(place.episode + 1),
        Cell::text(Some(&episode.agent)),
        Cell::text(episode.queue.as_ref()),
        Cell::text(Some(episode.start.as_str())),
        Cell::Moment(episode.began),
        Cell::Moment(place.ended),
        Cell::text(episode.ended.map(|(_, end)| end.as_str())),
        between(episode.began, place.ended),
        Cell::of(episode.first_response_millis, Cell::seconds),
        counted(episode.messages),
        Cell::Flag(episode.asked),
        Cell::of(rating.and_then(|rating| rating.evaluation), counted),
        Cell::of(rating.and_then(|rating| rating.nps), counted),
        Cell::of(rating.and_then(|rating| rating.solved), Cell::Flag),
    ];
    EPISODE_NAMES.into_iter().zip(cells).collect()
}
