//! Numbers against the most naive way to come by them: over whole histories, with everything looked for anew.

use std::collections::BTreeMap;

use frontdesk_core::entry::{Diversion, EndReason, Entry, EntryBody, Rating, SlaNews, SlaTarget};
use frontdesk_core::id::{AgentId, DispositionId};
use frontdesk_core::labels::{LabelPatch, Patch};
use frontdesk_core::log::{EntryNumber, Life};
use frontdesk_core::message::Author;
use frontdesk_core::report::{
    Contributions, ConversationFact, Count, EpisodeEnd, EpisodeStart, Measures, Spread, Subject, WaitEnd,
    contributions, difference, fold, needed,
};
use frontdesk_core::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::step::step;
use super::world::World;
use crate::shop::agent_id;

type Facts = BTreeMap<u64, ConversationFact>;

fn folded(entries: &[Entry]) -> Facts {
    let mut facts = Facts::new();
    for entry in entries {
        fold(&mut facts, entry);
    }
    facts
}

/// What happens besides in a shop, and the model does not do.
#[derive(Clone, Debug)]
enum Afterthought {
    Rated(u8),
    Tagged(bool),
    Disposed,
    RatedRobot(bool),
}

fn afterthought() -> impl Strategy<Value = Afterthought> {
    prop_oneof![
        (1..=5_u8).prop_map(Afterthought::Rated),
        any::<bool>().prop_map(Afterthought::Tagged),
        Just(Afterthought::Disposed),
        any::<bool>().prop_map(Afterthought::RatedRobot),
    ]
}

/// Puts an entry behind another one, as something about the conversation that was last then.
fn insert(entries: &mut Vec<Entry>, place: usize, what: &Afterthought) {
    let Some(after) = entries.get(place).cloned().filter(|entry| entry.conversation > 0) else { return };
    let of_same = || entries[..=place].iter().rev().filter(|entry| entry.conversation == after.conversation);
    let body = match what {
        Afterthought::Rated(points) => {
            let Some(agent) = of_same().find_map(given_to_agent) else { return };
            let nps = Some(points * 2);
            EntryBody::RatedAgent(Rating {
                agent,
                episode: None,
                evaluation: Some(*points),
                comment: String::new(),
                nps,
                solved: Some(*points > 2),
            })
        }
        Afterthought::Tagged(on) => {
            let tags = if *on { Patch::Set(["vip".to_owned()].into()) } else { Patch::Clear };
            let changes = LabelPatch { tags, ..LabelPatch::default() };
            EntryBody::Labelled { agent: agent_id("101"), changes }
        }
        Afterthought::Disposed => {
            let disposition = Patch::Set(DispositionId::new("sold").expect("id"));
            let changes = LabelPatch { disposition, ..LabelPatch::default() };
            EntryBody::Labelled { agent: agent_id("101"), changes }
        }
        Afterthought::RatedRobot(satisfied) => {
            EntryBody::RatedRobot { turn: "1".to_owned(), satisfied: *satisfied, comment: None }
        }
    };
    entries.insert(place + 1, Entry { body, ..after });
    // Times need not be unique here; places are.
    for (number, entry) in entries.iter_mut().enumerate() {
        entry.number = EntryNumber(number as u64 + 1);
        entry.life = Life::FIRST;
    }
}

fn counted<T>(found: impl Iterator<Item = T>) -> i64 {
    found.map(|_| 1).sum()
}

fn given_to_agent(entry: &Entry) -> Option<AgentId> {
    match &entry.body {
        EntryBody::Assigned { agent, .. } | EntryBody::TakenOver { agent, .. } => Some(agent.clone()),
        _ => None,
    }
}

/// Who has a conversation after an entry, if the entry says so.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Has {
    Robot,
    Queue(String),
    Agent(AgentId),
    Nobody,
}

