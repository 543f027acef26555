//! Entries: numbered, timed, read forwards and backwards.

use std::sync::Arc;

use frontdesk_core::entry::{Audience, Entry, EntryBody, LogRef};
use frontdesk_core::id::RobotId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{HistoryQuery, ReadQuery, Store};
use frontdesk_core::time::Timestamp;
use tokio::task::JoinSet;

use super::{agent, commit, opened, queue, register, said, tell, texts, told, write};

const ALL: ReadQuery = ReadQuery {
    after: EntryNumber::START,
    through: EntryNumber::END,
    audience: Audience::from_bits(u8::MAX),
    limit: 1_000,
    max_bytes: usize::MAX,
};

const HISTORY: HistoryQuery =
    HistoryQuery { from: None, to: None, offset: 0, limit: 100, messages_only: false };

async fn all(store: &dyn Store, log: LogId) -> Vec<Entry> {
    store.read(log, ALL).await.unwrap()
}

/// A log with these messages, one commit each.
async fn log_with(store: &dyn Store, messages: &[&str]) -> LogId {
    let log = register(store, "ann").await;
    for text in messages {
        store.commit(commit(log, 0, tell(vec![said(text)]))).await.unwrap();
    }
    log
}

/// Entries are 1, 2, 3 …, also within a commit, and each is later than the one before.
pub async fn numbers_and_times_follow_one_another(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let mut told_times = Vec::new();
    for round in 0..3_u64 {
        let decision = tell(vec![said("a"), told("b")]);
        let committed = store.commit(commit(log, 0, decision)).await.unwrap();
        assert_eq!(committed.first, EntryNumber(round * 2 + 1));
        told_times.extend(committed.times);
    }
    let entries = all(&*store, log).await;
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.number.0).collect();
    let times: Vec<Timestamp> = entries.iter().map(|entry| entry.at).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    assert_eq!(told_times, times, "what was answered is what was written");
}

/// A hundred messages at once: each gets a number of its own, without a gap.
pub async fn messages_at_the_same_time_are_no_conflict(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let mut tasks = JoinSet::new();
    for index in 0..100 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let decision = tell(vec![said(&index.to_string())]);
            let committed = store.commit(commit(log, 0, decision)).await.unwrap();
            (committed.first.0, index.to_string())
        });
    }
    let mut answered = tasks.join_all().await;
    answered.sort_unstable();
    let entries = all(&*store, log).await;
    let stored: Vec<(u64, String)> =
        entries.iter().zip(texts(&entries)).map(|(entry, text)| (entry.number.0, text.to_owned())).collect();
    assert_eq!(stored, answered);
    assert_eq!(entries.len(), 100);
    assert!(entries.iter().zip(1..).all(|(entry, number)| entry.number.0 == number));
}

/// Whatever an entry can hold comes back.
pub async fn an_entry_is_read_back_as_it_was_written(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let bodies = vec![
        said("顾客 said \"it\"\n\u{0}"),
        EntryBody::ReadByCustomer { messages: vec!["a".into(), "b".into()] },
        EntryBody::RatedRobot { turn: "1".into(), satisfied: true, comment: None },
        EntryBody::HandedOver { log: LogRef(log), conversation: 1, number: EntryNumber(9) },
    ];
    let decision = frontdesk_core::conversation::Decision {
        conversation: 7,
        entries: bodies.clone(),
        ..Default::default()
    };
    store.commit(commit(log, 0, decision)).await.unwrap();
    let entries = all(&*store, log).await;
    assert!(entries.iter().all(|entry| entry.conversation == 7));
    assert_eq!(entries.into_iter().map(|entry| entry.body).collect::<Vec<_>>(), bodies);
}

/// Each bound of a read is kept, and one entry comes even if it alone is too long.
pub async fn reading_keeps_to_range_audience_limit_and_bytes(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let other = register(&*store, "bob").await;
    store.commit(commit(other, 0, tell(vec![said("not ann's")]))).await.unwrap();
    let decision = tell(vec![said("1"), told("2"), said("3"), told("4"), told("5")]);
    store.commit(commit(log, 0, decision)).await.unwrap();
    let read = async |query: ReadQuery| {
        let entries = store.read(log, query).await.unwrap();
        texts(&entries).concat()
    };
    assert_eq!(read(ALL).await, "12345");
    assert_eq!(read(ReadQuery { after: EntryNumber(2), ..ALL }).await, "345");
    assert_eq!(read(ReadQuery { through: EntryNumber(2), ..ALL }).await, "12");
    assert_eq!(read(ReadQuery { audience: Audience::DOWNLINK, ..ALL }).await, "245");
    assert_eq!(read(ReadQuery { audience: Audience::DOWNLINK.and(Audience::OWN), ..ALL }).await, "12345");
    assert_eq!(read(ReadQuery { audience: Audience::NONE, ..ALL }).await, "");
    let some = ReadQuery { audience: Audience::DOWNLINK, limit: 2, ..ALL };
    assert_eq!(read(some).await, "24", "the limit counts what is seen");
    assert_eq!(read(ReadQuery { max_bytes: 1, ..ALL }).await, "1");
    let bytes = serde_json::to_string(&said("1")).unwrap().len();
    let room = ReadQuery { audience: Audience::OWN, max_bytes: bytes * 2, ..ALL };
    assert_eq!(read(room).await, "13");
    assert!(store.read(LogId::from_bytes([9; 16]), ALL).await.unwrap().is_empty());
}

