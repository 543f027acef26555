//! The agents' feed.

use std::time::Duration;

use frontdesk_tests::kit::{Agent, Customer, Server, eventually, hide, soon};
use serde_json::json;

use super::desk::{Desk, asking, kinds, lines};

#[tokio::test]
async fn a_desk_is_told_what_happens_to_the_agent_and_their_conversations() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let (mut desk, events) = Desk::open(&agent).await;
    assert!(events.is_empty(), "{events:?}");
    let customer = asking(&server, "u-77").await;
    let events = desk.next(5).await;
    assert_eq!(kinds(&events)[0], "assigned");
    let conversation = agent.only_conversation().await;
    assert_eq!(events[0]["conversationId"], conversation);
    assert_eq!(events[0]["conversation"]["id"], conversation);

    customer.sends("CHAT", "hello").await;
    agent.say(&conversation, "good day").await;
    customer.sends("DISCONNECT", "").await;
    let events = desk.next(5).await;
    let said = |kind: &str, id: &str, name: &str, text: &str| {
        json!({
            "type": "message", "at": "[at]", "conversationId": conversation,
            "message": {
                "id": "[id]", "seq": "[seq]", "at": "[at]", "author": { "kind": kind, "id": id, "name": name },
                "mediaType": "TEXT", "content": text,
            },
        })
    };
    let mut shown = hide(&json!(events), &["at", "seq"]);
    for event in shown.as_array_mut().unwrap() {
        if let Some(message) = event.get_mut("message") {
            message["id"] = json!("[id]");
        }
    }
    let ended = json!({
        "type": "ended", "at": "[at]", "conversationId": conversation, "by": "customer", "reason": "closed",
    });
    assert_eq!(
        shown,
        json!([said("customer", "u-77", "u-77", "hello"), said("agent", "101", "Alex", "good day"), ended])
    );
    assert!(desk.next(0).await.is_empty());
}

#[tokio::test]
async fn two_desks_of_an_agent_take_nothing_from_each_other() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let other = server.agent("101").await;
    let (mut here, _) = Desk::open(&agent).await;
    let (mut there, _) = Desk::open(&other).await;
    let customer = asking(&server, "u-77").await;
    customer.sends("CHAT", "hello").await;
    let (at_one, at_other) = (here.next(5).await, there.next(5).await);
    assert_eq!(at_one, at_other);
    assert!(kinds(&at_one).contains(&"message"), "{at_one:?}");
    // A desk that is opened later is told what the agent holds.
    let (mut late, greeting) = Desk::open(&agent).await;
    assert_eq!(kinds(&greeting)[0], "assigned");
    customer.sends("CHAT", "again").await;
    assert_eq!(late.next(5).await, here.next(5).await);
}

#[tokio::test]
async fn a_held_feed_is_answered_when_something_comes() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let (desk, _) = Desk::open(&agent).await;
    let held = {
        let (agent, cursor) = (agent.clone(), desk.cursor.clone());
        tokio::task::spawn(async move { agent.feed(&cursor, 55).await })
    };
    asking(&server, "u-77").await;
    let answer = soon("the feed", held).await.unwrap();
    assert_eq!(answer.json["events"][0]["type"], "assigned");
}

#[tokio::test]
async fn who_passes_a_conversation_on_is_told_that_it_went() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.online("102").await);
    asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let ((mut here, _), (mut there, _)) = (Desk::open(&alex).await, Desk::open(&kim).await);
    alex.act(&conversation, "transfer", json!({ "agentId": "102" })).await;
    let released = here.next(5).await;
    assert_eq!(
        hide(released.last().unwrap(), &["at"]),
        json!({
            "type": "released", "at": "[at]", "conversationId": conversation, "control": "agent",
            "reason": "transferred",
        })
    );
    assert_eq!(kinds(&there.next(5).await)[0], "assigned");
    kim.say(&conversation, "hello").await;
    assert!(here.next(0).await.is_empty(), "it concerns Alex no more");
}

#[tokio::test]
async fn a_cursor_is_its_agents_own() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.online("102").await);
    let (desk, _) = Desk::open(&alex).await;
    assert_eq!(kim.feed(&desk.cursor, 0).await.problem(), (400, "CURSOR_INVALID", Some("cursor")));
    assert_eq!(alex.feed("made-up", 0).await.problem(), (400, "CURSOR_INVALID", Some("cursor")));
    assert_eq!(alex.feed(&"x".repeat(3_000), 0).await.problem(), (400, "FIELD_INVALID", Some("cursor")));
    for wait in ["-1", "soon"] {
        let answer = alex.http.get(&format!("/api/v1/agent/feed?wait={wait}")).await;
        assert_eq!(answer.problem(), (400, "FIELD_INVALID", Some("wait")));
    }
}

