//! Waiting: who is served next and by whom, and what queryQueueInfo says.

use std::time::Duration;

use frontdesk_tests::kit::{CHANNEL, Customer, Server, eventually, hide};
use serde_json::{Value, json};

/// A customer who has asked for an agent.
async fn asking(server: &Server, user: &str) -> Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer
}

async fn place(customer: &Customer) -> Value {
    let body = json!({ "userId": customer.user, "channelConfigId": CHANNEL, "channel": "WEB" });
    let answer = customer.call("queryQueueInfo", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

fn user_of(conversation: &Value) -> &str {
    conversation["customer"]["userId"].as_str().unwrap()
}

#[tokio::test]
async fn who_waits_is_told_the_truth() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    let first = asking(&server, "u-1").await;
    server.clock.advance(Duration::from_secs(30));
    let second = asking(&server, "u-2").await;
    server.clock.advance(Duration::from_secs(12));

    let seconds = ["totalWaitTime", "currentDeviceWaitTime", "longestWaitTime", "estimateWaitTime"];
    let (ahead, behind) = (place(&first).await, place(&second).await);
    for (answer, position) in [(&ahead, 1), (&behind, 2)] {
        assert_eq!(
            hide(answer, &seconds),
            json!({
                "position": position, "totalWaitTime": "[totalWaitTime]",
                "currentDeviceWaitTime": "[currentDeviceWaitTime]", "configMaxcWaitTime": 600,
                "longestWaitTime": "[longestWaitTime]", "estimateWaitTime": "[estimateWaitTime]", "resultCode": "0",
            })
        );
    }
    // The clock goes on by itself while the test runs.
    let about = |answer: &Value, name: &str, expected: u64| {
        let seconds = answer[name].as_u64().unwrap();
        assert!((expected..expected + 15).contains(&seconds), "{name}: {seconds}, not {expected}");
    };
    about(&ahead, "totalWaitTime", 42);
    about(&ahead, "currentDeviceWaitTime", 42);
    about(&ahead, "longestWaitTime", 42);
    about(&behind, "totalWaitTime", 12);
    about(&behind, "currentDeviceWaitTime", 12);
    about(&behind, "longestWaitTime", 42);
    let estimate = |answer: &Value| answer["estimateWaitTime"].as_u64().unwrap();
    assert!(estimate(&ahead) < estimate(&behind), "{ahead} {behind}");

    first.sends("DISCONNECT", "").await;
    assert_eq!(place(&second).await["position"], 1);
}

#[tokio::test]
async fn who_does_not_wait_is_told_only_that() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    let told = |code: &str, text: &str| json!({ "resultCode": code, "resultDesc": text });
    assert_eq!(place(&customer).await, told("160004", "session does not exist or has ended"));
    customer.sends("CONNECT", "").await;
    assert_eq!(place(&customer).await, told("160022", "session is with the robot, not queuing"));
    customer.sends("TRANS2AGENT", "").await;
    assert_eq!(place(&customer).await, told("160021", "session is with an agent, not queuing"));
    let conversation = agent.only_conversation().await;
    agent.act(&conversation, "end", json!({})).await;
    assert_eq!(place(&customer).await, told("5", "session has ended"));
}

#[tokio::test]
async fn an_agent_who_comes_online_gets_the_longest_waiting_first() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("away").await;
    let mut waiting = Vec::new();
    for number in 1..=7 {
        waiting.push(asking(&server, &format!("u-{number}")).await);
    }
    let listed = agent.conversations("waiting").await;
    assert_eq!(
        listed.iter().map(user_of).collect::<Vec<_>>(),
        ["u-1", "u-2", "u-3", "u-4", "u-5", "u-6", "u-7"]
    );
    agent.declare("online").await;
    let mut held: Vec<String> =
        agent.conversations("mine").await.iter().map(|held| user_of(held).to_owned()).collect();
    held.sort();
    assert_eq!(held, ["u-1", "u-2", "u-3", "u-4", "u-5"], "five is what an agent can hold");
    assert_eq!(place(&waiting[5]).await["position"], 1);
    assert_eq!(place(&waiting[6]).await["position"], 2);
    let expected = ["Welcome,welcome", "Transfer to manual labor", "Queuing...", "Connected Agent"];
    assert_eq!(waiting[0].drain_texts().await, expected);
    assert_eq!(waiting[5].drain_texts().await, expected[..3]);

    // Who leaves makes room for the next.
    waiting[2].sends("DISCONNECT", "").await;
    assert_eq!(waiting[5].drain_texts().await, ["Connected Agent"]);
    assert_eq!(waiting[6].drain_texts().await, expected[..3]);
}

