//! Offers: an agent is asked, and answers, or does not, or the customer is gone.

use std::sync::Arc;

use frontdesk_core::directory::Queue;
use frontdesk_core::entry::OfferEnd;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Claim, ClaimRequest, Claimed, Declined, Offer, OfferChange, QueueItem, Store};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;

use super::queues::{held, item, online, request};
use super::{agent, customer, queue, tenant};

const END: Timestamp = at(i64::MAX);

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn numbered(user: &str) -> QueueItem {
    QueueItem { conversation: 7, ..item(user, 5, 1_000) }
}

/// A look at a queue whose agents have ten seconds to answer.
async fn look(store: &dyn Store, agents: &[(&str, u32)], now: i64) -> Claimed {
    let asks = Queue { accept_within: Some(10), ..Queue::new(queue("support"), "Support") };
    store.claim(ClaimRequest { limit: 64, ..request(asks, agents, now) }).await.unwrap()
}

/// All that is still to be told: to whom, and what.
async fn news(store: &dyn Store) -> Vec<(String, OfferChange)> {
    let news = store.offer_news(END, 100).await.unwrap();
    assert!(news.iter().all(|news| news.conversation == 7 && news.tenant == tenant()));
    news.iter().map(|news| (news.agent.to_string(), news.what)).collect()
}

async fn tell(store: &dyn Store) {
    for news in store.offer_news(END, 100).await.unwrap() {
        store.finish_offer_news(news.id).await.unwrap();
        store.finish_offer_news(news.id).await.unwrap();
    }
}

fn made(until: i64) -> OfferChange {
    OfferChange::Made { until: at(until) }
}

const fn ended(why: OfferEnd, away: bool) -> OfferChange {
    OfferChange::Ended { why, away }
}

async fn waits(store: &dyn Store, log: LogId) -> bool {
    store.waiting(&tenant(), &queue("support"), 10).await.unwrap().iter().any(|item| item.log == log)
}

/// The slot is taken, nobody else is asked, and the customer waits; accepting makes a claim of it.
pub async fn an_accepted_offer_is_a_claim(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    let log = customer("a").log();
    store.enqueue(numbered("a")).await.unwrap();
    let claimed = look(&*store, &[("101", 1), ("102", 1)], 2_000).await;
    let offered = Claim { item: numbered("a"), agent: agent("101"), offered_until: Some(at(12_000)) };
    assert_eq!(claimed.claims, [offered]);
    assert_eq!(look(&*store, &[("101", 1), ("102", 1)], 2_001).await.claims, []);
    assert_eq!((held(&*store, "101").await, held(&*store, "102").await), (1, 0));
    assert_eq!(store.stale_claims(END).await.unwrap(), [], "it is no claim yet");
    assert_eq!(store.next_routing_due().await.unwrap(), Some(at(12_000)));
    let offer = Offer { item: numbered("a"), agent: agent("101"), until: at(12_000) };
    assert_eq!(store.offers(&tenant(), &agent("101")).await.unwrap(), [offer]);
    assert_eq!(store.offers(&tenant(), &agent("102")).await.unwrap(), []);
    assert_eq!(store.queue_place(log).await.unwrap().unwrap().position, 1, "the customer still waits");
    assert_eq!(news(&*store).await, [("101".to_owned(), made(12_000))]);
    tell(&*store).await;
    assert_eq!(store.accept_offer(log, &agent("102"), at(3_000)).await.unwrap(), None);
    assert_eq!(store.decline_offer(log, &agent("102"), at(3_000), END).await.unwrap(), Declined::NotOffered);
    let claim = Claim { item: numbered("a"), agent: agent("101"), offered_until: None };
    for now in [4_000, 5_000] {
        assert_eq!(store.accept_offer(log, &agent("101"), at(now)).await.unwrap().as_ref(), Some(&claim));
    }
    assert_eq!(news(&*store).await, [("101".to_owned(), ended(OfferEnd::AcceptedElsewhere, false))]);
    assert_eq!(store.stale_claims(at(4_001)).await.unwrap(), [claim]);
    assert_eq!(store.decline_offer(log, &agent("101"), at(6_000), END).await.unwrap(), Declined::NotOffered);
    assert_eq!(store.expire_offers(END, END, 10).await.unwrap(), [], "nothing runs out any more");
    store.finish_claim(log, 5).await.unwrap();
    assert_eq!(store.accept_offer(log, &agent("101"), at(7_000)).await.unwrap(), None);
    assert_eq!(held(&*store, "101").await, 1);
}

/// Whoever declines has room again and is not asked for the same customer for a while; the next one is.
pub async fn who_declines_is_not_asked_again_for_a_while(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    let log = customer("a").log();
    store.enqueue(numbered("a")).await.unwrap();
    look(&*store, &[("101", 1), ("102", 1)], 2_000).await;
    tell(&*store).await;
    let decline = async |name: &str, now| {
        store.decline_offer(log, &agent(name), at(now), at(now + 60_000)).await.unwrap()
    };
    assert_eq!(decline("101", 3_000).await, Declined::Now(numbered("a")));
    assert_eq!(decline("101", 3_001).await, Declined::Before);
    assert!(waits(&*store, log).await);
    assert_eq!(held(&*store, "101").await, 0);
    assert_eq!(news(&*store).await, [("101".to_owned(), ended(OfferEnd::Declined, false))]);
    assert_eq!(store.next_routing_due().await.unwrap(), Some(at(63_000)));
    let next = look(&*store, &[("101", 1), ("102", 1)], 4_000).await;
    assert_eq!(next.claims[0].agent, agent("102"));
    assert_eq!(decline("102", 5_000).await, Declined::Now(numbered("a")));
    let nobody = look(&*store, &[("101", 1), ("102", 1)], 6_000).await;
    assert_eq!((nobody.claims, nobody.again), (vec![], Some(at(63_000))));
    assert_eq!(decline("101", 63_000).await, Declined::NotOffered, "that was long ago");
    let again = look(&*store, &[("101", 1), ("102", 1)], 63_000).await;
    assert_eq!(again.claims[0].agent, agent("101"));
    let state = store.agent_states(&tenant(), &[agent("102")]).await.unwrap().remove(0);
    assert_eq!(state.status, AgentStatus::Online, "to decline is no absence");
}