#[tokio::test]
async fn a_desk_that_listens_is_told_that_the_customer_types() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let (mut desk, _) = Desk::open(&agent).await;
    let told = async {
        loop {
            let events = desk.next(20).await;
            if kinds(&events).contains(&"typing") {
                return events;
            }
        }
    };
    let types = async {
        // Typing is told to whoever listens just then.
        loop {
            customer.sends("INPUT", "").await;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let events = tokio::select! {
        events = soon("a typing event", told) => events,
        () = types => unreachable!("it types for ever"),
    };
    assert!(events.iter().all(|event| event["conversationId"].is_string()), "{events:?}");
}

/// The customer's log says that a conversation went before the agent's own does. Whoever was woken by the first must
/// neither go on listening nor miss that it went.
#[tokio::test]
async fn a_desk_that_is_woken_by_the_hand_over_itself_hears_no_more() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.online("102").await);
    asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let (mut desk, _) = Desk::open(&alex).await;
    let gate = server.store.hold_back("give_back_slot");
    let passes = {
        let (alex, conversation) = (alex.clone(), conversation.clone());
        tokio::task::spawn(
            async move { alex.act(&conversation, "transfer", json!({ "agentId": "102" })).await },
        )
    };
    // Giving the slot back comes before the news in the agent's own log.
    soon("the hand-over", gate.reached()).await;
    let released = desk.next(20).await;
    gate.open();
    assert_eq!(soon("the transfer", passes).await.unwrap().status, 204);
    assert_eq!(kinds(&released), ["released"]);
    kim.say(&conversation, "hello").await;
    assert!(desk.next(0).await.is_empty(), "it concerns Alex no more");
}

/// A conversation goes from Alex and comes back, while the news of its going is late, and then the customer says something.
async fn comes_back_before_it_went(server: &Server, alex: &Agent, customer: &Customer) {
    let conversation = alex.only_conversation().await;
    let kim = server.online("102").await;
    server.store.fail("append_to_agent", 1);
    alex.act(&conversation, "transfer", json!({ "agentId": "102" })).await;
    kim.act(&conversation, "transfer", json!({ "agentId": "101" })).await;
    assert_eq!(alex.only_conversation().await, conversation);
    customer.sends("CHAT", "are you there?").await;
}

/// Waits until the late news is told.
async fn late_news(server: &Server) {
    server.store.take_calls();
    server.clock.advance(Duration::from_secs(3));
    let told = async || server.store.take_calls().contains_key("append_to_agent").then_some(());
    eventually("the late news", told).await;
    server.timers_have_run().await;
}

#[tokio::test]
async fn a_conversation_that_comes_back_before_the_news_that_it_went_is_told_on() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let (mut desk, _) = Desk::open(&alex).await;
    comes_back_before_it_went(&server, &alex, &customer).await;
    let mut events = desk.next(0).await;
    late_news(&server).await;
    events.extend(desk.next(0).await);
    let kinds = kinds(&events);
    let assigned = kinds.iter().position(|kind| *kind == "assigned").expect("it is Alex' again");
    assert_eq!(kinds[..assigned].last(), Some(&"released"), "{kinds:?}");
    assert!(!kinds[assigned..].contains(&"released"), "{kinds:?}");
    assert!(lines(&events).contains(&"u-77: are you there?".to_owned()), "{events:?}");
}

#[tokio::test]
async fn late_news_that_a_conversation_went_takes_nothing_from_what_came_after_it() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let (mut desk, _) = Desk::open(&alex).await;
    comes_back_before_it_went(&server, &alex, &customer).await;
    late_news(&server).await;
    // The news of this end is late as well.
    server.store.fail("append_to_agent", 1);
    let conversation = alex.only_conversation().await;
    alex.act(&conversation, "end", json!(null)).await;
    let events = desk.next(0).await;
    assert!(lines(&events).contains(&"u-77: are you there?".to_owned()), "{events:?}");
    assert_eq!(kinds(&events).last(), Some(&"ended"), "{events:?}");
}
