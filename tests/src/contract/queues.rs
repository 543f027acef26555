//! Queues: who waits, under which fence, and what becomes of a claim.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::directory::{Agent, Directory, Item, Queue, Tenant};
use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Claim, ClaimRequest, QueueItem, Store};
use frontdesk_core::routing::{AgentStatus, QueuePlace};
use frontdesk_core::time::Timestamp;

use super::{agent, customer, queue, tenant};

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(super) fn item(user: &str, fence: u64, since: i64) -> QueueItem {
    QueueItem::new(tenant(), queue("support"), customer(user).log(), fence, at(since))
}

pub(super) async fn online(store: &dyn Store, names: &[&str]) {
    for name in names {
        store.set_status(&tenant(), &agent(name), AgentStatus::Online).await.unwrap();
    }
}

/// A look at one queue as configured, for at most one customer.
pub(super) fn request(queue: Queue, agents: &[(&str, u32)], now: i64) -> ClaimRequest {
    let staff = |(name, capacity): &(&str, u32)| Agent {
        capacity: *capacity,
        queues: vec![queue.id.clone()],
        ..Agent::new(agent(name), name)
    };
    let agents = agents.iter().map(|known| Item::Agent(staff(known)));
    let shop = Tenant::new(tenant(), "", "en");
    let items = [Item::Tenant(shop), Item::Queue(queue.clone())].into_iter().chain(agents);
    let directory = Directory::new(items.map(|item| (tenant(), item)).collect());
    let directory = directory.tenant(&tenant()).unwrap();
    ClaimRequest { limit: 1, ..ClaimRequest::of(directory, &[queue.id], at(now)) }
}

pub(super) async fn claim(store: &dyn Store, agents: &[(&str, u32)], now: i64) -> Option<Claim> {
    let request = request(Queue::new(queue("support"), "Support"), agents, now);
    store.claim(request).await.unwrap().claims.pop()
}

pub(super) async fn held(store: &dyn Store, name: &str) -> u32 {
    store.agent_states(&tenant(), &[agent(name)]).await.unwrap()[0].held
}

async fn waiting(store: &dyn Store) -> Vec<LogId> {
    let items = store.waiting(&tenant(), &queue("support"), 100).await.unwrap();
    items.into_iter().map(|item| item.log).collect()
}

/// A change of priority under the fence of the wait counts at once, and under another one never.
pub async fn who_becomes_more_urgent_comes_first(store: Arc<dyn Store>) {
    let (first, second) = (item("a", 1, 10), item("b", 4, 20));
    for item in [&first, &second] {
        store.enqueue(item.clone()).await.unwrap();
    }
    store.prioritise(second.log, 3, 9).await.unwrap();
    store.prioritise(customer("c").log(), 1, 9).await.unwrap();
    assert_eq!(waiting(&*store).await, [first.log, second.log], "nobody waits under that fence");
    store.prioritise(second.log, 4, 3).await.unwrap();
    assert_eq!(waiting(&*store).await, [second.log, first.log]);
    online(&*store, &["101"]).await;
    let claimed = claim(&*store, &[("101", 5)], 40).await.unwrap();
    assert_eq!((claimed.item.log, claimed.item.priority), (second.log, 3));
}

