//! Commits: all or nothing, on the state that was seen, once for each key.

use std::sync::Arc;

use frontdesk_core::conversation::{Control, Intent, Outcome};
use frontdesk_core::entry::{Audience, EntryBody, LogRef};
use frontdesk_core::id::RobotId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Commit, CommitError, Customer, Idempotency, Purpose, ReadQuery, Store};
use frontdesk_core::time::Timestamp;
use tokio::task::JoinSet;

use super::{agent, closed, commit, customer, handed, opened, register, said, tell, tenant, write};

const ALL: ReadQuery = ReadQuery {
    after: EntryNumber::START,
    through: EntryNumber::END,
    audience: Audience::from_bits(u8::MAX),
    limit: 1_000,
    max_bytes: usize::MAX,
};

const FOREVER: Timestamp = Timestamp::from_millis(i64::MAX);

fn robot() -> Control {
    Control::Robot(RobotId::new("r").unwrap())
}

async fn length(store: &dyn Store, log: LogId) -> usize {
    store.read(log, ALL).await.unwrap().len()
}

fn key(key: &str, outcome: Outcome) -> Idempotency {
    Idempotency { key: key.to_owned(), fingerprint: [7; 32], outcome }
}

/// The same customer has the same log; a new name is taken over, the state stays.
pub async fn registering_again_changes_nothing_but_the_name(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    assert_eq!(log, customer("ann").log());
    write(&*store, log, |state| opened(state, "1-1", 1_000, robot())).await;
    assert_eq!(register(&*store, "ann").await, log);
    let renamed = Customer { name: "Anne".into(), locale: "zh_CN".into(), ..customer("ann") };
    assert_eq!(store.register(&renamed).await.unwrap(), log);
    let view = store.load(log).await.unwrap().unwrap();
    assert_eq!(view.customer, renamed);
    assert_eq!(view.state.version, 1);
    assert_eq!(length(&*store, log).await, 1);
}

/// Nobody registered it: there is nothing to load, and nothing to write to.
pub async fn an_unknown_log_is_told_apart(store: Arc<dyn Store>) {
    let unknown = customer("nobody").log();
    assert!(store.load(unknown).await.unwrap().is_none());
    let refused = store.commit(commit(unknown, 0, tell(vec![said("hello")]))).await;
    assert!(matches!(refused, Err(CommitError::NoLog)), "{refused:?}");
    let own = LogId::of_agent(&tenant(), &agent("101"));
    store.append_to_agent(&tenant(), &agent("101"), (unknown, EntryNumber(1)), said("x")).await.unwrap();
    assert!(store.load(own).await.unwrap().is_none(), "an agent's own log has no customer");
    let refused = store.commit(commit(own, 0, tell(vec![said("hello")]))).await;
    assert!(matches!(refused, Err(CommitError::NoLog)), "{refused:?}");
}

/// A decision that saw an older state is not written, whether it changes the state or not.
pub async fn an_old_version_is_a_conflict(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let before = store.load(log).await.unwrap().unwrap().state;
    write(&*store, log, |state| opened(state, "1-1", 1_000, robot())).await;
    for decision in [tell(vec![said("late")]), opened(&before, "1-2", 1_000, robot())] {
        let refused = store.commit(commit(log, before.version, decision)).await;
        assert!(matches!(refused, Err(CommitError::Conflict)), "{refused:?}");
    }
    assert_eq!(length(&*store, log).await, 1);
    let now = store.load(log).await.unwrap().unwrap().state;
    assert_eq!(now.version, 1, "and whoever loads again sees the new one");
    store.commit(commit(log, now.version, tell(vec![said("again")]))).await.unwrap();
}

/// Twenty writers change the state at once: every change is made on the one before it.
pub async fn of_two_changes_at_once_one_wins(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    write(&*store, log, |state| opened(state, "1-1", 1_000, robot())).await;
    let mut tasks = JoinSet::new();
    for index in 0..20 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let name = index.to_string();
            write(&*store, log, |state| handed(state, Control::Agent(agent(&name)))).await;
        });
    }
    tasks.join_all().await;
    let state = store.load(log).await.unwrap().unwrap().state;
    assert_eq!((state.version, state.fence), (21, 21));
    assert_eq!(length(&*store, log).await, 21);
}

/// Nothing of a refused commit is there: no entry, no intent, no timer, no key.
pub async fn a_refused_commit_leaves_nothing(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let state = store.load(log).await.unwrap().unwrap().state;
    let mut decision = opened(&state, "1-1", 1_000, robot());
    decision.intents.push(Intent::LeaveQueue { fence: 1 });
    let refused = store
        .commit(Commit {
            log,
            version: 5,
            decision,
            timer: Some(Timestamp::from_millis(1)),
            idempotency: Some(key("k", Outcome::Noted)),
            mark: Some(Purpose::Push),
        })
        .await;
    assert!(matches!(refused, Err(CommitError::Conflict)), "{refused:?}");
    assert_eq!(length(&*store, log).await, 0);
    assert_eq!(store.load(log).await.unwrap().unwrap().state, state);
    assert_eq!(store.pending_intents(FOREVER, 10).await.unwrap(), []);
    assert_eq!(store.next_due().await.unwrap(), None);
    assert_eq!(store.pending(Purpose::Push, log).await.unwrap(), None);
    assert_eq!(store.repeated(log, "k").await.unwrap(), None);
    assert_eq!(store.conversation(log, 1).await.unwrap(), None);
}

