//! Everything arrives, in order, whatever happens in between.

use std::collections::HashMap;
use std::time::Duration;

use frontdesk_core::directory::Item;
use frontdesk_core::id::{ChannelId, TenantId};
use frontdesk_core::port::{Position, Purpose};
use frontdesk_tests::kit::{CHANNEL, Customer, Reply, WebHook};
use serde_json::{Value, json};

use super::set_up::{codes_by_poll, deliveries, say, server, signed};

#[tokio::test]
async fn every_customer_gets_everything_in_order_although_every_second_request_fails() {
    let receiver = WebHook::start().await;
    let mut count = 0;
    receiver.answers(move |_| {
        count += 1;
        match count % 6 {
            1 => Reply::of(500, "broken"),
            3 => Reply::of(200, r#"{"resultCode":"1","resultDesc":"no"}"#),
            5 => Reply::of(200, "not JSON"),
            _ => Reply::ok(),
        }
    });
    let server = server(signed(&receiver.url())).await;
    let mut customers: Vec<Customer> = Vec::new();
    for index in 0..6 {
        let customer = server.customer(&format!("customer-{index}")).await;
        customer.send("CONNECT", "").await;
        customers.push(customer);
    }
    for _ in 0..8 {
        for customer in &customers {
            say(customer, "and now?").await;
        }
    }
    for customer in &customers {
        let expected = codes_by_poll(customer).await;
        assert_eq!(expected.len(), 9);
        receiver.wait("everything", |receiver| receiver.codes(&customer.user).len() >= expected.len()).await;
        assert_eq!(receiver.codes(&customer.user), expected);
    }
    // Of what follows a failure nothing was sent before it.
    let mut first_unsent: HashMap<String, Value> = HashMap::new();
    for call in receiver.calls() {
        let first = call.messages()[0]["messageCode"].clone();
        if let Some(before) = first_unsent.remove(&call.user()) {
            assert_eq!(first, before);
        }
        if !call.accepted {
            first_unsent.insert(call.user(), first);
        }
    }
}

#[tokio::test]
async fn a_receiver_that_was_down_for_an_hour_gets_everything_in_order() {
    // A port that nobody listens on.
    let address = WebHook::start().await.address;
    let server = server(signed(&format!("http://{address}"))).await;
    server.change_channel(|channel| channel.patience.session_silence = 1_000_000).await;
    server.change_channel(|channel| channel.patience.customer_inactivity = 1_000_000).await;
    let mut customers = Vec::new();
    for index in 0..5 {
        let customer = server.customer(&format!("customer-{index}")).await;
        customer.send("CONNECT", "").await;
        customers.push(customer);
    }
    for _ in 0..12 {
        server.clock.advance(Duration::from_mins(5));
        for customer in &mut customers {
            // Tokens have a life of their own.
            *customer = server.customer(&customer.user).await;
            say(customer, "is anybody there?").await;
        }
    }
    assert!(deliveries(&server).await.iter().all(|attempt| attempt["error"].is_string()));
    let receiver = WebHook::start_at(address).await;
    for customer in &customers {
        let expected = codes_by_poll(customer).await;
        assert_eq!(expected.len(), 13);
        receiver.wait("everything", |receiver| receiver.codes(&customer.user).len() >= expected.len()).await;
        assert_eq!(receiver.codes(&customer.user), expected);
    }
}

#[tokio::test]
async fn a_restarted_server_goes_on_where_it_stopped() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    receiver.wait("the first message", |receiver| receiver.codes("ann").len() == 1).await;
    receiver.answers(|_| Reply::of(503, ""));
    say(&customer, "one").await;
    say(&customer, "two").await;
    receiver.wait("an attempt", |receiver| receiver.calls().iter().any(|call| !call.accepted)).await;

    let server = server.restart().await;
    receiver.answers(|_| Reply::ok());
    let customer = server.customer("ann").await;
    say(&customer, "three").await;
    let expected = codes_by_poll(&customer).await;
    assert_eq!(expected.len(), 4);
    receiver.wait("everything", |receiver| receiver.codes("ann").len() >= 4).await;
    assert_eq!(receiver.codes("ann"), expected);
}

