//! Tickets: messages that customers left, which agents claim and answer.

use std::time::Duration;

use frontdesk_tests::kit::receivers::{Transport, Wish, receive};
use frontdesk_tests::kit::{Agent, Answer, CHANNEL, Customer, Server, agent_says, eventually, hide, shown};
use reqwest::Method;
use serde_json::{Value, json};

const TICKETS: &str = "/api/v1/agent/tickets";

async fn leaves(server: &Server, user: &str, text: &str) -> Customer {
    let customer = server.customer(user).await;
    let left = json!({ "callId": user, "caller": "13800000000", "leaveMessage": text, "channel": "WEB" });
    assert_eq!(customer.call("doLeaveMessage", left).await.code(), "0");
    customer
}

async fn listed(agent: &Agent, query: &str) -> Vec<Value> {
    let answer = agent.http.get(&format!("{TICKETS}?{query}")).await;
    answer.json["tickets"].as_array().unwrap_or_else(|| panic!("{}", answer.text)).clone()
}

fn id(ticket: &Value) -> String {
    ticket["id"].as_str().unwrap().to_owned()
}

async fn act(agent: &Agent, ticket: &str, verb: &str, body: Value) -> Answer {
    let request = agent.http.request(Method::POST, &format!("{TICKETS}/{ticket}/{verb}"));
    let request = if body.is_null() { request } else { request.json(&body) };
    agent.http.send(request).await
}

fn said(text: &str) -> Value {
    json!({ "text": text })
}

/// What of a ticket differs from run to run.
const VARIES: [&str; 3] = ["id", "openedAt", "changedAt"];

#[tokio::test]
async fn a_message_that_was_left_is_claimed_answered_and_closed() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    let customer = leaves(&server, "u-77", "call me back").await;
    let mut expected = json!({
        "id": "[id]", "state": "open", "queue": "support", "channelId": CHANNEL,
        "customer": { "userId": "u-77", "name": "u-77", "locale": "en" }, "caller": "13800000000",
        "openedAt": "[openedAt]", "changedAt": "[changedAt]",
    });
    let list = agent.http.get(TICKETS).await;
    assert_eq!(hide(&list.json, &VARIES), json!({ "tickets": [expected] }));
    let ticket = id(&list.json["tickets"][0]);
    assert!(ticket.len() <= 64, "{ticket}");
    expected["text"] = json!("call me back");
    let one = agent.http.get(&format!("{TICKETS}/{ticket}")).await;
    assert_eq!((one.status.as_u16(), hide(&one.json, &VARIES)), (200, expected.clone()));

    let claimed = act(&agent, &ticket, "claim", Value::Null).await;
    expected["state"] = json!("claimed");
    expected["agentId"] = json!("101");
    assert_eq!((claimed.status.as_u16(), hide(&claimed.json, &VARIES)), (200, expected.clone()));

    let answered = act(&agent, &ticket, "answer", said("We called, nobody was there.")).await;
    expected["state"] = json!("answered");
    expected["answer"] = json!("We called, nobody was there.");
    assert_eq!((answered.status.as_u16(), hide(&answered.json, &VARIES)), (200, expected.clone()));
    // No conversation was open, and none is now.
    assert_eq!(shown(&customer.drain().await), [agent_says("u-77", "We called, nobody was there.")]);
    assert_eq!(server.agent("201").await.conversations("all").await.len(), 0);
    assert_eq!(customer.send("CHAT", "thank you").await.code(), "5");

    let closed = act(&agent, &ticket, "close", Value::Null).await;
    expected["state"] = json!("closed");
    assert_eq!((closed.status.as_u16(), hide(&closed.json, &VARIES)), (200, expected));
    assert_eq!(listed(&agent, "state=open").await.len(), 0);
    assert_eq!(listed(&agent, "state=closed").await.len(), 1);
}

#[tokio::test]
async fn an_answer_reaches_the_customer_by_every_way_of_receiving() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    let customer = leaves(&server, "u-77", "call me back").await;
    let ticket = id(&listed(&agent, "").await[0]);
    let mut receivers = Vec::new();
    for transport in Transport::ALL {
        receivers.push(transport.open(&customer, &Wish::of_device(&format!("{transport:?}"))).await);
    }
    act(&agent, &ticket, "claim", Value::Null).await;
    assert_eq!(act(&agent, &ticket, "answer", said("Here we are.")).await.status, 200);
    for mut receiver in receivers {
        assert_eq!(receive(&mut *receiver, 1).await.texts(), ["Here we are."]);
    }
}

#[tokio::test]
async fn of_two_who_claim_a_ticket_at_once_one_gets_it() {
    let server = Server::start().await;
    let (alex, kim) = (server.agent("101").await, server.agent("102").await);
    for user in ["u-1", "u-2", "u-3", "u-4", "u-5"] {
        leaves(&server, user, "call me back").await;
    }
    for ticket in listed(&alex, "").await {
        let ticket = id(&ticket);
        let (by_alex, by_kim) =
            tokio::join!(act(&alex, &ticket, "claim", Value::Null), act(&kim, &ticket, "claim", Value::Null));
        let (won, lost) = if by_alex.status == 200 { (by_alex, by_kim) } else { (by_kim, by_alex) };
        assert_eq!((won.status.as_u16(), &won.json["state"]), (200, &json!("claimed")), "{}", won.text);
        assert_eq!(lost.problem(), (409, "TICKET_TAKEN", None));
        let after = alex.http.get(&format!("{TICKETS}/{ticket}")).await;
        assert_eq!(after.json["agentId"], won.json["agentId"]);
    }
}

