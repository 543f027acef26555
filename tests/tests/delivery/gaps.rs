//! Delivery retention is a floor: what lies below it leaves a gap, and nothing is deleted.

use std::time::Duration;

use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::port::HistoryQuery;
use frontdesk_tests::kit::receivers::{Inbox, Transport, Wish, receive_until};
use frontdesk_tests::kit::{Customer, POLL};
use serde_json::json;

use super::scene::{Scene, cursor_of, texts_of};

const EIGHT_DAYS: Duration = Duration::from_hours(8 * 24);

/// Eight days later; the tokens have ended meanwhile.
async fn sleep(scene: &Scene) -> Customer {
    scene.server.clock.advance(EIGHT_DAYS);
    scene.server.customer(&scene.customer.user).await
}

#[tokio::test]
async fn a_client_that_slept_for_too_long_is_told() {
    let scene = Scene::start().await;
    let cursor = scene.head().await;
    scene.say_all(&["old one", "old two"]).await;
    scene.customer.polled(&format!("cursor={cursor}")).await;
    let customer = sleep(&scene).await;
    scene.write(std::iter::once("new".to_owned())).await;

    let answer = customer.polled(&format!("cursor={cursor}")).await;
    assert_eq!(answer.json["gap"]["reason"], "EXPIRED", "{}", answer.text);
    let oldest = answer.json["gap"]["oldestCursor"].as_str().unwrap();
    let rest: Vec<_> = texts_of(&answer).into_iter().filter(|text| text.starts_with("old")).collect();
    assert!(rest.is_empty(), "{rest:?}");
    let from_oldest = customer.polled(&format!("cursor={oldest}&deviceId=other")).await;
    assert!(from_oldest.json.get("gap").is_none());
    assert!(texts_of(&from_oldest).starts_with(&texts_of(&answer)));
    // The next cursor is behind the gap: it is told once.
    let next = customer.polled(&format!("cursor={}&wait=0", cursor_of(&answer))).await;
    assert!(next.json.get("gap").is_none());
    // Streams say it as well.
    for transport in Transport::STREAMS {
        let mut inbox = Inbox::default();
        let wish = Wish::of_device("stream").at(&cursor);
        let mut receiver = transport.open(&customer, &wish).await;
        receive_until(&mut *receiver, &mut inbox, "the gap", |inbox| !inbox.gaps.is_empty()).await;
        assert_eq!(inbox.gaps, [json!({ "reason": "EXPIRED", "oldestCursor": oldest })], "{transport:?}");
        assert_eq!(inbox.texts(), [""; 0], "the gap comes first");
    }
    // Nothing was deleted.
    let all = HistoryQuery { from: None, to: None, offset: 0, limit: 100, messages_only: true };
    let kept = scene.server.parts.store.history(scene.log(), all).await.unwrap();
    let said =
        |entry: &Entry| matches!(&entry.body, EntryBody::Said(message) if message.content == "old one");
    assert!(kept.iter().any(said), "retention of delivery deletes nothing");
}

/// A device that was never there has missed nothing: no gap, and delivery from the floor on, also when it comes again.
#[tokio::test]
async fn a_new_device_has_no_gap() {
    let scene = Scene::start().await;
    scene.say("old").await;
    let customer = sleep(&scene).await;
    scene.write(std::iter::once("new".to_owned())).await;
    for cursor in ["", "", "earliest"] {
        let answer = customer.polled(&format!("cursor={cursor}&deviceId=new")).await;
        assert!(answer.json.get("gap").is_none(), "{}", answer.text);
        assert!(!texts_of(&answer).contains(&"old"));
        // The conversation may have ended by itself since.
        assert!(texts_of(&answer).contains(&"new"), "{}", answer.text);
    }
}

/// Nothing for the customer was passed, only what the customer said: no gap, and what is new comes.
#[tokio::test]
async fn a_client_that_slept_through_silence_missed_nothing() {
    let scene = Scene::start().await;
    let cursor = scene.head().await;
    scene.customer.send("CHAT", "mine").await;
    let customer = sleep(&scene).await;
    scene.write(std::iter::once("new".to_owned())).await;
    let answer = customer.polled(&format!("cursor={cursor}")).await;
    assert!(answer.json.get("gap").is_none(), "{}", answer.text);
    assert!(texts_of(&answer).contains(&"new"));
    // Whoever asked for the customer's own messages has missed one.
    let own = customer.polled(&format!("cursor={cursor}&events=self&deviceId=own")).await;
    assert_eq!(own.json["gap"]["reason"], "EXPIRED", "{}", own.text);
}

#[tokio::test]
async fn of_a_very_long_log_the_newest_ten_thousand_are_delivered() {
    let scene = Scene::start().await;
    let cursor = scene.head().await;
    let classic = scene.customer.clone();
    scene.write((0..10_050).map(|number| number.to_string())).await;
    let mut query = format!("cursor={cursor}");
    let mut received: Vec<String> = Vec::new();
    let mut gaps = Vec::new();
    loop {
        let answer = scene.customer.polled(&format!("{query}&wait=0&deviceId=a")).await;
        gaps.extend(answer.json.get("gap").map(|gap| gap["reason"].clone()));
        if texts_of(&answer).is_empty() {
            break;
        }
        received.extend(texts_of(&answer).into_iter().map(str::to_owned));
        query = format!("cursor={}", cursor_of(&answer));
    }
    assert_eq!(gaps, ["OVERFLOW"]);
    let expected: Vec<String> = (50..10_050).map(|number| number.to_string()).collect();
    assert_eq!(received.len(), expected.len());
    assert_eq!(received, expected);
    // The classic poll starts at the floor as well, without a word.
    let first = classic.http.get(&format!("{POLL}?wait=0&limit=1")).await;
    assert_eq!(texts_of(&first), ["50"]);
}

/// The floor overtakes a client that sleeps in the middle of what it was reading.
#[tokio::test]
async fn the_floor_overtakes_a_client_in_the_middle() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    scene.write((0..200).map(|number| number.to_string())).await;
    let first = scene.customer.polled(&format!("cursor={start}&limit=100")).await;
    assert_eq!(first.json["hasMore"], true);
    scene.write((200..10_150).map(|number| number.to_string())).await;
    let next = scene.customer.polled(&format!("cursor={}&limit=2", cursor_of(&first))).await;
    assert_eq!(next.json["gap"]["reason"], "OVERFLOW");
    assert_eq!(texts_of(&next), ["150", "151"]);
    let after = scene.customer.polled(&format!("cursor={}&limit=1", cursor_of(&next))).await;
    assert!(after.json.get("gap").is_none());
    assert_eq!(texts_of(&after), ["152"]);
}
