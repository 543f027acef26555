//! Behind PgBouncer, which has each transaction run over whichever connection to the database is free.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::id::{ChannelId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::LogStore as _;
use frontdesk_store::{OpenError, PostgresNodes, Session, examine_database, hears};
use serde_json::json;
use tokio::task::{JoinSet, spawn_blocking};

use super::nodes::{ALL, assert_in_order, node};
use super::servers::{and_another, answered_elsewhere, meet};
use crate::contract::{FixedRandom, TestClock, texts};
use crate::kit::{
    CHANNEL, Customer, Database, PgBouncer, Postgres, Prepared, Server, ServerOptions, eventually, soon,
};

/// A pooler with so many connections to each database.
async fn pooler(connections: u32, prepared: Prepared) -> Arc<PgBouncer> {
    spawn_blocking(move || Arc::new(PgBouncer::start(connections, prepared))).await.unwrap()
}

/// Two nodes behind it.
async fn two(pooler: &Arc<PgBouncer>) -> (Server, Server) {
    and_another(Server::start_behind(pooler, ServerOptions::default()).await).await
}

async fn database() -> Database {
    spawn_blocking(Database::empty).await.unwrap()
}

/// What a customer of the demonstration has said, oldest first.
async fn said(server: &Server, user: &str) -> Vec<String> {
    let (tenant, channel) = (TenantId::new("demo").unwrap(), ChannelId::new(CHANNEL).unwrap());
    let log = LogId::of_customer(&tenant, &channel, &UserId::new(user).unwrap());
    let entries = server.parts.store.read(log, ALL).await.unwrap();
    assert_in_order(&entries);
    texts(&entries).into_iter().filter(|text| text.starts_with('#')).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_do_what_they_do_without_it() {
    for prepared in Prepared::all() {
        let pooler = pooler(6, prepared).await;
        let (one, two) = two(&pooler).await;
        answered_elsewhere(&one, &two, "ann").await;
        meet(&one, &two, "bob").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_at_once_to_both_nodes_has_one_order() {
    for prepared in Prepared::all() {
        let pooler = pooler(6, prepared).await;
        let (one, two) = two(&pooler).await;
        let customer = one.customer("ann").await;
        customer.sends("CONNECT", "").await;
        let mut senders = JoinSet::new();
        for (name, node) in ["a", "b", "c", "d"].into_iter().zip([&one, &two].into_iter().cycle()) {
            let customer = customer.at(&node.url);
            senders.spawn(async move {
                for index in 0..12 {
                    customer.sends("CHAT", &format!("#{name}{index}")).await;
                }
            });
        }
        senders.join_all().await;
        let said = said(&two, "ann").await;
        assert_eq!(said.len(), 48, "{said:?}");
        for name in ["a", "b", "c", "d"] {
            let begins = format!("#{name}");
            let own: Vec<&String> = said.iter().filter(|text| text.starts_with(&begins)).collect();
            let expected: Vec<String> = (0..12).map(|index| format!("#{name}{index}")).collect();
            assert_eq!(own, expected.iter().collect::<Vec<_>>());
        }
    }
}

/// Says something, again and again until it was taken.
async fn insist(customer: &Customer, words: &str) {
    let mut body = customer.message("CHAT", words);
    body["messageId"] = json!(words);
    soon("it is taken", async {
        loop {
            let answer = customer.call("send", body.clone()).await;
            match answer.status.as_u16() {
                200 => return assert_eq!(answer.code(), "0", "{}", answer.text),
                503 => assert!(answer.headers.contains_key("retry-after"), "{}", answer.text),
                other => panic!("{other}: {}", answer.text),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_it_crashes() {
    let pooler = pooler(6, Prepared::all()[0]).await;
    let (one, two) = two(&pooler).await;
    let mut customers = JoinSet::new();
    for (user, node) in ["ann", "bob", "carl", "dora"].into_iter().zip([&one, &two].into_iter().cycle()) {
        let customer = node.customer(user).await;
        customer.sends("CONNECT", "").await;
        customers.spawn(async move {
            for index in 0..60 {
                insist(&customer, &format!("#{user}{index}")).await;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
    }
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let pooler = Arc::clone(&pooler);
        spawn_blocking(move || pooler.crash()).await.unwrap();
    }
    customers.join_all().await;
    for user in ["ann", "bob", "carl", "dora"] {
        let expected: Vec<String> = (0..60).map(|index| format!("#{user}{index}")).collect();
        assert_eq!(said(&one, user).await, expected);
    }
    // Nobody had to restart anything.
    answered_elsewhere(&one, &two, "ernest").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_its_connections_are_in_use_requests_are_refused_and_do_not_hang() {
    let pooler = pooler(2, Prepared::all()[0]).await;
    let server = Server::start_behind(&pooler, ServerOptions::default()).await;
    let customer = server.customer("ann").await;
    customer.sends("CONNECT", "").await;
    let url = server.pooled_url();
    let holding: Vec<_> = (0..2)
        .map(|_| {
            let url = url.clone();
            spawn_blocking(move || Postgres::shared().sql(&url, "SELECT pg_sleep(14)"))
        })
        .collect();
    let refused = eventually("a refusal", async || {
        let answer = customer.send("CHAT", "#hello").await;
        (answer.status == 503).then_some(answer)
    })
    .await;
    assert!(refused.headers.contains_key("retry-after"), "{}", refused.text);
    for holding in holding {
        holding.await.unwrap();
    }
    insist(&customer, "#again").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_do_not_wait_for_one_another_for_ever() {
    let (database, pooler) = (database().await, pooler(3, Prepared::all()[0]).await);
    let url = database.behind(&pooler);
    let nodes = tokio::join!(node(&url, 1), node(&url, 2), node(&url, 3), node(&url, 4));
    assert_eq!((nodes.0.epoch(), nodes.1.epoch()), (nodes.2.epoch(), nodes.3.epoch()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_listens_or_leads_over_it() {
    for prepared in Prepared::all() {
        let (database, pooler) = (database().await, pooler(4, prepared).await);
        let (direct, shared) = (&database.url, database.behind(&pooler));
        let random = FixedRandom::new(1);
        assert!(hears(&shared, direct, &random).await.unwrap());
        assert!(!hears(&shared, &shared, &random).await.unwrap());
        PostgresNodes::join(direct, &shared, &random).await.unwrap();
        let refused = PostgresNodes::join(&shared, &shared, &random).await.unwrap_err();
        assert!(matches!(refused, OpenError::Pooled { .. }), "{refused}");
        assert!(refused.to_string().contains("store.listen_url"), "{refused}");

        let clock = TestClock::at(0);
        let facts = examine_database(&shared, &clock).await.unwrap();
        let tracked = prepared == Prepared::Tracked;
        assert_eq!(facts.session, if tracked { Session::Tracked } else { Session::Shared });
        let facts = examine_database(direct, &clock).await.unwrap();
        assert_eq!(facts.session, Session::Own);
    }
}
