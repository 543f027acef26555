//! Consulting a colleague, and bringing one into the conversation.

use frontdesk_tests::kit::{Agent, Customer, Server, agent_says, hide, shown, system_says};
use serde_json::{Value, json};

use super::desk::{Desk, asking, comes, comes_in, lines, released, told};

const KIM: (&str, &str) = ("102", "Kim");

/// Alex serves a customer, Kim is there and takes none.
struct Office {
    server: Server,
    alex: Agent,
    kim: Agent,
    customer: Customer,
    conversation: String,
}

impl Office {
    async fn open() -> Self {
        let server = Server::start().await;
        let (alex, kim) = (server.online("101").await, server.agent("102").await);
        kim.declare("busy").await;
        let customer = asking(&server, "u-77").await;
        customer.drain().await;
        let conversation = alex.only_conversation().await;
        Self { server, alex, kim, customer, conversation }
    }

    async fn invite(&self, agent: &str, mode: &str) {
        let body = json!({ "agentId": agent, "mode": mode });
        self.alex.acts(&self.conversation, "participants", body).await;
    }

    async fn whisper(&self, who: &Agent, text: &str) {
        who.acts(&self.conversation, "whisper", json!({ "text": text })).await;
    }
}

#[tokio::test]
async fn a_consulted_colleague_sees_everything_and_speaks_to_colleagues_only() {
    let office = Office::open().await;
    let Office { alex, kim, customer, conversation, .. } = &office;
    let ((mut here, _), (mut there, _)) = (Desk::open(alex).await, Desk::open(kim).await);
    office.invite("102", "consult").await;
    assert_eq!(told(&here.next(5).await), [comes("joined", KIM, "consult", Some("101"))]);
    let events = there.next(5).await;
    assert_eq!(told(&events), [comes_in(KIM, "consult", Some("101"))]);
    assert_eq!(events[0]["conversationId"], conversation.as_str());
    let seen = hide(&events[0]["conversation"], &["id", "callId", "openedAt", "lastMessage"]);
    let expected = json!({
        "id": "[id]", "callId": "[callId]", "channel": "WEB", "channelId": "1011577355744904195",
        "customer": { "userId": "u-77", "name": "u-77", "locale": "en" }, "control": "agent",
        "agentId": "101", "role": "consult",
        "participants": [{ "agentId": "102", "name": "Kim", "mode": "consult" }],
        "state": "open", "openedAt": "[openedAt]", "lastMessage": "[lastMessage]",
    });
    assert_eq!(seen, expected);
    assert_eq!(
        hide(&kim.conversations("mine").await[0], &["id", "callId", "openedAt", "lastMessage"]),
        expected
    );
    assert_eq!(alex.conversations("mine").await[0]["role"], "holder");

    customer.sends("CHAT", "Can you help?").await;
    office.whisper(alex, "What do I say?").await;
    office.whisper(kim, "Ask for the order").await;
    let said = ["u-77: Can you help?", "(Alex: What do I say?)", "(Kim: Ask for the order)"];
    assert_eq!((lines(&here.next(5).await), lines(&there.next(5).await)), (lines_of(&said), lines_of(&said)));
    for (verb, body) in [
        ("messages", json!({ "mediaType": "TEXT", "content": "me too" })),
        ("read", json!({})),
        ("typing", json!({})),
        ("transfer", json!({ "queue": "support" })),
        ("end", json!({})),
        ("participants", json!({ "agentId": "201", "mode": "consult" })),
    ] {
        assert_eq!(kim.act(conversation, verb, body).await.problem(), (409, "NOT_YOURS", None), "{verb}");
    }
    assert_eq!(customer.drain_texts().await, [""; 0], "of all that the customer saw nothing");
    // The whole conversation can be read, what was whispered included.
    let answer = kim.http.get(&format!("/api/v1/agent/conversations/{conversation}/messages")).await;
    let messages = answer.json["messages"].as_array().unwrap();
    let whispered = messages.iter().filter(|message| message["whisper"] == true).count();
    assert_eq!((messages[0]["content"].as_str(), whispered), (Some("Welcome,welcome"), 2));
    let listed = &alex.conversations("mine").await[0];
    assert_eq!(listed["lastMessage"]["content"], "Can you help?", "a whisper is not what was said last");
}

