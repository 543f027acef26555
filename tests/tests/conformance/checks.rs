//! What the checks say of servers that are right, wrong in one thing, or not there.

use std::sync::{Arc, Mutex};

use frontdesk_client::conformance::{Outcome, Target, run};
use frontdesk_tests::kit::{CHANNEL, Server};
use serde_json::{Value, json};

use super::altering_proxy::{AlteringProxy, Passing};

fn target(url: &str) -> Target {
    Target {
        url: url.to_owned(),
        app_key: "demo-app".to_owned(),
        app_secret: "demo-secret".into(),
        channel: CHANNEL.to_owned(),
        agent: Some("demo:101:demo-101".parse().unwrap()),
    }
}

/// The documented answer of a poll for which there is nothing.
const NOTHING: &str =
    r#"{"resultCode":"0","resultDesc":"query user messages success.","downlinkMessages":[]}"#;

/// The names of the checks that fail if a server's answers are changed like this.
async fn failed_by(change: impl Fn(&mut Passing) + Send + Sync + 'static) -> Vec<String> {
    let server = Server::start().await;
    let proxy = AlteringProxy::start(&server.url, Arc::new(change)).await;
    let report = run(Target { agent: None, ..target(&proxy.url) }).await.unwrap();
    report.failed().map(|check| format!("{}: {}", check.group, check.name)).collect()
}

fn is_poll(answer: &Passing) -> bool {
    answer.target.starts_with("/apiaccess/ccmessaging/poll")
}

/// Changes the JSON of polls' answers, whose keys are sorted then, unless nothing is changed.
fn in_polls(answer: &mut Passing, change: impl FnOnce(&mut Value)) {
    if let (true, Ok(mut json)) = (is_poll(answer), serde_json::from_str(&answer.text)) {
        change(&mut json);
        answer.text = json.to_string();
    }
}

#[tokio::test]
async fn this_server_keeps_the_whole_contract() {
    let server = Server::start().await;
    let report = run(target(&server.url)).await.unwrap();
    assert!(report.checks.iter().all(|check| check.outcome == Outcome::Passed), "{report}");
    assert!(report.is_conformant() && report.checks.len() > 60);
}

#[tokio::test]
async fn a_proxy_that_changes_nothing_changes_nothing() {
    assert_eq!(failed_by(|_| {}).await, [""; 0]);
}

#[tokio::test]
async fn without_an_agent_what_needs_one_is_skipped() {
    let server = Server::start().await;
    let report = run(Target { agent: None, ..target(&server.url) }).await.unwrap();
    for check in &report.checks {
        let skipped = matches!(check.outcome, Outcome::Skipped { .. });
        assert_eq!(skipped, check.group == "agent", "{report}");
    }
    assert!(report.is_conformant());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_from_a_wrong_one() {
    let mut server = Server::start().await;
    server.stop().await;
    let error = run(target(&server.url)).await.unwrap_err();
    assert_eq!(error.url, server.url);
    assert!(run(target("no address")).await.is_err());
}

#[tokio::test]
async fn a_field_that_is_missing_is_missed() {
    let failed = failed_by(|answer| {
        if is_poll(answer) {
            answer.text = answer.text.replace("\"callId\":null,", "");
        }
    });
    assert_eq!(
        failed.await,
        [
            "classic poll: a message has exactly the documented fields, in order",
            "acknowledged poll: the answer has the additions behind the documented fields"
        ]
    );
}

#[tokio::test]
async fn fields_in_another_order_are_noticed() {
    let failed = failed_by(|answer| in_polls(answer, |_| {}));
    assert_eq!(
        failed.await,
        [
            "classic poll: the answer has exactly the documented fields, in order",
            "classic poll: a message has exactly the documented fields, in order",
            "acknowledged poll: the answer has the additions behind the documented fields"
        ]
    );
}

#[tokio::test]
async fn a_403_is_no_401() {
    let failed = failed_by(|answer| {
        if answer.status == 401 {
            answer.status = 403;
        }
    });
    assert_eq!(
        failed.await,
        [
            "tokens: a wrong secret and an unknown key look the same",
            "stream: without credentials: 401",
            "errors: without a credential: 401",
            "errors: every wrong credential gets the same bytes",
            "errors: one space after Bearer is required"
        ]
    );
}

#[tokio::test]
async fn another_text_is_noticed() {
    let failed = failed_by(|answer| {
        answer.text = answer.text.replace("Send message to robot successfully", "sent");
    });
    assert_eq!(failed.await, ["send: CHAT reaches the robot"]);
}

#[tokio::test]
async fn lost_messages_are_missed() {
    let failed = failed_by(|answer| {
        if is_poll(answer) && !answer.target.contains("cursor=") && answer.status == 200 {
            NOTHING.clone_into(&mut answer.text);
        }
    });
    assert_eq!(
        failed.await,
        [
            "classic poll: a message has exactly the documented fields, in order",
            "classic poll: the robot's answer is as in the page's example",
            "classic poll: times are growing numbers, codes are unique",
            "classic poll: a message comes once",
            "classic poll: a held poll is answered by a message",
            "classic poll: receiverId and channel are optional",
            "classic poll: HEAD and OPTIONS take nothing away"
        ]
    );
}

#[tokio::test]
async fn a_life_that_was_not_asked_for_is_noticed() {
    let failed = failed_by(|answer| {
        answer.text = answer.text.replace("\"Expires\":\"600\"", "\"Expires\":\"7200\"");
    });
    assert_eq!(failed.await, ["tokens: its life is 600 s, or what X-Token-Expire asks for"]);
}

#[tokio::test]
async fn times_that_are_texts_are_noticed() {
    let failed = failed_by(|answer| {
        in_polls(answer, |json| {
            for message in json["downlinkMessages"].as_array_mut().into_iter().flatten() {
                message["timestamp"] = json!(message["timestamp"].to_string());
            }
        });
    });
    assert!(failed.await.contains(&"classic poll: times are growing numbers, codes are unique".to_owned()));
}

#[tokio::test]
async fn messages_that_come_twice_are_noticed() {
    let last = Mutex::new(String::new());
    let failed = failed_by(move |answer| {
        // The answer to a customer's first poll comes as the answer to the second as well.
        if is_poll(answer) && answer.target.contains("receiverId=") && answer.status == 200 {
            let mut last = last.lock().unwrap();
            match last.split_once('\n') {
                Some((target, text)) if target == answer.target => text.clone_into(&mut answer.text),
                _ => *last = format!("{}\n{}", answer.target, answer.text),
            }
        }
    });
    assert!(failed.await.contains(&"classic poll: a message comes once".to_owned()));
}

#[tokio::test]
async fn cursors_of_others_that_are_taken_are_noticed() {
    let failed = failed_by(|answer| {
        if answer.text.contains("CURSOR_INVALID") {
            answer.status = 200;
            answer.text = json!({ "resultCode": "0", "downlinkMessages": [] }).to_string();
        }
    });
    assert_eq!(
        failed.await,
        [
            "acknowledged poll: a malformed cursor is refused",
            "acknowledged poll: another customer's cursor is refused"
        ]
    );
}
