//! What is particular to the WebSocket.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use frontdesk_server::config::Settings;
use frontdesk_tests::kit::Customer;
use frontdesk_tests::kit::receivers::{
    Ended, Inbox, NEVER, Receiver as _, Socket, Transport, Wish, receive_until,
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::scene::{Scene, settings, texts_of};

async fn open(scene: &Scene) -> Socket {
    Socket::open(&scene.customer, &Wish::default()).await.unwrap()
}

async fn until(socket: &mut Socket, inbox: &mut Inbox, what: &str, enough: impl Fn(&Inbox) -> bool) {
    receive_until(socket, inbox, what, enough).await;
}

async fn ended(socket: &mut Socket) -> Ended {
    let mut inbox = Inbox::default();
    let end = async {
        loop {
            if let Err(ended) = socket.step(&mut inbox).await {
                return ended;
            }
        }
    };
    tokio::time::timeout(NEVER, end).await.expect("it ends")
}

fn query_of(customer: &Customer) -> String {
    let http = &customer.http;
    let access = http.header("authorization").unwrap().trim_start_matches("Bearer ");
    let (key, token) = (http.header("x-app-key").unwrap(), http.header("ccmessaging-token").unwrap());
    format!("?appKey={key}&accessToken={access}&ccmessagingToken={token}")
}

#[tokio::test]
async fn credentials_in_headers_in_the_query_or_as_a_subprotocol() {
    let scene = Scene::start().await;
    scene.say("hello").await;
    let url = scene.customer.http.url();
    let by_query = Socket::request(url, &query_of(&scene.customer));
    let http = &scene.customer.http;
    let sealed = json!({
        "appKey": http.header("x-app-key").unwrap(),
        "accessToken": http.header("authorization").unwrap().trim_start_matches("Bearer "),
        "ccmessagingToken": http.header("ccmessaging-token").unwrap(),
    });
    let sealed = URL_SAFE_NO_PAD.encode(sealed.to_string());
    let mut by_protocol = Socket::request(url, "");
    let offered = format!("frontdesk, {sealed}").parse().unwrap();
    by_protocol.headers_mut().insert("sec-websocket-protocol", offered);
    for (request, selected) in [(by_query, None), (by_protocol, Some("frontdesk"))] {
        let mut socket = Socket::connect(request).await.unwrap();
        let protocol = socket.response.headers().get("sec-websocket-protocol");
        assert_eq!(protocol.map(|name| name.to_str().unwrap()), selected);
        socket.resume(&Wish::default()).await.unwrap();
        let mut inbox = Inbox::default();
        until(&mut socket, &mut inbox, "hello", |inbox| inbox.texts() == ["hello"]).await;
    }
    // The stream takes them from the query as well, the poll does not.
    let anybody = scene.server.anybody();
    let poll = anybody.get(&format!("/apiaccess/ccmessaging/poll{}&wait=0", query_of(&scene.customer))).await;
    assert_eq!(poll.status, 401);
    let path = format!("/apiaccess/ccmessaging/stream{}", query_of(&scene.customer));
    let stream = anybody.request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(stream.status(), 200);
}

#[tokio::test]
async fn without_credentials_nothing_is_opened() {
    let scene = Scene::start().await;
    let url = scene.customer.http.url();
    let query = query_of(&scene.customer);
    let spoilt = query.replace("appKey=demo", "appKey=nobody");
    for query in ["", "?appKey=demo-app", &query[..query.len() - 10], &spoilt] {
        match Socket::connect(Socket::request(url, query)).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 401, "{query}"),
            other => panic!("{other:?}"),
        }
    }
    // And a plain GET with credentials is told what this address speaks.
    let answer = scene.customer.http.get("/apiaccess/ccmessaging/ws").await;
    assert_eq!((answer.status.as_u16(), &answer.json["errorCode"]), (400, &json!("BODY_INVALID")));
}

