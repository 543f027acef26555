//! Who gets whom: strategies, skills, languages, weights, the agent of before, and queues of different priority.

use std::time::Duration;

use frontdesk_core::directory::{SkillLevel, SkillNeeded, Sticky, Strategy};
use frontdesk_core::id::QueueId;
use frontdesk_tests::kit::{Agent, Customer, Server, eventually};
use serde_json::{Value, json};

/// A customer who has asked for an agent.
pub(super) async fn asking(server: &Server, user: &str, locale: &str) -> Customer {
    let customer = server.app().await.customer(user, locale).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer
}

/// The customers whom an agent holds, by name.
pub(super) async fn customers_of(agent: &Agent) -> Vec<String> {
    let mut users: Vec<String> = agent.conversations("mine").await.iter().map(user_of).collect();
    users.sort();
    users
}

fn user_of(conversation: &Value) -> String {
    conversation["customer"]["userId"].as_str().unwrap().to_owned()
}

async fn end(agent: &Agent, user: &str) {
    let held = agent.conversations("mine").await;
    let theirs = held.iter().find(|held| user_of(held) == user).unwrap();
    let answer = agent.act(theirs["id"].as_str().unwrap(), "end", json!({})).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// Both have had a customer each; what happens next tells the strategies apart.
async fn third_goes_to(strategy: Strategy, ended: &[(&str, &str)], more: &[&str]) -> &'static str {
    let server = Server::start().await;
    server.change_queue("support", |queue| queue.strategy = strategy).await;
    let (alex, kim) = (server.online("101").await, server.agent("102").await);
    asking(&server, "u-1", "en").await;
    kim.declare("online").await;
    asking(&server, "u-2", "en").await;
    assert_eq!(
        (customers_of(&alex).await, customers_of(&kim).await),
        (vec!["u-1".into()], vec!["u-2".into()])
    );
    for user in more {
        asking(&server, user, "en").await;
    }
    for (agent, user) in ended {
        end(if *agent == "101" { &alex } else { &kim }, user).await;
        // So that one is idle for longer than the other.
        server.clock.advance(Duration::from_secs(1));
    }
    asking(&server, "last", "en").await;
    if customers_of(&alex).await.contains(&"last".to_owned()) { "101" } else { "102" }
}

#[tokio::test]
async fn each_strategy_finds_its_agent() {
    // Alex had a customer before Kim had, and has been free for a shorter time.
    let ended = [("102", "u-2"), ("101", "u-1")];
    assert_eq!(
        third_goes_to(Strategy::LeastBusy, &ended, &[]).await,
        "101",
        "of equals, the longest without a customer"
    );
    assert_eq!(third_goes_to(Strategy::RoundRobin, &ended, &[]).await, "101");
    assert_eq!(third_goes_to(Strategy::LongestIdle, &ended, &[]).await, "102");
    // Alex got the last customer, and holds none any more; Kim holds one.
    let ended = [("101", "u-1"), ("101", "u-3")];
    assert_eq!(third_goes_to(Strategy::LeastBusy, &ended, &["u-3"]).await, "101");
    assert_eq!(third_goes_to(Strategy::LongestIdle, &ended, &["u-3"]).await, "101", "who is free, is idler");
    assert_eq!(third_goes_to(Strategy::RoundRobin, &ended, &["u-3"]).await, "102", "it is their turn");
}

#[tokio::test]
async fn only_who_knows_enough_is_asked() {
    let server = Server::start().await;
    let needs = vec![SkillNeeded { skill: "billing".to_owned(), level: 5 }];
    server.change_queue("support", |queue| queue.needs = needs).await;
    let knows = |level| vec![SkillLevel { skill: "billing".to_owned(), level }];
    server.change_agent("101", |agent| agent.skills = knows(4)).await;
    let (alex, kim) = (server.online("101").await, server.online("102").await);
    asking(&server, "u-1", "en").await;
    assert_eq!(
        (customers_of(&alex).await.len(), customers_of(&kim).await.len()),
        (0, 0),
        "nobody knows enough"
    );
    assert_eq!(alex.conversations("waiting").await.len(), 1, "and the customer waits");
    server.change_agent("102", |agent| agent.skills = knows(5)).await;
    eventually("Kim has learned it", async || (customers_of(&kim).await.len() == 1).then_some(())).await;
    asking(&server, "u-2", "en").await;
    assert_eq!(customers_of(&kim).await, ["u-1", "u-2"]);
}