/// Oldest first, whatever the order in which they came in; a claimed one no longer waits.
pub async fn the_longest_waiting_is_claimed_first(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    assert_eq!(claim(&*store, &[("101", 5)], 0).await, None, "nobody waits");
    let (first, second, third) = (item("a", 1, 10), item("b", 1, 20), item("c", 1, 30));
    for item in [&second, &third, &first] {
        store.enqueue(item.clone()).await.unwrap();
    }
    assert_eq!(waiting(&*store).await, [first.log, second.log, third.log]);
    assert_eq!(store.waiting(&tenant(), &queue("support"), 1).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(store.waiting_queues().await.unwrap(), [(tenant(), queue("support"))]);
    for (most, counted) in [(2, 2), (3, 3), (9, 3)] {
        assert_eq!(store.count_waiting(&tenant(), &queue("support"), most).await.unwrap(), counted);
    }
    assert_eq!(store.count_waiting(&tenant(), &queue("returns"), 9).await.unwrap(), 0);
    assert_eq!(claim(&*store, &[], 40).await, None, "nobody is free");
    let claimed = claim(&*store, &[("101", 5)], 40).await;
    assert_eq!(claimed, Some(Claim { item: first, agent: agent("101"), offered_until: None }));
    let claimed = claim(&*store, &[("101", 5)], 41).await.unwrap();
    assert_eq!(claimed.item, second);
    assert_eq!(waiting(&*store).await, [third.log]);
    claim(&*store, &[("101", 5)], 42).await.unwrap();
    assert_eq!(store.waiting_queues().await.unwrap(), []);
    assert_eq!(held(&*store, "101").await, 3);
    let other = TenantId::new("other").unwrap();
    assert_eq!(store.waiting(&other, &queue("support"), 10).await.unwrap(), []);
}

/// The same or an older fence changes nothing; a newer one replaces the item, in another queue too.
pub async fn only_a_newer_fence_puts_a_customer_back(store: Arc<dyn Store>) {
    store.enqueue(item("a", 5, 10)).await.unwrap();
    store.enqueue(item("a", 5, 99)).await.unwrap();
    store.enqueue(item("a", 4, 99)).await.unwrap();
    let stored = store.waiting(&tenant(), &queue("support"), 10).await.unwrap();
    assert_eq!(stored, [item("a", 5, 10)]);
    let moved = QueueItem { queue: queue("sales"), avoid: Some(agent("101")), ..item("a", 6, 50) };
    store.enqueue(moved.clone()).await.unwrap();
    assert_eq!(waiting(&*store).await, []);
    assert_eq!(store.waiting(&tenant(), &queue("sales"), 10).await.unwrap(), [moved]);
    assert_eq!(store.waiting_queues().await.unwrap(), [(tenant(), queue("sales"))]);
}

/// Intents are carried out late, again and out of order: none of that puts somebody back who has left.
pub async fn what_comes_too_late_changes_nothing(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    store.leave_queue(customer("early").log(), 3).await.unwrap();
    store.enqueue(item("early", 3, 10)).await.unwrap();
    assert_eq!(waiting(&*store).await, [], "left before the enqueueing was carried out");

    store.enqueue(item("left", 3, 10)).await.unwrap();
    store.leave_queue(customer("left").log(), 3).await.unwrap();
    store.enqueue(item("left", 3, 10)).await.unwrap();
    assert_eq!(waiting(&*store).await, [], "left, and enqueued again by the same intent");

    store.enqueue(item("served", 3, 10)).await.unwrap();
    claim(&*store, &[("101", 5)], 20).await.unwrap();
    store.finish_claim(customer("served").log(), 3).await.unwrap();
    store.enqueue(item("served", 3, 10)).await.unwrap();
    assert_eq!(waiting(&*store).await, [], "served, and enqueued again by the same intent");

    store.enqueue(item("back", 7, 10)).await.unwrap();
    assert_eq!(store.leave_queue(customer("back").log(), 6).await.unwrap(), None);
    store.finish_claim(customer("back").log(), 6).await.unwrap();
    assert_eq!(waiting(&*store).await, [customer("back").log()], "waits again under a newer fence");
}

/// Whoever leaves while an agent is being found gives that agent's slot back, once.
pub async fn leaving_gives_the_slot_back(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let log = customer("a").log();
    store.enqueue(item("a", 5, 10)).await.unwrap();
    assert_eq!(store.leave_queue(log, 5).await.unwrap(), None, "nobody had been found");
    store.enqueue(item("a", 6, 10)).await.unwrap();
    claim(&*store, &[("101", 1)], 20).await.unwrap();
    assert_eq!(store.leave_queue(log, 5).await.unwrap(), None, "an older fence takes nobody out");
    assert_eq!(held(&*store, "101").await, 1);
    assert_eq!(store.leave_queue(log, 6).await.unwrap(), Some(agent("101")));
    assert_eq!(store.leave_queue(log, 6).await.unwrap(), None);
    assert_eq!(held(&*store, "101").await, 0);
    assert_eq!(store.stale_claims(at(i64::MAX)).await.unwrap(), []);
}

/// A claim is taken back late, when the agent has taken another slot for the same customer under a newer fence: that
/// one stays, whichever way the claim goes.
pub async fn a_newer_slot_outlives_an_older_claim(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    for user in ["leaves", "waits"] {
        store.enqueue(item(user, 5, 10)).await.unwrap();
        claim(&*store, &[("101", 5)], 20).await.unwrap();
        let newer = (customer(user).log(), 7);
        store.reserve(&tenant(), &agent("101"), 5, 1, newer, at(30)).await.unwrap();
    }
    assert_eq!(held(&*store, "101").await, 2);
    assert_eq!(store.leave_queue(customer("leaves").log(), 5).await.unwrap(), None, "no slot became free");
    store.enqueue(item("waits", 6, 40)).await.unwrap();
    assert_eq!(store.stale_claims(at(i64::MAX)).await.unwrap(), [], "the claims are gone");
    assert_eq!(held(&*store, "101").await, 2, "the newer slots are not");
    store.free_slot(&tenant(), &agent("101"), (customer("leaves").log(), 8), at(50)).await.unwrap();
    assert_eq!(held(&*store, "101").await, 1);
}

/// A claim under an older fence can never be finished: the slot is free again as soon as the newer one is known.
pub async fn a_newer_fence_gives_the_slot_back(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    store.enqueue(item("a", 5, 10)).await.unwrap();
    claim(&*store, &[("101", 1)], 20).await.unwrap();
    store.enqueue(item("a", 7, 30)).await.unwrap();
    assert_eq!(held(&*store, "101").await, 0);
    assert_eq!(claim(&*store, &[("101", 1)], 40).await.unwrap().item, item("a", 7, 30));
}

/// Once the log knows, the item is gone and the agent holds the conversation.
pub async fn a_finished_claim_keeps_the_slot(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let log = customer("a").log();
    store.enqueue(item("a", 5, 10)).await.unwrap();
    claim(&*store, &[("101", 1)], 20).await.unwrap();
    store.finish_claim(log, 5).await.unwrap();
    store.finish_claim(log, 5).await.unwrap();
    assert_eq!(store.stale_claims(at(i64::MAX)).await.unwrap(), []);
    assert_eq!(store.queue_place(log).await.unwrap(), None);
    assert_eq!(store.leave_queue(log, 5).await.unwrap(), None);
    assert_eq!(held(&*store, "101").await, 1);
    store.free_slot(&tenant(), &agent("101"), (log, 6), at(30)).await.unwrap();
    store.free_slot(&tenant(), &agent("101"), (log, 6), at(30)).await.unwrap();
    assert_eq!(held(&*store, "101").await, 0);
}

/// A claim that somebody left lying is found by its age.
pub async fn stale_claims_are_found(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    store.enqueue(item("a", 5, 10)).await.unwrap();
    store.enqueue(item("b", 5, 11)).await.unwrap();
    let claimed = claim(&*store, &[("101", 5)], 100).await.unwrap();
    claim(&*store, &[("101", 5)], 200).await.unwrap();
    assert_eq!(store.stale_claims(at(100)).await.unwrap(), []);
    assert_eq!(store.stale_claims(at(101)).await.unwrap(), [claimed]);
    assert_eq!(store.stale_claims(at(999)).await.unwrap().len(), 2);
}

/// Position, own wait and the longest wait; those being served no longer count.
pub async fn a_customer_knows_where_they_stand(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    for (user, since) in [("a", 10), ("b", 20), ("c", 30)] {
        store.enqueue(item(user, 1, since)).await.unwrap();
    }
    store.enqueue(QueueItem { queue: queue("sales"), ..item("d", 1, 1) }).await.unwrap();
    let place = async |user: &str| store.queue_place(customer(user).log()).await.unwrap();
    let expected = QueuePlace { position: 3, since: at(30), longest_since: at(10), mean_handling: None };
    assert_eq!(place("c").await, Some(expected));
    assert_eq!(place("a").await.unwrap().position, 1);
    assert_eq!(place("nobody").await, None);
    claim(&*store, &[("101", 5)], 40).await.unwrap();
    let expected = QueuePlace { position: 2, longest_since: at(20), ..expected };
    assert_eq!(place("c").await, Some(expected));
}

/// The mean is of the queue that the customers came from, and moves with what is measured.
pub async fn handling_time_is_measured(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    store.enqueue(item("waits", 1, 1_000)).await.unwrap();
    let place = async || store.queue_place(customer("waits").log()).await.unwrap().unwrap();
    let serve = async |user: &str, from: i64, to: i64| {
        store.enqueue(item(user, 1, 0)).await.unwrap();
        claim(&*store, &[("101", 5)], from).await.unwrap();
        let log = customer(user).log();
        store.finish_claim(log, 1).await.unwrap();
        store.free_slot(&tenant(), &agent("101"), (log, 6), at(to)).await.unwrap();
    };
    serve("a", 2_000, 62_000).await;
    assert_eq!(place().await.mean_handling, Some(Duration::from_mins(1)));
    serve("b", 70_000, 90_000).await;
    let mean = place().await.mean_handling.unwrap();
    assert!(mean < Duration::from_mins(1) && mean > Duration::from_secs(20), "{mean:?}");
    store.enqueue(QueueItem { queue: queue("sales"), ..item("d", 1, 1) }).await.unwrap();
    let other = store.queue_place(customer("d").log()).await.unwrap().unwrap();
    assert_eq!(other.mean_handling, None, "every queue has its own");
}
