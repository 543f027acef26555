//! How polls are held, which one wins, and what an empty one costs.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use frontdesk_core::entry::Audience;
use frontdesk_core::id::DeviceId;
use frontdesk_server::config::Settings;
use frontdesk_tests::kit::receivers::NEVER;
use frontdesk_tests::kit::{Answer, Customer, POLL};
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinHandle;

use super::scene::{Scene, cursor_of, settings, texts_of};

/// The value of a counter of this process, whose tests all share it.
fn counted(name: &str) -> u64 {
    type Render = Box<dyn Fn() -> String + Send + Sync>;
    static METRICS: OnceLock<Render> = OnceLock::new();
    let render = METRICS.get_or_init(|| {
        let handle = frontdesk_server::telemetry::install().unwrap();
        Box::new(move || handle.render())
    });
    let text = render();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
    line.trim().parse().unwrap()
}

fn poll(customer: &Customer, query: &str) -> JoinHandle<Answer> {
    let (customer, query) = (customer.clone(), query.to_owned());
    tokio::task::spawn(async move { customer.polled(&query).await })
}

async fn finished(poll: JoinHandle<Answer>) -> Answer {
    tokio::time::timeout(NEVER, poll).await.expect("an answer").unwrap()
}

/// Waits until so many of the customer's devices have a poll that is held.
async fn held(scene: &Scene, count: usize) {
    let watched = scene.server.parts.hub.watch(scene.log());
    let waiting = async {
        while watched.held_polls() < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(NEVER, waiting).await.expect("the poll is held");
}

#[tokio::test]
async fn a_held_poll_is_answered_by_what_comes() {
    let scene = Scene::start().await;
    for query in ["wait=30", "cursor=&wait=30", "wait=30&limit=1"] {
        let waiting = poll(&scene.customer, query);
        held(&scene, 1).await;
        let begin = Instant::now();
        scene.say("now").await;
        assert_eq!(texts_of(&finished(waiting).await), ["now"], "{query}");
        assert!(begin.elapsed() < Duration::from_secs(29), "{query}: it was held to its end");
        let latest = scene.customer.polled("cursor=latest&wait=0").await;
        assert!(texts_of(&latest).is_empty());
    }
}

#[tokio::test]
async fn an_empty_poll_is_held_as_long_as_it_asks() {
    let scene = Scene::with(Settings { poll_hold_ms: 700, ..settings() }).await;
    for (query, least) in [("", 700), ("cursor=", 700), ("wait=1", 1_000), ("cursor=&wait=1", 1_000)] {
        let begin = Instant::now();
        let answer = scene.customer.polled(query).await;
        assert_eq!(texts_of(&answer), [""; 0]);
        assert!(begin.elapsed() >= Duration::from_millis(least), "{query:?} was not held");
    }
    // And one that asks not to be held is answered while nothing ever comes.
    for query in ["wait=0", "cursor=&wait=0"] {
        assert_eq!(texts_of(&finished(poll(&scene.customer, query)).await), [""; 0]);
    }
}

#[tokio::test]
async fn the_newest_held_poll_of_a_device_wins() {
    let scene = Scene::start().await;
    for (older, newer) in
        [("cursor=&wait=50", "cursor=&wait=50"), ("wait=50", "wait=50"), ("wait=50", "cursor=&wait=50")]
    {
        // From the second time on, the older one is answered later, but no differently.
        let first = poll(&scene.customer, older);
        held(&scene, 1).await;
        let second = poll(&scene.customer, newer);
        let answer = finished(first).await;
        assert_eq!(texts_of(&answer), [""; 0]);
        if older.contains("cursor") {
            assert_eq!(answer.json["superseded"], true);
        }
        held(&scene, 1).await;
        assert!(!second.is_finished());
        scene.say("for the newer").await;
        let answer = finished(second).await;
        assert_eq!(texts_of(&answer), ["for the newer"]);
        assert_ne!(answer.json["superseded"], json!(true));
        scene.customer.polled("cursor=latest&wait=0").await;
    }
}

#[tokio::test]
async fn polls_of_different_devices_and_polls_that_do_not_wait_take_over_from_nobody() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    let ours = poll(&scene.customer, &format!("cursor={start}&deviceId=a&wait=50"));
    let theirs = poll(&scene.customer, &format!("cursor={start}&deviceId=b&wait=50"));
    held(&scene, 2).await;
    scene.customer.polled("cursor=&deviceId=a&wait=0").await;
    scene.customer.polled("wait=0").await;
    assert!(!ours.is_finished() && !theirs.is_finished());
    scene.say("for both").await;
    for poll in [ours, theirs] {
        let answer = finished(poll).await;
        assert_eq!((texts_of(&answer), &answer.json["superseded"]), (vec!["for both"], &json!(false)));
    }
}