fn has(entry: &Entry) -> Option<Has> {
    Some(match &entry.body {
        EntryBody::Connected { robot: Some(_), .. } | EntryBody::GivenToRobot { .. } => Has::Robot,
        EntryBody::Connected { robot: None, .. } | EntryBody::Ended { .. } => Has::Nobody,
        EntryBody::Queued { queue, .. } => Has::Queue(queue.to_string()),
        _ => Has::Agent(given_to_agent(entry)?),
    })
}

/// One conversation's entries, and nothing that is remembered from one to the next.
struct Naive<'a>(Vec<&'a Entry>);

impl Naive<'_> {
    /// Who has the conversation between the entry at this place and the next.
    fn has_at(&self, place: usize) -> Has {
        self.0[..=place].iter().rev().find_map(|entry| has(entry)).expect("it began")
    }

    /// Whether the customer waits for a word of an agent there.
    fn waits_at(&self, place: usize) -> bool {
        for earlier in (0..=place).rev() {
            let entry = self.0[earlier];
            let is_with_people = matches!(self.has_at(earlier), Has::Queue(_) | Has::Agent(_));
            match &entry.body {
                EntryBody::Said(said) if matches!(said.author, Author::Agent(_)) => return false,
                EntryBody::Said(said) if said.author == Author::Customer && is_with_people => return true,
                EntryBody::Queued { .. } => return true,
                EntryBody::Connected { .. } | EntryBody::GivenToRobot { .. } | EntryBody::Ended { .. } => {
                    return false;
                }
                _ => {}
            }
        }
        false
    }

    fn find(&self, holds: impl Fn(&EntryBody) -> bool) -> Option<usize> {
        self.0.iter().position(|entry| holds(&entry.body))
    }

    fn count(&self, holds: impl Fn(&EntryBody) -> bool) -> i64 {
        counted(self.0.iter().filter(|entry| holds(&entry.body)))
    }

    fn at(&self, place: usize) -> i64 {
        self.0[place].at.as_millis()
    }

    fn end(&self) -> Option<usize> {
        self.find(|body| matches!(body, EntryBody::Ended { .. }))
    }

    /// How long it was so, summed up from entry to entry until the end.
    fn time(&self, holds: impl Fn(usize) -> bool) -> i64 {
        let last = self.end().unwrap_or(self.0.len() - 1);
        (0..last).filter(|place| holds(*place)).map(|place| self.at(place + 1) - self.at(place)).sum()
    }

    /// The first word of an agent after a place, before another.
    fn word(&self, after: usize, before: usize, of: Option<&AgentId>) -> Option<usize> {
        (after..before).find(|place| {
            matches!(&self.0[*place].body, EntryBody::Said(said) if match &said.author {
                Author::Agent(agent) => of.is_none_or(|of| of == agent),
                _ => false,
            })
        })
    }

    /// The places where control changes hands.
    fn hand_overs(&self) -> Vec<usize> {
        (0..self.0.len()).filter(|place| has(self.0[*place]).is_some()).collect()
    }

    /// What an agent loses a conversation by, if it is no wish of theirs.
    fn lost_before(&self, place: usize) -> Option<Diversion> {
        let hand_overs = self.hand_overs();
        let since = hand_overs.into_iter().rev().find(|earlier| *earlier < place)?;
        self.0[since..place].iter().rev().find_map(|entry| match &entry.body {
            EntryBody::Diverted {
                why: why @ (Diversion::AgentSilent | Diversion::AgentVanished), ..
            } => Some(*why),
            _ => None,
        })
    }
}

