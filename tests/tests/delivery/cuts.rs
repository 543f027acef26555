//! Connections that break in the middle of an answer, and what comes then.

use frontdesk_tests::kit::receivers::{Inbox, Transport, Wish, receive, receive_until};
use frontdesk_tests::kit::{Customer, POLL, Plan, Proxy, Repeater};
use reqwest::Method;

use super::scene::{Scene, patient, redelivered_of, texts_of};

/// Polls through a proxy that cuts the answer after a number of bytes. Returns how many bytes passed.
async fn cut_poll(proxy: &mut Proxy, customer: &Customer, query: &str, after: usize) -> usize {
    proxy.plan(Plan::CutAfter(after));
    let request = customer.http.request(Method::GET, &format!("{POLL}?{query}"));
    // Whether the client has a whole answer or an error does not matter: it may forget it.
    drop(customer.http.try_send(request).await);
    // A client that had it all has closed in order; the proxy resets the server's side then as well.
    proxy.cut().await
}

/// The customer behind a proxy, with a connection of its own for each poll.
fn behind(scene: &Scene, url: &str) -> Customer {
    let http = scene.customer.http.at(url).without_reuse();
    Customer { http, user: scene.customer.user.clone() }
}

#[tokio::test]
async fn classic_a_cut_answer_comes_again_whatever_the_client_had_of_it() {
    let scene = Scene::with(patient()).await;
    let mut proxy = Proxy::start(&scene.server.url).await;
    let through = behind(&scene, &proxy.url);
    scene.say("never lost").await;
    let length = cut_poll(&mut proxy, &through, "wait=0", usize::MAX).await;
    assert!(length > 500, "only {length} bytes");
    for bytes in 0..=length {
        assert_eq!(cut_poll(&mut proxy, &through, "wait=0", bytes).await, bytes, "the position had moved");
    }
    assert_eq!(scene.customer.drain_texts().await, ["never lost"]);
    assert_eq!(
        scene.customer.drain_texts().await,
        [""; 0],
        "and once it has arrived, it does not come again"
    );
}

#[tokio::test]
async fn classic_a_large_answer_comes_again_as_well() {
    let scene = Scene::with(patient()).await;
    let mut proxy = Proxy::start(&scene.server.url).await;
    let through = behind(&scene, &proxy.url);
    scene.write((0..100).map(|number| format!("{number} {}", "x".repeat(4_000)))).await;
    for bytes in (0..400_000).step_by(29_989) {
        let passed = cut_poll(&mut proxy, &through, "wait=0", bytes).await;
        assert_eq!(passed, bytes, "the position had moved");
    }
    assert_eq!(scene.customer.drain().await.len(), 100);
}

#[tokio::test]
async fn acknowledged_a_cut_answer_comes_again_and_says_so() {
    let scene = Scene::start().await;
    let mut proxy = Proxy::start(&scene.server.url).await;
    let through = behind(&scene, &proxy.url);
    scene.say("never lost").await;
    let query = "cursor=&wait=0";
    cut_poll(&mut proxy, &through, query, 100).await;
    let length = cut_poll(&mut proxy, &through, query, usize::MAX).await;
    assert!(length > 500, "only {length} bytes");
    for bytes in 0..=length {
        assert_eq!(cut_poll(&mut proxy, &through, query, bytes).await, bytes);
    }
    let again = scene.customer.polled(query).await;
    assert_eq!((texts_of(&again), redelivered_of(&again)), (vec!["never lost"], vec![true]));
    let next = again.json["nextCursor"].as_str().unwrap();
    assert!(texts_of(&scene.customer.polled(&format!("cursor={next}&wait=0")).await).is_empty());
}

/// A stream that is cut is resumed by the last cursor that its client saw: nothing is lost and nothing repeated.
#[tokio::test]
async fn a_cut_stream_goes_on_behind_what_the_client_had() {
    const EVENTS: &str = "session,self";
    let scene = Scene::start().await;
    let start = scene.head().await;
    scene.say("one").await;
    scene.customer.send("CHAT", "mine").await;
    scene.say_all(&["two", "three"]).await;
    scene.agent_does("end").await;
    // An event may come again if the cut was between it and the message of the same entry, whose cursor counts for both.
    let events = |inbox: &Inbox| {
        let mut numbers: Vec<_> = inbox.events.iter().map(|event| event["seq"].as_u64()).collect();
        numbers.dedup();
        numbers.len()
    };
    let last = |inbox: &Inbox| inbox.messages.len() == 4 && events(inbox) == 2;
    let proxy = Proxy::start(&scene.server.url).await;
    let through = scene.customer.at(&proxy.url);
    for transport in Transport::STREAMS {
        let mut cuts = 0;
        for bytes in (0..).step_by(37) {
            let wish = Wish::of_device(&format!("{transport:?}")).with_events(EVENTS).at(&start);
            let mut inbox = Inbox::default();
            let mut cursor = start.clone();
            proxy.plan(Plan::CutAfter(bytes));
            if let Ok(mut receiver) = transport.try_open(&through, &wish).await {
                while !last(&inbox) && receiver.step(&mut inbox).await.is_ok() {}
                receiver.cursor().unwrap().clone_into(&mut cursor);
            }
            if last(&inbox) {
                break;
            }
            cuts += 1;
            let mut receiver = transport.open(&scene.customer, &wish.at(&cursor)).await;
            receive_until(&mut *receiver, &mut inbox, "the rest", last).await;
            assert_eq!(inbox.texts(), ["one", "two", "three", "null"], "cut after {bytes}: {transport:?}");
            inbox.assert_in_order();
        }
        assert!(cuts > 30, "{transport:?} was cut {cuts} times only");
    }
}

