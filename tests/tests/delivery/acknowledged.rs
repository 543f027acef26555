//! The rules of the acknowledged poll, one by one.

use frontdesk_core::directory::{App, Channel, Item};
use frontdesk_core::id::{AppKey, ChannelId, TenantId};
use frontdesk_core::secret::SecretHash;
use frontdesk_tests::kit::{Answer, Http, POLL};
use serde_json::json;

use super::scene::{Scene, cursor_of, redelivered_of, texts_of};

const FIELDS: [&str; 22] = [
    "from",
    "channel",
    "to",
    "controlType",
    "mediaType",
    "content",
    "simQuestions",
    "senderNickname",
    "senderAvatar",
    "timestamp",
    "sourceType",
    "callId",
    "robotGender",
    "messageCode",
    "isOfflineStatus",
    "interIdx",
    "contentType",
    "mediaFileType",
    "queueFlag",
    "handlerType",
    "associationContentId",
    "receiveTime",
];

/// The names of an object's fields, in the order in which they stand in the text.
fn names(text: &str, depth: usize) -> Vec<String> {
    let (mut at, mut in_text, mut escaped, mut word, mut found) =
        (0, false, false, String::new(), Vec::new());
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => {
                in_text = !in_text;
                if in_text {
                    word.clear();
                }
            }
            _ if in_text => word.push(letter),
            '{' => at += 1,
            '}' => at -= 1,
            ':' if at == depth => found.push(word.clone()),
            _ => {}
        }
    }
    found
}

#[tokio::test]
async fn each_level_has_exactly_its_fields() {
    let scene = Scene::start().await;
    scene.say("hello").await;
    let acknowledged = scene.customer.polled("cursor=").await;
    let classic = scene.customer.poll().await;
    assert_eq!(names(&classic.text, 1), ["resultCode", "resultDesc", "downlinkMessages"]);
    assert_eq!(names(&classic.text, 2), FIELDS);
    let top = [
        "resultCode",
        "resultDesc",
        "downlinkMessages",
        "nextCursor",
        "hasMore",
        "superseded",
        "waitMax",
        "pollAfterMs",
        "serverTime",
        "events",
    ];
    assert_eq!(names(&acknowledged.text, 1), top);
    let added = ["messageId", "seq", "conversationId", "redelivered"];
    assert_eq!(names(&acknowledged.text, 2), [&FIELDS[..], &added].concat());
    assert_eq!(acknowledged.json["resultDesc"], "query user messages success.");
    assert_eq!((&acknowledged.json["waitMax"], &acknowledged.json["pollAfterMs"]), (&json!(55), &json!(0)));
    let now = scene.server.parts.clock.now().as_millis();
    let told = acknowledged.json["serverTime"].as_i64().unwrap();
    assert!((now - 60_000..=now).contains(&told), "{told} at {now}");
    let empty = scene.customer.polled("wait=0").await;
    assert_eq!(empty.json["downlinkMessages"], json!([]), "an array, also if it is empty");
}

#[tokio::test]
async fn a_message_comes_again_until_a_cursor_behind_it_is_presented() {
    let scene = Scene::start().await;
    scene.say("one").await;
    let first = scene.customer.polled("cursor=").await;
    assert_eq!((texts_of(&first), redelivered_of(&first)), (vec!["one"], vec![false]));
    scene.say("two").await;
    let again = scene.customer.polled("cursor=").await;
    assert_eq!((texts_of(&again), redelivered_of(&again)), (vec!["one", "two"], vec![true, false]));
    let behind_one = cursor_of(&first);
    let next = scene.customer.polled(&format!("cursor={behind_one}")).await;
    assert_eq!((texts_of(&next), redelivered_of(&next)), (vec!["two"], vec![true]));
    // The device stands there now, whatever transport asks.
    assert_eq!(texts_of(&scene.customer.polled("cursor=").await), ["two"]);
    let nothing = scene.customer.polled(&format!("cursor={}&wait=0", cursor_of(&next))).await;
    assert_eq!(texts_of(&nothing), [""; 0]);
    assert_eq!(cursor_of(&nothing), cursor_of(&next));
}

