//! Offers: agents who are asked before they get a customer.

use std::time::Duration;

use frontdesk_core::id::QueueId;
use frontdesk_tests::kit::{Agent, Answer, Customer, Server, eventually, hide};
use serde_json::{Value, json};

use super::routing::{asking, customers_of};

/// A server whose agents have so many seconds to answer.
async fn asking_server(seconds: u64) -> Server {
    let server = Server::start().await;
    server.change_queue("support", |queue| queue.accept_within = Some(seconds)).await;
    server
}

struct Desk {
    agent: Agent,
    cursor: String,
}

impl Desk {
    async fn open(agent: Agent) -> (Self, Vec<Value>) {
        let mut desk = Self { agent, cursor: String::new() };
        let events = desk.next().await;
        (desk, events)
    }

    /// What has happened, without waiting for more and without news of waiting lists.
    async fn next(&mut self) -> Vec<Value> {
        let answer = self.agent.feed(&self.cursor, 0).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["cursor"].as_str().unwrap().clone_into(&mut self.cursor);
        let events = answer.json["events"].as_array().unwrap().clone();
        events.into_iter().filter(|event| event["type"] != "queue").collect()
    }

    /// The next events by their types, which must come, and the last of them.
    async fn hears(&mut self, types: &[&str]) -> Value {
        let mut heard: Vec<Value> = Vec::new();
        while heard.len() < types.len() {
            let answer = self.agent.feed(&self.cursor, 20).await;
            answer.json["cursor"].as_str().unwrap().clone_into(&mut self.cursor);
            let events = answer.json["events"].as_array().unwrap().clone();
            let is_of_offers = |event: &Value| event["type"] != "message" && event["type"] != "queue";
            heard.extend(events.into_iter().filter(is_of_offers));
        }
        let said: Vec<&str> = heard.iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(said, types, "{heard:?}");
        heard.pop().unwrap()
    }

    async fn answer(&self, conversation: &str, verb: &str) -> Answer {
        self.agent.act(conversation, verb, json!({})).await
    }
}

fn id_of(event: &Value) -> String {
    event["conversationId"].as_str().unwrap().to_owned()
}

async fn texts(customer: &Customer) -> Vec<String> {
    customer.drain_texts().await
}

#[tokio::test]
async fn an_offer_is_accepted() {
    let server = asking_server(600).await;
    let (mut alex, events) = Desk::open(server.online("101").await).await;
    assert!(events.is_empty(), "{events:?}");
    let kim = server.agent("102").await;
    let customer = asking(&server, "u-77", "en").await;
    let offered = alex.hears(&["offered"]).await;
    let id = id_of(&offered);
    let (at, until) = (offered["at"].as_i64().unwrap(), offered["until"].as_i64().unwrap());
    assert!((595_000..=600_000).contains(&(until - at)), "{offered}");
    let conversation = json!({
        "id": id, "callId": "[callId]", "channel": "WEB", "channelId": frontdesk_tests::kit::CHANNEL,
        "customer": { "userId": "u-77", "name": "u-77", "locale": "en" }, "control": "queue", "queue": "support",
        "state": "open", "openedAt": "[openedAt]", "waitingSince": "[waitingSince]", "lastMessage": "[lastMessage]",
    });
    let expected = json!({
        "type": "offered", "at": "[at]", "until": "[until]", "conversationId": id, "conversation": conversation,
    });
    let shown = hide(&offered, &["at", "until", "callId", "openedAt", "waitingSince", "lastMessage"]);
    assert_eq!(shown, expected);
    assert_eq!(texts(&customer).await, ["Welcome,welcome", "Transfer to manual labor", "Queuing..."]);
    assert_eq!(customers_of(&alex.agent).await, [""; 0]);
    let (_, other_tab) = Desk::open(alex.agent.clone()).await;
    assert_eq!(other_tab.len(), 1, "a desk that is opened now sees it too: {other_tab:?}");

    let refused = kim.act(&id, "accept", json!({})).await;
    assert_eq!(refused.problem(), (409, "NOT_OFFERED", None));
    assert_eq!(alex.answer(&id, "accept").await.status, 204);
    assert_eq!(alex.answer(&id, "accept").await.status, 204, "once more changes nothing");
    assert_eq!(customers_of(&alex.agent).await, ["u-77"]);
    assert_eq!(texts(&customer).await, ["Connected Agent"]);
    let told = alex.next().await;
    let ended = told.iter().find(|event| event["type"] == "offerEnded").unwrap();
    assert_eq!((id_of(ended), &ended["reason"]), (id.clone(), &json!("acceptedElsewhere")));
    assert!(told.iter().any(|event| event["type"] == "assigned"), "{told:?}");
    assert_eq!(alex.answer(&id, "reject").await.problem(), (409, "NOT_OFFERED", None), "it is theirs");
}