/// A proxy that tries every GET twice and throws the first answer away.
#[tokio::test]
async fn a_proxy_that_repeats_requests_costs_no_message() {
    let scene = Scene::with(patient()).await;
    let start = scene.head().await;
    let proxy = Repeater::start(&scene.server.url).await;
    let through = behind(&scene, &proxy.url);
    for transport in Transport::ALL {
        let wish = match transport {
            Transport::Classic => Wish::default(),
            _ => Wish::of_device(&format!("{transport:?}")).at(&start),
        };
        scene.customer.drain().await;
        let texts: Vec<String> = (0..5).map(|number| format!("{transport:?} {number}")).collect();
        for text in &texts {
            scene.say(text).await;
        }
        let mut receiver = transport.open(&through, &wish).await;
        let mut inbox = Inbox::default();
        let enough = |inbox: &Inbox| inbox.texts().contains(&texts[4].as_str());
        receive_until(&mut *receiver, &mut inbox, "all of it", enough).await;
        inbox.assert_in_order();
        let texts_received = inbox.texts();
        assert_eq!(texts_received[texts_received.len() - 5..], texts, "{transport:?}");
    }
}

/// Neither side hears that the other is gone: the client comes back over another connection.
#[tokio::test]
async fn half_open_connections_lose_nothing() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    let mut proxy = Proxy::start(&scene.server.url).await;
    let through = scene.customer.at(&proxy.url);
    for transport in Transport::WITH_CURSOR {
        let wish = Wish::of_device(&format!("{transport:?}")).at(&start);
        proxy.plan(Plan::Swallow);
        let stuck = {
            let (through, wish) = (through.clone(), wish.clone());
            tokio::task::spawn(async move {
                let mut receiver = transport.open(&through, &wish).await;
                receiver.step(&mut Inbox::default()).await
            })
        };
        proxy.cut().await;
        scene.say(&format!("{transport:?}")).await;
        let mut receiver = transport.open(&scene.customer, &wish).await;
        let mut inbox = Inbox::default();
        let text = format!("{transport:?}");
        let enough = |inbox: &Inbox| inbox.texts().contains(&text.as_str());
        receive_until(&mut *receiver, &mut inbox, "it", enough).await;
        inbox.assert_in_order();
        stuck.abort();
    }
}

/// A client that does not read for a while is held up, then gets everything: nothing is skipped, and the server keeps
/// only what the sockets and one page hold.
#[tokio::test]
async fn a_slow_reader_of_a_stream_misses_nothing() {
    const MESSAGES: usize = 1_500;
    let scene = Scene::start().await;
    let start = scene.head().await;
    for transport in Transport::STREAMS {
        let wish = Wish::of_device(&format!("{transport:?}")).at(&start);
        let mut slow = transport.open(&scene.customer, &wish).await;
        let (log, parts) = (scene.log(), &scene.server.parts);
        let said = parts.store.heads(log).await.unwrap();
        if said.of(frontdesk_core::entry::Audience::DOWNLINK).0 < MESSAGES as u64 {
            scene.write((0..MESSAGES).map(|number| format!("{number} {}", "x".repeat(10_000)))).await;
        }
        // It does not read. Another client does, which shows that the server has had time to send.
        let other = Wish::of_device("other").at(&start);
        let mut quick = transport.open(&scene.customer, &other).await;
        receive(&mut *quick, MESSAGES).await.assert_in_order();
        scene.server.store.take_calls();
        // What is left for the slow one is read from the store when it takes it.
        let inbox = receive(&mut *slow, MESSAGES).await;
        inbox.assert_in_order();
        let numbers: Vec<_> = inbox.texts().iter().map(|text| text.split(' ').next().unwrap()).collect();
        let expected: Vec<_> = (0..MESSAGES).map(|number| number.to_string()).collect();
        assert_eq!(numbers, expected, "{transport:?}");
        let reads = scene.server.store.take_calls().get("read").copied().unwrap_or_default();
        assert!(reads > 3, "{transport:?}: the server had read ahead of a client that does not read");
    }
}
