//! Who is there: what agents declare, and whether they are heard of.

use std::sync::Arc;

use frontdesk_core::directory::Queue;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{AgentState, Declaration, ReserveError, Store, Unheard};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;

use super::queues::{claim, held, item, online, request};
use super::{agent, customer, queue, tenant};

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// No sign comes from later.
const NEVER: Timestamp = at(i64::MAX);

fn whose(name: &str) -> (TenantId, AgentId) {
    (tenant(), agent(name))
}

async fn declare(
    store: &dyn Store,
    name: &str,
    status: AgentStatus,
    reason: Option<&str>,
    heard: Option<i64>,
) {
    let declaration = Declaration { status, reason: reason.map(str::to_owned), heard: heard.map(at) };
    store.declare(&tenant(), &agent(name), declaration).await.unwrap();
}

async fn state(store: &dyn Store, name: &str) -> AgentState {
    store.agent_states(&tenant(), &[agent(name)]).await.unwrap().remove(0)
}

async fn hear(store: &dyn Store, name: &str, millis: i64) -> Vec<(TenantId, AgentId)> {
    store.heard(vec![(tenant(), agent(name), at(millis))]).await.unwrap()
}

/// Those who are lost at this moment if they were last heard of before another.
async fn lose(store: &dyn Store, names: &[&str], before: i64, now: i64) -> Vec<(TenantId, AgentId)> {
    let agents = names.iter().map(|name| whose(name)).collect();
    store.lose(agents, at(before), NEVER, at(now)).await.unwrap()
}

/// Status, reason and since when; the same again keeps the age.
pub async fn what_is_declared_is_kept_with_its_reason(store: Arc<dyn Store>) {
    declare(&*store, "101", AgentStatus::Away, Some("lunch"), Some(10)).await;
    let first = state(&*store, "101").await;
    assert_eq!((first.status, first.reason.as_deref()), (AgentStatus::Away, Some("lunch")));
    assert_eq!((first.reachable, first.seen), (true, Some(at(10))));
    assert!(first.since.is_some());
    declare(&*store, "101", AgentStatus::Away, Some("lunch"), None).await;
    assert_eq!(state(&*store, "101").await, first, "nothing new");
    store.set_status(&tenant(), &agent("101"), AgentStatus::Online).await.unwrap();
    let online = state(&*store, "101").await;
    assert_eq!((online.status, online.reason, online.seen), (AgentStatus::Online, None, Some(at(10))));
    assert_eq!(online.idle_since, online.since);
}

/// Lost by those who have not been heard of only, and told once, both ways.
pub async fn who_is_not_heard_of_is_lost_and_found(store: Arc<dyn Store>) {
    declare(&*store, "101", AgentStatus::Online, None, Some(10)).await;
    declare(&*store, "102", AgentStatus::Busy, None, Some(20)).await;
    let unheard = async |before| store.unheard(at(before), NEVER).await.unwrap();
    assert_eq!(unheard(10).await, []);
    let alex = Unheard { tenant: tenant(), agent: agent("101"), status: AgentStatus::Online };
    assert_eq!(unheard(11).await, [alex]);
    assert_eq!(unheard(21).await.len(), 2);
    assert_eq!(lose(&*store, &["101", "102"], 11, 30).await, [whose("101")], "the other was heard of");
    assert_eq!(lose(&*store, &["101"], 11, 40).await, [], "lost before");
    assert_eq!(unheard(11).await, []);
    let lost = state(&*store, "101").await;
    assert_eq!((lost.status, lost.reachable), (AgentStatus::Online, false), "what is declared stays");
    store.set_status(&tenant(), &agent("101"), AgentStatus::Away).await.unwrap();
    assert!(!state(&*store, "101").await.reachable, "declared by somebody else");
    assert_eq!(hear(&*store, "101", 50).await, [whose("101")]);
    assert_eq!(hear(&*store, "101", 51).await, []);
    assert!(state(&*store, "101").await.reachable);
    assert_eq!(lose(&*store, &["101"], 99, 99).await, [whose("101")]);
    declare(&*store, "101", AgentStatus::Online, None, Some(100)).await;
    assert!(state(&*store, "101").await.reachable, "whoever declares something is there");
    assert_eq!(hear(&*store, "999", 50).await, [], "somebody who never declared anything");
    assert_eq!(state(&*store, "999").await.status, AgentStatus::Offline);
}