#[tokio::test]
async fn a_bad_frame_is_answered_and_the_connection_goes_on() {
    let scene = Scene::start().await;
    let mut socket = open(&scene).await;
    let mut inbox = Inbox::default();
    let bad = [
        (json!("text"), "BODY_INVALID"),
        (json!({ "type": "dance" }), "BODY_INVALID"),
        (json!({ "type": "ack" }), "BODY_INVALID"),
        (json!({ "type": "ack", "cursor": "nonsense" }), "CURSOR_INVALID"),
        (json!({ "type": "resume", "cursor": "nonsense" }), "CURSOR_INVALID"),
        (json!({ "type": "resume", "cursor": "", "events": ["nonsense"] }), "FIELD_INVALID"),
        (json!({ "type": "resume", "cursor": "", "deviceId": "d".repeat(65) }), "FIELD_INVALID"),
        (json!({ "type": "send", "body": { "controlType": "CHAT" } }), "FIELD_INVALID"),
    ];
    for (index, (frame, code)) in bad.iter().enumerate() {
        socket.say(frame.clone()).await.unwrap();
        until(&mut socket, &mut inbox, "an error", |inbox| inbox.errors.len() == index + 1).await;
        assert_eq!(inbox.errors[index]["code"], *code, "{frame}: {:?}", inbox.errors[index]);
        assert!(!inbox.errors[index]["text"].as_str().unwrap().is_empty());
    }
    socket.send(Message::Text("{ broken".into())).await.unwrap();
    until(&mut socket, &mut inbox, "an error", |inbox| inbox.errors.len() == bad.len() + 1).await;
    scene.say("it goes on").await;
    until(&mut socket, &mut inbox, "a message", |inbox| inbox.texts() == ["it goes on"]).await;
}

#[tokio::test]
async fn binary_and_oversized_frames_end_it() {
    let scene = Scene::start().await;
    let mut socket = open(&scene).await;
    socket.send(Message::Binary(vec![1, 2, 3].into())).await.unwrap();
    assert_eq!(ended(&mut socket).await.why.as_deref(), Some("1003 text frames only"));
    let mut socket = open(&scene).await;
    // The client may see the end while it is still writing.
    drop(socket.send(Message::Text("x".repeat((64 << 10) + 1).into())).await);
    ended(&mut socket).await;
    // One that only begins, and says how long it will be: nobody waits for the rest.
    let mut socket = open(&scene).await;
    let mut head = vec![0x81, 0xff];
    head.extend_from_slice(&(10_u64 << 20).to_be_bytes());
    head.extend_from_slice(&[0; 1_000]);
    socket.write_raw(&head).await.unwrap();
    ended(&mut socket).await;
    // In pieces, each of which is small enough.
    let mut socket = open(&scene).await;
    for piece in 0..3 {
        let mut frame = vec![u8::from(piece == 0), 0xfe];
        frame.extend_from_slice(&40_000_u16.to_be_bytes());
        frame.extend_from_slice(&[0; 4]);
        frame.resize(frame.len() + 40_000, b'x');
        drop(socket.write_raw(&frame).await);
    }
    ended(&mut socket).await;
    scene.say("others go on").await;
    let mut socket = open(&scene).await;
    let hello = |inbox: &Inbox| inbox.texts() == ["others go on"];
    until(&mut socket, &mut Inbox::default(), "a message", hello).await;
}

