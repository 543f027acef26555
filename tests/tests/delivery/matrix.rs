//! The same scenarios over every way of receiving, at the same time, with the same result.

use std::time::Duration;

use frontdesk_tests::kit::receivers::{
    Inbox, NEVER, Pushes, Receiver, Transport, Wish, as_pushed, documented, receive, receive_until,
};
use frontdesk_tests::kit::{Customer, Server};
use serde_json::{Value, json};

use super::scene::{Scene, settings};

/// A transport that the client opens; `None` is push.
type Way = Option<Transport>;

struct Listening {
    way: Way,
    receiver: Box<dyn Receiver>,
    inbox: Inbox,
}

impl Listening {
    fn has_cursor(&self) -> bool {
        self.way.is_some_and(|transport| Transport::WITH_CURSOR.contains(&transport))
    }
}

/// A client of each kind, each on a device of its own, and a web hook; the classic poll has the unnamed device.
struct Everybody(Vec<Listening>);

impl Everybody {
    async fn listen(server: &Server, customer: &Customer, wish: &Wish) -> Self {
        let push = Pushes::begin(server, customer).await;
        let mut everybody = vec![Listening { way: None, receiver: Box::new(push), inbox: Inbox::default() }];
        for transport in Transport::ALL {
            let wish = Wish { device: Some(format!("{transport:?}")), ..wish.clone() };
            let receiver = transport.open(customer, &wish).await;
            everybody.push(Listening { way: Some(transport), receiver, inbox: Inbox::default() });
        }
        Self(everybody)
    }

    async fn all_have(&mut self, what: &str, enough: impl Fn(&Inbox) -> bool + Copy) {
        for one in &mut self.0 {
            let what = format!("{what} over {:?}", one.way);
            receive_until(&mut *one.receiver, &mut one.inbox, &what, enough).await;
        }
    }

    async fn all_have_messages(&mut self, count: usize) {
        self.all_have("messages", |inbox| inbox.messages.len() >= count).await;
    }

    async fn with_cursor_have(&mut self, what: &str, enough: impl Fn(&Inbox) -> bool + Copy) {
        for one in self.0.iter_mut().filter(|one| one.has_cursor()) {
            let what = format!("{what} over {:?}", one.way);
            receive_until(&mut *one.receiver, &mut one.inbox, &what, enough).await;
        }
    }

    /// Everybody has the same messages, in order and each once; returns them.
    fn agree(&self) -> Vec<Value> {
        let polled = self.of(Some(Transport::Classic)).inbox.documented();
        for one in &self.0 {
            one.inbox.assert_in_order();
            let expected = match one.way {
                Some(_) => polled.clone(),
                None => polled.iter().map(as_pushed).collect(),
            };
            assert_eq!(one.inbox.documented(), expected, "{:?}", one.way);
            assert!(one.inbox.gaps.is_empty(), "{:?}: {:?}", one.way, one.inbox.gaps);
        }
        polled
    }

    fn of(&self, way: Way) -> &Listening {
        self.0.iter().find(|one| one.way == way).unwrap()
    }
}

/// Who, what, and with which words.
fn shape(messages: &[Value]) -> Vec<(&str, &str, &str)> {
    fn text<'a>(message: &'a Value, name: &str) -> &'a str {
        message[name].as_str().unwrap_or("null")
    }
    let shape =
        |message| (text(message, "sourceType"), text(message, "controlType"), text(message, "content"));
    messages.iter().map(shape).collect()
}

/// Events without their numbers and times; typing apart, which is told just then and therefore not in order.
fn kept_events(inbox: &Inbox) -> Vec<Value> {
    let kept = inbox.events.iter().filter(|event| event["type"] != "typing");
    kept.map(|event| json!([event["type"], event["data"]["state"], event["data"]["content"]])).collect()
}

fn last_state(inbox: &Inbox, state: &str) -> bool {
    inbox.events.iter().any(|event| event["data"]["state"] == state)
}

