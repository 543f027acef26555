//! Several whole servers on one database, through the front door.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::kit::{Customer, Postgres, Server, ServerOptions, eventually, soon};
use tokio::task::JoinHandle;

/// Two nodes that know of each other.
async fn two() -> (Server, Server) {
    and_another(Server::start_on_database(ServerOptions::default()).await).await
}

/// A node, and another one that it knows of.
pub(super) async fn and_another(one: Server) -> (Server, Server) {
    let two = one.join().await;
    for node in [&one, &two] {
        eventually("the other node is heard", async || node.parts.nodes.has_others().then_some(())).await;
    }
    (one, two)
}

/// A customer of the robot, who has received everything so far, and a poll of theirs that is held on another node.
async fn held_elsewhere(one: &Server, two: &Server, user: &str) -> (Customer, JoinHandle<Vec<String>>) {
    let customer = one.customer(user).await;
    customer.sends("CONNECT", "").await;
    let there = customer.at(&two.url);
    let latest = there.polled("cursor=latest&wait=0").await;
    let cursor = latest.json["nextCursor"].as_str().unwrap().to_owned();
    let polling =
        tokio::task::spawn(async move { there.polled(&format!("cursor={cursor}&wait=40")).await.texts() });
    eventually("the poll is held", async || (two.parts.hub.held_polls() == 1).then_some(())).await;
    (customer, polling)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_on_one_node_answers_a_poll_that_is_held_on_another() {
    let (one, two) = two().await;
    answered_elsewhere(&one, &two, "ann").await;
}

/// What a customer says on one node answers their poll that is held on the other.
pub(super) async fn answered_elsewhere(one: &Server, two: &Server, user: &str) {
    let (customer, polling) = held_elsewhere(one, two, user).await;
    customer.sends("CHAT", "How long does delivery take?").await;
    let texts = soon("the robot's answer", polling).await.unwrap();
    assert!(!texts.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hint_that_is_lost_delays_and_loses_no_message() {
    let (one, two) = two().await;
    let (customer, polling) = held_elsewhere(&one, &two, "ann").await;
    // Nobody hears anybody for a while.
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE '%pg_notify%' AND pid <> pg_backend_pid()";
    let url = one.database_url().to_owned();
    tokio::task::spawn_blocking(move || Postgres::shared().sql(&url, cut)).await.unwrap();
    customer.sends("CHAT", "How long does delivery take?").await;
    let texts = soon("the robot's answer", polling).await.unwrap();
    assert!(!texts.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_and_customers_of_different_nodes_meet() {
    let (one, two) = two().await;
    meet(&one, &two, "ann").await;
}

/// A customer of one node and an agent of the other.
pub(super) async fn meet(one: &Server, two: &Server, user: &str) {
    let agent = two.online("101").await;
    let customer = one.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.only_conversation().await;
    assert_eq!(agent.say(&conversation, "hello from the other node").await.status, 201);
    eventually("the agent's words", async || {
        customer.drain_texts().await.contains(&"hello from the other node".to_owned()).then_some(())
    })
    .await;
}

/// Clients that do not acknowledge, behind whatever spreads requests over nodes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_polls_on_two_nodes_at_once_one_gets_a_message() {
    const MESSAGES: usize = 40;
    let (one, two) = two().await;
    let agent = one.online("101").await;
    let customer = one.customer("ann").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.only_conversation().await;
    customer.drain_texts().await;
    let got = Arc::<Mutex<Vec<String>>>::default();
    let pollers = [&one, &two].map(|node| {
        let (client, got) = (customer.at(&node.url), Arc::clone(&got));
        tokio::task::spawn(async move {
            while got.lock().unwrap().len() < MESSAGES {
                let texts = client.polled("limit=3").await.texts();
                got.lock().unwrap().extend(texts);
            }
        })
    });
    let said: Vec<String> = (0..MESSAGES).map(|number| format!("message {number:02}")).collect();
    for text in &said {
        assert_eq!(agent.say(&conversation, text).await.status, 201);
    }
    for poller in pollers {
        soon("everything", poller).await.unwrap();
    }
    let mut got = got.lock().unwrap().clone();
    got.sort();
    assert_eq!(got, said);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_is_told_of_queues_that_change_on_another_node() {
    let (one, two) = two().await;
    let agent = two.agent("101").await;
    agent.declare("busy").await;
    let mut cursor = agent.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    let customer = one.customer("ann").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    for waiting in [1, 0] {
        loop {
            let told = agent.feed(&cursor, 20).await.json;
            told["cursor"].as_str().unwrap().clone_into(&mut cursor);
            let events = told["events"].as_array().unwrap();
            assert!(!events.is_empty(), "nothing was told");
            if let Some(queue) = events.iter().find(|event| event["type"] == "queue") {
                assert_eq!(queue["waiting"], waiting);
                break;
            }
        }
        if waiting > 0 {
            customer.sends("DISCONNECT", "").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_configured_on_one_node_holds_on_all() {
    let (one, two) = two().await;
    one.change_queue("support", |queue| "Renamed".clone_into(&mut queue.name)).await;
    eventually("the change", async || {
        let directory = two.parts.directory.load();
        let demo = directory.tenants().find(|tenant| tenant.tenant.id.as_str() == "demo")?;
        demo.queues.values().any(|queue| queue.name == "Renamed").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_leads_and_another_takes_over() {
    let (mut one, mut two) = two().await;
    let leads = |node: &Server| node.parts.nodes.leads();
    eventually("a leader", async || (leads(&one) || leads(&two)).then_some(())).await;
    assert_ne!(leads(&one), leads(&two));
    let (first, second) = if leads(&one) { (&mut one, &two) } else { (&mut two, &one) };
    assert!(!leads(second));
    first.stop().await;
    eventually("another leader", async || leads(second).then_some(())).await;
    // What only the leader does goes on: a conversation ends when its time is up.
    let customer = second.customer("bob").await;
    customer.sends("CONNECT", "").await;
    second.clock.advance(Duration::from_hours(1));
    second.timers_have_run().await;
}