#[tokio::test]
async fn push_begins_with_what_is_new_and_leaves_nothing_behind() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    let push = signed(&receiver.url());
    server.change_channel(|channel| channel.push = None).await;
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    say(&customer, "before").await;
    server.change_channel(|channel| channel.push = Some(Box::new(push))).await;
    say(&customer, "after").await;
    let expected = codes_by_poll(&customer).await;
    receiver.wait("the new one", |receiver| !receiver.codes("ann").is_empty()).await;
    assert_eq!(receiver.codes("ann"), expected[2..]);

    let (tenant, channel) = (TenantId::new("demo").unwrap(), ChannelId::new(CHANNEL).unwrap());
    let mut left = vec![];
    for _ in 0..100 {
        left = server.parts.store.pending_logs(Purpose::Push, (&tenant, &channel), None, 10).await.unwrap();
        if left.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(left.is_empty(), "what is delivered is no longer marked");
    let log = frontdesk_core::log::LogId::of_customer(&tenant, &channel, &"ann".parse().unwrap());
    let device = frontdesk_core::id::DeviceId::unnamed();
    let position: Option<Position> = server.parts.store.position(log, &device).await.unwrap();
    assert_eq!(position, None, "push is a reader of its own: a poll still gets everything");
    assert_eq!(customer.drain().await.len(), 3);
}

#[tokio::test]
async fn a_slow_receiver_delays_no_other_channel() {
    let slow = WebHook::start().await;
    slow.answers(|_| Reply { after: Duration::from_mins(1), ..Reply::ok() });
    let quick = WebHook::start().await;
    let server = server(signed(&slow.url())).await;
    let tenant = TenantId::new("demo").unwrap();
    let id = ChannelId::new(CHANNEL).unwrap();
    let mut other = frontdesk_core::directory::Channel::clone(
        server.parts.directory.load().channel(&tenant, &id).unwrap(),
    );
    other.id = ChannelId::new("other").unwrap();
    other.push = Some(Box::new(signed(&quick.url())));
    server.parts.store.put_items(vec![(tenant, Item::Channel(other))], Vec::new()).await.unwrap();
    server.parts.reload().await.unwrap();

    let app = server.app().await;
    for index in 0..20 {
        app.customer(&format!("slow-{index}"), "en").await.send("CONNECT", "").await;
    }
    let body = json!({ "userId": "quick", "userName": "q", "channelId": "other", "locale": "en" });
    let answer = app.http.post("/apiaccess/ccmessaging/applyToken", body).await;
    let token = answer.json["token"].as_str().unwrap().to_owned();
    let customer = Customer { http: app.http.with("ccmessaging-token", token), user: "quick".to_owned() };
    let mut message = customer.message("CONNECT", "");
    message["to"] = json!("other");
    let answer = customer.http.post("/apiaccess/ccmessaging/send", message).await;
    assert_eq!(answer.code(), "0", "{}", answer.text);
    quick.wait("the welcome", |quick| quick.codes("quick").len() == 1).await;
    assert!(slow.accepted().is_empty(), "the slow one still thinks");
}

#[tokio::test]
async fn a_note_is_never_pushed() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.only_conversation().await;
    let note = json!({ "text": "zebra-4711", "mentions": ["101"] });
    assert_eq!(agent.act(&conversation, "notes", note).await.status, 201);
    let labelled = json!({ "tags": ["zebra-4711"] });
    agent.http.patch(&format!("/api/v1/agent/conversations/{conversation}"), labelled).await;
    agent.say(&conversation, "the last word").await;
    let has_all = |receiver: &WebHook| {
        let pushed = receiver.accepted();
        pushed
            .get("u-77")
            .and_then(|messages| messages.last())
            .is_some_and(|last| last["content"] == "the last word")
    };
    receiver.wait("the last word", has_all).await;
    let pushed = format!("{:?}", receiver.accepted());
    assert!(!pushed.contains("zebra"), "{pushed}");
}