#[tokio::test]
async fn an_older_cursor_reads_again_and_moves_nothing_back() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    scene.say_all(&["one", "two", "three"]).await;
    let all = scene.customer.polled(&format!("cursor={start}")).await;
    scene.customer.polled(&format!("cursor={}&wait=0", cursor_of(&all))).await;
    let again = scene.customer.polled(&format!("cursor={start}")).await;
    assert_eq!(texts_of(&again), ["one", "two", "three"]);
    assert_eq!(redelivered_of(&again), [true, true, true]);
    assert_eq!(texts_of(&scene.customer.polled("cursor=&wait=0").await), [""; 0], "it moved back");
}

#[tokio::test]
async fn earliest_and_latest() {
    let scene = Scene::start().await;
    scene.say_all(&["one", "two"]).await;
    let earliest = scene.customer.polled("cursor=earliest&deviceId=new").await;
    assert_eq!(texts_of(&earliest)[0], "Welcome,welcome");
    assert_eq!(
        texts_of(&earliest)[earliest.json["downlinkMessages"].as_array().unwrap().len() - 2..],
        ["one", "two"]
    );
    // It acknowledges nothing.
    assert_eq!(texts_of(&scene.customer.polled("cursor=&deviceId=new").await), texts_of(&earliest));

    let latest = scene.customer.polled("cursor=latest&deviceId=new&wait=0").await;
    assert_eq!(texts_of(&latest), [""; 0]);
    assert_eq!(texts_of(&scene.customer.polled("cursor=&deviceId=new&wait=0").await), [""; 0]);
    scene.say("three").await;
    let next = scene.customer.polled(&format!("cursor={}&deviceId=new", cursor_of(&latest))).await;
    assert_eq!(texts_of(&next), ["three"]);
}

#[tokio::test]
async fn each_device_has_its_own_place() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    for device in ["a", "b"] {
        scene.customer.polled(&format!("cursor={start}&deviceId={device}&wait=0")).await;
    }
    scene.say("one").await;
    let first = scene.customer.polled("cursor=&deviceId=a").await;
    scene.customer.polled(&format!("cursor={}&deviceId=a&wait=0", cursor_of(&first))).await;
    let other = scene.customer.polled("cursor=&deviceId=b").await;
    assert_eq!((texts_of(&other), redelivered_of(&other)), (vec!["one"], vec![false]));
    let unnamed = scene.customer.polled("cursor=").await;
    assert_eq!(texts_of(&unnamed), ["one"]);
}

async fn refused(http: &Http, cursor: &str) -> String {
    let answer = http.get(&format!("{POLL}?wait=0&cursor={cursor}")).await;
    assert_eq!(answer.status, 400, "{cursor}: {}", answer.text);
    assert_eq!(answer.json["errorCode"], answer.json["resultCode"]);
    answer.json["errorCode"].as_str().unwrap().to_owned()
}

async fn posted(http: &Http, cursor: &str) -> Answer {
    http.post("/apiaccess/ccmessaging/ack", json!({ "cursor": cursor })).await
}

#[tokio::test]
async fn cursors_that_are_not_this_readers_are_refused() {
    let scene = Scene::start().await;
    let http = &scene.customer.http;
    let genuine = scene.head().await;
    let other = scene.server.customer("bob").await;
    assert_eq!(other.send("CONNECT", "").await.code(), "0");
    let foreign = cursor_of(&other.polled("cursor=").await);
    let cut = &genuine[..genuine.len() - 1];
    let mut flipped = genuine.clone().into_bytes();
    flipped[10] = if flipped[10] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    for cursor in ["nonsense", "1.", "Earliest", "2.AAAA", cut, &flipped, &foreign] {
        assert_eq!(refused(http, cursor).await, "CURSOR_INVALID", "{cursor}");
        assert_eq!(posted(http, cursor).await.json["errorCode"], "CURSOR_INVALID", "{cursor}");
        let stream = http.get(&format!("/apiaccess/ccmessaging/stream?cursor={cursor}")).await;
        assert_eq!((stream.status.as_u16(), &stream.json["errorCode"]), (400, &json!("CURSOR_INVALID")));
    }
    assert_eq!(refused(http, &"A".repeat(129)).await, "FIELD_INVALID");
    assert!(genuine.len() <= 128, "{genuine}");
    let safe = |letter: char| letter.is_ascii_alphanumeric() || "-_.~".contains(letter);
    assert!(genuine.chars().all(safe), "{genuine}");
}

