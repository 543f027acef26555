//! News of waiting lists in the agents' feed, in the place of asking for the lists again and again.

use frontdesk_tests::kit::{Agent, Server, hide, soon};
use serde_json::{Value, json};

use super::desk::{Desk, asking};

/// The news of queues that comes next, without what differs from run to run.
async fn queues(desk: &mut Desk<'_>) -> Vec<Value> {
    loop {
        let events = desk.next(20).await;
        assert!(!events.is_empty(), "nothing was told");
        let of_queues = |event: &&Value| event["type"] == "queue";
        let told: Vec<_> = events.iter().filter(of_queues).map(|event| hide(event, &VARIES)).collect();
        if !told.is_empty() {
            return told;
        }
    }
}

const VARIES: [&str; 2] = ["at", "longestSince"];

fn waits(queue: &str, waiting: u32) -> Value {
    let mut event = json!({ "type": "queue", "at": "[at]", "queue": queue, "waiting": waiting });
    if waiting > 0 {
        event["longestSince"] = json!("[longestSince]");
    }
    event
}

async fn busy(server: &Server, agent: &str) -> Agent {
    let agent = server.agent(agent).await;
    agent.declare("busy").await;
    agent
}

#[tokio::test]
async fn whoever_may_look_at_a_queue_is_told_that_it_changed() {
    let server = Server::start().await;
    server.change_queue("sales", |_| {}).await;
    server.change_agent("102", |kim| kim.queues = vec!["sales".parse().unwrap()]).await;
    server.change_agent("201", |sam| sam.queues = Vec::new()).await;
    let (alex, kim, sam) =
        (busy(&server, "101").await, busy(&server, "102").await, busy(&server, "201").await);
    let (desk, events) = Desk::open(&alex).await;
    assert!(events.is_empty(), "{events:?}");
    let (mut of_kim, mut of_sam) = (Desk::open(&kim).await.0, Desk::open(&sam).await.0);
    let held = {
        let (alex, cursor) = (alex.clone(), desk.cursor.clone());
        tokio::task::spawn(async move { alex.feed(&cursor, 50).await })
    };
    let customer = asking(&server, "u-1").await;
    let told = soon("the feed", held).await.unwrap();
    let since = alex.conversations("waiting").await[0]["waitingSince"].clone();
    assert_eq!(told.json["events"][0]["longestSince"], since);
    assert_eq!(hide(&told.json["events"], &VARIES), json!([waits("support", 1)]));
    assert_eq!(queues(&mut of_sam).await, [waits("support", 1)], "a supervisor looks at every queue");
    assert!(of_kim.next(0).await.is_empty(), "Kim does not serve it");
    assert!(of_sam.next(0).await.is_empty(), "it is told once");

    customer.sends("DISCONNECT", "").await;
    assert_eq!(queues(&mut of_sam).await, [waits("support", 0)]);
    assert!(of_kim.next(0).await.is_empty());
}

#[tokio::test]
async fn who_gets_a_waiting_customer_changes_the_list() {
    let server = Server::start().await;
    let (alex, sam) = (busy(&server, "101").await, busy(&server, "201").await);
    let mut desk = Desk::open(&sam).await.0;
    asking(&server, "u-1").await;
    assert_eq!(queues(&mut desk).await, [waits("support", 1)]);
    alex.declare("online").await;
    assert_eq!(queues(&mut desk).await, [waits("support", 0)]);
    // Passed on to another queue, the customer waits there.
    server.change_queue("sales", |_| {}).await;
    server.change_agent("102", |kim| kim.queues = vec!["sales".parse().unwrap()]).await;
    busy(&server, "102").await;
    let conversation = alex.only_conversation().await;
    alex.acts(&conversation, "transfer", json!({ "queue": "sales" })).await;
    assert_eq!(queues(&mut desk).await, [waits("sales", 1)]);
}

#[tokio::test]
async fn whoever_was_listed_is_told_of_however_soon_they_go() {
    let server = Server::start().await;
    let (alex, sam) = (busy(&server, "101").await, busy(&server, "201").await);
    let mut desk = Desk::open(&sam).await.0;
    asking(&server, "u-1").await;
    assert_eq!(queues(&mut desk).await, [waits("support", 1)]);
    // As a rule it is the better part of a second until the next look.
    let second = asking(&server, "u-2").await;
    assert_eq!(alex.conversations("waiting").await.len(), 2);
    second.sends("DISCONNECT", "").await;
    while queues(&mut desk).await != [waits("support", 1)] {}
}

#[tokio::test]
async fn the_store_is_asked_once_however_many_are_told() {
    let server = Server::start().await;
    let agent = busy(&server, "101").await;
    let mut desks = Vec::new();
    for _ in 0..5 {
        desks.push(Desk::open(&agent).await.0);
    }
    drop(server.store.take_calls());
    asking(&server, "u-1").await;
    for desk in &mut desks {
        assert_eq!(queues(desk).await, [waits("support", 1)]);
    }
    for desk in &mut desks {
        assert!(desk.next(0).await.is_empty());
    }
    assert_eq!(server.store.take_calls()["live_queues"], 1);
}

#[tokio::test]
async fn a_look_that_failed_is_made_up_for() {
    let server = Server::start().await;
    let agent = busy(&server, "101").await;
    let mut desk = Desk::open(&agent).await.0;
    server.store.fail("live_queues", 1);
    asking(&server, "u-1").await;
    assert_eq!(queues(&mut desk).await, [waits("support", 1)]);
}

#[tokio::test]
async fn what_changed_before_a_restart_is_told_after_it() {
    let server = Server::start().await;
    let mut agent = busy(&server, "101").await;
    let cursor = Desk::open(&agent).await.0.cursor;
    asking(&server, "u-1").await;
    let server = server.restart().await;
    agent.http = agent.http.at(&server.url);
    let told = agent.feed(&cursor, 20).await;
    assert_eq!(hide(&told.json["events"], &VARIES), json!([waits("support", 1)]));
    let cursor = told.json["cursor"].as_str().unwrap();
    assert_eq!(agent.feed(cursor, 0).await.json["events"], json!([]));
}
