//! What is learned from conversations.

use std::sync::Arc;

use frontdesk_core::id::GroupId;
use frontdesk_core::knowledge::{AnsweredByAgent, AskedInVain, Lessons, question_key};
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{
    Edit, Expected, GroupEdit, Judged, KnowledgeError, Learned, Settled, Store, SuggestionState,
    UnansweredFilter, Verdict,
};
use frontdesk_core::robot::{Found, Hit, Trace};
use frontdesk_core::time::Timestamp;

use super::knowledge::{base, group};
use super::{agent, customer, tenant};

fn found(hit: Hit) -> Trace {
    let candidate = Found { group: "a".to_owned(), locale: "en".to_owned(), score: 314 };
    Trace { base: base("shop"), version: 2, hit, candidates: vec![candidate] }
}

fn asked(number: u64, text: &str, hit: Hit) -> AskedInVain {
    AskedInVain {
        number: EntryNumber(number),
        turn: 1,
        at: Timestamp::from_millis(i64::try_from(number).unwrap()),
        text: text.to_owned(),
        found: found(hit),
        wanted_agent: false,
        rated_badly: false,
        comment: None,
    }
}

fn learned(user: &str, asked: Vec<AskedInVain>, whole: bool) -> Learned {
    Learned {
        tenant: tenant(),
        log: customer(user).log(),
        conversation: 1,
        language: "en_US".to_owned(),
        whole,
        lessons: Lessons { asked, answered: None },
    }
}

fn answered(user: &str, number: u64, question: &str, answer: &str) -> Learned {
    let answered = AnsweredByAgent {
        number: EntryNumber(number),
        question: question.to_owned(),
        found: found(Hit::Miss),
        agent: agent("101"),
        answer: answer.to_owned(),
        at: Timestamp::from_millis(i64::try_from(number).unwrap()),
    };
    let lessons = Lessons { asked: Vec::new(), answered: Some(answered) };
    Learned { lessons, ..learned(user, Vec::new(), true) }
}

/// Texts and counts.
async fn listed(store: &dyn Store, filter: UnansweredFilter) -> Vec<(String, u64)> {
    let filter = UnansweredFilter { limit: 100, ..filter };
    let found = store.unanswered(&tenant(), &base("shop"), filter).await.unwrap();
    found.into_iter().map(|question| (question.text, question.count)).collect()
}

fn counted(questions: &[(&str, u64)]) -> Vec<(String, u64)> {
    questions.iter().map(|(text, count)| ((*text).to_owned(), *count)).collect()
}

/// The same entry counts once; other spellings of a question count with it.
pub async fn questions_are_counted_once_however_often_they_are_learned(store: Arc<dyn Store>) {
    store.learn(learned("a", vec![asked(1, "Where?", Hit::Miss)], false)).await.unwrap();
    assert_eq!(listed(&*store, UnansweredFilter::default()).await, [], "there is no such base");
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    for _ in 0..3 {
        store.learn(learned("a", vec![asked(1, "Where?", Hit::Miss)], false)).await.unwrap();
    }
    let more = vec![asked(2, "WHERE", Hit::Near), asked(3, "When?", Hit::Near)];
    store.learn(learned("b", more, false)).await.unwrap();
    assert_eq!(listed(&*store, UnansweredFilter::default()).await, counted(&[("WHERE", 2), ("When?", 1)]));
    let key = question_key("where?");
    let one = store.unanswered_one(&tenant(), &base("shop"), &key).await.unwrap().unwrap();
    assert_eq!((one.first, one.last), (Timestamp::from_millis(1), Timestamp::from_millis(2)));
    assert_eq!((one.log, one.conversation, one.hit), (customer("b").log(), 1, Hit::Near));
    assert_eq!(
        (one.candidates, one.key, one.language),
        (found(Hit::Near).candidates, key, "en_US".to_owned())
    );
    let only = |change: fn(&mut UnansweredFilter)| {
        let mut filter = UnansweredFilter::default();
        change(&mut filter);
        filter
    };
    assert_eq!(listed(&*store, only(|it| it.least = 2)).await, counted(&[("WHERE", 2)]));
    assert_eq!(
        listed(&*store, only(|it| it.since = Some(Timestamp::from_millis(3)))).await,
        counted(&[("When?", 1)])
    );
    assert_eq!(listed(&*store, only(|it| it.language = Some("en".to_owned()))).await.len(), 2);
    assert_eq!(listed(&*store, only(|it| it.language = Some("e".to_owned()))).await.len(), 0);
    store.remove_base(&tenant(), &base("shop")).await.unwrap();
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    assert_eq!(listed(&*store, UnansweredFilter::default()).await, []);
}