/// A sign from a time that is to come for long is none.
pub async fn a_clock_that_was_set_back_keeps_nobody_reachable(store: Arc<dyn Store>) {
    declare(&*store, "101", AgentStatus::Online, None, Some(1_000)).await;
    assert_eq!(store.unheard(at(10), at(1_000)).await.unwrap(), []);
    assert_eq!(store.unheard(at(10), at(999)).await.unwrap().len(), 1);
    assert_eq!(store.lose(vec![whose("101")], at(10), at(1_000), at(20)).await.unwrap(), []);
    assert_eq!(store.lose(vec![whose("101")], at(10), at(999), at(20)).await.unwrap(), [whose("101")]);
    hear(&*store, "101", 30).await;
    assert_eq!(state(&*store, "101").await.seen, Some(at(30)), "the newest sign counts, not the latest");
}

/// Neither from a queue nor by a transfer.
pub async fn who_is_lost_gets_nobody(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    store.enqueue(item("a", 1, 10)).await.unwrap();
    lose(&*store, &["101"], 1, 20).await;
    assert_eq!(claim(&*store, &[("101", 5)], 30).await, None);
    let log = customer("b").log();
    let reserved = store.reserve(&tenant(), &agent("101"), 5, 1, (log, 3), at(30)).await;
    assert!(matches!(reserved, Err(ReserveError::NotOnline)));
    hear(&*store, "101", 40).await;
    assert_eq!(claim(&*store, &[("101", 5)], 50).await.unwrap().agent, agent("101"));
}

/// By how long their agent has been lost; not those of after-call work.
pub async fn customers_of_the_lost_are_told_after_a_while(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    let (tenant, alex) = whose("101");
    let mut support = Queue::new(queue("support"), "Support");
    support.wrap_up = 60;
    for (user, since) in [("a", 10), ("b", 20)] {
        store.enqueue(item(user, 1, since)).await.unwrap();
        let claimed = store.claim(request(support.clone(), &[("101", 5)], 30)).await.unwrap();
        store.finish_claim(claimed.claims[0].item.log, 1).await.unwrap();
    }
    let abandoned = async |before, after| store.abandoned(at(before), at(after)).await.unwrap();
    assert_eq!(abandoned(999, 999).await, [], "their agent is there");
    lose(&*store, &["101"], 1, 100).await;
    assert_eq!(abandoned(99, 999).await, [], "not yet");
    let held = |user: &str| (tenant.clone(), alex.clone(), customer(user).log());
    assert_eq!(abandoned(100, 999).await, [held("a"), held("b")]);
    assert_eq!(abandoned(50, 99).await.len(), 2, "the clock was set back");
    let until = store.free_slot(&tenant, &alex, (customer("a").log(), 2), at(110)).await.unwrap();
    assert_eq!(abandoned(100, 999).await, [held("b")]);
    let work = store.after_call_work(&tenant, &alex).await.unwrap();
    assert_eq!(work, [(customer("a").log(), until.unwrap())]);
    assert_eq!(store.after_call_work(&tenant, &agent("102")).await.unwrap(), []);
}

/// Whatever the queue says of it; after-call work of before stays.
pub async fn a_slot_is_given_back_without_after_call_work(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let (tenant, alex) = whose("101");
    let mut support = Queue::new(queue("support"), "Support");
    support.wrap_up = 60;
    for user in ["a", "b"] {
        store.enqueue(item(user, 1, 10)).await.unwrap();
        let claimed = store.claim(request(support.clone(), &[("101", 5)], 30)).await.unwrap();
        store.finish_claim(claimed.claims[0].item.log, 1).await.unwrap();
    }
    let give_back = async |user: &str, fence| {
        store.give_back_slot(&tenant, &alex, (customer(user).log(), fence), at(50)).await.unwrap();
        held(&*store, "101").await
    };
    assert_eq!(give_back("a", 1).await, 2, "taken under this very fence");
    assert_eq!(give_back("a", 2).await, 1);
    assert_eq!(give_back("a", 2).await, 1);
    store.free_slot(&tenant, &alex, (customer("b").log(), 2), at(60)).await.unwrap();
    assert_eq!(give_back("b", 9).await, 1, "after-call work");
    assert_eq!(state(&*store, "101").await.idle_since.map(|since| since >= at(50)), Some(true));
}

/// They are not there, and will be when they are heard of again.
pub async fn an_offer_makes_nobody_away_who_cannot_hear_it(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let mut support = Queue::new(queue("support"), "Support");
    support.accept_within = Some(20);
    store.enqueue(item("a", 1, 10)).await.unwrap();
    store.claim(request(support, &[("101", 5)], 30)).await.unwrap();
    for news in store.offer_news(NEVER, 10).await.unwrap() {
        store.finish_offer_news(news.id).await.unwrap();
    }
    lose(&*store, &["101"], 1, 40).await;
    assert_eq!(store.expire_offers(at(90_000), at(150_000), 10).await.unwrap().len(), 1);
    assert_eq!(state(&*store, "101").await.status, AgentStatus::Online);
}