/// Another tenant may have a channel and a customer of the same names.
#[tokio::test]
async fn a_cursor_of_another_tenant_is_refused() {
    let scene = Scene::start().await;
    let genuine = scene.head().await;
    let tenant = TenantId::new("rival").unwrap();
    let app = App {
        secret_hash: SecretHash::of("rival-secret").to_hex(),
        ..App::new(AppKey::new("rival-app").unwrap(), "Rival")
    };
    let company = frontdesk_core::directory::Tenant::new(tenant.clone(), "Rival", "en");
    let channel = Channel::new(ChannelId::new(frontdesk_tests::kit::CHANNEL).unwrap(), "Rival's page");
    let items = [Item::Tenant(company), Item::App(app), Item::Channel(channel)];
    let items = items.into_iter().map(|item| (tenant.clone(), item)).collect();
    scene.server.parts.store.put_items(items, Vec::new()).await.unwrap();
    scene.server.parts.reload().await.unwrap();
    let anybody = scene.server.anybody();
    let rival = frontdesk_tests::kit::App::sign_in(&anybody, "rival-app", "rival-secret").await;
    let same_name = rival.customer("ann", "en").await;
    assert_eq!(refused(&same_name.http, &genuine).await, "CURSOR_INVALID");
    let own = cursor_of(&same_name.polled("cursor=latest&wait=0").await);
    assert_eq!(refused(&scene.customer.http, &own).await, "CURSOR_INVALID");
}

/// A cursor that names what was never written: a client of another copy of the data.
#[tokio::test]
async fn a_cursor_ahead_of_the_log_is_refused_and_an_empty_one_helps() {
    use frontdesk_core::log::EntryNumber;
    use frontdesk_core::seal::CursorPlace;
    let scene = Scene::start().await;
    scene.say("one").await;
    let parts = &scene.server.parts;
    let ahead = |number| {
        parts
            .sealer
            .cursor(scene.log(), CursorPlace { epoch: parts.store.epoch(), number: EntryNumber(number) })
    };
    let http = &scene.customer.http;
    assert_eq!(refused(http, &ahead(1_000)).await, "CURSOR_AHEAD");
    assert_eq!(posted(http, &ahead(1_000)).await.json["errorCode"], "CURSOR_AHEAD");
    assert_eq!(texts_of(&scene.customer.polled("cursor=").await), ["one"], "nothing was acknowledged");
}

#[tokio::test]
async fn a_cursor_of_an_earlier_life_of_the_store_leaves_a_gap() {
    use frontdesk_core::log::EntryNumber;
    use frontdesk_core::seal::CursorPlace;
    let scene = Scene::start().await;
    scene.say("one").await;
    let parts = &scene.server.parts;
    let place = CursorPlace { epoch: parts.store.epoch() ^ 1, number: EntryNumber(1_000) };
    let old = parts.sealer.cursor(scene.log(), place);
    let answer = scene.customer.polled(&format!("cursor={old}")).await;
    assert_eq!(answer.json["gap"]["reason"], "EPOCH");
    assert_eq!(texts_of(&answer)[0], "Welcome,welcome", "delivery goes on from the oldest");
    let next = scene.customer.polled(&format!("cursor={}&wait=0", cursor_of(&answer))).await;
    assert!(next.json.get("gap").is_none() && texts_of(&next).is_empty());
}

#[tokio::test]
async fn limit_and_has_more() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    scene.write((0..120).map(|number| number.to_string())).await;
    let poll = |query: String| {
        let customer = scene.customer.clone();
        async move { customer.polled(&query).await }
    };
    let three = poll(format!("cursor={start}&limit=3")).await;
    assert_eq!((texts_of(&three), &three.json["hasMore"]), (vec!["0", "1", "2"], &json!(true)));
    let most = poll(format!("cursor={}&limit=500", cursor_of(&three))).await;
    assert_eq!((texts_of(&most).len(), &most.json["hasMore"]), (100, &json!(true)));
    let rest = poll(format!("cursor={}", cursor_of(&most))).await;
    assert_eq!((texts_of(&rest).len(), &rest.json["hasMore"]), (17, &json!(false)));
    // What the customer said is no message, so there is no more.
    scene.customer.send("CHAT", "mine").await;
    let nothing = poll(format!("cursor={}&wait=0", cursor_of(&rest))).await;
    assert_eq!((texts_of(&nothing).len(), &nothing.json["hasMore"]), (0, &json!(false)));
    // The classic poll takes a limit as well.
    scene.say_all(&["a", "b", "c"]).await;
    assert_eq!(texts_of(&poll("limit=2&wait=0".to_owned()).await), ["a", "b"]);
    assert_eq!(texts_of(&poll("limit=2&wait=0".to_owned()).await), ["c"]);
}