/// The last entry that each class sees is known, also of a log that nobody has written to since it was loaded.
pub async fn heads_are_told_for_each_class(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    assert_eq!(store.heads(log).await.unwrap().of(Audience::AGENT), EntryNumber::START);
    write(&*store, log, |state| {
        let waiting = frontdesk_core::conversation::Control::queue(queue("support"), Timestamp::ZERO);
        opened(state, "1-1", 1_000, waiting)
    })
    .await;
    store.commit(commit(log, 1, tell(vec![said("2"), told("3"), said("4")]))).await.unwrap();
    let heads = store.heads(log).await.unwrap();
    assert_eq!(heads.of(Audience::SESSION), EntryNumber(1));
    assert_eq!(heads.of(Audience::DOWNLINK), EntryNumber(3));
    assert_eq!(heads.of(Audience::OWN), EntryNumber(4));
    assert_eq!(heads.of(Audience::READ), EntryNumber::START);
    assert_eq!(heads.of(Audience::DOWNLINK.and(Audience::OWN)), EntryNumber(4));
    let unknown = store.heads(LogId::from_bytes([9; 16])).await.unwrap();
    assert_eq!(unknown.of(Audience::from_bits(u8::MAX)), EntryNumber::START);
}

/// Newest first, page by page, with or without what nobody said.
pub async fn history_goes_backwards_in_pages(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let rated = EntryBody::RatedRobot { turn: "1".into(), satisfied: true, comment: None };
    let decision = tell(vec![said("1"), told("2"), rated, said("4")]);
    store.commit(commit(log, 0, decision)).await.unwrap();
    let page = async |query: HistoryQuery| {
        let entries = store.history(log, query).await.unwrap();
        texts(&entries).concat()
    };
    assert_eq!(page(HISTORY).await, "4-21");
    assert_eq!(page(HistoryQuery { limit: 2, ..HISTORY }).await, "4-");
    assert_eq!(page(HistoryQuery { limit: 2, offset: 2, ..HISTORY }).await, "21");
    assert_eq!(page(HistoryQuery { offset: 9, ..HISTORY }).await, "");
    let messages = HistoryQuery { messages_only: true, ..HISTORY };
    assert_eq!(page(messages).await, "421");
    assert_eq!(page(HistoryQuery { limit: 1, offset: 1, ..messages }).await, "2");
}

/// Both ends of a span belong to it.
pub async fn history_keeps_to_a_span_of_time(store: Arc<dyn Store>) {
    let log = log_with(&*store, &["1", "2", "3", "4", "5", "6", "7"]).await;
    let times: Vec<Timestamp> = all(&*store, log).await.iter().map(|entry| entry.at).collect();
    let before = |at: Timestamp| Timestamp::from_millis(at.as_millis() - 1);
    let span = async |from: Option<Timestamp>, to: Option<Timestamp>| {
        let entries = store.history(log, HistoryQuery { from, to, ..HISTORY }).await.unwrap();
        texts(&entries).concat()
    };
    assert_eq!(span(None, None).await, "7654321");
    for from in 0..7 {
        for to in 0..7 {
            let expected: String = (from..=to).rev().map(|index| (index + 1).to_string()).collect();
            assert_eq!(span(Some(times[from]), Some(times[to])).await, expected, "{from} to {to}");
        }
    }
    assert_eq!(span(Some(times[6].next()), None).await, "");
    assert_eq!(span(None, Some(before(times[0]))).await, "");
    assert_eq!(span(Some(Timestamp::ZERO), Some(Timestamp::from_millis(i64::MAX))).await, "7654321");
}

/// An agent's words to the customer count, neither the robot's and the system's nor the customer's own.
pub async fn the_last_answer_of_an_agent_is_known(store: Arc<dyn Store>) {
    let by = |author| EntryBody::Said(Message::text(author, "hello"));
    let log = register(&*store, "ann").await;
    let others = vec![said("?"), by(Author::System), by(Author::Robot(RobotId::new("r").unwrap()))];
    store.commit(commit(log, 0, tell(others))).await.unwrap();
    assert_eq!(store.last_answered(log).await.unwrap(), None);
    let answered = by(Author::Agent(agent("101")));
    let first = store.commit(commit(log, 0, tell(vec![answered]))).await.unwrap();
    store.commit(commit(log, 0, tell(vec![said("thanks"), by(Author::System)]))).await.unwrap();
    assert_eq!(store.last_answered(log).await.unwrap(), Some(first.times[0]));
}

/// Only the customer's own words count, and the newest of them.
pub async fn the_last_word_of_the_customer_is_known(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    store.commit(commit(log, 0, tell(vec![told("welcome")]))).await.unwrap();
    assert_eq!(store.last_said(log).await.unwrap(), None);
    let first = store.commit(commit(log, 0, tell(vec![said("hello")]))).await.unwrap();
    assert_eq!(store.last_said(log).await.unwrap(), Some(first.times[0]));
    let second = store.commit(commit(log, 0, tell(vec![said("anyone?"), told("yes")]))).await.unwrap();
    assert_eq!(store.last_said(log).await.unwrap(), Some(second.times[0]));
}
