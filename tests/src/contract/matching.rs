//! Bringing those who wait and those who are free together: what one look finds, over one queue or several.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::directory::{Agent, Directory, Item, Queue, SkillLevel, SkillNeeded, Strategy, Tenant};
use frontdesk_core::port::{ClaimRequest, Claimed, QueueItem, Store};
use frontdesk_core::time::Timestamp;

use super::queues::{held, item, online, request};
use super::{agent, customer, queue, tenant};

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn support() -> Queue {
    Queue::new(queue("support"), "Support")
}

/// Who was found, as `customer: agent` in the order in which they were found.
fn found(claimed: &Claimed, users: &[&str]) -> Vec<String> {
    let user = |log| users.iter().find(|user| customer(user).log() == log).copied().unwrap_or("?");
    claimed.claims.iter().map(|claim| format!("{}: {}", user(claim.item.log), claim.agent)).collect()
}

async fn look(store: &dyn Store, request: ClaimRequest) -> Claimed {
    store.claim(ClaimRequest { limit: 64, ..request }).await.unwrap()
}

/// One look serves all for whom there is room: the highest priority first, the oldest first within it.
pub async fn one_look_serves_all_in_order(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    let users = ["old", "new", "urgent", "late"];
    for (user, priority, since) in [("new", 0, 20), ("old", 0, 10), ("urgent", 9, 30), ("late", 0, 40)] {
        store.enqueue(QueueItem { priority, ..item(user, 1, since) }).await.unwrap();
    }
    let order: Vec<_> = store.waiting(&tenant(), &queue("support"), 9).await.unwrap();
    let order: Vec<_> = order.iter().map(|item| item.since.as_millis()).collect();
    assert_eq!(order, [30, 10, 20, 40]);
    let place = store.queue_place(customer("new").log()).await.unwrap().unwrap();
    assert_eq!((place.position, place.longest_since), (3, at(10)));
    let claimed = look(&*store, request(support(), &[("101", 2), ("102", 1)], 50)).await;
    assert_eq!(found(&claimed, &users), ["urgent: 101", "old: 102", "new: 101"]);
    assert!(!claimed.is_more && claimed.again.is_none());
    let claimed = look(&*store, request(support(), &[("101", 2), ("102", 1)], 51)).await;
    assert_eq!(found(&claimed, &users), [""; 0], "nobody has room");
}

/// A look that reached its limit says so, and the next goes on where it ended.
pub async fn a_look_has_a_limit(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    for user in 0..5 {
        store.enqueue(item(&user.to_string(), 1, user)).await.unwrap();
    }
    let mut taken = Vec::new();
    loop {
        let limited = ClaimRequest { limit: 2, ..request(support(), &[("101", 9)], 50) };
        let claimed = store.claim(limited).await.unwrap();
        taken.extend(claimed.claims.iter().map(|claim| claim.item.since.as_millis()));
        if !claimed.is_more {
            break;
        }
    }
    assert_eq!(taken, [0, 1, 2, 3, 4]);
}

/// A heavy conversation takes more of the capacity; a light one behind it is not held up.
pub async fn weights_count_against_the_capacity(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let users = ["chat", "call", "small"];
    for (user, weight, since) in [("chat", 1, 10), ("call", 3, 20), ("small", 1, 30)] {
        store.enqueue(QueueItem { weight, ..item(user, 1, since) }).await.unwrap();
    }
    let claimed = look(&*store, request(support(), &[("101", 3)], 40)).await;
    assert_eq!(found(&claimed, &users), ["chat: 101", "small: 101"]);
    assert_eq!(held(&*store, "101").await, 2);
    for user in ["chat", "small"] {
        store.finish_claim(customer(user).log(), 1).await.unwrap();
        store.free_slot(&tenant(), &agent("101"), (customer(user).log(), 2), at(50)).await.unwrap();
    }
    let claimed = look(&*store, request(support(), &[("101", 3)], 60)).await;
    assert_eq!(found(&claimed, &users), ["call: 101"]);
    assert_eq!(held(&*store, "101").await, 3);
    let refused = store.reserve(&tenant(), &agent("101"), 4, 2, (customer("x").log(), 1), at(70)).await;
    assert!(refused.is_err(), "a transfer weighs as much");
}

/// Whoever has been free longest is the one whose last conversation ended first.
pub async fn idleness_begins_when_a_conversation_ends(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    let far = 1_800_000_000_000;
    for (name, ended) in [("101", far + 200), ("102", far + 100)] {
        let log = customer(name).log();
        store.reserve(&tenant(), &agent(name), 5, 1, (log, 1), at(far)).await.unwrap();
        store.free_slot(&tenant(), &agent(name), (log, 2), at(ended)).await.unwrap();
    }
    let states = store.agent_states(&tenant(), &[agent("101"), agent("102")]).await.unwrap();
    let idle: Vec<_> = states.iter().map(|state| state.idle_since).collect();
    assert_eq!(idle, [Some(at(far + 200)), Some(at(far + 100))]);
    store.enqueue(item("a", 1, far)).await.unwrap();
    let idle_first = Queue { strategy: Strategy::LongestIdle, ..support() };
    let claimed = look(&*store, request(idle_first, &[("101", 5), ("102", 5)], far + 300)).await;
    assert_eq!(found(&claimed, &["a"]), ["a: 102"]);
}