#[tokio::test]
async fn who_rejects_is_passed_over_and_the_next_is_asked_at_once() {
    let server = asking_server(600).await;
    let (mut alex, _) = Desk::open(server.online("101").await).await;
    let (mut kim, _) = Desk::open(server.agent("102").await).await;
    asking(&server, "u-77", "en").await;
    kim.agent.declare("online").await;
    let id = id_of(&alex.hears(&["offered"]).await);
    assert_eq!(alex.answer(&id, "reject").await.status, 204);
    assert_eq!(alex.answer(&id, "reject").await.status, 204, "once more changes nothing");
    assert_eq!(alex.hears(&["offerEnded"]).await["reason"], "declined");
    assert_eq!(id_of(&kim.hears(&["offered"]).await), id);
    assert_eq!(alex.answer(&id, "accept").await.problem(), (409, "NOT_OFFERED", None));
    assert_eq!(kim.answer(&id, "reject").await.status, 204);
    assert_eq!(kim.hears(&["offerEnded"]).await["reason"], "declined");
    // Both have declined, and are asked again after a minute; others get to them meanwhile.
    asking(&server, "u-78", "en").await;
    let other = alex.hears(&["offered"]).await;
    assert_eq!(other["conversation"]["customer"]["userId"], "u-78");
    assert_eq!(alex.answer(&id_of(&other), "accept").await.status, 204);
    server.clock.advance(Duration::from_secs(61));
    kim.agent.declare("online").await;
    assert_eq!(id_of(&kim.hears(&["offered"]).await), id);
    assert_eq!(kim.answer(&id, "accept").await.status, 204);
    assert_eq!(customers_of(&kim.agent).await, ["u-77"]);
}

#[tokio::test]
async fn an_unanswered_offer_goes_to_the_next_and_the_agent_is_away() {
    let server = asking_server(1).await;
    let (mut alex, _) = Desk::open(server.online("101").await).await;
    let (mut kim, _) = Desk::open(server.agent("102").await).await;
    asking(&server, "u-77", "en").await;
    kim.agent.declare("online").await;
    let id = id_of(&alex.hears(&["offered"]).await);
    let state = alex.hears(&["offerEnded", "state"]).await;
    assert_eq!(
        hide(&state, &["at"]),
        json!({ "type": "state", "at": "[at]", "status": "away", "held": 0, "capacity": 5 })
    );
    assert_eq!(id_of(&kim.hears(&["offered"]).await), id);
    assert_eq!(kim.answer(&id, "accept").await.status, 204);
    assert_eq!(customers_of(&kim.agent).await, ["u-77"]);
    kim.agent.declare("busy").await;
    asking(&server, "u-78", "en").await;
    let told = alex.next().await;
    assert!(told.is_empty(), "somebody was offered to a deserted desk: {told:?}");
    alex.agent.declare("online").await;
    alex.hears(&["offered"]).await;
}