/// What was said by whom, and how long everything took, of one conversation that is over.
fn check_conversation(fact: &ConversationFact, naive: &Naive<'_>) {
    let said_by = |author: fn(&Author) -> bool| {
        naive.count(|body| matches!(body, EntryBody::Said(said) if author(&said.author)))
    };
    let messages = &fact.messages;
    assert_eq!(i64::from(messages.customer), said_by(|author| *author == Author::Customer));
    assert_eq!(i64::from(messages.agent), said_by(|author| matches!(author, Author::Agent(_))));
    assert_eq!(i64::from(messages.robot), said_by(|author| matches!(author, Author::Robot(_))));
    assert_eq!(i64::from(messages.system), said_by(|author| *author == Author::System));

    let queued = naive.find(|body| matches!(body, EntryBody::Queued { .. }));
    assert_eq!(fact.handed_to_people.map(Timestamp::as_millis), queued.map(|place| naive.at(place)));
    let end = naive.end().unwrap_or(naive.0.len());
    let first_word = queued.and_then(|queued| naive.word(queued, end, None).map(|word| (queued, word)));
    let response = first_word.map(|(queued, word)| (naive.at(word) - naive.at(queued)).unsigned_abs());
    assert_eq!(fact.first_response_millis, response);

    let left = naive.find(|body| matches!(body, EntryBody::LeftMessage { .. })).is_some();
    assert_eq!(fact.left_message, left);
    let is_away = |body: &EntryBody| {
        matches!(
            body,
            EntryBody::Diverted { why: Diversion::Full | Diversion::NoAgents | Diversion::OutsideHours, .. }
        )
    };
    assert_eq!(i64::from(fact.turned_away), naive.count(is_away));
    if naive.end().is_some() {
        let robot_time = naive.time(|place| naive.has_at(place) == Has::Robot);
        assert_eq!(fact.robot_millis, robot_time.unsigned_abs());
        let unanswered = naive.time(|place| naive.waits_at(place));
        assert_eq!(fact.unanswered_millis, unanswered.unsigned_abs());
    }
    let asked = (0..naive.0.len()).any(|place| {
        let said = matches!(&naive.0[place].body, EntryBody::Said(said) if said.author == Author::Customer);
        said && naive.has_at(place) == Has::Robot
    });
    let never_with_people = queued.is_none() && naive.count(is_away) == 0 && !left;
    assert_eq!(fact.is_contained(), asked && never_with_people);
    for (target, noted) in [SlaTarget::FirstReply, SlaTarget::NextReply, SlaTarget::Resolution]
        .map(|target| (target, fact.promises.iter().find(|promise| promise.target == target)))
    {
        let worst = naive.0.iter().filter_map(|entry| match &entry.body {
            EntryBody::Sla { target: of, what, .. } if *of == target => Some(*what),
            _ => None,
        });
        assert_eq!(noted.map(|promise| promise.worst), worst.max());
    }
}

fn check_waits(fact: &ConversationFact, naive: &Naive<'_>) {
    let hand_overs = naive.hand_overs();
    let mut waits = Vec::new();
    for (index, place) in hand_overs.iter().enumerate() {
        let Has::Queue(queue) = naive.has_at(*place) else { continue };
        // The wait goes back over all queues before this one.
        let is_queue = |place: &&usize| matches!(naive.has_at(**place), Has::Queue(_));
        let began = hand_overs[..=index].iter().rev().take_while(is_queue).last().expect("this one");
        let ended = hand_overs.get(index + 1).map(|next| {
            let end = match &naive.0[*next].body {
                EntryBody::Queued { .. } => WaitEnd::MovedOn,
                EntryBody::Assigned { .. } => WaitEnd::Answered,
                EntryBody::Ended { .. } if fact.left_message && left_by(naive, *next) => WaitEnd::LeftMessage,
                EntryBody::Ended { reason: EndReason::QueueTimeout | EndReason::MessageAsked, .. } => {
                    WaitEnd::Released
                }
                EntryBody::Ended { .. } => WaitEnd::Abandoned,
                _ => WaitEnd::Released,
            };
            (naive.at(*next), end)
        });
        waits.push((queue, naive.at(*place), naive.at(*began), ended));
    }
    let told = |fact: &frontdesk_core::report::WaitFact| {
        let ended = fact.ended.map(|(at, end)| (at.as_millis(), end));
        (fact.queue.to_string(), fact.since.as_millis(), fact.began.as_millis(), ended)
    };
    assert_eq!(fact.waits.iter().map(told).collect::<Vec<_>>(), waits);
}