#[tokio::test]
async fn a_ticket_is_answered_once_and_by_whoever_claimed_it() {
    let server = Server::start().await;
    let (alex, kim) = (server.agent("101").await, server.agent("102").await);
    let customer = leaves(&server, "u-77", "call me back").await;
    let ticket = id(&listed(&alex, "").await[0]);
    let early = act(&alex, &ticket, "answer", said("Hello")).await;
    assert_eq!(early.problem(), (409, "TICKET_NOT_CLAIMED", None));
    act(&alex, &ticket, "claim", Value::Null).await;
    for (verb, body) in [("answer", said("Hello")), ("release", Value::Null), ("close", Value::Null)] {
        let others = act(&kim, &ticket, verb, body).await;
        assert_eq!(others.problem(), (409, "TICKET_TAKEN", None), "{verb}");
    }
    let sam = server.agent("201").await;
    assert_eq!(act(&sam, &ticket, "release", Value::Null).await.json["state"], "open");
    act(&kim, &ticket, "claim", Value::Null).await;
    let missing = act(&kim, &ticket, "answer", json!({})).await;
    assert_eq!(missing.problem(), (400, "FIELD_INVALID", Some("text")));
    let long = act(&kim, &ticket, "answer", said(&"x".repeat(501))).await;
    assert_eq!(long.problem(), (400, "FIELD_INVALID", Some("text")));

    let (first, second) = tokio::join!(
        act(&kim, &ticket, "answer", said("We are back.")),
        act(&kim, &ticket, "answer", said("We are back."))
    );
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200), "{} {}", first.text, second.text);
    let again = act(&kim, &ticket, "answer", said("We are back.")).await;
    assert_eq!((again.status.as_u16(), &again.json["state"]), (200, &json!("answered")));
    let other = act(&kim, &ticket, "answer", said("One more thing.")).await;
    assert_eq!(other.problem(), (409, "TICKET_DONE", None));
    assert_eq!(act(&alex, &ticket, "claim", Value::Null).await.problem(), (409, "TICKET_DONE", None));
    assert_eq!(customer.drain_texts().await, ["We are back."]);
}

#[tokio::test]
async fn agents_see_the_tickets_of_their_queues_and_supervisors_all() {
    let server = Server::start().await;
    let admin = server.agent("901").await;
    let put = |path: &str, body: Value| {
        let request = admin.http.request(Method::PUT, &format!("/api/v1/config/{path}")).json(&body);
        admin.http.send(request)
    };
    assert_eq!(put("queues/sales", json!({})).await.status, 201);
    let seller = json!({ "queues": ["sales"], "password": "a seller of lamps" });
    assert_eq!(put("agents/110", seller).await.status, 201);
    let seller = Agent::sign_in(&server.anybody(), "demo", "110", "a seller of lamps").await;
    leaves(&server, "u-77", "call me back").await;
    let ticket = id(&listed(&server.agent("101").await, "").await[0]);
    assert_eq!(listed(&seller, "").await.len(), 0);
    assert_eq!(listed(&seller, "queue=support").await.len(), 0, "asking for it opens nothing");
    let path = format!("{TICKETS}/{ticket}");
    assert_eq!(seller.http.get(&path).await.problem(), (404, "NOT_FOUND", None));
    for verb in ["claim", "release", "answer", "close"] {
        let refused = act(&seller, &ticket, verb, said("x")).await;
        assert_eq!(refused.problem(), (404, "NOT_FOUND", None), "{verb}");
    }
    let sam = server.agent("201").await;
    assert_eq!(listed(&sam, "").await.len(), 1);
    assert_eq!(listed(&sam, "queue=sales").await.len(), 0);
    assert_eq!(sam.http.get(&path).await.status, 200);
    // A channel without a queue: only supervisors see to what is left there.
    server.change_channel(|channel| channel.queue = None).await;
    leaves(&server, "u-78", "and me").await;
    assert_eq!(listed(&server.agent("101").await, "").await.len(), 1);
    let left = listed(&sam, "").await;
    assert_eq!((left.len(), &left[1].get("queue")), (2, &None));
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_refuses_what_it_does_not_know() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    for number in 0..5 {
        leaves(&server, &format!("u-{number}"), "call me back").await;
    }
    let users = |tickets: &[Value]| -> Vec<Value> {
        tickets.iter().map(|ticket| ticket["customer"]["userId"].clone()).collect()
    };
    let first = agent.http.get(&format!("{TICKETS}?limit=2")).await.json;
    assert_eq!(users(first["tickets"].as_array().unwrap()), ["u-0", "u-1"]);
    let next = first["next"].as_str().unwrap();
    let rest = agent.http.get(&format!("{TICKETS}?limit=3&after={next}")).await.json;
    assert_eq!(users(rest["tickets"].as_array().unwrap()), ["u-2", "u-3", "u-4"]);
    assert_eq!(rest.get("next"), None);
    for (query, field) in [("state=lost", "state"), ("limit=x", "limit"), ("after=x", "after")] {
        let refused = agent.http.get(&format!("{TICKETS}?{query}")).await;
        assert_eq!(refused.problem(), (400, "FIELD_INVALID", Some(field)));
    }
    for made_up in ["x", next.get(1..).unwrap()] {
        let refused = agent.http.get(&format!("{TICKETS}/{made_up}")).await;
        assert_eq!(refused.problem(), (404, "NOT_FOUND", None));
    }
}

