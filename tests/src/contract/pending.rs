//! Marks: what background readers still have to do.

use std::sync::Arc;

use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::{ChannelId, UserId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Attempt, Commit, Customer, Purpose, Store};
use frontdesk_core::time::Timestamp;
use tokio::task::JoinSet;

use super::{commit, customer, register, said, tell, tenant, told};

const PUSH: Purpose = Purpose::Push;

fn web() -> ChannelId {
    ChannelId::new("web").unwrap()
}

async fn write_marked(store: &dyn Store, log: LogId, entries: Vec<EntryBody>) {
    store.commit(Commit { mark: Some(PUSH), ..commit(log, 0, tell(entries)) }).await.unwrap();
}

async fn place(store: &dyn Store, log: LogId) -> Option<u64> {
    store.pending(PUSH, log).await.unwrap().map(|number| number.0)
}

async fn advance(store: &dyn Store, log: LogId, from: u64, through: u64) -> bool {
    store.move_pending(PUSH, log, EntryNumber(from), EntryNumber(through)).await.unwrap()
}

/// The first mark stays: later ones are after it. What was written before there was a reader is not for it.
pub async fn a_mark_stands_before_what_was_written(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    store.commit(commit(log, 0, tell(vec![told("1"), told("2")]))).await.unwrap();
    assert_eq!(place(&*store, log).await, None, "nothing is marked by itself");
    write_marked(&*store, log, vec![told("3"), told("4")]).await;
    write_marked(&*store, log, vec![told("5")]).await;
    assert_eq!(place(&*store, log).await, Some(2));
    assert_eq!(place(&*store, LogId::from_bytes([9; 16])).await, None);
}

/// The mark goes once nothing that the reader sees is left, and comes back with the next commit.
pub async fn a_reader_that_caught_up_leaves_no_mark(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    write_marked(&*store, log, vec![told("1"), told("2"), said("3")]).await;
    assert!(advance(&*store, log, 0, 1).await);
    assert_eq!(place(&*store, log).await, Some(1));
    assert!(advance(&*store, log, 1, 2).await);
    assert_eq!(place(&*store, log).await, None, "what the customer said is not for this reader");
    assert!(!advance(&*store, log, 2, 3).await, "there is nothing to move");
    write_marked(&*store, log, vec![told("4")]).await;
    assert_eq!(place(&*store, log).await, Some(3));
}

/// Fifty messages while a reader reads: it gets each of them once, in order, and is then done.
pub async fn what_comes_while_the_reader_reads_is_not_missed(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    write_marked(&*store, log, vec![told("first")]).await;
    let mut writers = JoinSet::new();
    for _ in 0..5 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for _ in 0..10 {
                write_marked(&*store, log, vec![told("more")]).await;
            }
        });
    }
    let mut read = Vec::new();
    loop {
        let done = writers.is_empty();
        if let Some(from) = place(&*store, log).await {
            let through = store.heads(log).await.unwrap().of(PUSH.audience()).0;
            if through == from {
                // The mark is on disk a moment before the heads in memory follow.
                tokio::task::yield_now().await;
                continue;
            }
            assert!(advance(&*store, log, from, through).await);
            read.extend(from + 1..=through);
        } else if done {
            break;
        }
        while writers.try_join_next().is_some() {}
        tokio::task::yield_now().await;
    }
    assert_eq!(read, (1..=51).collect::<Vec<u64>>());
}

/// A replay while the reader is at work wins: the reader notices that it no longer stands where it did.
pub async fn a_reader_that_was_moved_is_not_moved_on(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    write_marked(&*store, log, vec![told("1"), told("2"), told("3")]).await;
    assert!(advance(&*store, log, 0, 2).await);
    assert!(store.place_pending(PUSH, log, EntryNumber::START).await.unwrap());
    assert!(!advance(&*store, log, 2, 3).await);
    assert_eq!(place(&*store, log).await, Some(0));
    assert!(advance(&*store, log, 0, 3).await);
    assert!(store.place_pending(PUSH, log, EntryNumber(1)).await.unwrap(), "also after it was done");
    assert_eq!(place(&*store, log).await, Some(1));
    assert!(!store.place_pending(PUSH, log, EntryNumber(3)).await.unwrap(), "nothing follows");
    assert!(!store.place_pending(PUSH, LogId::from_bytes([9; 16]), EntryNumber(0)).await.unwrap());
    assert_eq!(place(&*store, log).await, Some(1));
}

