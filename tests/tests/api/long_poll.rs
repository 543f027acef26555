//! The classic poll: held, answered, lost and repeated.

use std::time::{Duration, Instant};

use frontdesk_server::config::Settings;
use frontdesk_tests::kit::{Agent, Answer, Customer, Raw, Server, ServerOptions, eventually, soon};
use tokio::task::JoinHandle;

/// A server whose polls are held for long, so that what answers them is never the end of the hold.
async fn patient() -> Server {
    let settings = Settings { poll_hold_ms: 50_000, ..Settings::default() };
    Server::start_with(ServerOptions { settings: Some(settings), ..ServerOptions::default() }).await
}

async fn talking(server: &Server) -> (Customer, Agent, String) {
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.drain().await;
    let conversation = agent.only_conversation().await;
    (customer, agent, conversation)
}

/// A poll under way; it is held by the time this returns.
async fn hold(server: &Server, customer: &Customer) -> JoinHandle<Answer> {
    let before = server.parts.hub.held_polls();
    let poller = customer.clone();
    let poll = tokio::task::spawn(async move { poller.poll().await });
    eventually("a held poll", async || (server.parts.hub.held_polls() > before).then_some(())).await;
    poll
}

#[tokio::test]
async fn a_held_poll_is_answered_when_a_message_comes() {
    let server = patient().await;
    let (customer, agent, conversation) = talking(&server).await;
    let poll = hold(&server, &customer).await;
    customer.sends("CHAT", "my own words wake no poll").await;
    agent.say(&conversation, "hello").await;
    assert_eq!(soon("the poll", poll).await.unwrap().texts(), ["hello"]);
}

#[tokio::test]
async fn without_a_message_it_is_answered_empty_after_the_hold() {
    let server = Server::start().await;
    let (customer, ..) = talking(&server).await;
    let begun = Instant::now();
    let answer = customer.poll().await;
    assert_eq!(
        answer.text,
        r#"{"resultCode":"0","resultDesc":"query user messages success.","downlinkMessages":[]}"#
    );
    assert!(begun.elapsed() >= Duration::from_millis(290), "it was held");
    let begun = Instant::now();
    assert_eq!(customer.poll_with("wait=1").await.texts(), [""; 0]);
    assert!(begun.elapsed() >= Duration::from_millis(990), "for as long as it asked");
}

#[tokio::test]
async fn a_poll_before_connecting_is_held_too() {
    let server = patient().await;
    let customer = server.customer("u-77").await;
    let poll = hold(&server, &customer).await;
    customer.sends("CONNECT", "").await;
    assert_eq!(soon("the poll", poll).await.unwrap().texts(), ["Welcome,welcome"]);
}

#[tokio::test]
async fn the_newest_held_poll_wins() {
    let server = patient().await;
    let (customer, agent, conversation) = talking(&server).await;
    let older = hold(&server, &customer).await;
    let newer = {
        let customer = customer.clone();
        tokio::task::spawn(async move { customer.poll().await })
    };
    let older = soon("the older poll", older).await.unwrap();
    assert_eq!((older.status.as_u16(), older.texts()), (200, vec![]), "never a 409");
    agent.say(&conversation, "hello").await;
    assert_eq!(soon("the newer poll", newer).await.unwrap().texts(), ["hello"]);
}

#[tokio::test]
async fn other_customers_polls_are_not_touched() {
    let server = patient().await;
    let (customer, agent, conversation) = talking(&server).await;
    let other = server.customer("u-78").await;
    let theirs = hold(&server, &other).await;
    let own = hold(&server, &customer).await;
    agent.say(&conversation, "hello").await;
    assert_eq!(soon("the poll", own).await.unwrap().texts(), ["hello"]);
    other.sends("CONNECT", "").await;
    assert_eq!(soon("their poll", theirs).await.unwrap().texts(), ["Welcome,welcome"]);
}

#[tokio::test]
async fn two_polls_at_once_never_both_get_a_message() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    for round in 0..5 {
        let expected: Vec<String> = (0..3).map(|number| format!("{round}-{number}")).collect();
        for text in &expected {
            agent.say(&conversation, text).await;
        }
        let mut polls = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let customer = customer.clone();
            polls.spawn(async move { customer.poll_with("wait=0&limit=2").await.texts() });
        }
        let mut received: Vec<String> = polls.join_all().await.concat();
        received.sort();
        assert_eq!(received, expected);
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_comes_again() {
    let server = Server::start().await;
    server.change_channel(|channel| channel.text_chars = 4_000).await;
    let (customer, agent, conversation) = talking(&server).await;
    // More than the kernel takes of an answer that nobody reads, so that it cannot have gone out.
    let expected: Vec<String> = (0..60).map(|number| format!("{number}{}", "三".repeat(3_900))).collect();
    for text in &expected {
        assert_eq!(agent.say(&conversation, text).await.status, 201);
    }
    for _ in 0..2 {
        let mut raw = Raw::connect_narrow(&customer.http).await;
        raw.request(&customer.http, "GET", "/apiaccess/ccmessaging/poll?wait=0").await;
        raw.wait_for_answer().await;
        raw.reset();
    }
    assert_eq!(soon("the same messages", customer.drain_texts()).await, expected);
    assert_eq!(customer.drain_texts().await, [""; 0]);
}

#[tokio::test]
async fn a_client_that_gives_up_waiting_loses_nothing() {
    let server = patient().await;
    let (customer, agent, conversation) = talking(&server).await;
    let mut raw = Raw::connect(&customer.http).await;
    let before = server.parts.hub.held_polls();
    raw.request(&customer.http, "GET", "/apiaccess/ccmessaging/poll").await;
    eventually("a held poll", async || (server.parts.hub.held_polls() > before).then_some(())).await;
    raw.reset();
    agent.say(&conversation, "hello").await;
    assert_eq!(soon("the message", customer.receive(1)).await[0]["content"], "hello");
}

#[tokio::test]
async fn messages_come_in_order_with_growing_times_and_codes_of_their_own() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    for number in 0..50 {
        agent.say(&conversation, &number.to_string()).await;
        if number == 25 {
            server.clock.set_back(Duration::from_hours(1));
        }
    }
    // The clock was set back past nothing but the tokens' beginning.
    let messages = customer.drain().await;
    let texts: Vec<String> =
        messages.iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect();
    assert_eq!(texts, (0..50).map(|number| number.to_string()).collect::<Vec<_>>());
    let times: Vec<i64> =
        messages.iter().map(|message| message["timestamp"].as_i64().expect("a number")).collect();
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    let codes: std::collections::HashSet<&str> =
        messages.iter().map(|message| message["messageCode"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), 50);
}

#[tokio::test]
async fn a_stop_answers_held_polls() {
    let mut server = patient().await;
    let (customer, ..) = talking(&server).await;
    let poll = hold(&server, &customer).await;
    soon("the stop", server.stop()).await;
    let answer = soon("the poll", poll).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.texts()), (200, vec![]));
}
