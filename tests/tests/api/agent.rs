//! The agents' interfaces: signing in, status, conversations.

use std::time::Duration;

use frontdesk_tests::kit::{Customer, Server, agent_says, downlink, hide, shown};
use serde_json::{Value, json};

async fn asking(server: &Server, user: &str) -> Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer
}

#[tokio::test]
async fn an_agent_signs_in_as_often_as_they_like() {
    let server = Server::start().await;
    let login = async |tenant: &str, agent: &str, password: &str| {
        let body = json!({ "tenant": tenant, "agentId": agent, "password": password });
        server.anybody().post("/api/v1/agent/login", body).await
    };
    let answer = login("demo", "101", "demo-101").await;
    assert_eq!(
        (answer.status.as_u16(), hide(&answer.json, &["token", "device"])),
        (200, json!({ "token": "[token]", "device": "[device]" }))
    );
    let (first, second) = (server.agent("101").await, server.agent("101").await);
    let out = first.http.post("/api/v1/agent/logout", json!({})).await;
    assert_eq!(out.status, 204);
    assert_eq!(first.http.get("/api/v1/agent/conversations").await.problem().0, 401);
    assert_eq!(second.held().await, [""; 0], "the other sign-in stays");

    let wrong = login("demo", "101", "demo-102").await;
    assert_eq!(wrong.problem(), (401, "UNAUTHORIZED", None));
    for (tenant, agent, password) in
        [("demo", "999", "demo-101"), ("other", "101", "demo-101"), ("demo", "101", "x")]
    {
        let answer = login(tenant, agent, password).await;
        assert_eq!((answer.status, &answer.text), (wrong.status, &wrong.text), "{tenant} {agent}");
    }
    let missing = server.anybody().post("/api/v1/agent/login", json!({ "tenant": "demo" })).await;
    assert_eq!(missing.problem(), (400, "FIELD_INVALID", Some("agentId")));
}

#[tokio::test]
async fn a_sign_in_ends_after_its_time_and_needs_its_exact_form() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    let bearer = agent.http.header("authorization").unwrap().to_owned();
    let reference = server.anybody().get("/api/v1/agent/conversations").await;
    assert_eq!(reference.problem(), (401, "UNAUTHORIZED", None));
    for wrong in [
        bearer.replace("Bearer", "bearer"),
        bearer.replace(' ', "  "),
        bearer[..20].to_owned(),
        String::new(),
    ] {
        let answer = agent.http.with("authorization", wrong.clone()).get("/api/v1/agent/conversations").await;
        assert_eq!((answer.status, &answer.text), (reference.status, &reference.text), "{wrong:?}");
    }
    let customer = server.customer("u-77").await;
    assert_eq!(customer.http.get("/api/v1/agent/conversations").await.text, reference.text);
    server.clock.advance(Duration::from_hours(24 * 30));
    assert_eq!(agent.http.get("/api/v1/agent/conversations").await.text, reference.text);
}

#[tokio::test]
async fn a_status_is_one_of_four() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    for status in ["online", "busy", "away", "offline"] {
        let answer = agent.http.put("/api/v1/agent/status", json!({ "status": status })).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
    }
    for bad in [json!("asleep"), json!("ONLINE"), json!(""), json!(null), json!([])] {
        let answer = agent.http.put("/api/v1/agent/status", json!({ "status": bad })).await;
        let (status, _, field) = answer.problem();
        assert_eq!((status, field), (400, Some("status")), "{bad}");
    }
}

#[tokio::test]
async fn a_conversation_is_listed_whole() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    customer.sends("CHAT", "hello").await;
    let listed = agent.http.get("/api/v1/agent/conversations").await;
    let names = ["id", "callId", "openedAt", "seq", "at"];
    assert_eq!(
        (listed.status.as_u16(), hide(&listed.json, &names)),
        (
            200,
            json!({ "conversations": [{
                "id": "[id]", "callId": "[callId]", "channel": "WEB", "channelId": "1011577355744904195",
                "customer": { "userId": "u-77", "name": "u-77", "locale": "en" }, "control": "agent",
                "agentId": "101", "role": "holder", "state": "open", "openedAt": "[openedAt]",
                "lastMessage": {
                    "id": "[id]", "seq": "[seq]", "at": "[at]", "author": { "kind": "customer", "id": "[id]", "name": "u-77" },
                    "mediaType": "TEXT", "content": "hello",
                },
            }] })
        )
    );
}