#[tokio::test]
async fn an_answer_has_at_most_a_mebibyte() {
    let scene = Scene::start().await;
    let mut query = format!("cursor={}", scene.head().await);
    let big = "👍".repeat(8_000);
    scene.write((0..70).map(|_| big.clone())).await;
    let (mut received, mut answers) = (0, 0);
    while received < 70 {
        let answer = scene.customer.polled(&query).await;
        assert!(answer.text.len() <= 1 << 20, "{} bytes", answer.text.len());
        assert!(!texts_of(&answer).is_empty());
        received += texts_of(&answer).len();
        answers += 1;
        assert_eq!(answer.json["hasMore"], received < 70);
        query = format!("cursor={}", cursor_of(&answer));
    }
    assert!(answers > 2, "{answers} answers");
    // Of many smaller ones, what each has besides its content counts as well.
    scene.write((0..100).map(|_| "x".repeat(10_300))).await;
    let answer = scene.customer.polled(&query).await;
    assert!(answer.text.len() <= 1 << 20, "{} bytes", answer.text.len());
    let latest = scene.customer.polled("cursor=latest&wait=0").await;
    query = format!("cursor={}", cursor_of(&latest));
    // A single larger one is delivered nevertheless.
    scene.write(std::iter::once("x".repeat(2 << 20))).await;
    assert_eq!(texts_of(&scene.customer.polled(&query).await)[0].len(), 2 << 20);
}

#[tokio::test]
async fn values_that_do_not_fit_name_their_field() {
    let scene = Scene::start().await;
    let long = "d".repeat(65);
    for (query, field) in [
        ("wait=-1".to_owned(), "wait"),
        ("wait=soon".to_owned(), "wait"),
        ("limit=-1".to_owned(), "limit"),
        ("limit=1.5".to_owned(), "limit"),
        (format!("cursor=&deviceId={long}"), "deviceId"),
        ("cursor=&events=typing,nonsense".to_owned(), "events"),
    ] {
        let answer = scene.customer.http.get(&format!("{POLL}?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.text.contains(field), "{query}: {}", answer.text);
    }
    // More than may be asked for is cut to it.
    scene.say("hello").await;
    assert_eq!(texts_of(&scene.customer.polled("wait=100000&limit=100000").await), ["hello"]);
    let other = scene.customer.http.get(&format!("{POLL}?receiverId=somebody")).await;
    assert_eq!((other.status.as_u16(), &other.json["errorCode"]), (400, &json!("RECEIVER_MISMATCH")));
}

#[tokio::test]
async fn extra_classes_stand_apart_from_the_messages() {
    let scene = Scene::start().await;
    let start = scene.head().await;
    scene.customer.send("CHAT", "mine").await;
    scene.say("yours").await;
    scene.agent_does("read").await;
    let plain = scene.customer.polled(&format!("cursor={start}&deviceId=plain")).await;
    assert_eq!((texts_of(&plain), &plain.json["events"]), (vec!["yours"], &json!([])));
    let all = scene.customer.polled(&format!("cursor={start}&deviceId=all&events=self,read")).await;
    assert_eq!(texts_of(&all), ["yours"]);
    let events = all.json["events"].as_array().unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["self", "read"]);
    assert_eq!(events[0]["data"]["content"], "mine");
    assert!(events[0]["seq"].as_u64() < events[1]["seq"].as_u64());
}

/// A client that did not ask for a class waits, and is not woken by it.
#[tokio::test]
async fn what_was_not_asked_for_ends_no_poll() {
    let scene = Scene::start().await;
    let poll = {
        let customer = scene.customer.clone();
        tokio::task::spawn(async move { customer.polled("cursor=&wait=20").await.text })
    };
    for _ in 0..10 {
        scene.customer.send("CHAT", "mine").await;
    }
    scene.agent_does("read").await;
    scene.agent_does("typing").await;
    assert!(!poll.is_finished());
    scene.say("yours").await;
    let answer = poll.await.unwrap();
    assert!(answer.contains("yours"), "{answer}");
}