#[tokio::test]
async fn two_pollers_that_keep_taking_over_are_slowed_down_and_counted() {
    let scene = Scene::start().await;
    let before = counted("frontdesk_two_pollers_total");
    let first = poll(&scene.customer, "cursor=&wait=50");
    held(&scene, 1).await;
    let second = poll(&scene.customer, "cursor=&wait=50");
    // The first time, the older one is answered at once.
    assert_eq!(finished(first).await.json["superseded"], true);
    let begin = Instant::now();
    let third = poll(&scene.customer, "cursor=&wait=50");
    let answer = finished(second).await;
    assert_eq!(answer.json["superseded"], true, "{}", answer.text);
    let took = begin.elapsed();
    assert!(took >= Duration::from_secs(2), "the second time it was answered after {took:?}");
    assert!(counted("frontdesk_two_pollers_total") > before);
    scene.say("for the last").await;
    assert_eq!(texts_of(&finished(third).await), ["for the last"]);
}

/// Whichever of two parallel classic polls gets a message, it is one of them.
#[tokio::test]
async fn two_parallel_classic_polls_never_both_get_a_message() {
    let scene = Scene::start().await;
    for round in 0..20 {
        scene.say(&round.to_string()).await;
        let polls: Vec<_> = (0..4).map(|_| poll(&scene.customer, "wait=0")).collect();
        let mut received = 0;
        for poll in polls {
            received += texts_of(&finished(poll).await).len();
        }
        received += scene.customer.drain().await.len();
        assert_eq!(received, 1, "round {round}");
    }
}