#[tokio::test]
async fn each_scope_lists_what_it_says() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.agent("102").await);
    let boss = server.agent("201").await;
    asking(&server, "u-1").await;
    alex.declare("busy").await;
    asking(&server, "u-2").await;
    server.customer("u-3").await.sends("CONNECT", "").await;
    let users = |list: Vec<Value>| {
        let mut users: Vec<String> =
            list.iter().map(|item| item["customer"]["userId"].as_str().unwrap().to_owned()).collect();
        users.sort();
        users
    };
    assert_eq!(users(alex.conversations("mine").await), ["u-1"]);
    assert_eq!(users(alex.conversations("waiting").await), ["u-2"]);
    assert_eq!(users(alex.conversations("all").await), ["u-1", "u-2", "u-3"]);
    assert_eq!(users(kim.conversations("mine").await), [""; 0]);
    assert_eq!(users(kim.conversations("waiting").await), ["u-2"]);
    assert_eq!(users(boss.conversations("all").await), ["u-1", "u-2", "u-3"]);
    let bad = alex.http.get("/api/v1/agent/conversations?scope=theirs").await;
    assert_eq!(bad.problem(), (400, "FIELD_INVALID", Some("scope")));
}

#[tokio::test]
async fn what_an_agent_says_is_answered_whole_and_reaches_the_customer() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = agent.only_conversation().await;
    let said = agent.say(&conversation, "Hello, I am Alex").await;
    assert_eq!(
        (said.status.as_u16(), hide(&said.json, &["seq", "at"])),
        (
            201,
            json!({
                "id": said.json["id"], "seq": "[seq]", "at": "[at]",
                "author": { "kind": "agent", "id": "101", "name": "Alex" }, "mediaType": "TEXT",
                "content": "Hello, I am Alex",
            })
        )
    );
    let polled = customer.drain().await;
    assert_eq!(shown(&polled), [agent_says("u-77", "Hello, I am Alex")]);
    assert_eq!((&polled[0]["messageCode"], &polled[0]["timestamp"]), (&said.json["id"], &said.json["at"]));
    let place = json!({ "mediaType": "LOCATE", "content": "48.1/11.5/Munich" });
    assert_eq!(agent.act(&conversation, "messages", place).await.status, 201);
    let located = json!({
        "mediaType": "LOCATE", "content": "48.1/11.5/Munich", "senderNickname": "Alex", "sourceType": "AGENT",
    });
    assert_eq!(shown(&customer.drain().await), [downlink("u-77", located)]);
}

#[tokio::test]
async fn an_agents_text_holds_what_the_channel_allows() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = agent.only_conversation().await;
    let long = "三".repeat(500);
    assert_eq!(agent.say(&conversation, &long).await.status, 201);
    let longer = agent.say(&conversation, &format!("{long}三")).await;
    assert_eq!(longer.problem(), (400, "FIELD_INVALID", Some("content")));
    assert_eq!(longer.json["detail"], "`content` is longer than 500 characters");
    for (field, body) in [
        ("content", json!({ "mediaType": "TEXT" })),
        ("content", json!({ "mediaType": "TEXT", "content": "" })),
        ("mediaType", json!({ "content": "x" })),
        ("mediaType", json!({ "mediaType": "SMELL", "content": "x" })),
        ("mediaType", json!({ "mediaType": "WEBCARD", "content": "{}" })),
        ("content", json!({ "mediaType": "TEXT", "content": {} })),
    ] {
        let answer = agent.act(&conversation, "messages", body.clone()).await;
        let (status, _, named) = answer.problem();
        assert_eq!((status, named), (400, Some(field)), "{body}");
    }
    assert_eq!(customer.drain_texts().await, [long], "nothing of what was refused was written");
    server.change_channel(|channel| channel.text_chars = 4_000).await;
    assert_eq!(agent.say(&conversation, &"x".repeat(4_000)).await.status, 201);
    assert_eq!(agent.say(&conversation, &"x".repeat(4_001)).await.problem().0, 400);
}