/// In turn, over several looks too.
pub async fn agents_take_turns(store: Arc<dyn Store>) {
    online(&*store, &["101", "102", "103"]).await;
    let users = ["a", "b", "c", "d", "e"];
    let staff = [("101", 9), ("102", 9), ("103", 9)];
    let turns = || Queue { strategy: Strategy::RoundRobin, ..support() };
    for (since, user) in users.iter().enumerate() {
        store.enqueue(item(user, 1, i64::try_from(since).unwrap())).await.unwrap();
    }
    let first = store.claim(ClaimRequest { limit: 2, ..request(turns(), &staff, 50) }).await.unwrap();
    assert_eq!(found(&first, &users), ["a: 101", "b: 102"]);
    let rest = look(&*store, request(turns(), &staff, 50)).await;
    assert_eq!(found(&rest, &users), ["c: 103", "d: 101", "e: 102"]);
}

/// The agent of before is waited for until their time is over, and holds nobody else up; it is known when to look again.
pub async fn a_preferred_agent_is_waited_for(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    let staff = [("101", 1), ("102", 1)];
    store.reserve(&tenant(), &agent("101"), 1, 1, (customer("x").log(), 1), at(1)).await.unwrap();
    let sticky = QueueItem { prefer: Some((agent("101"), at(5_000))), ..item("known", 1, 10) };
    store.enqueue(sticky).await.unwrap();
    assert_eq!(store.next_routing_due().await.unwrap(), Some(at(5_000)));
    let users = ["known", "other"];
    let claimed = look(&*store, request(support(), &staff, 100)).await;
    assert_eq!((found(&claimed, &users), claimed.again), (vec![], Some(at(5_000))));
    store.enqueue(item("other", 1, 20)).await.unwrap();
    let claimed = look(&*store, request(support(), &staff, 200)).await;
    assert_eq!(found(&claimed, &users), ["other: 102"]);
    store.leave_queue(customer("other").log(), 1).await.unwrap();
    assert_eq!(store.queues_to_look_at(at(4_999)).await.unwrap(), []);
    assert_eq!(store.queues_to_look_at(at(5_000)).await.unwrap(), [(tenant(), queue("support"))]);
    let claimed = look(&*store, request(support(), &staff, 5_000)).await;
    assert_eq!(found(&claimed, &users), ["known: 102"], "then anybody takes them");
    store.leave_queue(customer("known").log(), 1).await.unwrap();
    // One who stays in the queue is looked at again only when something else is due.
    let sticky = QueueItem { prefer: Some((agent("101"), at(6_000))), ..item("known", 2, 10) };
    store.enqueue(sticky).await.unwrap();
    store.looked_at(&tenant(), &queue("support"), at(5_999)).await.unwrap();
    assert_eq!(store.next_routing_due().await.unwrap(), Some(at(6_000)), "it is not due yet");
    store.looked_at(&tenant(), &queue("support"), at(6_000)).await.unwrap();
    assert_eq!(store.next_routing_due().await.unwrap(), None);
}

/// Two queues share an agent: the queue with the higher priority comes first; of equal ones, whoever waited longest.
pub async fn an_agent_of_several_queues_serves_the_most_urgent(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    let into = |name: &str, user: &str, since| QueueItem { queue: queue(name), ..item(user, 1, since) };
    for item in [
        into("support", "s1", 10),
        into("sales", "v1", 20),
        into("support", "s2", 30),
        into("sales", "v2", 40),
        into("complaints", "c1", 50),
    ] {
        store.enqueue(item).await.unwrap();
    }
    let names = ["support", "sales", "complaints"];
    let urgent = Queue { priority: 3, ..Queue::new(queue("complaints"), "") };
    let queues = [Queue::new(queue("support"), ""), Queue::new(queue("sales"), ""), urgent];
    let both = Agent { capacity: 4, queues: names.map(queue).to_vec(), ..Agent::new(agent("101"), "") };
    let one = Agent { capacity: 1, queues: vec![queue("sales")], ..Agent::new(agent("102"), "") };
    let shop = Tenant::new(tenant(), "", "en");
    let items = std::iter::once(Item::Tenant(shop))
        .chain(queues.into_iter().map(Item::Queue))
        .chain([both, one].map(Item::Agent));
    let directory = Directory::new(items.map(|item| (tenant(), item)).collect());
    // One that is named twice is looked at once.
    let queues = [names.map(queue).as_slice(), &[queue("support")]].concat();
    let request = ClaimRequest::of(directory.tenant(&tenant()).unwrap(), &queues, at(60));
    let claimed = look(&*store, request).await;
    let users = ["s1", "s2", "v1", "v2", "c1"];
    assert_eq!(found(&claimed, &users), ["c1: 101", "s1: 101", "v1: 102", "s2: 101", "v2: 101"]);
}

