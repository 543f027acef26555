//! Surveys by rules and by hand, of service episodes: pain 21 of the peers' page (asked once only, the wrong agent rated,
//! asked when it cannot be answered, answers that open conversations again).

use std::time::Duration;

use frontdesk_core::directory::Survey;
use frontdesk_core::entry::EndReason;
use frontdesk_tests::kit::{Agent, Answer, CHANNEL, Customer, Server, hide};
use reqwest::Method;
use serde_json::{Value, json};

/// A server whose channel asks so, and an agent who is online.
async fn asking(change: impl FnOnce(&mut Survey)) -> (Server, Agent) {
    let server = Server::start().await;
    server.change_channel(|channel| change(&mut channel.survey)).await;
    let agent = server.online("101").await;
    (server, agent)
}

/// A customer whom an agent serves, and the conversation.
async fn served(server: &Server, agent: &Agent) -> (Customer, String) {
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    (customer, agent.only_conversation().await)
}

/// What getsatisfactionsurveymode says.
async fn mode(customer: &Customer) -> String {
    let answer = customer.call("getsatisfactionsurveymode", json!({})).await;
    answer.json["satisfactionSurvey"]["surveyType"].as_str().unwrap_or(&answer.text).to_owned()
}

async fn rated(customer: &Customer, evaluation: u8) -> Answer {
    let body = json!({
        "channel": "WEB", "userId": customer.user, "evaluation": evaluation, "comment": "",
        "channelConfigId": CHANNEL,
    });
    customer.call("saveSatisfaction", body).await
}

/// The `survey` events that a client has got.
async fn surveys(customer: &Customer) -> Vec<Value> {
    let polled = customer.polled("cursor=&events=session&wait=0&deviceId=survey").await;
    let events = polled.json["events"].as_array().unwrap_or_else(|| panic!("{}", polled.text)).clone();
    events.into_iter().map(|event| event["data"].clone()).filter(|data| data["state"] == "survey").collect()
}