/// A key counts once. It is looked at before the version: an answer may be asked for again after the state moved on.
pub async fn a_repeated_key_gives_the_first_answer(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let with_key = |version, outcome| Commit {
        idempotency: Some(key("k", outcome)),
        ..commit(log, version, tell(vec![said("once")]))
    };
    store.commit(with_key(0, Outcome::SentToRobot)).await.unwrap();
    write(&*store, log, |state| opened(state, "1-1", 1_000, robot())).await;
    let again = store.commit(with_key(0, Outcome::Noted)).await;
    let Err(CommitError::Repeated(repeated)) = again else { panic!("written twice: {again:?}") };
    assert_eq!((repeated.outcome, repeated.fingerprint), (Outcome::SentToRobot, [7; 32]));
    assert_eq!(store.repeated(log, "k").await.unwrap(), Some(repeated));
    assert_eq!(store.repeated(log, "other").await.unwrap(), None);
    assert_eq!(length(&*store, log).await, 2);
}

/// The same request ten times at once is written once, and all are answered alike.
pub async fn of_requests_with_one_key_at_once_one_is_written(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let decision = tell(vec![said("once")]);
            let idempotency = Some(key("k", Outcome::SentToAgent));
            store.commit(Commit { idempotency, ..commit(log, 0, decision) }).await
        });
    }
    let answers = tasks.join_all().await;
    let written = answers.iter().filter(|answer| answer.is_ok()).count();
    let repeated = answers
        .iter()
        .filter(|answer| {
            matches!(answer, Err(CommitError::Repeated(repeated)) if repeated.outcome == Outcome::SentToAgent)
        })
        .count();
    assert_eq!((written, repeated), (1, 9), "{answers:?}");
    assert_eq!(length(&*store, log).await, 1);
}

/// Two customers may use the same key.
pub async fn keys_belong_to_their_log(store: Arc<dyn Store>) {
    for user in ["ann", "bob"] {
        let log = register(&*store, user).await;
        let decision = tell(vec![said("hello")]);
        let idempotency = Some(key("k", Outcome::Noted));
        store.commit(Commit { idempotency, ..commit(log, 0, decision) }).await.unwrap();
    }
}

/// Intents come with the commit, oldest first, until each is finished; finishing twice harms nothing.
pub async fn intents_wait_until_they_are_finished(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let intents = [Intent::LeaveQueue { fence: 3 }, Intent::FreeSlot { agent: agent("101"), fence: 4 }];
    store.commit(commit(log, 0, tell(vec![said("before")]))).await.unwrap();
    let mut decision = tell(vec![said("with"), said("two")]);
    decision.intents.extend(intents.iter().cloned());
    let committed = store.commit(commit(log, 0, decision)).await.unwrap();
    assert_eq!(committed.intents.iter().map(|pending| pending.intent.clone()).collect::<Vec<_>>(), intents);
    assert!(committed.intents.iter().all(|pending| pending.log == log && pending.number == EntryNumber(2)));

    assert_eq!(store.pending_intents(Timestamp::ZERO, 10).await.unwrap(), []);
    assert_eq!(store.pending_intents(FOREVER, 10).await.unwrap(), committed.intents);
    assert_eq!(store.pending_intents(FOREVER, 1).await.unwrap(), committed.intents[..1]);
    let other = register(&*store, "bob").await;
    store.finish_intent(other, committed.intents[0].id).await.unwrap();
    assert_eq!(store.pending_intents(FOREVER, 10).await.unwrap(), committed.intents, "it is another log's");
    store.finish_intent(log, committed.intents[0].id).await.unwrap();
    assert_eq!(store.pending_intents(FOREVER, 10).await.unwrap(), committed.intents[1..]);
    store.finish_intent(log, committed.intents[1].id).await.unwrap();

    let mut decision = tell(vec![said("later")]);
    decision.intents.push(Intent::FinishClaim { fence: 9 });
    let later = store.commit(commit(log, 0, decision)).await.unwrap();
    store.finish_intent(log, committed.intents[1].id).await.unwrap();
    let pending = store.pending_intents(FOREVER, 10).await.unwrap();
    assert_eq!(pending, later.intents, "a late \"finished\" hits no other intent");
}

/// An entry of an agent's own log is written once for its source, also when it is told again at once.
pub async fn an_agent_is_told_once(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let given =
        |number| EntryBody::HandedOver { log: LogRef(log), conversation: 1, number: EntryNumber(number) };
    let mut tasks = JoinSet::new();
    for _ in 0..5 {
        let store = Arc::clone(&store);
        let body = given(4);
        tasks.spawn(async move {
            store.append_to_agent(&tenant(), &agent("101"), (log, EntryNumber(4)), body).await.unwrap()
        });
    }
    let mut answers = tasks.join_all().await;
    answers.sort();
    assert_eq!(answers, [None, None, None, None, Some(EntryNumber(1))]);
    let tell = async |name: &str, number| {
        let source = (log, EntryNumber(number));
        store.append_to_agent(&tenant(), &agent(name), source, given(number)).await.unwrap()
    };
    assert_eq!(tell("101", 5).await, Some(EntryNumber(2)));
    assert_eq!(tell("102", 4).await, Some(EntryNumber(1)), "every agent has a log of their own");
    let own = LogId::of_agent(&tenant(), &agent("101"));
    let entries = store.read(own, ALL).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.body.clone()).collect::<Vec<_>>(), [given(4), given(5)]);
    assert!(entries[0].at < entries[1].at);
    assert_eq!(store.heads(own).await.unwrap().of(Audience::AGENT), EntryNumber(2));
    write(&*store, log, |state| opened(state, "1-1", 1_000, robot())).await;
    write(&*store, log, closed).await;
}