#[tokio::test]
async fn an_offer_is_withdrawn_when_the_customer_is_gone() {
    let server = asking_server(600).await;
    server.change_agent("101", |agent| agent.capacity = 1).await;
    let (mut alex, _) = Desk::open(server.online("101").await).await;
    let customer = asking(&server, "u-77", "en").await;
    asking(&server, "u-78", "en").await;
    let id = id_of(&alex.hears(&["offered"]).await);
    customer.sends("DISCONNECT", "").await;
    let mut told = alex.next().await;
    assert_eq!((id_of(&told[0]), &told[0]["reason"]), (id.clone(), &json!("withdrawn")));
    let next = if told.len() > 1 { told.pop().unwrap() } else { alex.hears(&["offered"]).await };
    assert_eq!(next["conversation"]["customer"]["userId"], "u-78", "and the next one is offered");
    assert_eq!(alex.answer(&id, "accept").await.problem(), (409, "NOT_OFFERED", None));
    assert_eq!(alex.answer(&id_of(&next), "accept").await.status, 204);
    // The same customer comes back: the old offer does not stand for the new one.
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    assert_eq!(alex.answer(&id, "accept").await.problem(), (409, "NOT_OFFERED", None));
}

#[tokio::test]
async fn offers_are_nobody_elses_business() {
    let server = asking_server(600).await;
    let alex = server.online("101").await;
    let (mut desk, _) = Desk::open(alex).await;
    asking(&server, "u-77", "en").await;
    let id = id_of(&desk.hears(&["offered"]).await);
    server.change_agent("103", |agent| agent.queues = vec![QueueId::new("elsewhere").unwrap()]).await;
    let stranger = server.hired("103").await;
    let supervisor = server.agent("201").await;
    for verb in ["accept", "reject"] {
        assert_eq!(stranger.act(&id, verb, json!({})).await.problem(), (404, "NOT_FOUND", None));
        assert_eq!(stranger.act("made-up", verb, json!({})).await.problem(), (404, "NOT_FOUND", None));
        assert_eq!(supervisor.act(&id, verb, json!({})).await.problem(), (409, "NOT_OFFERED", None));
    }
    // Who is asked may answer although the queue is no longer theirs.
    server.change_agent("101", |agent| agent.queues.clear()).await;
    server.change_channel(|channel| channel.queue = None).await;
    assert_eq!(desk.answer(&id, "accept").await.status, 204);
}

#[tokio::test]
async fn an_offer_outlives_a_restart() {
    let server = asking_server(2).await;
    let (mut alex, _) = Desk::open(server.online("101").await).await;
    asking(&server, "u-77", "en").await;
    alex.hears(&["offered"]).await;
    let server = server.restart().await;
    let agent = Agent { http: alex.agent.http.at(&server.url) };
    let mut alex = Desk { agent, cursor: alex.cursor };
    let ended = alex.hears(&["offerEnded", "state"]).await;
    assert_eq!(ended["status"], "away");
    let waiting = server.agent("102").await.conversations("waiting").await;
    assert_eq!(waiting.len(), 1, "{waiting:?}");
}

/// The process dies after it took a slot for an offer and before it told anybody.
#[tokio::test]
async fn an_offer_that_nobody_was_told_of_is_told_later() {
    let server = asking_server(600).await;
    let (mut alex, _) = Desk::open(server.online("101").await).await;
    server.store.fail("append_to_agent", 1);
    asking(&server, "u-77", "en").await;
    let told = alex.next().await;
    assert!(told.is_empty(), "{told:?}");
    server.clock.advance(Duration::from_secs(4));
    let offered = alex.hears(&["offered"]).await;
    assert_eq!(alex.answer(&id_of(&offered), "accept").await.status, 204);
}

/// The process dies after an agent accepted and before the customer's log knows.
#[tokio::test]
async fn an_accepted_offer_comes_about_in_the_end() {
    let server = asking_server(600).await;
    let (mut alex, _) = Desk::open(server.online("101").await).await;
    asking(&server, "u-77", "en").await;
    let id = id_of(&alex.hears(&["offered"]).await);
    server.store.fail("commit", 1);
    assert_eq!(alex.answer(&id, "accept").await.status, 500);
    server.clock.advance(Duration::from_secs(4));
    eventually("the customer is theirs", async || {
        (customers_of(&alex.agent).await == ["u-77"]).then_some(())
    })
    .await;
}