/// Only those who know enough are asked, and only those who write the customer's language.
pub async fn skills_and_languages_are_asked_for(store: Arc<dyn Store>) {
    online(&*store, &["101", "102", "103"]).await;
    let needs = vec![SkillNeeded { skill: "billing".to_owned(), level: 5 }];
    let asked = Queue { needs, match_language: true, ..support() };
    let knows = |name: &str, level, languages: &[&str]| Agent {
        queues: vec![queue("support")],
        skills: vec![SkillLevel { skill: "billing".to_owned(), level }],
        languages: languages.iter().map(|&name| name.to_owned()).collect(),
        ..Agent::new(agent(name), "")
    };
    let shop = Tenant::new(tenant(), "", "en");
    let agents = [knows("101", 4, &[]), knows("102", 5, &["fr"]), knows("103", 9, &["de", "en"])];
    let items = [Item::Tenant(shop), Item::Queue(asked)]
        .into_iter()
        .chain(agents.map(Item::Agent))
        .map(|item| (tenant(), item));
    let directory = Directory::new(items.collect());
    for (user, locale, since) in
        [("anne", "fr_FR", 10), ("bert", "de", 20), ("chen", "zh_CN", 30), ("dora", "", 40)]
    {
        store.enqueue(QueueItem { locale: locale.to_owned(), ..item(user, 1, since) }).await.unwrap();
    }
    let request = ClaimRequest::of(directory.tenant(&tenant()).unwrap(), &[queue("support")], at(60));
    let claimed = look(&*store, request).await;
    let users = ["anne", "bert", "chen", "dora"];
    assert_eq!(found(&claimed, &users), ["anne: 102", "bert: 103", "dora: 102"], "nobody writes Chinese");
}

/// After-call work keeps the slot for a while, and it is known for how long.
pub async fn after_call_work_keeps_the_slot(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let slow = || Queue { wrap_up: 30, ..support() };
    let staff = [("101", 1)];
    let log = customer("a").log();
    store.enqueue(item("a", 1, 1_000)).await.unwrap();
    store.enqueue(item("b", 1, 2_000)).await.unwrap();
    look(&*store, request(slow(), &staff, 3_000)).await;
    store.finish_claim(log, 1).await.unwrap();
    let until = at(90_000);
    for now in [60_000, 61_000] {
        let freed = store.free_slot(&tenant(), &agent("101"), (log, 3), at(now)).await.unwrap();
        assert_eq!(freed, Some(until), "repeated, it begins no later");
    }
    assert_eq!(store.next_routing_due().await.unwrap(), Some(until));
    assert_eq!(look(&*store, request(slow(), &staff, 70_000)).await.claims, []);
    assert_eq!(store.end_wrap_ups(at(89_999), 10).await.unwrap(), []);
    assert_eq!(store.end_wrap_ups(until, 10).await.unwrap(), [(tenant(), agent("101"))]);
    assert_eq!(store.end_wrap_ups(until, 10).await.unwrap(), []);
    let place = store.queue_place(customer("b").log()).await.unwrap().unwrap();
    assert_eq!(place.mean_handling, Some(Duration::from_secs(87)), "it is part of what a customer takes");
    assert_eq!(found(&look(&*store, request(slow(), &staff, 91_000)).await, &["b"]), ["b: 101"]);
    let log = customer("b").log();
    store.finish_claim(log, 1).await.unwrap();
    store.free_slot(&tenant(), &agent("101"), (log, 3), at(95_000)).await.unwrap();
    assert!(
        !store.end_wrap_up(&tenant(), &agent("101"), Some(customer("a").log()), at(96_000)).await.unwrap()
    );
    assert!(store.end_wrap_up(&tenant(), &agent("101"), Some(log), at(96_000)).await.unwrap());
    assert!(
        !store.end_wrap_up(&tenant(), &agent("101"), None, at(96_000)).await.unwrap(),
        "there is none left"
    );
    assert_eq!((held(&*store, "101").await, store.next_routing_due().await.unwrap()), (0, None));
}

/// A customer who comes back during the after-call work takes the same slot.
pub async fn after_call_work_ends_when_the_customer_is_back(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let slow = || Queue { wrap_up: 30, ..support() };
    let log = customer("a").log();
    store.enqueue(item("a", 1, 1_000)).await.unwrap();
    look(&*store, request(slow(), &[("101", 2)], 2_000)).await;
    store.finish_claim(log, 1).await.unwrap();
    store.free_slot(&tenant(), &agent("101"), (log, 3), at(3_000)).await.unwrap();
    store.enqueue(item("a", 4, 4_000)).await.unwrap();
    look(&*store, request(slow(), &[("101", 2)], 5_000)).await;
    assert_eq!(held(&*store, "101").await, 1);
    assert_eq!(store.end_wrap_ups(at(i64::MAX), 10).await.unwrap(), [], "they talk again");
}