fn left_by(naive: &Naive<'_>, place: usize) -> bool {
    naive.0[..place].iter().any(|entry| matches!(entry.body, EntryBody::LeftMessage { .. }))
}

fn check_episodes(fact: &ConversationFact, naive: &Naive<'_>) {
    let hand_overs = naive.hand_overs();
    let mut count = 0;
    for (index, place) in hand_overs.iter().enumerate() {
        let Some(agent) = given_to_agent(naive.0[*place]) else { continue };
        let episode = &fact.episodes[count];
        count += 1;
        assert_eq!((&episode.agent, episode.began.as_millis()), (&agent, naive.at(*place)));
        let next = hand_overs.get(index + 1).copied();
        let end = next.map(|next| match (&naive.0[next].body, naive.lost_before(next)) {
            (EntryBody::Ended { .. }, _) => EpisodeEnd::Ended,
            (EntryBody::TakenOver { .. }, _) => EpisodeEnd::TakenOver,
            (EntryBody::Queued { .. }, Some(Diversion::AgentSilent)) => EpisodeEnd::Silent,
            (EntryBody::Queued { .. }, Some(_)) => EpisodeEnd::Vanished,
            _ => EpisodeEnd::Transferred,
        });
        assert_eq!(episode.ended.map(|(_, end)| end), end);
        assert_eq!(episode.ended.map(|(at, _)| at.as_millis()), next.map(|next| naive.at(next)));
        let word = naive.word(*place, next.unwrap_or(naive.0.len()), Some(&agent));
        let response = word.map(|word| (naive.at(word) - naive.at(*place)).unsigned_abs());
        assert_eq!(episode.first_response_millis, response);
        let start = match &naive.0[*place].body {
            EntryBody::TakenOver { .. } => EpisodeStart::TakeOver,
            EntryBody::Assigned { from: Some(_), .. } => EpisodeStart::Transfer,
            _ => start_from_queue(naive, &hand_overs, index),
        };
        assert_eq!(episode.start, start);
    }
    assert_eq!(fact.episodes.len(), count);
}

/// Out of a queue: passed on, if an agent put the customer at the beginning of that wait and wanted to.
fn start_from_queue(naive: &Naive<'_>, hand_overs: &[usize], index: usize) -> EpisodeStart {
    let is_queue = |place: &&usize| matches!(naive.has_at(**place), Has::Queue(_));
    let began = hand_overs[..index].iter().rev().take_while(is_queue).last().expect("a wait");
    let is_from_agent = matches!(&naive.0[*began].body, EntryBody::Queued { from: Some(_), .. });
    if is_from_agent && naive.lost_before(*began).is_none() {
        EpisodeStart::Transfer
    } else {
        EpisodeStart::Queue
    }
}

/// Some sums over everybody, added up by hand and by quarters.
fn check_sums(histories: &[Vec<Entry>], all: &Measures) {
    let conversations = |holds: &dyn Fn(&Naive<'_>) -> bool| {
        let every = histories.iter().flat_map(|entries| by_conversation(entries).into_values());
        counted(every.filter(|naive| holds(naive)))
    };
    assert_eq!(all.get(Count::Began), conversations(&|_| true));
    assert_eq!(all.get(Count::Conversations), conversations(&|naive| naive.end().is_some()));
    let has_agent = |naive: &Naive<'_>| naive.0.iter().any(|entry| given_to_agent(entry).is_some());
    assert_eq!(all.get(Count::Served), conversations(&|naive| naive.end().is_some() && has_agent(naive)));
    let is_late = |naive: &Naive<'_>| {
        let late = |body: &EntryBody| {
            matches!(body, EntryBody::Sla { target: SlaTarget::FirstReply, what: SlaNews::Breached, .. })
        };
        naive.end().is_some() && naive.find(late).is_some()
    };
    assert_eq!(all.get(Count::FirstReplyBreached), conversations(&is_late));
    assert_eq!(all.spans(Spread::Handling), all.get(Count::Episodes));
    let ends = [
        Count::WaitsAnswered,
        Count::WaitsAbandoned,
        Count::WaitsLeftMessage,
        Count::WaitsReleased,
        Count::WaitsMovedOn,
    ];
    assert_eq!(ends.iter().map(|count| all.get(*count)).sum::<i64>(), all.get(Count::Waits));
}