#[tokio::test]
async fn the_free_agent_with_the_fewest_conversations_gets_the_next() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    asking(&server, "u-1").await;
    asking(&server, "u-2").await;
    let kim = server.online("102").await;
    asking(&server, "u-3").await;
    assert_eq!((alex.held().await.len(), kim.held().await.len()), (2, 1));
    asking(&server, "u-4").await;
    assert_eq!((alex.held().await.len(), kim.held().await.len()), (2, 2));
    asking(&server, "u-5").await;
    asking(&server, "u-6").await;
    assert_eq!((alex.held().await.len(), kim.held().await.len()), (3, 3));
    kim.declare("busy").await;
    asking(&server, "u-7").await;
    assert_eq!((alex.held().await.len(), kim.held().await.len()), (4, 3), "who is busy gets none");
}

#[tokio::test]
async fn many_customers_at_once_are_shared_out_and_nobody_is_forgotten() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.online("102").await);
    let app = server.app().await;
    let mut crowd = tokio::task::JoinSet::new();
    for number in 0..16 {
        let app = app.clone();
        crowd.spawn(async move {
            let customer = app.customer(&format!("u-{number}"), "en").await;
            customer.sends("CONNECT", "").await;
            customer.sends("TRANS2AGENT", "").await;
            customer
        });
    }
    let crowd = crowd.join_all().await;
    assert_eq!((alex.held().await.len(), kim.held().await.len()), (5, 5));
    assert_eq!(alex.conversations("waiting").await.len(), 6);
    // Each end makes room, until everybody has been served once.
    for _ in 0..16 {
        for agent in [&alex, &kim] {
            for conversation in agent.held().await {
                agent.act(&conversation, "end", json!({})).await;
            }
        }
    }
    for customer in &crowd {
        let texts = customer.drain_texts().await;
        assert_eq!(texts.iter().filter(|text| *text == "Connected Agent").count(), 1, "{texts:?}");
        assert_eq!(texts.last().unwrap(), "null", "{texts:?}");
    }
    assert_eq!(alex.conversations("waiting").await.len(), 0);
}

#[tokio::test]
async fn what_is_said_while_waiting_reaches_the_agent() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    let customer = asking(&server, "u-77").await;
    let answer = customer.send("CHAT", "phone:123, mail:a@b.example").await;
    assert_eq!(answer.json, json!({ "resultCode": "0", "resultDesc": "sendUserMessage successfully." }));
    customer.sends("CHAT", "agent").await;
    agent.declare("online").await;
    let conversation = agent.only_conversation().await;
    let heard = agent.heard(&conversation).await;
    let customers: Vec<&str> =
        heard.iter().filter(|(kind, _)| kind == "customer").map(|(_, text)| text.as_str()).collect();
    assert_eq!(customers, ["phone:123, mail:a@b.example", "agent"]);
}

#[tokio::test]
async fn more_room_is_used_at_once_or_soon() {
    use frontdesk_server::admin::{AdminCommand, NewAgent};

    let server = Server::start().await;
    let agent = server.agent("101").await;
    let one = NewAgent { id: "101".into(), capacity: Some(1), ..NewAgent::default() };
    server.admin(AdminCommand::PutAgent { tenant: "demo".into(), agent: one.clone() }).await.unwrap();
    agent.declare("online").await;
    asking(&server, "u-1").await;
    asking(&server, "u-2").await;
    assert_eq!(agent.held().await.len(), 1);
    let two = NewAgent { capacity: Some(2), ..one };
    server.admin(AdminCommand::PutAgent { tenant: "demo".into(), agent: two }).await.unwrap();
    eventually("the agent gets a second one", async || (agent.held().await.len() == 2).then_some(())).await;
}

#[tokio::test]
async fn a_question_about_somebody_else_is_refused() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let good = json!({ "userId": "u-77", "channelConfigId": CHANNEL, "channel": "WEB" });
    for (field, other) in [("userId", "u-78"), ("channelConfigId", "1"), ("channel", "WECHAT")] {
        let mut body = good.clone();
        body[field] = json!(other);
        let answer = customer.call("queryQueueInfo", body).await;
        let (status, code, sentence) = answer.failure();
        assert_eq!((status, code), (400, "RECEIVER_MISMATCH"));
        assert!(sentence.contains(&format!("`{field}`")), "{sentence}");
    }
}

#[tokio::test]
async fn an_agent_who_is_online_keeps_receiving_also_without_a_call() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    server.clock.advance(Duration::from_hours(1));
    asking(&server, "u-77").await;
    assert_eq!(agent.held().await.len(), 1);
}

/// What a change of the queues or of agents calls for is not forgotten because the store failed just then.
#[tokio::test]
async fn a_match_that_failed_is_made_up_for() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    asking(&server, "u-1").await;
    server.store.fail("claim", 1);
    let online = agent.http.put("/api/v1/agent/status", json!({ "status": "online" })).await;
    assert_eq!(online.status, 500, "{}", online.text);
    eventually("the customer", async || (agent.held().await.len() == 1).then_some(())).await;
}