/// What the whole conversation says of an answer is not undone by a part of it that is learned again.
pub async fn what_was_learned_from_all_replaces_what_was_learned_from_a_part(store: Arc<dyn Store>) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    let miss = || asked(1, "Where?", Hit::Miss);
    store.learn(learned("a", vec![miss()], false)).await.unwrap();
    let rated = AskedInVain {
        wanted_agent: true,
        rated_badly: true,
        comment: Some("no".to_owned()),
        ..asked(5, "When?", Hit::Clear)
    };
    let whole = vec![AskedInVain { wanted_agent: true, ..miss() }, rated.clone()];
    store.learn(learned("a", whole, true)).await.unwrap();
    store.learn(learned("a", vec![miss()], false)).await.unwrap();
    let key = question_key("Where?");
    let one = store.unanswered_one(&tenant(), &base("shop"), &key).await.unwrap().unwrap();
    assert_eq!((one.count, one.wanted_agent), (1, 1));
    let bad = store.badly_rated(&tenant(), &base("shop"), 10).await.unwrap();
    assert_eq!(bad.len(), 1);
    assert_eq!((&bad[0].asked, bad[0].conversation, bad[0].log), (&rated, 1, customer("a").log()));
    // The customer changes their mind, and there is nothing left to tell.
    let changed = asked(5, "When?", Hit::Clear);
    store.learn(learned("a", vec![changed], true)).await.unwrap();
    assert_eq!(store.badly_rated(&tenant(), &base("shop"), 10).await.unwrap(), []);
    assert_eq!(listed(&*store, UnansweredFilter::default()).await, counted(&[("Where?", 1)]));
}

/// What was decided about is in a list of its own, also when it is asked again, until it is opened again.
pub async fn decided_questions_are_out_of_the_list(store: Arc<dyn Store>) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    store.learn(learned("a", vec![asked(1, "Where?", Hit::Miss)], false)).await.unwrap();
    let key = question_key("Where?");
    let judged = Judged { verdict: Verdict::Dismissed, by: agent("201"), group: None };
    store.judge(&tenant(), &base("shop"), &key, Some(judged.clone())).await.unwrap();
    store.learn(learned("b", vec![asked(1, "Where?", Hit::Miss)], false)).await.unwrap();
    assert_eq!(listed(&*store, UnansweredFilter::default()).await, []);
    let dismissed = UnansweredFilter { verdict: Some(Verdict::Dismissed), ..UnansweredFilter::default() };
    assert_eq!(listed(&*store, dismissed).await, counted(&[("Where?", 2)]));
    let one = store.unanswered_one(&tenant(), &base("shop"), &key).await.unwrap().unwrap();
    assert_eq!(one.judged, Some(judged));
    store.judge(&tenant(), &base("shop"), &key, None).await.unwrap();
    assert_eq!(listed(&*store, UnansweredFilter::default()).await, counted(&[("Where?", 2)]));
}

/// Answers to one question are one suggestion, about which is decided once.
pub async fn suggestions_are_decided_once(store: Arc<dyn Store>) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    for _ in 0..2 {
        store.learn(answered("a", 1, "Where?", "Here.")).await.unwrap();
    }
    store.learn(answered("b", 2, "where", "There.")).await.unwrap();
    let listed = async |state| store.suggestions(&tenant(), &base("shop"), state, 10).await.unwrap();
    let open = listed(SuggestionState::Open).await;
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].question.as_str(), open[0].answer.as_str(), open[0].count), ("where", "There.", 2));
    assert_eq!((open[0].agent.clone(), open[0].log), (agent("101"), customer("b").log()));
    let key = question_key("Where?");
    let reject = (SuggestionState::Rejected, agent("201"), None);
    let judge = async |to| {
        store.judge_suggestion(&tenant(), &base("shop"), &key, SuggestionState::Open, to).await.unwrap()
    };
    assert!(judge(reject.clone()).await);
    assert!(!judge((SuggestionState::Approved, agent("901"), None)).await);
    store.learn(answered("c", 3, "Where?", "Everywhere.")).await.unwrap();
    assert_eq!(listed(SuggestionState::Open).await, [], "it is not made again");
    let rejected = listed(SuggestionState::Rejected).await;
    assert_eq!((rejected.len(), rejected[0].by.clone()), (1, Some(agent("201"))));
}

/// What was learned goes into the draft together with the decision, or neither does.
pub async fn what_is_taken_in_is_settled_with_it(store: Arc<dyn Store>) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    store.learn(learned("a", vec![asked(1, "Where?", Hit::Miss)], false)).await.unwrap();
    store.learn(answered("a", 1, "Where?", "Here.")).await.unwrap();
    let id = GroupId::new("a").unwrap();
    let take = async |answer: &str, is_suggestion: bool| {
        let groups =
            vec![GroupEdit { id: id.clone(), expected: Expected::Any, group: Some(group("a", answer)) }];
        let settled =
            Settled { key: question_key("Where?"), is_suggestion, by: agent("201"), group: id.clone() };
        store.edit(&tenant(), &base("shop"), Edit { groups, draft: None, settles: Some(settled) }).await
    };
    assert_eq!(take("1", false).await.unwrap(), 1);
    let one = store.unanswered_one(&tenant(), &base("shop"), &question_key("Where?")).await.unwrap().unwrap();
    let judged = Judged { verdict: Verdict::Taken, by: agent("201"), group: Some(id.clone()) };
    assert_eq!(one.judged, Some(judged));
    assert_eq!(take("2", true).await.unwrap(), 2);
    assert!(matches!(take("3", true).await, Err(KnowledgeError::Decided)));
    let kept = store.group(&tenant(), &base("shop"), &id).await.unwrap().unwrap();
    assert_eq!((kept.version, kept.group), (2, group("a", "2")));
    let approved =
        store.suggestion(&tenant(), &base("shop"), &question_key("Where?")).await.unwrap().unwrap();
    assert_eq!((approved.state, approved.group), (SuggestionState::Approved, Some(id.clone())));
}