/// Classic and acknowledged on one device: nothing is lost, and what comes to the second is marked if it was sent.
#[tokio::test]
async fn a_classic_and_an_acknowledged_poller_on_one_device_lose_nothing() {
    let scene = Scene::start().await;
    let mut cursor = scene.head().await;
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..10 {
        scene.say(&format!("{round:02}")).await;
        let classic = poll(&scene.customer, "wait=0");
        let acknowledged = poll(&scene.customer, &format!("cursor={cursor}&wait=0"));
        for answer in [finished(classic).await, finished(acknowledged).await] {
            seen.extend(texts_of(&answer).into_iter().map(str::to_owned));
            if let Some(next) = answer.json["nextCursor"].as_str() {
                next.clone_into(&mut cursor);
            }
        }
    }
    seen.extend(scene.customer.drain_texts().await);
    assert_eq!(
        seen.into_iter().collect::<Vec<_>>(),
        (0..10).map(|round| format!("{round:02}")).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn when_the_node_stops_held_polls_are_answered() {
    let mut scene = Scene::start().await;
    let classic = poll(&scene.customer, "wait=50");
    let acknowledged = poll(&scene.customer, "cursor=&deviceId=x&wait=50");
    // The second has everything from the beginning on: once more, behind it.
    let cursor = cursor_of(&finished(acknowledged).await);
    let acknowledged = poll(&scene.customer, &format!("cursor={cursor}&deviceId=x&wait=50"));
    held(&scene, 2).await;
    scene.server.stop().await;
    assert_eq!(texts_of(&finished(classic).await), [""; 0]);
    let answer = finished(acknowledged).await;
    assert_eq!((texts_of(&answer), cursor_of(&answer)), (vec![], cursor));
    assert!(answer.json["pollAfterMs"].as_u64().unwrap() < 2_000);
}

/// The pause that clients are asked to make when a node stops differs from one to the next.
#[tokio::test]
async fn clients_are_asked_to_come_back_at_different_times() {
    let mut scene = Scene::start().await;
    let head = scene.head().await;
    let polls: Vec<_> = (0..8)
        .map(|device| poll(&scene.customer, &format!("cursor={head}&deviceId=d{device}&wait=50")))
        .collect();
    held(&scene, 8).await;
    scene.server.stop().await;
    let mut pauses = Vec::new();
    for poll in polls {
        pauses.push(finished(poll).await.json["pollAfterMs"].as_u64().unwrap());
    }
    pauses.sort_unstable();
    pauses.dedup();
    assert!(pauses.len() > 1, "{pauses:?}");
}

/// What goes on in the background asks the store now and then; a poll does not.
fn of_polls(calls: std::collections::HashMap<&'static str, u64>) -> Vec<&'static str> {
    let background = [
        "due",
        "rearm",
        "pending_intents",
        "stale_claims",
        "stale_reservations",
        "waiting_queues",
        "offer_news",
        "next_routing_due",
        "mark_seen",
        "next_due",
        "check",
        "heard",
        "unheard",
        "lose",
        "abandoned",
        "marked_logs",
        "use_definitions",
        "go_on_rebuilding",
        "keep_folded",
        "directory_version",
        "blocked_logs",
    ];
    calls.into_keys().filter(|call| !background.contains(call)).collect()
}

#[tokio::test]
async fn an_empty_poll_asks_the_store_for_nothing() {
    let scene = Scene::start().await;
    scene.say("one").await;
    // What the customer said last is no news for the polls.
    scene.customer.send("CHAT", "mine").await;
    assert_eq!(scene.customer.drain_texts().await, ["one"]);
    let cursor = cursor_of(&scene.customer.polled("cursor=&wait=0").await);
    let new = "cursor=latest&deviceId=new&wait=0";
    scene.customer.polled(new).await;
    // Positions are written a moment later: until the store has been left alone for a while.
    let quiet = async {
        scene.server.store.take_calls();
        loop {
            // What follows the logs looks for news more often than this.
            tokio::time::sleep(Duration::from_secs(3)).await;
            if of_polls(scene.server.store.take_calls()).is_empty() {
                break;
            }
        }
    };
    tokio::time::timeout(NEVER, quiet).await.expect("it is quiet");
    for _ in 0..3 {
        scene.customer.polled("").await;
        scene.customer.polled("wait=0").await;
        scene.customer.polled("cursor=&wait=0").await;
        scene.customer.polled(&format!("cursor={cursor}&wait=0")).await;
        scene.customer.polled("cursor=&deviceId=new&wait=0").await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(of_polls(scene.server.store.take_calls()), [""; 0]);
}

/// Also for a device that never got anything, of which nothing is stored.
#[tokio::test]
async fn an_empty_poll_of_a_new_device_asks_the_store_once() {
    let scene = Scene::start().await;
    let other = scene.server.customer("bob").await;
    other.polled("cursor=&deviceId=new&wait=0").await;
    other.polled("wait=0").await;
    scene.server.store.take_calls();
    for _ in 0..3 {
        other.polled("cursor=&deviceId=new&wait=0").await;
        other.polled("wait=0").await;
    }
    assert_eq!(of_polls(scene.server.store.take_calls()), [""; 0]);
}

#[tokio::test]
async fn head_and_options_move_nothing() {
    let scene = Scene::start().await;
    scene.say("one").await;
    let first = scene.customer.polled("cursor=").await;
    let cursor = cursor_of(&first);
    let stream = "/apiaccess/ccmessaging/stream";
    for method in [Method::HEAD, Method::OPTIONS] {
        for path in [POLL, stream] {
            for query in ["", "?cursor=latest", &format!("?cursor={cursor}"), "?wait=0"] {
                let request = scene.customer.http.request(method.clone(), &format!("{path}{query}"));
                let answer = scene.customer.http.send(request).await;
                assert!(answer.text.is_empty() || method == Method::OPTIONS, "{method} {path}");
            }
        }
    }
    assert_eq!(texts_of(&scene.customer.polled("cursor=&wait=0").await), ["one"]);
    assert_eq!(scene.customer.drain_texts().await, ["one"]);
}

#[tokio::test]
async fn answers_are_kept_by_no_cache() {
    let scene = Scene::start().await;
    for path in [POLL, &format!("{POLL}?cursor="), &format!("{POLL}?cursor=nonsense")] {
        let answer = scene.customer.http.get(path).await;
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
    }
}

/// Whoever sent something and went away in the middle: it is written, so it is delivered.
#[tokio::test]
async fn what_was_committed_for_a_client_that_went_away_is_delivered() {
    let scene = Scene::start().await;
    scene.customer.drain().await;
    let waiting = poll(&scene.customer, "wait=50");
    held(&scene, 1).await;
    let gate = scene.server.store.hold_back("commit");
    let saying = {
        let (agent, conversation) = (scene.agent.clone(), scene.conversation.clone());
        tokio::task::spawn(async move { agent.say(&conversation, "and gone").await })
    };
    gate.reached().await;
    // The connection closes while the answer is under way.
    saying.abort();
    let _aborted = saying.await;
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(200) {
        tokio::task::yield_now().await;
    }
    gate.open();
    assert_eq!(texts_of(&finished(waiting).await), ["and gone"]);
}

/// A store that fails for a moment costs an error, never a message.
#[tokio::test]
async fn a_failing_store_loses_nothing() {
    let scene = Scene::start().await;
    scene.write((0..20).map(|number| number.to_string())).await;
    for query in ["wait=0", "cursor=&wait=0"] {
        scene.server.store.fail("read", 1);
        let answer = scene.customer.http.get(&format!("{POLL}?{query}")).await;
        assert_eq!(answer.status, 500, "{query}");
        assert!(!answer.text.contains("because a test"), "5xx tell nothing: {}", answer.text);
    }
    assert_eq!(texts_of(&scene.customer.polled("cursor=&wait=0").await).len(), 20);
    scene.server.store.fail("advance", 2);
    assert_eq!(scene.customer.drain().await.len(), 20);
    // The position is written once the store can, and survives.
    let (parts, head) = (&scene.server.parts, scene.server.parts.store.heads(scene.log()).await.unwrap());
    let written = async {
        let unnamed = DeviceId::unnamed();
        let all = head.of(Audience::DOWNLINK);
        while parts.store.position(scene.log(), &unnamed).await.unwrap().unwrap_or_default().acknowledged
            < all
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(NEVER, written).await.expect("the position is written");
    let server = scene.server.restart().await;
    assert_eq!(scene.customer.at(&server.url).drain().await.len(), 0);
}