fn lines_of(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[tokio::test]
async fn a_whisper_is_answered_whole() {
    let office = Office::open().await;
    let Office { alex, conversation, .. } = &office;
    let answer = alex.act(conversation, "whisper", json!({ "text": "psst" })).await;
    assert_eq!(
        (answer.status.as_u16(), hide(&answer.json, &["seq", "at"])),
        (
            201,
            json!({
                "id": answer.json["id"], "seq": "[seq]", "at": "[at]",
                "author": { "kind": "agent", "id": "101", "name": "Alex" }, "mediaType": "TEXT",
                "content": "psst", "whisper": true,
            })
        )
    );
    for bad in [json!({}), json!({ "text": "" }), json!({ "text": "x".repeat(4_001) })] {
        assert_eq!(
            alex.act(conversation, "whisper", bad).await.problem(),
            (400, "FIELD_INVALID", Some("text"))
        );
    }
    let other = office.kim.act(conversation, "whisper", json!({ "text": "psst" })).await;
    assert_eq!(other.problem(), (409, "NOT_YOURS", None));
}

#[tokio::test]
async fn a_colleague_who_is_brought_in_speaks_in_their_own_name() {
    let office = Office::open().await;
    let Office { alex, kim, customer, conversation, .. } = &office;
    let ((mut here, _), (mut there, _)) = (Desk::open(alex).await, Desk::open(kim).await);
    office.invite("102", "consult").await;
    office.invite("102", "conference").await;
    assert_eq!(told(&there.next(5).await)[0]["type"], "joined");
    assert_eq!(kim.say(conversation, "Good day").await.status, 201);
    kim.acts(conversation, "typing", json!({})).await;
    kim.acts(conversation, "read", json!({})).await;
    assert_eq!(alex.say(conversation, "That is Kim").await.status, 201);
    let left = kim.undo(conversation, "participants/102").await;
    assert_eq!((left.status.as_u16(), left.text.as_str()), (204, ""));
    let kims = {
        let mut message = agent_says("u-77", "Good day");
        message["senderNickname"] = json!("Kim");
        message
    };
    assert_eq!(
        shown(&customer.drain().await),
        [
            system_says("u-77", "Kim joined the conversation."),
            kims,
            agent_says("u-77", "That is Kim"),
            system_says("u-77", "Kim left the conversation."),
        ]
    );
    let seen: Vec<Value> =
        told(&here.next(5).await).into_iter().filter(|event| event["type"] != "message").collect();
    let expected = [
        comes("joined", KIM, "consult", Some("101")),
        comes("joined", KIM, "conference", Some("101")),
        comes("left", KIM, "conference", None),
    ];
    assert_eq!(seen, expected);
    let events = there.next(5).await;
    assert_eq!(told(&events).last(), Some(&released("agent", "left")));
    alex.say(conversation, "Alone again").await;
    assert!(there.next(0).await.is_empty(), "it concerns Kim no more");
    assert_eq!(kim.say(conversation, "late").await.problem(), (409, "NOT_YOURS", None));
    assert_eq!(kim.held().await, [""; 0]);
}

#[tokio::test]
async fn who_comes_and_goes_is_an_event_for_clients_that_ask_for_it() {
    let office = Office::open().await;
    let Office { kim, customer, conversation, .. } = &office;
    customer.polled("cursor=latest&events=session&wait=0").await;
    office.invite("102", "consult").await;
    office.invite("102", "conference").await;
    kim.undo(conversation, "participants/102").await;
    let answer = customer.polled("cursor=&events=session&wait=0").await;
    let events: Vec<Value> =
        answer.json["events"].as_array().unwrap().iter().map(|event| event["data"].clone()).collect();
    assert_eq!(
        hide(&json!(events), &["conversationId"]),
        json!([
            { "state": "joined", "conversationId": "[conversationId]", "nickname": "Kim" },
            { "state": "left", "conversationId": "[conversationId]", "nickname": "Kim" },
        ])
    );
}

#[tokio::test]
async fn the_consulted_colleague_gets_the_conversation() {
    let office = Office::open().await;
    let Office { alex, kim, conversation, .. } = &office;
    office.invite("102", "consult").await;
    let ((mut here, _), (mut there, greeting)) = (Desk::open(alex).await, Desk::open(kim).await);
    assert_eq!(told(&greeting)[0], comes_in(KIM, "consult", Some("101")), "a desk opened later is told too");
    let full = alex.act(conversation, "transfer", json!({ "agentId": "102" })).await;
    assert_eq!(full.problem(), (409, "AGENT_NOT_ONLINE", None));
    kim.declare("online").await;
    alex.acts(conversation, "transfer", json!({ "agentId": "102" })).await;
    assert_eq!(told(&here.next(5).await).last(), Some(&released("agent", "transferred")));
    let events = there.next(5).await;
    assert_eq!(
        (events[0]["type"].as_str(), events[0]["conversation"]["role"].as_str()),
        (Some("assigned"), Some("holder"))
    );
    assert_eq!(events[0]["conversation"].get("participants"), None);
    assert_eq!(kim.say(conversation, "Now with me").await.status, 201);
    assert!(here.next(0).await.is_empty());
}

#[tokio::test]
async fn colleagues_go_when_the_conversation_leaves_its_agents() {
    for (how, control) in [("queue", "queue"), ("robot", "robot"), ("end", "closed")] {
        let office = Office::open().await;
        let Office { alex, kim, conversation, .. } = &office;
        office.invite("102", "conference").await;
        let (mut there, _) = Desk::open(kim).await;
        there.next(0).await;
        // Else it would come straight back.
        alex.declare("busy").await;
        match how {
            "queue" => alex.acts(conversation, "transfer", json!({ "queue": "support" })).await,
            "robot" => alex.acts(conversation, "transfer", json!({ "robot": true })).await,
            _ => alex.acts(conversation, "end", json!({})).await,
        }
        let events = there.next(5).await;
        match how {
            "end" => assert_eq!(events[0]["type"], "ended"),
            _ => assert_eq!(told(&events), [released(control, "transferred")], "{how}"),
        }
        assert!(there.next(0).await.is_empty(), "{how}");
        let late = kim.say(conversation, "still here?").await;
        assert_eq!(late.problem().0, 409, "{how}");
        assert_eq!(kim.held().await, [""; 0], "{how}");
    }
}

#[tokio::test]
async fn who_has_the_conversation_sends_a_colleague_away() {
    let office = Office::open().await;
    let Office { alex, kim, conversation, server, .. } = &office;
    let (mut there, _) = Desk::open(kim).await;
    office.invite("102", "consult").await;
    there.next(5).await;
    assert_eq!(alex.undo(conversation, "participants/102").await.status, 204);
    assert_eq!(told(&there.next(5).await), [released("agent", "removed")]);
    assert_eq!(alex.undo(conversation, "participants/102").await.status, 204, "again changes nothing");
    // Who came by themselves goes by themselves.
    server.agent("201").await.acts(conversation, "barge", json!({})).await;
    assert_eq!(alex.undo(conversation, "participants/201").await.problem(), (409, "NOT_INVITED", None));
}

#[tokio::test]
async fn an_invitation_that_cannot_be_is_refused_with_its_reason() {
    let office = Office::open().await;
    let Office { alex, kim, customer, conversation, .. } = &office;
    let invite = async |body: Value| alex.act(conversation, "participants", body).await;
    let to = |agent: &str, mode: &str| json!({ "agentId": agent, "mode": mode });
    for (body, refusal) in [
        (json!({}), (400, "FIELD_INVALID", Some("agentId"))),
        (json!({ "agentId": "102" }), (400, "FIELD_INVALID", Some("mode"))),
        (to("102", "monitor"), (400, "FIELD_INVALID", Some("mode"))),
        (to("999", "consult"), (400, "FIELD_INVALID", Some("agentId"))),
        (to("101", "consult"), (409, "TO_ONESELF", None)),
        (to("201", "consult"), (409, "AGENT_OFFLINE", None)),
    ] {
        assert_eq!(invite(body.clone()).await.problem(), refusal, "{body}");
    }
    office.invite("102", "conference").await;
    for mode in ["consult", "conference"] {
        assert_eq!(invite(to("102", mode)).await.problem(), (409, "ALREADY_TAKES_PART", None), "{mode}");
    }
    customer.sends("DISCONNECT", "").await;
    assert_eq!(invite(to("102", "consult")).await.problem(), (409, "CONVERSATION_ENDED", None));
    assert_eq!(kim.undo(conversation, "participants/102").await.problem(), (409, "CONVERSATION_ENDED", None));
}