#[tokio::test]
async fn a_whole_story() {
    let server = Server::start_set(settings()).await;
    let agent = server.agent("101").await;
    agent.declare("away").await;
    let customer = server.customer("ann").await;
    let wish = Wish { need_read: true, ..Wish::default() }.with_events("typing,queue,session,self");
    let mut everybody = Everybody::listen(&server, &customer, &wish).await;

    customer.send("CONNECT", "").await;
    everybody.all_have_messages(1).await;
    customer.send("CHAT", "What are your opening hours?").await;
    everybody.all_have_messages(2).await;
    assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "0");
    everybody.with_cursor_have("the wait", |inbox| last_state(inbox, "queued")).await;

    agent.declare("online").await;
    everybody.with_cursor_have("the agent", |inbox| last_state(inbox, "assigned")).await;
    let conversation = agent.held().await.remove(0);
    agent.say(&conversation, "Hello, this is Alex").await;
    customer.send("CHAT", "Good morning").await;
    let everything = |inbox: &Inbox| inbox.texts().contains(&"Hello, this is Alex");
    everybody.all_have("the greeting", everything).await;

    let path = format!("/api/v1/agent/conversations/{conversation}");
    assert!(agent.http.post(&format!("{path}/typing"), json!({})).await.status.is_success());
    let typing = |inbox: &Inbox| inbox.events.iter().any(|event| event["type"] == "typing");
    everybody.with_cursor_have("typing", typing).await;
    assert!(agent.http.post(&format!("{path}/read"), json!({})).await.status.is_success());
    let read = |inbox: &Inbox| inbox.messages.iter().any(|message| message["controlType"] == "READ");
    everybody.all_have("the notice of reading", read).await;
    assert!(agent.http.post(&format!("{path}/end"), json!({})).await.status.is_success());
    let over = |inbox: &Inbox| inbox.messages.iter().any(|message| message["controlType"] == "DISCONNECT");
    everybody.all_have("the end", over).await;
    everybody.with_cursor_have("the survey", |inbox| last_state(inbox, "survey")).await;

    let messages = everybody.agree();
    let shape = shape(&messages);
    assert_eq!(shape[0], ("ROBOT", "CHAT", "Welcome,welcome"));
    assert_eq!(shape[1].0, "ROBOT", "{shape:?}");
    let from_agent: Vec<_> = shape.iter().filter(|(source, ..)| *source == "AGENT").collect();
    assert_eq!(from_agent.len(), 3, "{shape:?}");
    assert_eq!(*from_agent[0], ("AGENT", "CHAT", "Hello, this is Alex"));
    assert_eq!((from_agent[1].1, from_agent[2].1), ("READ", "DISCONNECT"), "{shape:?}");

    let expected = json!([
        ["session", "connected", null],
        ["self", null, "What are your opening hours?"],
        ["session", "queued", null],
        ["queue", null, null],
        ["queue", "waiting", null],
        ["session", "assigned", null],
        ["self", null, "Good morning"],
        ["session", "ended", null],
        ["session", "survey", null],
    ]);
    for transport in Transport::WITH_CURSOR {
        assert_eq!(json!(kept_events(&everybody.of(Some(transport)).inbox)), expected, "{transport:?}");
    }
    for way in [Some(Transport::Classic), None] {
        assert!(everybody.of(way).inbox.events.is_empty(), "{way:?}");
    }
}

#[tokio::test]
async fn three_hundred_messages_at_once() {
    let scene = Scene::start().await;
    let cursor = scene.head().await;
    let mut everybody = Everybody::listen(&scene.server, &scene.customer, &Wish::default().at(&cursor)).await;
    let texts: Vec<String> = (0..300).map(|number| format!("message {number}")).collect();
    for batch in texts.chunks(10) {
        let saying = batch.iter().map(|text| scene.say(text));
        futures_util::future::join_all(saying).await;
    }
    everybody.all_have_messages(300).await;
    let mut received: Vec<String> =
        everybody.agree().iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect();
    received.sort();
    let mut texts = texts;
    texts.sort();
    assert_eq!(received, texts);
}

#[tokio::test]
async fn messages_of_the_largest_size_and_of_every_script() {
    let scene = Scene::start().await;
    scene.server.change_channel(|channel| channel.text_chars = 4_000).await;
    let cursor = scene.head().await;
    let mut everybody = Everybody::listen(&scene.server, &scene.customer, &Wish::default().at(&cursor)).await;
    let texts: Vec<String> =
        ["a", "顾", "👍", "\\", "\"", "\u{2028}"].iter().map(|letter| letter.repeat(4_000)).collect();
    for text in &texts {
        scene.say(text).await;
    }
    scene.say("line one\nline two\r\n\ndata: three").await;
    everybody.all_have_messages(texts.len() + 1).await;
    let messages = everybody.agree();
    for (message, text) in messages.iter().zip(&texts) {
        assert!(message["content"] == **text, "changed on the way");
    }
    assert_eq!(messages[texts.len()]["content"], "line one\nline two\r\n\ndata: three");
}

