//! CONNECT, by send and by sendAsync.

use frontdesk_tests::kit::{CHANNEL, Server, robot_says, shown, system_says};
use serde_json::json;

#[tokio::test]
async fn the_robot_welcomes() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let answer = customer.send("CONNECT", "").await;
    assert_eq!(
        answer.shown(),
        (200, json!({ "resultCode": "0", "resultDesc": "connect to robot successfully" }))
    );
    assert_eq!(shown(&customer.drain().await), [robot_says("u-77", "Welcome,welcome")]);
}

#[tokio::test]
async fn every_field_is_there_in_the_documented_order() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let answer = customer.poll().await;
    let documented = [
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
    let places: Vec<usize> = documented
        .iter()
        .map(|name| answer.text.find(&format!("\"{name}\":")).unwrap_or_else(|| panic!("no {name}")))
        .collect();
    assert!(places.is_sorted(), "{}", answer.text);
    assert_eq!(answer.messages()[0].as_object().unwrap().len(), documented.len());
    assert!(answer.text.starts_with(
        r#"{"resultCode":"0","resultDesc":"query user messages success.","downlinkMessages":["#
    ));
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn connecting_again_changes_nothing() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.drain().await;
    let again = async |text: &str| {
        let before = server.stored("u-77").await;
        let answer = customer.send("CONNECT", "").await;
        assert_eq!(server.stored("u-77").await, before);
        assert_eq!(answer.json, json!({ "resultCode": "0", "resultDesc": text }));
        assert_eq!(customer.drain_texts().await, [""; 0], "nothing new is said");
    };
    again("connect to robot successfully").await;
    customer.sends("TRANS2AGENT", "").await;
    assert_eq!(customer.drain_texts().await, ["Transfer to manual labor", "Queuing..."]);
    again("connect to agent successfully").await;
    agent.declare("online").await;
    assert_eq!(customer.drain_texts().await, ["Connected Agent"]);
    again("connect to agent successfully").await;
    let conversation = agent.only_conversation().await;
    assert_eq!(agent.say(&conversation, "still here").await.status, 201);
}

#[tokio::test]
async fn what_connect_says_is_no_question() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "Where is my order?").await;
    customer.sends("CONNECT", "agent").await;
    assert_eq!(customer.drain_texts().await, ["Welcome,welcome"]);
}

#[tokio::test]
async fn without_a_robot_an_agent_is_sought_at_once() {
    let server = Server::start().await;
    server.change_channel(|channel| channel.robot = None).await;
    let customer = server.customer("u-77").await;
    let answer = customer.send("CONNECT", "").await;
    assert_eq!(
        answer.shown(),
        (200, json!({ "resultCode": "13", "resultDesc": "No agents available currently" }))
    );
    assert_eq!(customer.send("CHAT", "anyone?").await.code(), "5");

    let agent = server.online("101").await;
    let answer = customer.send("CONNECT", "").await;
    assert_eq!(answer.json, json!({ "resultCode": "0", "resultDesc": "connect to agent successfully" }));
    assert_eq!(shown(&customer.drain().await), [system_says("u-77", "Connected Agent")]);
    assert_eq!(agent.held().await.len(), 1);
}

#[tokio::test]
async fn without_robot_and_queue_nobody_can_answer() {
    let server = Server::start().await;
    server
        .change_channel(|channel| {
            channel.robot = None;
            channel.queue = None;
        })
        .await;
    let customer = server.customer("u-77").await;
    let answer = customer.send("CONNECT", "").await;
    assert_eq!(
        answer.shown(),
        (200, json!({ "resultCode": "13", "resultDesc": "No ccucs address available!" }))
    );
}

#[tokio::test]
async fn optional_fields_may_be_left_away_and_numbers_may_stand_for_texts() {
    let server = Server::start().await;
    let customer = server.customer("44444444").await;
    let full = json!({
        "content": "", "controlType": "CONNECT", "from": "44444444", "mediaType": "TEXT", "senderNickname": "Ann",
        "sourceType": "CUSTOMER", "timestamp": "1700000000000", "to": CHANNEL, "userAgent": null,
        "senderAvatar": null, "channel": "WEB",
    });
    let bare = json!({
        "controlType": "CONNECT", "from": 44_444_444, "mediaType": "TEXT", "sourceType": "CUSTOMER",
        "timestamp": 1_700_000_000_000_i64, "to": 1_011_577_355_744_904_195_i64, "channel": "WEB", "unheardOf": [1],
    });
    for body in [full, bare] {
        let answer = customer.call("send", body.clone()).await;
        assert_eq!(answer.code(), "0", "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn send_async_has_one_answer_and_two_spellings() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    let accepted = json!({ "resultCode": "0", "resultDesc": "send sendMessageForOpenApiAsync success." });
    for (path, control, content) in [
        ("sendAsync", "CONNECT", ""),
        ("sendSync", "CHAT", "Where is my order?"),
        ("sendAsync", "TRANS2AGENT", ""),
        ("sendSync", "CHAT", "hello, Alex"),
    ] {
        let answer = customer.call(path, customer.message(control, content)).await;
        assert_eq!(answer.shown(), (200, accepted.clone()), "{control}");
    }
    // What was accepted is there already: it was durable before the answer.
    let conversation = agent.only_conversation().await;
    let heard = agent.heard(&conversation).await;
    assert_eq!(heard.last().unwrap(), &("customer".to_owned(), "hello, Alex".to_owned()));
    assert_eq!(heard[0], ("robot".to_owned(), "Welcome,welcome".to_owned()));
    customer.sends("DISCONNECT", "").await;
    let refused = customer.call("sendAsync", customer.message("CHAT", "gone?")).await;
    assert_eq!(refused.code(), "5");
}

#[tokio::test]
async fn an_id_of_64_characters_works_everywhere() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    for user in ["客".repeat(64), format!("a b/c?d#e%f&g=h+{}", "x".repeat(48))] {
        assert_eq!(user.chars().count(), 64);
        let customer = server.customer(&user).await;
        customer.sends("CONNECT", "").await;
        customer.sends("TRANS2AGENT", "").await;
        let request = customer.http.request(reqwest::Method::GET, "/apiaccess/ccmessaging/poll");
        let answer = customer.http.send(request.query(&[("receiverId", &user)])).await;
        assert_eq!(answer.messages().len(), 3);
        assert!(answer.messages().iter().all(|message| message["to"] == user.as_str()));
        let place = json!({ "userId": user, "channelConfigId": CHANNEL, "channel": "WEB" });
        assert_eq!(customer.call("queryQueueInfo", place).await.code(), "160021");
        let history = customer.call("queryHistoryChatMessage", super::history::wanted(&customer, 1, 0)).await;
        assert_eq!(history.code(), "0");
        let left = json!({ "callId": user, "caller": "1", "leaveMessage": "x", "channel": "WEB" });
        assert_eq!(customer.call("doLeaveMessage", left).await.code(), "0");
        let rating = json!({
            "channel": "WEB", "userId": user, "evaluation": "5", "comment": "", "channelConfigId": CHANNEL,
        });
        assert_eq!(customer.call("saveSatisfaction", rating).await.code(), "0");
    }
    assert_eq!(agent.held().await.len(), 2);
}
