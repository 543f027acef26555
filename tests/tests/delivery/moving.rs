//! The transport changes in mid-conversation: nothing is lost and nothing repeated.

use frontdesk_tests::kit::Reply;
use frontdesk_tests::kit::receivers::{Inbox, Pushes, Receiver as _, Transport, Wish, receive_until};
use serde_json::json;

use super::scene::Scene;

#[tokio::test]
async fn from_any_transport_to_any_other_with_the_same_cursor() {
    let scene = Scene::start().await;
    let mut wish = Wish::of_device("phone").at(&scene.head().await);
    let mut inbox = Inbox::default();
    let mut said = Vec::new();
    for from in Transport::WITH_CURSOR {
        for to in Transport::WITH_CURSOR {
            for transport in [from, to] {
                // What comes while the client is away, and what comes while it listens.
                said.push(format!("{from:?} to {to:?}, away from {transport:?}"));
                scene.say(&said[said.len() - 1]).await;
                let mut receiver = transport.open(&scene.customer, &wish).await;
                let so_far = said.len();
                let away = |inbox: &Inbox| inbox.messages.len() >= so_far;
                receive_until(&mut *receiver, &mut inbox, "what came meanwhile", away).await;
                said.push(format!("{from:?} to {to:?}, listening over {transport:?}"));
                scene.say(&said[said.len() - 1]).await;
                let live = |inbox: &Inbox| inbox.messages.len() > so_far;
                receive_until(&mut *receiver, &mut inbox, "what comes live", live).await;
                wish = wish.at(receiver.cursor().unwrap());
            }
        }
    }
    assert_eq!(inbox.texts(), said);
    inbox.assert_in_order();
    assert!(inbox.messages.iter().all(|message| message["redelivered"] == false));
}

/// The classic poll has no cursor: it goes on where the unnamed device stands.
#[tokio::test]
async fn between_the_classic_poll_and_the_others() {
    let scene = Scene::start().await;
    let mut said = Vec::new();
    let mut inbox = Inbox::default();
    for transport in Transport::WITH_CURSOR {
        for transport in [Transport::Classic, transport] {
            said.push(format!("for {transport:?}"));
            scene.say(&said[said.len() - 1]).await;
            let mut receiver = transport.open(&scene.customer, &Wish::default()).await;
            let count = said.len();
            let enough = |inbox: &Inbox| inbox.messages.len() >= count;
            receive_until(&mut *receiver, &mut inbox, "the next", enough).await;
            if let Some(cursor) = receiver.cursor() {
                let body = json!({ "cursor": cursor });
                let answer = scene.customer.http.post("/apiaccess/ccmessaging/ack", body).await;
                assert_eq!(answer.code(), "0", "{}", answer.text);
            } else {
                // The next request on the connection says that the answer arrived.
                assert_eq!(scene.customer.drain_texts().await, [""; 0]);
            }
        }
    }
    assert_eq!(inbox.texts(), said);
    inbox.assert_in_order();
}

/// The place of push is the server's. While it is paused or its receiver is down, the customer's client takes over; then
/// push goes on where it stopped. Each gets everything once, and what both got has the same codes.
#[tokio::test]
async fn between_push_and_the_others() {
    let scene = Scene::start().await;
    let mut wish = Wish::of_device("phone").at(&scene.head().await);
    let mut push = Pushes::begin(&scene.server, &scene.customer).await;
    let (mut pushed, mut asked) = (Inbox::default(), Inbox::default());
    let mut said = Vec::new();
    let pause = async |paused: bool| {
        let change = |channel: &mut frontdesk_core::directory::Channel| {
            channel.push.as_mut().unwrap().paused = paused;
        };
        scene.server.change_channel(change).await;
    };
    for is_down in [false, true] {
        for transport in Transport::WITH_CURSOR {
            said.push(format!("pushed before {transport:?}, {is_down}"));
            scene.say(&said[said.len() - 1]).await;
            let count = said.len();
            let all = |inbox: &Inbox| inbox.messages.len() >= count;
            receive_until(&mut push, &mut pushed, "what is pushed", all).await;
            if is_down {
                push.hook.answers(|_| Reply::of(503, ""));
            } else {
                pause(true).await;
            }
            said.push(format!("not pushed at first, but over {transport:?}, {is_down}"));
            scene.say(&said[said.len() - 1]).await;
            let mut receiver = transport.open(&scene.customer, &wish).await;
            let both = |inbox: &Inbox| inbox.messages.len() > count;
            receive_until(&mut *receiver, &mut asked, "what was pushed, and what was not", both).await;
            wish = wish.at(receiver.cursor().unwrap());
            push.step(&mut pushed).await.unwrap();
            assert_eq!(pushed.messages.len(), count, "it waits for its receiver");
            if is_down {
                push.hook.answers(|_| Reply::ok());
            } else {
                pause(false).await;
            }
            receive_until(&mut push, &mut pushed, "what waited", both).await;
        }
    }
    for inbox in [&pushed, &asked] {
        assert_eq!(inbox.texts(), said);
        inbox.assert_in_order();
    }
    assert_eq!(pushed.codes(), asked.codes());
}

/// A device that changes between transports without acknowledging gets what was not acknowledged again, marked.
#[tokio::test]
async fn what_was_not_acknowledged_comes_again_over_any_transport() {
    let scene = Scene::start().await;
    scene.say("once").await;
    for (round, transport) in Transport::WITH_CURSOR.into_iter().enumerate() {
        let mut inbox = Inbox::default();
        let mut receiver = transport.open(&scene.customer, &Wish::default()).await;
        receive_until(&mut *receiver, &mut inbox, "it", |inbox| !inbox.messages.is_empty()).await;
        assert_eq!(inbox.messages[0]["redelivered"], round > 0, "{transport:?}");
    }
}

#[tokio::test]
async fn devices_stand_apart() {
    let scene = Scene::start().await;
    let cursor = scene.head().await;
    scene.say_all(&["one", "two"]).await;
    for transport in Transport::WITH_CURSOR {
        let mut cursors = Vec::new();
        for device in ["a", "b"] {
            let wish = Wish::of_device(&format!("{transport:?}-{device}")).at(&cursor);
            let mut inbox = Inbox::default();
            let mut receiver = transport.open(&scene.customer, &wish).await;
            let both = |inbox: &Inbox| inbox.messages.len() == 2;
            receive_until(&mut *receiver, &mut inbox, "both", both).await;
            assert_eq!(inbox.texts(), ["one", "two"]);
            assert!(inbox.messages.iter().all(|message| message["redelivered"] == false), "{device}");
            cursors.push(receiver.cursor().unwrap().to_owned());
        }
        assert_eq!(cursors[0], cursors[1]);
    }
}