#[tokio::test]
async fn reading_is_told_as_a_message_or_as_an_event() {
    let scene = Scene::start().await;
    let customer = &scene.customer;
    let mut body = customer.message("CHAT", "Are you there?");
    body["messageId"] = "m-1".into();
    assert_eq!(customer.http.post("/apiaccess/ccmessaging/send", body).await.code(), "0");
    let cursor = scene.head().await;
    let as_message = Wish { need_read: true, ..Wish::of_device("x") }.at(&cursor);
    let as_event = Wish::of_device("y").with_events("read").at(&cursor);
    let push: Box<dyn Receiver> = Box::new(Pushes::begin(&scene.server, customer).await);
    scene.agent_does("read").await;
    let mut everybody = vec![(None, push)];
    for transport in Transport::ALL {
        everybody.push((Some(transport), transport.open(customer, &as_message).await));
    }
    for (way, mut receiver) in everybody {
        let mut inbox = Inbox::default();
        receive_until(&mut *receiver, &mut inbox, "READ", |inbox| !inbox.messages.is_empty()).await;
        let read = &inbox.messages[0];
        assert_eq!((&read["controlType"], &read["sourceType"]), (&json!("READ"), &json!("AGENT")));
        assert_eq!(read["content"], "m-1", "{way:?}");
    }
    for transport in Transport::WITH_CURSOR {
        let mut inbox = Inbox::default();
        let mut receiver = transport.open(customer, &as_event).await;
        receive_until(&mut *receiver, &mut inbox, "read", |inbox| !inbox.events.is_empty()).await;
        assert_eq!(inbox.events[0]["data"]["messageIds"], json!(["m-1"]), "{transport:?}");
        assert!(inbox.messages.is_empty());
    }
}

/// Customers write back what they have read, and the agent's desk is told.
#[tokio::test]
async fn the_customers_typing_and_reading_reach_the_desk() {
    let scene = Scene::start().await;
    let desk = |cursor: String| {
        let http = scene.agent.http.clone();
        async move { http.get(&format!("/api/v1/agent/feed?wait=20&cursor={cursor}")).await }
    };
    let first = scene.agent.http.get("/api/v1/agent/feed?wait=0").await;
    let code = scene.say("Please read this").await;
    assert_eq!(scene.customer.send("READ", &code).await.code(), "0");
    let mut cursor = first.json["cursor"].as_str().unwrap().to_owned();
    let read = async {
        loop {
            let answer = desk(cursor.clone()).await;
            answer.json["cursor"].as_str().unwrap().clone_into(&mut cursor);
            let events = answer.json["events"].as_array().unwrap().clone();
            if let Some(event) = events.into_iter().find(|event| event["type"] == "read") {
                return event;
            }
        }
    };
    let event = tokio::time::timeout(NEVER, read).await.expect("the notice of reading");
    assert_eq!(event["messageIds"], json!([code]));
}

/// What one transport delivered is what another has as well, down to the last field.
#[tokio::test]
async fn an_entry_looks_the_same_everywhere() {
    let scene = Scene::start().await;
    let cursor = scene.head().await;
    let mut push = Pushes::begin(&scene.server, &scene.customer).await;
    scene.say("the same").await;
    let wish = Wish::default().at(&cursor);
    let mut seen = Vec::new();
    for transport in Transport::WITH_CURSOR {
        let wish = Wish { device: Some(format!("{transport:?}")), ..wish.clone() };
        let mut inbox = Inbox::default();
        let mut receiver = transport.open(&scene.customer, &wish).await;
        receive_until(&mut *receiver, &mut inbox, "it", |inbox| !inbox.messages.is_empty()).await;
        seen.push((inbox.messages.remove(0), receiver.cursor().unwrap().to_owned()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[1], seen[2]);
    let (message, _) = &seen[0];
    assert_eq!(message["messageId"], message["messageCode"]);
    assert_eq!(message["redelivered"], false);
    assert_eq!(message["conversationId"], scene.conversation);
    let added: Vec<_> = message.as_object().unwrap().keys().collect();
    let documented = documented(message);
    assert_eq!(added.len(), documented.as_object().unwrap().len() + 4);
    let pushed = receive(&mut push, 1).await;
    assert_eq!(pushed.messages, [as_pushed(message)]);
    tokio::time::timeout(Duration::from_secs(20), scene.customer.drain()).await.expect("in time");
}