#[tokio::test]
async fn only_who_holds_a_conversation_speaks_in_it() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.agent("102").await);
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    for (verb, body) in [
        ("messages", json!({ "mediaType": "TEXT", "content": "me too" })),
        ("read", json!({})),
        ("transfer", json!({ "agentId": "101" })),
        ("end", json!({})),
    ] {
        let answer = kim.act(&conversation, verb, body.clone()).await;
        assert_eq!(answer.problem().0, 409, "{verb}: {}", answer.text);
        let nothing = alex.act("made-up", verb, body).await;
        assert_eq!(nothing.problem(), (404, "NOT_FOUND", None), "{verb}");
    }
    assert_eq!(customer.drain_texts().await, [""; 0]);
    alex.act(&conversation, "end", json!({})).await;
    assert_eq!(alex.say(&conversation, "too late").await.problem().0, 409);
    // An old conversation does not stand for a new one.
    asking(&server, "u-77").await;
    assert_eq!(alex.say(&conversation, "wrong door").await.problem().0, 409);
    assert_eq!(alex.say(&alex.only_conversation().await, "right door").await.status, 201);
}

#[tokio::test]
async fn messages_are_listed_oldest_first_and_end_with_the_conversation() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    customer.sends("CHAT", "one").await;
    let first = agent.only_conversation().await;
    agent.say(&first, "two").await;
    customer.sends("DISCONNECT", "").await;
    asking(&server, "u-77").await;
    customer.sends("CHAT", "another day").await;
    let heard = agent.heard(&first).await;
    let texts: Vec<&str> = heard.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["Welcome,welcome", "Transfer to manual labor", "Connected Agent", "one", "two"]);
    let second = agent.only_conversation().await;
    assert_eq!(agent.heard(&second).await.last().unwrap().1, "another day");
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_conversation_is_passed_to_an_agent_or_a_queue() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.online("102").await);
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    let passed = alex.act(&conversation, "transfer", json!({ "agentId": "102" })).await;
    assert_eq!((passed.status.as_u16(), passed.text.as_str()), (204, ""));
    assert_eq!((alex.held().await.len(), kim.only_conversation().await), (0, conversation.clone()));
    assert_eq!(customer.drain_texts().await, ["Connected Agent"]);
    assert_eq!(alex.say(&conversation, "still me").await.problem().0, 409);
    let heard = kim.heard(&conversation).await;
    assert_eq!(heard[0].1, "Welcome,welcome", "the next agent sees it from its beginning");

    // Back to the queue: another agent gets it before the one who passed it on.
    assert_eq!(kim.act(&conversation, "transfer", json!({ "queue": "support" })).await.status, 204);
    assert_eq!((alex.held().await.len(), kim.held().await.len()), (1, 0));
    kim.declare("offline").await;
    alex.declare("busy").await;
    customer.drain().await;
    assert_eq!(alex.act(&conversation, "transfer", json!({ "queue": "support" })).await.status, 204);
    let texts = customer.drain().await;
    assert_eq!(
        (texts.len(), &texts[0]["content"], &texts[0]["queueFlag"]),
        (1, &json!("Queuing..."), &json!("Y"))
    );
    alex.declare("online").await;
    assert_eq!(alex.only_conversation().await, conversation, "if nobody else is there, it comes back");
}

#[tokio::test]
async fn a_transfer_that_cannot_be_is_refused_and_changes_nothing() {
    use frontdesk_server::admin::{AdminCommand, NewAgent};

    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    let transfer = async |body: Value| alex.act(&conversation, "transfer", body).await;
    assert_eq!(
        transfer(json!({ "agentId": "999" })).await.problem(),
        (400, "FIELD_INVALID", Some("agentId"))
    );
    assert_eq!(transfer(json!({ "queue": "sales" })).await.problem(), (400, "FIELD_INVALID", Some("queue")));
    assert_eq!(transfer(json!({})).await.problem(), (400, "FIELD_INVALID", Some("queue")));
    assert_eq!(transfer(json!({ "queue": "support", "agentId": "102" })).await.problem().0, 400);
    assert_eq!(transfer(json!({ "agentId": "101" })).await.problem().0, 409, "to oneself");
    assert_eq!(transfer(json!({ "agentId": "102" })).await.problem().0, 409, "nobody is signed in as that");
    let one = NewAgent { id: "102".into(), capacity: Some(1), ..NewAgent::default() };
    server.admin(AdminCommand::PutAgent { tenant: "demo".into(), agent: one }).await.unwrap();
    let kim = server.online("102").await;
    asking(&server, "u-78").await;
    assert_eq!(kim.held().await.len(), 1);
    assert_eq!(transfer(json!({ "agentId": "102" })).await.problem().0, 409, "there is no room");
    assert_eq!(alex.only_conversation().await, conversation);
    assert_eq!(customer.drain_texts().await, [""; 0]);
}