#[tokio::test]
async fn customers_get_somebody_who_writes_their_language() {
    let server = Server::start().await;
    server.change_queue("support", |queue| queue.match_language = true).await;
    server.change_agent("101", |agent| agent.languages = vec!["zh".to_owned()]).await;
    server.change_agent("102", |agent| agent.languages = vec!["en".to_owned(), "fr".to_owned()]).await;
    let (alex, kim) = (server.online("101").await, server.online("102").await);
    for (user, locale) in [("german", "de"), ("chinese", "zh_CN"), ("french", "fr_FR"), ("english", "en_US")]
    {
        asking(&server, user, locale).await;
    }
    assert_eq!(customers_of(&alex).await, ["chinese"]);
    assert_eq!(customers_of(&kim).await, ["english", "french"], "those behind the German are not held up");
    server.change_agent("103", |agent| agent.languages.clear()).await;
    let any = server.hired("103").await;
    assert_eq!(customers_of(&any).await, ["german"]);
}

#[tokio::test]
async fn heavy_conversations_take_more_of_an_agent() {
    let server = Server::start().await;
    server.change_channel(|channel| channel.weight = 3).await;
    server.change_agent("101", |agent| agent.capacity = 5).await;
    let alex = server.online("101").await;
    asking(&server, "u-1", "en").await;
    asking(&server, "u-2", "en").await;
    assert_eq!(customers_of(&alex).await, ["u-1"], "two would be six");
    server.change_agent("101", |agent| agent.capacity = 6).await;
    eventually("there is room for both", async || (customers_of(&alex).await.len() == 2).then_some(())).await;
    let (kim, conversation) = (server.agent("102").await, alex.held().await.remove(0));
    server.change_agent("102", |agent| agent.capacity = 2).await;
    kim.declare("online").await;
    let refused = alex.act(&conversation, "transfer", json!({ "agentId": "102" })).await;
    assert_eq!(refused.problem(), (409, "AGENT_FULL", None), "a transfer weighs as much");
}

/// A customer whom agent 101 has served, with 101 free again; the queue prefers them for ten minutes.
async fn served_by_alex(server: &Server, wait: u64) -> (Customer, Agent, Agent) {
    server.change_queue("support", |queue| queue.sticky = Some(Sticky { within: 600, wait })).await;
    server.change_agent("101", |agent| agent.capacity = 1).await;
    let (alex, kim) = (server.online("101").await, server.agent("102").await);
    let customer = asking(server, "known", "en").await;
    end(&alex, "known").await;
    kim.declare("online").await;
    (customer, alex, kim)
}

async fn ask_again(customer: &Customer) {
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
}

#[tokio::test]
async fn the_agent_of_before_is_preferred_and_waited_for() {
    let server = Server::start().await;
    let (customer, alex, kim) = served_by_alex(&server, 3_600).await;
    ask_again(&customer).await;
    assert_eq!(customers_of(&alex).await, ["known"], "although Kim has been idle for longer");
    end(&alex, "known").await;
    kim.declare("away").await;
    asking(&server, "other", "en").await;
    kim.declare("online").await;
    ask_again(&customer).await;
    asking(&server, "later", "en").await;
    assert_eq!(
        (customers_of(&alex).await, customers_of(&kim).await),
        (vec!["other".into()], vec!["later".into()])
    );
    end(&alex, "other").await;
    assert_eq!(customers_of(&alex).await, ["known"], "as soon as they are free");
}

#[tokio::test]
async fn the_wait_for_the_agent_of_before_has_an_end() {
    let server = Server::start().await;
    let (customer, _alex, kim) = served_by_alex(&server, 1).await;
    kim.declare("away").await;
    asking(&server, "other", "en").await;
    kim.declare("online").await;
    ask_again(&customer).await;
    // Nothing happens but that the time runs out.
    eventually("somebody else takes them", async || (customers_of(&kim).await == ["known"]).then_some(()))
        .await;
}

#[tokio::test]
async fn the_agent_of_before_is_preferred_for_a_while_only() {
    let server = Server::start().await;
    let (customer, alex, kim) = served_by_alex(&server, 0).await;
    server.change_queue("support", |queue| queue.sticky = Some(Sticky { within: 60, wait: 0 })).await;
    ask_again(&customer).await;
    assert_eq!(customers_of(&alex).await, ["known"]);
    end(&alex, "known").await;
    server.clock.advance(Duration::from_secs(61));
    ask_again(&customer).await;
    assert_eq!(customers_of(&kim).await, ["known"], "who has never had a customer");
}