#[tokio::test]
async fn what_is_sent_gets_its_answer() {
    let scene = Scene::start().await;
    let mut socket = open(&scene).await;
    let mut inbox = Inbox::default();
    let mut send = json!({ "type": "send", "ref": { "n": 7 }, "body": scene.customer.message("CHAT", "hi") });
    send["body"]["messageId"] = "m-1".into();
    for count in 1..=2 {
        socket.say(send.clone()).await.unwrap();
        until(&mut socket, &mut inbox, "an answer", |inbox| inbox.answers.len() == count).await;
    }
    let same = scene.customer.send("CHAT", "as before").await;
    for answer in &inbox.answers {
        assert_eq!(answer["ref"], json!({ "n": 7 }));
        assert_eq!(answer["answer"], same.json);
    }
    // The same id again is the same message.
    let path = format!("/api/v1/agent/conversations/{}/messages", scene.conversation);
    let list = scene.agent.http.get(&path).await;
    let said: Vec<&Value> = list.json["messages"].as_array().unwrap().iter().collect();
    let hi = said.iter().filter(|message| message["content"] == "hi").count();
    assert_eq!(hi, 1, "{}", list.text);
    // One that is refused is answered by an error, as over HTTP.
    let mut other = send.clone();
    other["body"]["content"] = "something else".into();
    socket.say(other).await.unwrap();
    until(&mut socket, &mut inbox, "an error", |inbox| !inbox.errors.is_empty()).await;
    assert_eq!(inbox.errors[0]["code"], "IDEMPOTENCY_MISMATCH");
}

#[tokio::test]
async fn an_acknowledgement_moves_the_position_and_not_what_is_read() {
    let scene = Scene::start().await;
    scene.say_all(&["one", "two", "three"]).await;
    let mut socket = open(&scene).await;
    let mut inbox = Inbox::default();
    until(&mut socket, &mut inbox, "one", |inbox| !inbox.messages.is_empty()).await;
    let behind_one = socket.cursor().unwrap().to_owned();
    until(&mut socket, &mut inbox, "all", |inbox| inbox.messages.len() == 3).await;
    socket.say(json!({ "type": "ack", "cursor": behind_one })).await.unwrap();
    // An answer to something else says that the acknowledgement was taken.
    socket.say(json!("?")).await.unwrap();
    until(&mut socket, &mut inbox, "an error", |inbox| !inbox.errors.is_empty()).await;
    assert_eq!(texts_of(&scene.customer.polled("cursor=&wait=0").await), ["two", "three"]);
    scene.say("four").await;
    until(&mut socket, &mut inbox, "four", |inbox| inbox.messages.len() == 4).await;
    inbox.assert_in_order();
}

/// A second resume on the same connection starts anew from there.
#[tokio::test]
async fn resuming_again_reads_again() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    scene.say("one").await;
    let mut socket = open(&scene).await;
    let mut inbox = Inbox::default();
    until(&mut socket, &mut inbox, "one", |inbox| inbox.messages.len() == 1).await;
    socket.resume(&Wish::default().at(&start)).await.unwrap();
    until(&mut socket, &mut inbox, "one again", |inbox| inbox.messages.len() == 2).await;
    assert_eq!(inbox.messages[1]["redelivered"], true);
}

#[tokio::test]
async fn signs_of_life_carry_the_number_of_the_last_entry() {
    let scene = Scene::with(Settings { stream_heartbeat_ms: 50, ..settings() }).await;
    scene.say("hello").await;
    let head = scene.server.parts.store.heads(scene.log()).await.unwrap();
    let head = json!(head.of(frontdesk_core::entry::Audience::ALL).0);
    for transport in Transport::STREAMS {
        let mut receiver = transport.open(&scene.customer, &Wish::default()).await;
        let mut inbox = Inbox::default();
        receive_until(&mut *receiver, &mut inbox, "heads", |inbox| inbox.heads.len() >= 3).await;
        assert_eq!(*inbox.heads.last().unwrap(), head, "{transport:?}");
    }
    // Before it has resumed, a WebSocket is alive all the same.
    let mut request = Socket::request(scene.customer.http.url(), "");
    for (name, value) in scene.customer.http.headers() {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let mut socket = Socket::connect(request).await.unwrap();
    let mut inbox = Inbox::default();
    until(&mut socket, &mut inbox, "a head", |inbox| !inbox.heads.is_empty()).await;
    assert_eq!(inbox.heads[0], Value::Null);
}