async fn ratings(agent: &Agent, conversation: &str) -> Value {
    let answer = agent.http.get(&format!("/api/v1/agent/conversations/{conversation}/ratings")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["ratings"].clone()
}

#[tokio::test]
async fn a_client_is_told_what_it_is_asked_and_about_which_service() {
    let (server, agent) = asking(|_| {}).await;
    let (customer, conversation) = served(&server, &agent).await;
    assert_eq!(surveys(&customer).await, [] as [Value; 0]);
    agent.act(&conversation, "end", json!({})).await;
    let asked = surveys(&customer).await;
    let expected = json!({
        "state": "survey", "conversationId": conversation, "episode": "[episode]",
        "questions": ["CSAT", "NPS", "FCR"], "until": "[until]",
    });
    assert_eq!(hide(&json!(asked), &["episode", "until"]), json!([expected]));
    let answer = json!({
        "episode": asked[0]["episode"], "csat": 4, "nps": 10, "solved": true, "comment": "quick help",
    });
    let saved = json!({ "resultCode": "0", "resultDesc": "Save satisfaction success!" });
    assert_eq!(customer.call("rating", answer).await.shown(), (200, saved));
    let expected = json!([{
        "episode": asked[0]["episode"], "agentId": "101", "at": "[at]", "csat": 4, "nps": 10, "solved": true,
        "comment": "quick help",
    }]);
    assert_eq!(hide(&ratings(&agent, &conversation).await, &["at"]), expected);
    assert_eq!(mode(&customer).await, "NO", "who has answered is not asked again");
}

#[tokio::test]
async fn pain_21_each_service_is_asked_about_and_rates_its_own_agent() {
    let (server, alex) = asking(|_| {}).await;
    let (customer, first) = served(&server, &alex).await;
    assert_eq!(mode(&customer).await, "WEB");
    customer.sends("DISCONNECT", "").await;
    let asked = surveys(&customer).await;
    assert_eq!(asked.len(), 1);
    alex.declare("offline").await;
    let kim = server.online("102").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let second = kim.only_conversation().await;
    // The survey about Alex was left open until Kim came: it does not rate Kim.
    let late = customer.call("rating", json!({ "episode": asked[0]["episode"], "csat": 1 })).await;
    assert_eq!(late.shown(), (200, json!({ "resultCode": "13", "resultDesc": "Save satisfaction failed" })));
    assert_eq!(rated(&customer, 5).await.code(), "0");
    assert_eq!(rated(&customer, 4).await.code(), "0", "a second thought");
    customer.sends("DISCONNECT", "").await;
    assert_eq!(surveys(&customer).await.len(), 1, "who has answered is not asked");
    let of = |ratings: Value| {
        let list = ratings.as_array().unwrap().clone();
        list.iter().map(|rating| (rating["agentId"].clone(), rating["csat"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(of(ratings(&kim, &second).await), [(json!("102"), json!(4))]);
    assert_eq!(of(ratings(&alex, &first).await), []);
}

#[tokio::test]
async fn pain_21_an_answer_opens_no_conversation() {
    let (server, agent) = asking(|_| {}).await;
    let sam = server.agent("201").await;
    for async_replies in [false, true] {
        server.change_channel(|channel| channel.async_replies = async_replies).await;
        let (customer, conversation) = served(&server, &agent).await;
        agent.act(&conversation, "end", json!({})).await;
        let episode = surveys(&customer).await.last().unwrap()["episode"].clone();
        customer.drain().await;
        assert_eq!(rated(&customer, 1).await.code(), "0");
        assert_eq!(customer.call("rating", json!({ "episode": episode, "nps": 0 })).await.code(), "0");
        assert_eq!(sam.conversations("all").await.len(), 0);
        assert_eq!(agent.held().await.len(), 0);
        assert_eq!(customer.drain().await.len(), 0, "and leads to no message, so to no loop");
        assert_eq!(customer.send("CHAT", "hello?").await.code(), "5");
    }
}

#[tokio::test]
async fn pain_21_an_answer_that_comes_too_late_is_refused() {
    let (server, agent) = asking(|survey| survey.window = 600).await;
    let (customer, conversation) = served(&server, &agent).await;
    customer.sends("DISCONNECT", "").await;
    let until = surveys(&customer).await[0]["until"].as_i64().unwrap();
    let now = frontdesk_core::port::Clock::now(&*server.clock).as_millis();
    assert!((1..=600_000).contains(&(until - now)), "{until} at {now}");
    assert_eq!(mode(&customer).await, "WEB");
    server.clock.advance(Duration::from_secs(601));
    let customer = server.customer("u-77").await;
    assert_eq!(mode(&customer).await, "NO");
    let over = json!({ "returnCode": "13", "resultCode": "13", "resultDesc": "Save satisfaction failed" });
    assert_eq!(rated(&customer, 5).await.shown(), (200, over));
    let asked = agent.act(&conversation, "survey", json!({})).await;
    assert_eq!(asked.problem(), (409, "SURVEY_OVER", None));
    assert_eq!(ratings(&agent, &conversation).await, json!([]));
}

#[tokio::test]
async fn the_rules_say_when_to_ask() {
    let (server, agent) = asking(|survey| {
        survey.only_answered = true;
        survey.after = Some(vec![EndReason::Agent, EndReason::Inactivity]);
        survey.at_most_every = 86_400;
    })
    .await;
    let ends = async |says: bool, by_agent: bool| {
        let (customer, conversation) = served(&server, &agent).await;
        if says {
            agent.say(&conversation, "Good day.").await;
        }
        if by_agent {
            agent.act(&conversation, "end", json!({})).await;
        } else {
            customer.sends("DISCONNECT", "").await;
        }
        (mode(&customer).await, surveys(&customer).await.len())
    };
    assert_eq!(ends(false, true).await, ("NO".to_owned(), 0), "the agent said nothing");
    assert_eq!(ends(true, false).await, ("NO".to_owned(), 0), "the customer left");
    assert_eq!(ends(true, true).await, ("WEB".to_owned(), 1));
    assert_eq!(ends(true, true).await, ("NO".to_owned(), 1), "asked less than a day ago");
    server.clock.advance(Duration::from_secs(86_401));
    assert_eq!(ends(true, true).await, ("WEB".to_owned(), 2));
}

#[tokio::test]
async fn an_agent_has_the_customer_asked() {
    let (server, agent) = asking(|survey| survey.enabled = false).await;
    let (customer, conversation) = served(&server, &agent).await;
    let kim = server.agent("102").await;
    assert_eq!(kim.act(&conversation, "survey", json!({})).await.problem(), (409, "NOT_YOURS", None));
    customer.sends("DISCONNECT", "").await;
    assert_eq!((mode(&customer).await, surveys(&customer).await.len()), ("NO".to_owned(), 0));
    for asker in [&agent, &agent, &server.agent("201").await] {
        assert_eq!(asker.act(&conversation, "survey", json!({})).await.status, 204);
    }
    assert_eq!((mode(&customer).await, surveys(&customer).await.len()), ("WEB".to_owned(), 1));
    assert_eq!(agent.held().await.len(), 0, "asking opens nothing either");
    assert_eq!(agent.act("made-up", "survey", json!({})).await.problem(), (404, "NOT_FOUND", None));
}

#[tokio::test]
async fn who_was_not_served_has_nothing_to_rate() {
    let (server, agent) = asking(|survey| survey.only_answered = true).await;
    let customer = server.customer("u-77").await;
    assert_eq!(mode(&customer).await, "NO");
    let none = json!({ "resultCode": "13", "resultDesc": "The callIdString obtained failed!" });
    assert_eq!(customer.call("rating", json!({ "csat": 5 })).await.shown(), (200, none.clone()));
    let (other, _) = served(&server, &agent).await;
    other.sends("DISCONNECT", "").await;
    let made_up = json!({ "episode": "made-up", "csat": 5 });
    assert_eq!(other.call("rating", made_up).await.shown(), (200, none));
    for (body, field) in [(json!({}), "csat"), (json!({ "csat": 6 }), "csat"), (json!({ "nps": 11 }), "nps")]
    {
        let refused = other.call("rating", body).await;
        let (status, _, sentence) = refused.failure();
        assert_eq!((status, sentence.contains(&format!("`{field}`"))), (400, true), "{sentence}");
    }
}

#[tokio::test]
async fn rules_are_configured_and_checked() {
    let server = Server::start().await;
    let admin = server.agent("901").await;
    let patch = async |survey: Value| {
        let request = admin.http.request(Method::PATCH, &format!("/api/v1/config/channels/{CHANNEL}"));
        admin.http.send(request.json(&json!({ "survey": survey }))).await
    };
    let rules = json!({
        "enabled": true, "questions": ["CSAT", "NPS"], "after": ["agent", "customer"], "window": 3600,
        "at_most_every": 604_800, "only_answered": true,
    });
    let changed = patch(rules.clone()).await;
    assert_eq!((changed.status.as_u16(), &changed.json["item"]["survey"]), (200, &rules), "{}", changed.text);
    for (bad, field) in [
        (json!({ "window": 0 }), "survey.window"),
        (json!({ "questions": ["CSAT", "CSAT"] }), "survey.questions[1]"),
        (json!({ "after": ["boredom"] }), "survey.after[0]"),
    ] {
        assert_eq!(patch(bad).await.problem(), (400, "BODY_INVALID", Some(field)));
    }
}
