//! getsatisfactionsurveymode, saveSatisfaction and satisfaction/query.

use frontdesk_core::port::Clock as _;
use frontdesk_tests::kit::{Answer, CHANNEL, Customer, Server, hide, merge};
use reqwest::Method;
use serde_json::{Value, json};

const QUERY: &str = "/apiaccess/rest/cc-management/v1/satisfaction/query";

fn rating(fields: Value) -> Value {
    let mut rating = json!({
        "channel": "WEB", "userId": "u-77", "evaluation": "5", "comment": "ok", "channelConfigId": CHANNEL,
    });
    merge(&mut rating, fields);
    rating
}

/// A customer who talks to an agent, and the conversation's callId.
async fn served(server: &Server) -> (Customer, String) {
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let call = agent.conversations("mine").await[0]["callId"].as_str().unwrap().to_owned();
    (customer, call)
}

async fn rated(server: &Server, call: &str, begin: i64, end: i64) -> Answer {
    let body = json!({ "callId": call, "beginTime": begin, "endTime": end });
    server.app().await.http.post(QUERY, body).await
}

#[tokio::test]
async fn the_mode_is_the_channels_in_the_language_asked_for() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let level = |key: &str, text: &str| json!({ "satisfactionLevelKey": key, "satisfactionLevelDesc": text });
    let answer = customer.call("getsatisfactionsurveymode", json!({})).await;
    assert_eq!(
        answer.shown(),
        (
            200,
            json!({
                "resultCode": "0", "resultDesc": "query satisfaction survey success",
                "satisfactionSurvey": {
                    "surveyType": "WEB",
                    "satisfactionLevel": [
                        level("1", "Very dissatisfied"), level("2", "Dissatisfied"), level("3", "Average"),
                        level("4", "Satisfied"), level("5", "Very satisfied"),
                    ],
                    "satisfactionQuestion": ["CSAT", "NPS", "FCR"],
                },
            })
        )
    );
    let first = |answer: &Answer| {
        answer.json["satisfactionSurvey"]["satisfactionLevel"][0]["satisfactionLevelDesc"].clone()
    };
    let bare = customer.http.request(Method::POST, "/apiaccess/ccmessaging/getsatisfactionsurveymode");
    assert_eq!(first(&customer.http.send(bare).await), "Very dissatisfied", "no body is needed");
    for (language, text) in [
        ("zh_CN", "非常不满意"),
        ("", "Very dissatisfied"),
        ("pt_BR", "Muito insatisfeito"),
        ("tlh", "Very dissatisfied"),
    ] {
        let answer = customer.call("getsatisfactionsurveymode", json!({ "language": language })).await;
        assert_eq!(first(&answer), text, "{language:?}");
    }
    server.change_channel(|channel| channel.survey.enabled = false).await;
    let answer = customer.call("getsatisfactionsurveymode", json!({})).await;
    assert_eq!(answer.json["satisfactionSurvey"]["surveyType"], "NO");
}

#[tokio::test]
async fn a_rating_is_saved_before_and_after_the_end() {
    let server = Server::start().await;
    let (customer, call) = served(&server).await;
    let begin = server.clock.now().as_millis() - 60_000;
    let saved = json!({ "returnCode": "0", "resultCode": "0", "resultDesc": "Save satisfaction success!" });
    let answer = customer.call("saveSatisfaction", rating(json!({ "npsScore": "9", "fcrValue": "1" }))).await;
    assert_eq!(answer.shown(), (200, saved.clone()));
    let found = rated(&server, &call, begin, begin + 120_000).await;
    assert_eq!(
        hide(&found.json, &["evaluationTime"]),
        json!({
            "returnCode": "0", "description": "query Success",
            "satisfactionEvaluations": {
                "evaluationValue": "5", "channel": "WEB", "evaluationTime": "[evaluationTime]", "npsScore": "9",
                "fcrValue": "1", "evaluateObject": "Agent",
            },
        })
    );
    customer.sends("DISCONNECT", "").await;
    // The object that the schema names is taken as well, and numbers for digits.
    let nested = json!({ "satisfication": rating(json!({ "evaluation": 2, "comment": "" })) });
    assert_eq!(customer.call("saveSatisfaction", nested).await.json, saved);
    let found = rated(&server, &call, begin, begin + 120_000).await.json;
    let last = &found["satisfactionEvaluations"];
    assert_eq!((&last["evaluationValue"], &last["npsScore"]), (&json!("2"), &Value::Null), "the last counts");
}

#[tokio::test]
async fn without_an_agent_there_is_nothing_to_rate() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let none = json!({
        "returnCode": "13", "resultCode": "13", "resultDesc": "The callIdString obtained failed!",
    });
    assert_eq!(customer.call("saveSatisfaction", rating(json!({}))).await.shown(), (200, none));
}

#[tokio::test]
async fn a_rating_out_of_range_is_refused() {
    let server = Server::start().await;
    let (customer, _) = served(&server).await;
    let bad = [
        ("evaluation", json!("0")),
        ("evaluation", json!("6")),
        ("evaluation", json!("five")),
        ("evaluation", json!(null)),
        ("comment", json!(null)),
        ("comment", json!("x".repeat(513))),
        ("npsScore", json!("10")),
        ("fcrValue", json!("3")),
        ("userId", json!("u-78")),
        ("channelConfigId", json!("1")),
        ("channel", json!("FACEBOOK")),
    ];
    for (field, value) in bad {
        let answer = customer.call("saveSatisfaction", rating(json!({ field: value }))).await;
        let (status, _, sentence) = answer.failure();
        assert_eq!((status, sentence.contains(&format!("`{field}`"))), (400, true), "{sentence}");
    }
}

#[tokio::test]
async fn a_rating_is_found_by_its_call_and_time_by_the_tenants_app_only() {
    let server = Server::start().await;
    let (customer, call) = served(&server).await;
    let begin = server.clock.now().as_millis() - 60_000;
    let none = json!({
        "returnCode": "-1", "description": "no satisfaction evaluation found", "satisfactionEvaluations": null,
    });
    assert_eq!(
        rated(&server, &call, begin, begin + 120_000).await.shown(),
        (200, none.clone()),
        "not rated yet"
    );
    customer.call("saveSatisfaction", rating(json!({}))).await;
    assert_eq!(rated(&server, &call, begin - 9_000, begin).await.json, none, "not in that span");
    assert_eq!(rated(&server, "1700000000-1", begin, begin + 120_000).await.json, none, "no such call");
    assert_eq!(rated(&server, "no call at all!", begin, begin + 120_000).await.json, none);
    assert_eq!(rated(&server, &call, begin, begin + 120_000).await.json["returnCode"], "0");
    let missing = server.app().await.http.post(QUERY, json!({ "callId": call, "beginTime": 1 })).await;
    assert!(missing.failure().2.contains("`endTime`"), "{}", missing.text);
    assert_eq!(server.anybody().post(QUERY, json!({})).await.failure().0, 401);
}
