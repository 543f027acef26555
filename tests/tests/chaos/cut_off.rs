//! A server that is cut off from the database, and stays so for as long as anybody looks.

use std::time::Duration;

use frontdesk_tests::kit::{Customer, Http, eventually, soon};
use reqwest::Method;
use serde_json::Value;
use tokio::task::{JoinHandle, JoinSet};

use super::client::is_orderly;
use super::cluster::{Cluster, alone};
use super::faults::{Cut, Ways, cut_off, mend};

/// Longer than any answer takes, whatever it says.
const LONGEST_ANSWER: Duration = Duration::from_secs(45);

/// A poll of a customer of the robot, who has received everything so far, that is held on one server.
async fn held_at(cluster: &Cluster, number: usize, user: &str) -> (Customer, JoinHandle<Vec<String>>) {
    let customer = cluster.app().await.customer(user, "en").await.at(&cluster.addresses.of(number));
    customer.sends("CONNECT", "").await;
    let latest = customer.polled("cursor=latest&wait=0").await;
    let cursor = latest.json["nextCursor"].as_str().unwrap().to_owned();
    let there = customer.clone();
    let polling =
        tokio::task::spawn(async move { there.polled(&format!("cursor={cursor}&wait=50")).await.texts() });
    // It is held by then; if not, it answers all the sooner.
    tokio::time::sleep(Duration::from_millis(300)).await;
    (customer, polling)
}

/// What is said at one server answers a poll that is held at another, although hints do not pass between them.
async fn meet(cluster: &Cluster, polls_at: usize, speaks_at: usize, user: &str) {
    let (customer, polling) = held_at(cluster, polls_at, user).await;
    let speaking = customer.at(&cluster.addresses.of(speaks_at));
    speaking.sends("CHAT", "How long does delivery take?").await;
    let texts = soon("the robot's answer", polling).await.unwrap();
    assert!(!texts.is_empty(), "the poll at {polls_at} ends without the answer");
}

/// Every request to a server is answered with 503 and says when to come again.
async fn is_refused(url: &str, customer: &Customer, agent: &Http) {
    let (customer, agent) = (customer.at(url), agent.at(url));
    let mut asking = JoinSet::new();
    for _ in 0..10 {
        let chat = customer.message("CHAT", "How long does delivery take?");
        for (http, method, path, body) in [
            (&customer.http, Method::GET, "/apiaccess/ccmessaging/poll?cursor=latest&wait=50", Value::Null),
            (&customer.http, Method::POST, "/apiaccess/ccmessaging/send", chat),
            (&agent, Method::GET, "/api/v1/agent/conversations", Value::Null),
        ] {
            let request = http.request(method, path).timeout(LONGEST_ANSWER);
            let request = if body.is_null() { request } else { request.json(&body) };
            let http = http.clone();
            asking.spawn(async move { (path, http.try_send(request).await) });
        }
    }
    for (path, answer) in asking.join_all().await {
        let answer = answer.unwrap_or_else(|error| panic!("{path} is not answered: {error}"));
        assert!(is_orderly(&answer), "{path}: {} {:?} {}", answer.status, answer.headers, answer.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_falls_silent_is_followed_by_another() {
    let _alone = alone().await;
    let cluster = Cluster::start(2).await;
    let (leader, _) = cluster.led_by_other_than(None).await;
    cut_off(&cluster, leader, Ways::Listening, Cut::Forgotten);
    let (_, after) = cluster.led_by_other_than(Some(leader)).await;
    println!("another leads {:.1} s after the leader's connection fell silent", after.as_secs_f64());
    mend(&cluster, leader, Ways::Listening, Cut::Forgotten);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_hints_messages_reach_those_who_wait_on_either_side() {
    let _alone = alone().await;
    let cluster = Cluster::start(2).await;
    cut_off(&cluster, 0, Ways::Listening, Cut::Stalled);
    // Both know by then that they do not hear each other.
    tokio::time::sleep(Duration::from_secs(4)).await;
    meet(&cluster, 0, 1, "ann").await;
    meet(&cluster, 1, 0, "bob").await;
    mend(&cluster, 0, Ways::Listening, Cut::Stalled);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_falls_silent_keeps_nobody_waiting_for_ever() {
    let _alone = alone().await;
    let cluster = Cluster::start(2).await;
    let customer = cluster.app().await.customer("carl", "en").await;
    customer.sends("CONNECT", "").await;
    let agent = cluster.person("101").await.http;
    cut_off(&cluster, 1, Ways::Queries, Cut::Forgotten);
    is_refused(&cluster.addresses.of(1), &customer, &agent).await;
    mend(&cluster, 1, Ways::Queries, Cut::Forgotten);
    let there = customer.at(&cluster.addresses.of(1));
    eventually("the server goes on", async || {
        let answer = there.poll_with("cursor=latest&wait=0").await;
        answer.status.is_success().then_some(())
    })
    .await;
    cluster.stop().await;
}