/// Pain 13: sticky chats go to someone offline.
#[tokio::test]
async fn pain_13_nobody_waits_for_an_agent_who_is_not_there() {
    for status in ["offline", "away", "busy"] {
        let server = Server::start().await;
        let (customer, alex, kim) = served_by_alex(&server, 3_600).await;
        alex.declare(status).await;
        ask_again(&customer).await;
        assert_eq!(customers_of(&kim).await, ["known"], "{status}");
    }
    // The one who is waited for leaves: somebody else gets the customer at once.
    let server = Server::start().await;
    let (customer, alex, kim) = served_by_alex(&server, 3_600).await;
    kim.declare("away").await;
    asking(&server, "other", "en").await;
    kim.declare("online").await;
    ask_again(&customer).await;
    assert_eq!(customers_of(&kim).await, [""; 0]);
    alex.declare("offline").await;
    assert_eq!(customers_of(&kim).await, ["known"]);
}

/// Pain 15: nothing drains the backlog; newest before oldest.
#[tokio::test]
async fn pain_15_the_backlog_is_drained_oldest_first() {
    let server = Server::start().await;
    server.change_agent("101", |agent| agent.capacity = 2).await;
    let alex = server.agent("101").await;
    alex.declare("busy").await;
    let users: Vec<String> = (0..12).map(|number| format!("u-{number:02}")).collect();
    for user in &users {
        asking(&server, user, "en").await;
        server.clock.advance(Duration::from_secs(1));
    }
    alex.declare("online").await;
    for (first, next) in users.iter().zip(users.iter().skip(1)) {
        assert_eq!(customers_of(&alex).await, [first.clone(), next.clone()]);
        end(&alex, first).await;
    }
    assert_eq!(alex.conversations("waiting").await.len(), 0);
}

#[tokio::test]
async fn an_agent_of_two_queues_serves_the_more_urgent_first_and_else_by_age() {
    let server = Server::start().await;
    for (queue, priority) in [("vip", 5), ("sales", 0)] {
        server.change_queue(queue, |queue| queue.priority = priority).await;
        server.add_channel(queue, queue).await;
    }
    let queues = ["support", "vip", "sales"].map(|queue| QueueId::new(queue).unwrap());
    server
        .change_agent("101", |agent| {
            agent.capacity = 1;
            agent.queues = queues.to_vec();
        })
        .await;
    let alex = server.agent("101").await;
    alex.declare("busy").await;
    let app = server.app().await;
    for (channel, user) in [
        ("support", "u-1"),
        ("sales", "u-2"),
        ("vip", "u-3"),
        ("support", "u-4"),
        ("sales", "u-5"),
        ("vip", "u-6"),
    ] {
        if channel == "support" {
            asking(&server, user, "en").await;
        } else {
            app.customer_of(channel, user, "en").await.http.post(
                "/apiaccess/ccmessaging/send",
                json!({
                    "channel": "WEB", "from": user, "to": channel, "sourceType": "CUSTOMER", "mediaType": "TEXT",
                    "controlType": "CONNECT", "content": "",
                }),
            ).await;
        }
        server.clock.advance(Duration::from_secs(1));
    }
    alex.declare("online").await;
    for user in ["u-3", "u-6", "u-1", "u-2", "u-4", "u-5"] {
        assert_eq!(customers_of(&alex).await, [user]);
        end(&alex, user).await;
    }
}

#[tokio::test]
async fn after_call_work_keeps_the_next_customer_away_for_its_time() {
    let server = Server::start().await;
    server.change_queue("support", |queue| queue.wrap_up = 2).await;
    server.change_agent("101", |agent| agent.capacity = 1).await;
    let alex = server.online("101").await;
    asking(&server, "u-1", "en").await;
    asking(&server, "u-2", "en").await;
    let ended = server.parts.clock.now();
    end(&alex, "u-1").await;
    eventually("the time is over", async || (customers_of(&alex).await == ["u-2"]).then_some(())).await;
    let assigned = server.parts.clock.now();
    assert!(assigned.since(ended) >= Duration::from_secs(2), "{:?}", assigned.since(ended));
}