#[tokio::test]
async fn the_feed_tells_of_tickets() {
    let server = Server::start().await;
    let (alex, kim) = (server.agent("101").await, server.agent("102").await);
    leaves(&server, "u-76", "before the desk was opened").await;
    let cursor = |answer: &Answer| answer.json["cursor"].as_str().unwrap().to_owned();
    let opened = alex.feed("", 0).await;
    assert_eq!(opened.json["events"], json!([]));
    // A feed that is held is woken.
    let held = {
        let (alex, cursor) = (alex.clone(), cursor(&opened));
        tokio::task::spawn(async move { alex.feed(&cursor, 50).await })
    };
    leaves(&server, "u-77", "call me back").await;
    let told = held.await.unwrap();
    let ticket = id(&listed(&kim, "").await[1]);
    let event = |state: &str, agent: Option<&str>| {
        let mut event =
            json!({ "type": "ticket", "at": "[at]", "ticketId": ticket, "queue": "support", "state": state });
        if let Some(agent) = agent {
            event["agentId"] = json!(agent);
        }
        event
    };
    assert_eq!(hide(&told.json["events"], &["at"]), json!([event("open", None)]));
    act(&kim, &ticket, "claim", Value::Null).await;
    let told = alex.feed(&cursor(&told), 5).await;
    assert_eq!(hide(&told.json["events"], &["at"]), json!([event("claimed", Some("102"))]));
    // A desk that was away is told what has become of it.
    act(&kim, &ticket, "answer", said("Here we are.")).await;
    act(&kim, &ticket, "close", Value::Null).await;
    let closed = alex.feed(&cursor(&told), 5).await;
    assert_eq!(hide(&closed.json["events"], &["at"]), json!([event("closed", Some("102"))]));
    assert_eq!(alex.feed(&cursor(&closed), 0).await.json["events"], json!([]));
    let refused = alex.feed(&format!("{}x", cursor(&closed)), 0).await;
    assert_eq!(refused.problem(), (400, "CURSOR_INVALID", Some("cursor")));
}

#[tokio::test]
async fn an_answer_shows_in_the_conversation_that_is_open() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = leaves(&server, "u-77", "call me back").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.only_conversation().await;
    let kim = server.agent("102").await;
    let ticket = id(&listed(&kim, "").await[0]);
    act(&kim, &ticket, "claim", Value::Null).await;
    act(&kim, &ticket, "answer", said("We called.")).await;
    let heard = agent.heard(&conversation).await;
    assert_eq!(heard.last(), Some(&("agent".to_owned(), "We called.".to_owned())));
    assert_eq!(agent.held().await, [conversation], "and it is still Alex's");
}

#[tokio::test]
async fn a_ticket_that_a_failure_interrupted_is_made_up_for() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    server.store.fail("open_ticket", 1);
    let customer = leaves(&server, "u-77", "call me back").await;
    server.clock.advance(Duration::from_secs(5));
    let ticket = eventually("the ticket", async || listed(&agent, "").await.pop()).await;
    let ticket = id(&ticket);
    act(&agent, &ticket, "claim", Value::Null).await;
    // What was said is said; that the ticket is answered follows.
    server.store.fail("change_ticket", 1);
    assert_eq!(act(&agent, &ticket, "answer", said("Here we are.")).await.json["state"], "claimed");
    server.clock.advance(Duration::from_secs(5));
    eventually("the answer", async || listed(&agent, "state=answered").await.pop()).await;
    assert_eq!(customer.drain_texts().await, ["Here we are."]);
}

#[tokio::test]
async fn who_is_asked_for_a_message_leaves_one() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    let admin = server.agent("901").await;
    let rules = admin.http.request(Method::PATCH, "/api/v1/config/queues/support");
    let rules = rules.json(&json!({ "no_agents": "leave_message" }));
    assert_eq!(admin.http.send(rules).await.status, 200);
    server.change_channel(|channel| channel.robot = None).await;
    let customer = server.customer("u-77").await;
    customer.send("CONNECT", "").await;
    leaves(&server, "u-77", "call me back").await;
    let ticket = listed(&agent, "").await.remove(0);
    let read = agent.http.get(&format!("{TICKETS}/{}", id(&ticket))).await;
    assert_eq!(read.json["text"], "call me back");
}
