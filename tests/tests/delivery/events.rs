//! What is particular to Server-sent events, and messages that are taken back.

use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::port::HistoryQuery;
use frontdesk_server::config::Settings;
use frontdesk_tests::kit::receivers::{
    EventStream, Inbox, Receiver as _, Transport, Wish, receive, receive_until,
};

use super::scene::{Scene, cursor_of, settings, texts_of};

#[tokio::test]
async fn a_stream_says_something_at_once_and_tells_proxies_not_to_wait() {
    let scene = Scene::start().await;
    let mut stream = EventStream::open(&scene.customer, &Wish::default()).await.unwrap();
    let headers = stream.response.headers();
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-accel-buffering"], "no");
    // Before anything has happened.
    stream.step(&mut Inbox::default()).await.unwrap();
    assert_eq!(stream.comments.len(), 1);
}

#[tokio::test]
async fn the_last_event_id_resumes_and_acknowledges() {
    let scene = Scene::start().await;
    scene.say_all(&["one", "two", "three"]).await;
    let mut stream = EventStream::open(&scene.customer, &Wish::default()).await.unwrap();
    let mut inbox = Inbox::default();
    receive_until(&mut stream, &mut inbox, "two", |inbox| inbox.messages.len() == 2).await;
    let behind_two = stream.cursor().unwrap().to_owned();
    // What was sent is not acknowledged yet.
    assert_eq!(texts_of(&scene.customer.polled("cursor=&wait=0").await), ["one", "two", "three"]);
    let mut resumed = EventStream::open(&scene.customer, &Wish::default().at(&behind_two)).await.unwrap();
    assert_eq!(receive(&mut resumed, 1).await.texts(), ["three"]);
    assert_eq!(texts_of(&scene.customer.polled("cursor=&wait=0").await), ["three"]);
    // The id is a cursor as every other.
    let next = scene.customer.polled(&format!("cursor={}&wait=0", resumed.cursor().unwrap())).await;
    assert_eq!(texts_of(&next), [""; 0]);
    assert_eq!(cursor_of(&next), resumed.cursor().unwrap());
}

#[tokio::test]
async fn the_query_has_a_cursor_for_those_who_cannot_send_headers() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    scene.say("one").await;
    let path = format!("/apiaccess/ccmessaging/stream?cursor={start}");
    let mut response = scene.customer.http.request(reqwest::Method::GET, &path).send().await.unwrap();
    let mut text = String::new();
    while !text.contains("event: message") {
        text.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(text.contains("\"one\"") && text.starts_with(':'), "{text}");
    assert!(!text.contains("Welcome"), "{text}");
}

/// The content of everything that is kept of the conversation.
async fn kept(scene: &Scene) -> Vec<String> {
    let all = HistoryQuery { from: None, to: None, offset: 0, limit: 1_000, messages_only: true };
    let entries = scene.server.parts.store.history(scene.log(), all).await.unwrap();
    let said = |entry: Entry| match entry.body {
        EntryBody::Said(message) => Some(message.content),
        _ => None,
    };
    entries.into_iter().filter_map(said).collect()
}

#[tokio::test]
async fn a_message_taken_back_before_it_was_delivered_is_not_delivered() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    let code = scene.say("oh no").await;
    scene.agent_does(&format!("messages/{code}/recall")).await;
    scene.say("better so").await;
    for transport in Transport::ALL {
        let wish = Wish::of_device(&format!("{transport:?}")).at(&start).with_events("session");
        let mut receiver = transport.open(&scene.customer, &wish).await;
        let mut inbox = Inbox::default();
        receive_until(&mut *receiver, &mut inbox, "it", |inbox| !inbox.messages.is_empty()).await;
        assert_eq!(inbox.texts(), ["better so"], "{transport:?}");
    }
    assert!(!kept(&scene).await.contains(&"oh no".to_owned()));
}

#[tokio::test]
async fn a_message_taken_back_after_it_was_delivered_is_told_and_gone_from_history() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    let code = scene.say("oh no").await;
    let mut open = Vec::new();
    for transport in Transport::WITH_CURSOR {
        let wish = Wish::of_device(&format!("{transport:?}")).at(&start).with_events("session");
        let mut receiver = transport.open(&scene.customer, &wish).await;
        let mut inbox = Inbox::default();
        receive_until(&mut *receiver, &mut inbox, "it", |inbox| !inbox.messages.is_empty()).await;
        assert_eq!(inbox.codes(), [&code]);
        open.push((transport, receiver, inbox));
    }
    scene.agent_does(&format!("messages/{code}/recall")).await;
    for (transport, receiver, inbox) in &mut open {
        receive_until(&mut **receiver, inbox, "the recall", |inbox| !inbox.events.is_empty()).await;
        let event = &inbox.events[0]["data"];
        assert_eq!(
            (&event["state"], &event["messageCode"]),
            (&"recalled".into(), &code.clone().into()),
            "{transport:?}"
        );
        assert_eq!(inbox.texts(), ["oh no"]);
    }
    assert!(!kept(&scene).await.contains(&"oh no".to_owned()));
    let body = serde_json::json!({ "channel": "WEB", "senderId": scene.customer.user });
    let history = scene.customer.http.post("/apiaccess/ccmessaging/queryHistoryChatMessage", body).await;
    assert!(!history.text.contains("oh no"), "{}", history.text);
}

/// More messages than one page has, all taken back: polls and streams do not stop there.
#[tokio::test]
async fn a_page_of_messages_taken_back_stops_nobody() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    let mut codes = Vec::new();
    for number in 0..3 {
        codes.push(scene.say(&number.to_string()).await);
    }
    for code in &codes {
        scene.agent_does(&format!("messages/{code}/recall")).await;
    }
    scene.say("at last").await;
    // With a limit of one, each of them is a page of its own.
    let classic = scene.customer.polled("limit=1&wait=20").await;
    assert_eq!(texts_of(&classic), ["at last"]);
    let acknowledged = scene.customer.polled(&format!("cursor={start}&limit=1&wait=20&deviceId=a")).await;
    assert_eq!(texts_of(&acknowledged), ["at last"]);
    let nothing = scene.customer.polled(&format!("cursor={}&wait=0", cursor_of(&acknowledged))).await;
    assert_eq!(texts_of(&nothing), [""; 0]);
}

#[tokio::test]
async fn a_stream_reads_on_behind_a_page_of_messages_taken_back() {
    // No heartbeat makes it look again.
    let scene = Scene::with(Settings { stream_heartbeat_ms: 600_000, ..settings() }).await;
    let start = scene.head().await;
    let mut codes = Vec::new();
    for number in 0..110 {
        codes.push(scene.say(&number.to_string()).await);
    }
    for code in &codes {
        scene.agent_does(&format!("messages/{code}/recall")).await;
    }
    scene.say("at last").await;
    for transport in Transport::WITH_CURSOR {
        let wish = Wish::of_device(&format!("{transport:?}")).at(&start);
        let mut receiver = transport.open(&scene.customer, &wish).await;
        assert_eq!(receive(&mut *receiver, 1).await.texts(), ["at last"], "{transport:?}");
    }
}
