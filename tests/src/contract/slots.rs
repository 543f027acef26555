//! Agents' slots: never more than an agent can hold.

use std::sync::Arc;

use frontdesk_core::port::{QueueItem, Reservation, ReserveError, Store};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
use tokio::task::JoinSet;

use super::queues::{claim, held, item, online};
use super::{agent, customer, tenant};

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// Sixty wait, fifty claims run at once, two agents have five slots between them.
pub async fn capacity_holds_under_many_claims_at_once(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    for index in 0..60 {
        store.enqueue(item(&index.to_string(), 1, index)).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let store = Arc::clone(&store);
        tasks.spawn(async move { claim(&*store, &[("101", 2), ("102", 3)], 100).await });
    }
    let claims: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(claims.len(), 5);
    assert_eq!((held(&*store, "101").await, held(&*store, "102").await), (2, 3));
    let mut since: Vec<i64> = claims.iter().map(|claim| claim.item.since.as_millis()).collect();
    since.sort_unstable();
    assert_eq!(since, [0, 1, 2, 3, 4], "and those who waited longest were taken");
}

/// Ten wait, thirty claims run at once, there is room for all: everybody is claimed, nobody twice.
pub async fn nobody_is_claimed_twice(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    for index in 0..10 {
        store.enqueue(item(&index.to_string(), 1, index)).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for _ in 0..30 {
        let store = Arc::clone(&store);
        tasks.spawn(async move { claim(&*store, &[("101", 99)], 100).await });
    }
    let claims: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let mut logs: Vec<_> = claims.iter().map(|claim| claim.item.log).collect();
    logs.sort_unstable();
    logs.dedup();
    assert_eq!((claims.len(), logs.len()), (10, 10));
    assert_eq!(held(&*store, "101").await, 10);
}

/// The least loaded gets it, of those the longest idle; whoever passed the customer on, only if nobody else is free.
pub async fn the_agent_to_avoid_comes_last(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    let both = [("101", 2), ("102", 2)];
    let avoiding = |user: &str, since| QueueItem { avoid: Some(agent("101")), ..item(user, 1, since) };
    for (user, since) in [("a", 10), ("b", 20), ("c", 30)] {
        store.enqueue(avoiding(user, since)).await.unwrap();
    }
    assert_eq!(claim(&*store, &both, 40).await.unwrap().agent, agent("102"));
    assert_eq!(claim(&*store, &both, 41).await.unwrap().agent, agent("102"));
    assert_eq!(claim(&*store, &both, 42).await.unwrap().agent, agent("101"));
    store.enqueue(item("d", 1, 50)).await.unwrap();
    store.set_status(&tenant(), &agent("101"), AgentStatus::Busy).await.unwrap();
    assert_eq!(claim(&*store, &both, 60).await, None, "busy and full");
}

/// Reserving twice takes one slot; the agent's last assignment is noted.
pub async fn a_slot_is_reserved_once(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let log = customer("a").log();
    for _ in 0..2 {
        store.reserve(&tenant(), &agent("101"), 1, 1, (log, 5), at(70)).await.unwrap();
    }
    let state = store.agent_states(&tenant(), &[agent("101")]).await.unwrap().remove(0);
    assert_eq!((state.held, state.last_assigned), (1, Some(at(70))));
    store.free_slot(&tenant(), &agent("101"), (log, 6), at(80)).await.unwrap();
    assert_eq!(held(&*store, "101").await, 0);
}

/// A reservation is found by its age until it is confirmed or given back; what is confirmed under an older fence is
/// another one.
pub async fn a_reservation_is_open_until_it_is_confirmed(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let (tenant, agent, log) = (tenant(), agent("101"), customer("a").log());
    let reserve =
        async |fence, now| store.reserve(&tenant, &agent, 2, 1, (log, fence), at(now)).await.unwrap();
    let confirm = async |fence| store.confirm_reservation(&tenant, &agent, (log, fence)).await.unwrap();
    let stale = async |before| store.stale_reservations(at(before)).await.unwrap();
    let open = |fence| Reservation { tenant: tenant.clone(), agent: agent.clone(), log, fence };
    reserve(5, 70).await;
    reserve(5, 75).await;
    assert_eq!(stale(70).await, []);
    assert_eq!(stale(71).await, [open(5)], "asking again makes it no younger");
    confirm(5).await;
    reserve(5, 80).await;
    assert_eq!(stale(999).await, [], "the same transfer, asked for again, is confirmed already");
    reserve(7, 90).await;
    confirm(5).await;
    assert_eq!(stale(999).await, [open(7)], "a late confirmation is none of a newer one");
    store.free_slot(&tenant, &agent, (log, 8), at(95)).await.unwrap();
    confirm(7).await;
    assert_eq!((stale(999).await, held(&*store, "101").await), (vec![], 0));
    store.enqueue(item("b", 1, 10)).await.unwrap();
    claim(&*store, &[("101", 2)], 100).await.unwrap();
    assert_eq!(stale(999).await, [], "a claim is no reservation");
}

/// Full and not online are told apart; a refused reservation takes nothing.
pub async fn a_reservation_is_refused_with_its_reason(store: Arc<dyn Store>) {
    let reserve = async |user: &str| {
        store.reserve(&tenant(), &agent("101"), 1, 1, (customer(user).log(), 5), at(1)).await
    };
    assert!(matches!(reserve("a").await, Err(ReserveError::NotOnline)));
    for status in [AgentStatus::Away, AgentStatus::Busy, AgentStatus::Offline] {
        store.set_status(&tenant(), &agent("101"), status).await.unwrap();
        assert!(matches!(reserve("a").await, Err(ReserveError::NotOnline)), "{status:?}");
    }
    online(&*store, &["101"]).await;
    reserve("a").await.unwrap();
    assert!(matches!(reserve("b").await, Err(ReserveError::Full)));
    assert_eq!(held(&*store, "101").await, 1);
    store.set_status(&tenant(), &agent("101"), AgentStatus::Away).await.unwrap();
    reserve("a").await.expect("the slot is there already");
}

/// A slot is seized whatever the agent's status and load, once, and has to be confirmed as a reservation has.
pub async fn a_slot_is_seized_regardless(store: Arc<dyn Store>) {
    let (tenant, boss, log) = (tenant(), agent("201"), customer("a").log());
    for _ in 0..2 {
        store.seize(&tenant, &boss, 1, (log, 5), at(70)).await.unwrap();
    }
    store.seize(&tenant, &boss, 1, (customer("b").log(), 1), at(70)).await.unwrap();
    assert_eq!(held(&*store, "201").await, 2);
    assert_eq!(store.stale_reservations(at(71)).await.unwrap().len(), 2);
    store.confirm_reservation(&tenant, &boss, (log, 5)).await.unwrap();
    assert_eq!(store.stale_reservations(at(71)).await.unwrap().len(), 1);
    store.free_slot(&tenant, &boss, (log, 6), at(80)).await.unwrap();
    assert_eq!(held(&*store, "201").await, 1);
}

/// States come in the order that was asked for.
pub async fn an_unknown_agent_is_offline(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let states = store.agent_states(&tenant(), &[agent("999"), agent("101")]).await.unwrap();
    let told: Vec<_> = states.iter().map(|state| (state.agent.as_str(), state.status, state.held)).collect();
    assert_eq!(told, [("999", AgentStatus::Offline, 0), ("101", AgentStatus::Online, 0)]);
}