/// Whoever lets an offer pass is away from then on; what was never told is held against nobody.
pub async fn who_does_not_answer_is_away(store: Arc<dyn Store>) {
    online(&*store, &["101", "102"]).await;
    let log = customer("a").log();
    store.enqueue(numbered("a")).await.unwrap();
    look(&*store, &[("101", 1)], 2_000).await;
    tell(&*store).await;
    assert_eq!(store.expire_offers(at(11_999), at(70_000), 10).await.unwrap(), []);
    let offer = |name: &str, until| Offer { item: numbered("a"), agent: agent(name), until: at(until) };
    assert_eq!(store.expire_offers(at(12_000), at(72_000), 10).await.unwrap(), [offer("101", 12_000)]);
    assert_eq!(store.expire_offers(at(12_000), at(72_000), 10).await.unwrap(), []);
    assert!(waits(&*store, log).await);
    assert_eq!(news(&*store).await, [("101".to_owned(), ended(OfferEnd::TimedOut, true))]);
    let status = async |name: &str| {
        let state = store.agent_states(&tenant(), &[agent(name)]).await.unwrap().remove(0);
        (state.status, state.held)
    };
    assert_eq!(status("101").await, (AgentStatus::Away, 0));
    assert_eq!(store.accept_offer(log, &agent("101"), at(13_000)).await.unwrap(), None, "it is too late");
    tell(&*store).await;
    look(&*store, &[("101", 1), ("102", 1)], 20_000).await;
    assert_eq!(store.expire_offers(at(30_000), at(90_000), 10).await.unwrap(), [offer("102", 30_000)]);
    assert_eq!(status("102").await, (AgentStatus::Online, 0));
    let told = [made(30_000), ended(OfferEnd::TimedOut, false)].map(|what| ("102".to_owned(), what));
    assert_eq!(news(&*store).await, told);
}

/// The customer leaves, or waits elsewhere, or somebody takes them: whoever is asked is told, and has room again.
pub async fn an_offer_goes_with_its_customer(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    let log = customer("a").log();
    let withdrawn = || vec![("101".to_owned(), ended(OfferEnd::Withdrawn, false))];
    let ask = async |fence| {
        store.enqueue(QueueItem { fence, ..numbered("a") }).await.unwrap();
        assert_eq!(look(&*store, &[("101", 1)], 2_000).await.claims.len(), 1);
        tell(&*store).await;
    };
    ask(5).await;
    assert_eq!(store.leave_queue(log, 5).await.unwrap(), Some(agent("101")));
    assert_eq!((news(&*store).await, held(&*store, "101").await), (withdrawn(), 0));
    assert_eq!(store.leave_queue(log, 5).await.unwrap(), None);
    tell(&*store).await;
    ask(6).await;
    store.enqueue(QueueItem { fence: 8, queue: queue("sales"), ..numbered("a") }).await.unwrap();
    assert_eq!((news(&*store).await, held(&*store, "101").await), (withdrawn(), 0));
    tell(&*store).await;
    ask(9).await;
    store.finish_claim(log, 9).await.unwrap();
    assert_eq!((news(&*store).await, held(&*store, "101").await), (withdrawn(), 0));
    assert_eq!(store.next_routing_due().await.unwrap(), None);
}

/// Ten wait and are asked for, thirty answers come at once: each is given once or not at all.
pub async fn an_answer_counts_once(store: Arc<dyn Store>) {
    online(&*store, &["101"]).await;
    for index in 0..10 {
        store.enqueue(QueueItem { conversation: 7, ..item(&index.to_string(), 1, index) }).await.unwrap();
    }
    assert_eq!(look(&*store, &[("101", 99)], 2_000).await.claims.len(), 10);
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..10 {
        let log = customer(&index.to_string()).log();
        let (one, two, three) = (Arc::clone(&store), Arc::clone(&store), Arc::clone(&store));
        tasks.spawn(async move { one.accept_offer(log, &agent("101"), at(3_000)).await.unwrap().is_some() });
        tasks.spawn(async move {
            matches!(two.decline_offer(log, &agent("101"), at(3_000), END).await.unwrap(), Declined::Now(_))
        });
        tasks.spawn(async move {
            let over = three.expire_offers(at(12_000), END, 1).await.unwrap();
            assert!(over.len() <= 1);
            false
        });
    }
    let taken = tasks.join_all().await.into_iter().filter(|done| *done).count();
    let claims = store.stale_claims(END).await.unwrap().len();
    let waiting = store.waiting(&tenant(), &queue("support"), 99).await.unwrap().len();
    assert_eq!(claims + waiting, 10);
    assert!(taken <= 10 && claims <= taken);
    assert_eq!(held(&*store, "101").await, u32::try_from(claims).unwrap());
}