/// Who follows every log is told of every log, whoever's it is, and of each once until they have caught up.
pub async fn standing_readers_are_told_of_every_log(store: Arc<dyn Store>) {
    const SEARCH: Purpose = Purpose::Search;
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    let quiet = register(&*store, "eve").await;
    for log in [ann, bob] {
        store.commit(commit(log, 0, tell(vec![told("1"), said("2")]))).await.unwrap();
        store.commit(commit(log, 0, tell(vec![told("3")]))).await.unwrap();
    }
    let marked = async |after| {
        let page = store.marked_logs(SEARCH, after, 1).await.unwrap();
        page.into_iter().next()
    };
    let first = marked(None).await.unwrap();
    let second = marked(Some(first.clone())).await.unwrap();
    assert_eq!(marked(Some(second.clone())).await, None);
    let mut logs = [first.log, second.log];
    logs.sort();
    let mut expected = [ann, bob];
    expected.sort();
    assert_eq!(logs, expected);
    assert_eq!((first.tenant, first.channel), (tenant(), web()));

    let place = async |log| store.pending(SEARCH, log).await.unwrap();
    assert_eq!((place(ann).await, place(quiet).await), (Some(EntryNumber(0)), None));
    assert!(store.move_pending(SEARCH, ann, EntryNumber(0), EntryNumber(3)).await.unwrap());
    assert_eq!(place(ann).await, None);
    assert_eq!(store.pending(Purpose::Reports, ann).await.unwrap(), Some(EntryNumber(0)), "each for itself");
    store.commit(commit(ann, 0, tell(vec![said("4")]))).await.unwrap();
    assert_eq!(place(ann).await, Some(EntryNumber(3)), "and again with what comes next");
}

/// One channel's marks are none of another's.
pub async fn marks_and_logs_are_listed_by_channel(store: Arc<dyn Store>) {
    let mut logs = Vec::new();
    for name in ["ann", "bob", "cat", "dan"] {
        let log = register(&*store, name).await;
        write_marked(&*store, log, vec![told("hello")]).await;
        logs.push(log);
    }
    let elsewhere = Customer { channel: ChannelId::new("app").unwrap(), ..customer("ann") };
    let other = store.register(&elsewhere).await.unwrap();
    write_marked(&*store, other, vec![told("hello")]).await;
    let quiet = register(&*store, "eve").await;
    logs.sort();

    let (tenant, web, app) = (tenant(), web(), elsewhere.channel);
    let marked = async |after, limit| store.pending_logs(PUSH, (&tenant, &web), after, limit).await.unwrap();
    assert_eq!(marked(None, 10).await, logs);
    assert_eq!(marked(None, 2).await, logs[..2]);
    assert_eq!(marked(Some(logs[1]), 10).await, logs[2..]);
    let all = store.logs_of_channel((&tenant, &web), None, 10).await.unwrap();
    assert_eq!(all.len(), 5);
    assert!(all.is_sorted() && all.contains(&quiet) && !all.contains(&other));
    assert_eq!(store.logs_of_channel((&tenant, &web), Some(all[2]), 10).await.unwrap(), all[3..]);

    store.drop_pending(PUSH, (&tenant, &web)).await.unwrap();
    assert_eq!(marked(None, 10).await, []);
    assert_eq!(place(&*store, logs[0]).await, None);
    assert_eq!(store.pending_logs(PUSH, (&tenant, &app), None, 10).await.unwrap(), [other]);
}

/// Each channel keeps its own last attempts, the older ones go.
pub async fn attempts_are_kept_newest_first_and_bounded(store: Arc<dyn Store>) {
    let attempt = |channel: &str, number: u32| Attempt {
        tenant: tenant(),
        channel: ChannelId::new(channel).unwrap(),
        user: UserId::new("ann").unwrap(),
        at: Timestamp::from_millis(i64::from(number)),
        after: EntryNumber(3),
        through: EntryNumber(9),
        nth: number,
        status: number.is_multiple_of(2).then_some(503),
        error: number.is_multiple_of(2).then(|| "busy".to_owned()),
        millis: 12,
    };
    store.note_attempts(vec![attempt("app", 1)]).await.unwrap();
    for first in (1..=1_200).step_by(100) {
        let some = (first..first + 100).map(|number| attempt("web", number)).collect();
        store.note_attempts(some).await.unwrap();
    }
    let (tenant, web, app) = (tenant(), web(), ChannelId::new("app").unwrap());
    let newest = store.attempts((&tenant, &web), 2).await.unwrap();
    assert_eq!(newest, [attempt("web", 1_200), attempt("web", 1_199)]);
    let all = store.attempts((&tenant, &web), 10_000).await.unwrap();
    assert_eq!((all.len(), all.last().unwrap().nth), (1_000, 201));
    assert_eq!(store.attempts((&tenant, &app), 10).await.unwrap(), [attempt("app", 1)]);
}
