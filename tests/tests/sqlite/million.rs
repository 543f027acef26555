//! A million conversations reported on. It measures, so it is run by hand:
//! `cargo test --release -p frontdesk-tests --test store million -- --ignored --nocapture`.

use std::collections::BTreeSet;
use std::time::Instant;

use frontdesk_core::entry::EndReason;
use frontdesk_core::id::CallId;
use frontdesk_core::labels::Priority;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{
    FoldedEntries, LogStore as _, PendingStore as _, Purpose, ReportStore as _, RollupQuery, Rollups,
    Store as _,
};
use frontdesk_core::report::{
    Calendar, Contributions, ConversationFact, Count, Ending, EpisodeEnd, EpisodeFact, EpisodeStart,
    MessageCounts, Moment, PeriodUnit, Subject, WaitEnd, WaitFact, contributions,
};
use frontdesk_core::time::Timestamp;
use frontdesk_store::SqliteStore;
use frontdesk_tests::contract::{agent, commit, queue, register, said, tell, tenant};

const CUSTOMERS: u64 = 1_000;
const CONVERSATIONS: u64 = 1_000;
/// 2026-01-01T00:00:00Z, and the milliseconds of that year.
const FROM: i64 = 1_767_225_600_000;
const YEAR: i64 = 365 * 24 * 60 * 60 * 1_000;

/// Each customer comes for a part of the year, one after the other, so that things are over in about the order in which
/// they are stored.
fn fact(customer: u64, conversation: u64) -> ConversationFact {
    // Spread over agents and queues without any order.
    let mixed = (customer * CONVERSATIONS + conversation).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let part = YEAR.unsigned_abs() / CUSTOMERS;
    let began = i64::try_from(customer * part + mixed % part).expect("a moment");
    let began = Timestamp::from_millis(FROM + began);
    let after = |millis: u64| began.plus(std::time::Duration::from_millis(millis));
    let (taken, over) = (after(mixed % 90_000), after(90_000 + mixed % 1_200_000));
    let queue = queue(&format!("queue-{}", mixed % 10));
    let wait =
        WaitFact { queue: queue.clone(), since: began, began, ended: Some((taken, WaitEnd::Answered)) };
    let episode = EpisodeFact {
        agent: agent(&format!("agent-{}", mixed / 10 % 100)),
        queue: Some(queue),
        began: taken,
        start: EpisodeStart::Queue,
        ended: Some((over, EpisodeEnd::Ended)),
        first_response_millis: Some(mixed % 60_000),
        messages: 5,
        asked: false,
        rating: None,
    };
    ConversationFact {
        conversation,
        call: CallId::new(&format!("{}-{conversation}", began.as_seconds())).expect("an id"),
        began,
        ended: Some(Ending { at: over, reason: EndReason::Agent }),
        reopens: None,
        robot: None,
        robot_millis: 0,
        asked_robot: false,
        handed_to_people: Some(began),
        first_response_millis: Some(mixed % 120_000),
        unanswered_millis: mixed % 200_000,
        waits: vec![wait],
        episodes: vec![episode],
        messages: MessageCounts { customer: 5, agent: 5, robot: 0, system: 2 },
        turned_away: 0,
        left_message: false,
        tags: BTreeSet::new(),
        priority: Priority::Normal,
        disposition: None,
        promises: Vec::new(),
        robot_helped: 0,
        robot_failed: 0,
        moment: Moment::default(),
    }
}

async fn fill(store: &SqliteStore) {
    for customer in 0..CUSTOMERS {
        let log = register(store, &format!("u-{customer}")).await;
        let written = store.commit(commit(log, 0, tell(vec![said("a")]))).await.expect("written");
        let facts: Vec<_> = (1..=CONVERSATIONS).map(|conversation| fact(customer, conversation)).collect();
        let mut sums = Contributions::new();
        for (key, measures) in facts.iter().flat_map(contributions) {
            sums.entry(key).or_default().merge(&measures);
        }
        let from = store.pending(Purpose::Reports, log).await.expect("a mark").unwrap_or(EntryNumber::START);
        let folded = FoldedEntries { log, from, through: written.first, facts, sums };
        assert!(store.keep_folded(folded).await.expect("kept"));
    }
}

async fn report(store: &SqliteStore, subject: Subject, zone: &str, by_day: bool) -> Rollups {
    let calendar = Calendar::of(zone).expect("a zone");
    let range = (Timestamp::from_millis(FROM), Timestamp::from_millis(FROM + YEAR));
    let periods = if by_day {
        let days = calendar.periods(range, PeriodUnit::Day, 1_000).expect("days");
        days.iter().map(|day| (day.from, day.to)).collect()
    } else {
        vec![range]
    };
    let query = RollupQuery {
        subject,
        periods,
        channel: None,
        name: None,
        agent: None,
        by_channel: false,
        by_name: subject == Subject::Wait,
        by_agent: subject == Subject::Episode,
        limit: 1_000_000,
    };
    store.rollups(&tenant(), query).await.expect("sums")
}

#[tokio::test]
#[ignore = "takes minutes; run by hand to measure"]
async fn a_million_conversations_are_reported() {
    let directory = tempfile::tempdir().unwrap();
    let store = super::try_open(directory.path(), 1).unwrap();
    let started = Instant::now();
    fill(&store).await;
    println!("{} conversations stored in {:.1?}", CUSTOMERS * CONVERSATIONS, started.elapsed());
    for (name, subject, by_day) in [
        ("by day and queue", Subject::Wait, true),
        ("by agent", Subject::Episode, false),
        ("by day and agent", Subject::Episode, true),
    ] {
        for zone in ["UTC", "Europe/Berlin", "Asia/Kolkata"] {
            let started = Instant::now();
            let found = report(&store, subject, zone, by_day).await;
            let took = started.elapsed();
            println!(
                "a year {name} in {zone}: {} rows of {} sums in {took:.1?}",
                found.groups.len(),
                found.read
            );
            let count = if subject == Subject::Wait { Count::Waits } else { Count::Episodes };
            let sum: i64 = found.groups.iter().map(|(_, measures)| measures.get(count)).sum();
            assert!(sum.unsigned_abs() <= CUSTOMERS * CONVERSATIONS);
        }
    }
    store.close().await;
}