fn by_conversation(entries: &[Entry]) -> BTreeMap<u64, Naive<'_>> {
    let mut found: BTreeMap<u64, Naive<'_>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.conversation > 0) {
        found.entry(entry.conversation).or_insert_with(|| Naive(Vec::new())).0.push(entry);
    }
    found
}

/// Folds piece by piece; between two pieces only what is needed is there, as it was stored. What each piece changes is
/// added up.
fn folded_in_pieces(entries: &[Entry], sizes: &[usize]) -> (Facts, Contributions) {
    let (mut stored, mut sums) = (BTreeMap::<u64, String>::new(), Contributions::new());
    let (mut rest, mut sizes) = (entries, sizes.iter().cycle());
    while !rest.is_empty() {
        let size = sizes.next().copied().unwrap_or(1).clamp(1, rest.len());
        let (piece, later) = rest.split_at(size);
        rest = later;
        let read = |number: &u64| serde_json::from_str::<ConversationFact>(stored.get(number)?).ok();
        let before: Facts =
            needed(piece).iter().filter_map(|number| Some((*number, read(number)?))).collect();
        let mut after = before.clone();
        for entry in piece {
            fold(&mut after, entry);
        }
        for (number, fact) in &after {
            for (key, measures) in difference(before.get(number), Some(fact)) {
                sums.entry(key).or_default().merge(&measures);
            }
            stored.insert(*number, serde_json::to_string(fact).expect("JSON"));
        }
    }
    sums.retain(|_, measures| !measures.is_empty());
    let facts = stored.into_iter();
    let facts = facts.map(|(number, fact)| (number, serde_json::from_str(&fact).expect("a fact")));
    (facts.collect(), sums)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever happens: the fold says what the naive way says; and folding piece by piece, from what was stored, gives
    /// the same facts and the same sums as folding all at once.
    #[test]
    fn numbers_are_what_the_logs_say(
        steps in vec(step(), 1..250),
        order in vec(any::<Index>(), 1..20),
        later in vec((any::<Index>(), afterthought()), 0..12),
        sizes in vec(1..40_usize, 1..10),
    ) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
        }
        let mut order = order.iter().cycle();
        world.run_until_quiet(|len| order.next().map_or(0, |index| index.index(len)));
        let mut histories: Vec<Vec<Entry>> = world.logs.into_iter().map(|log| log.entries).collect();
        for (place, what) in &later {
            for entries in histories.iter_mut().filter(|entries| !entries.is_empty()) {
                let place = place.index(entries.len());
                insert(entries, place, what);
            }
        }
        let mut all = Measures::default();
        for entries in &histories {
            let facts = folded(entries);
            let naive = by_conversation(entries);
            prop_assert_eq!(facts.keys().collect::<Vec<_>>(), naive.keys().collect::<Vec<_>>());
            for (number, fact) in &facts {
                check_conversation(fact, &naive[number]);
                check_waits(fact, &naive[number]);
                check_episodes(fact, &naive[number]);
            }
            let mut whole = Contributions::new();
            for (key, measures) in facts.values().flat_map(contributions) {
                if key.subject != Subject::Tag && key.subject != Subject::Disposition {
                    all.merge(&measures);
                }
                whole.entry(key).or_default().merge(&measures);
            }
            let (pieces, sums) = folded_in_pieces(entries, &sizes);
            prop_assert_eq!(pieces, facts);
            prop_assert_eq!(sums, whole);
        }
        check_sums(&histories, &all);
    }
}
