//! Sign-ins: listed, and ended one by one or together.

use std::time::Duration;

use frontdesk_tests::kit::{Agent, Http, Server, eventually, hide};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn sessions(http: &Http, path: &str) -> Vec<Value> {
    let answer = http.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json["sessions"].as_array().unwrap().clone()
}

async fn is_signed_in(http: &Http) -> bool {
    http.get("/api/v1/agent/me").await.status == StatusCode::OK
}

#[tokio::test]
async fn own_sign_ins_are_listed_with_where_they_came_from() {
    let server = Server::start().await;
    let first = server.agent("101").await.http;
    let browser = server.anybody().with("user-agent", format!("Browser {}", "x".repeat(300)));
    let second = Agent::sign_in(&browser, "demo", "101", "demo-101").await.http;
    server.agent("102").await;
    let seen = sessions(&second, "/api/v1/sessions").await;
    assert_eq!(seen.len(), 2);
    let times = ["id", "createdAt", "seenAt", "expiresAt"];
    assert_eq!(
        hide(&seen[0], &times),
        json!({
            "id": "[id]", "createdAt": "[createdAt]", "seenAt": "[seenAt]", "expiresAt": "[expiresAt]",
            "current": true, "address": "127.0.0.1", "secondFactor": false,
            "userAgent": format!("Browser {}", "x".repeat(192)),
        })
    );
    assert_eq!(seen[1]["current"], false);
    // Roughly when each was last used.
    server.clock.advance(Duration::from_mins(5));
    assert!(is_signed_in(&first).await);
    let began = seen[1]["createdAt"].as_i64().unwrap();
    eventually("the use of the first", async || {
        let seen = sessions(&second, "/api/v1/sessions").await;
        (seen[1]["seenAt"].as_i64().unwrap() >= began + 300_000).then_some(())
    })
    .await;
}

#[tokio::test]
async fn own_sign_ins_are_ended() {
    let server = Server::start().await;
    let [one, two, three] = [server.agent("101").await, server.agent("101").await, server.agent("101").await]
        .map(|agent| agent.http);
    let kim = server.agent("102").await.http;
    let ids: Vec<String> = sessions(&one, "/api/v1/sessions")
        .await
        .iter()
        .filter(|session| session["current"] == false)
        .map(|session| session["id"].as_str().unwrap().to_owned())
        .collect();
    // Knowing what it is called by does not help anybody else.
    assert_eq!(kim.delete(&format!("/api/v1/sessions/{}", ids[0])).await.status, StatusCode::NO_CONTENT);
    assert!(is_signed_in(&two).await && is_signed_in(&three).await);
    assert_eq!(one.delete(&format!("/api/v1/sessions/{}", ids[0])).await.status, StatusCode::NO_CONTENT);
    assert_ne!(is_signed_in(&two).await, is_signed_in(&three).await);
    assert_eq!(one.delete("/api/v1/sessions").await.status, StatusCode::NO_CONTENT);
    assert!(is_signed_in(&one).await && !is_signed_in(&two).await && !is_signed_in(&three).await);
    assert!(is_signed_in(&kim).await);
}

#[tokio::test]
async fn those_of_others_are_ended_by_whoever_may() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let [one, two] = [server.agent("101").await, server.agent("101").await].map(|agent| agent.http);
    let sam = server.agent("201").await.http;
    assert_eq!(sam.get("/api/v1/agents/101/sessions").await.problem(), (403, "FORBIDDEN", None));
    let seen = sessions(&admin, "/api/v1/agents/101/sessions").await;
    assert_eq!(seen.len(), 2);
    let id = seen[0]["id"].as_str().unwrap();
    assert_eq!(
        admin.delete(&format!("/api/v1/agents/101/sessions/{id}")).await.status,
        StatusCode::NO_CONTENT
    );
    assert!(is_signed_in(&one).await && !is_signed_in(&two).await, "the newest was the first of the list");
    assert_eq!(admin.delete("/api/v1/agents/101/sessions").await.status, StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&one).await);
    assert_eq!(admin.get("/api/v1/agents/999/sessions").await.problem(), (404, "NOT_FOUND", None));
    assert!(is_signed_in(&admin).await);
}

#[tokio::test]
async fn a_new_password_or_dismissal_ends_every_sign_in_at_once() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let old = server.agent("101").await.http;
    let path = "/api/v1/config/agents/101";
    let change = json!({ "password": "a quiet little lamp", "queues": ["support"] });
    assert_eq!(admin.put(path, change).await.status, StatusCode::OK);
    assert!(!is_signed_in(&old).await);
    assert_eq!(sessions(&admin, "/api/v1/agents/101/sessions").await, [] as [Value; 0]);
    let new = Agent::sign_in(&server.anybody(), "demo", "101", "a quiet little lamp").await.http;
    assert!(is_signed_in(&new).await);
    assert_eq!(admin.delete(path).await.status, StatusCode::NO_CONTENT);
    assert!(!is_signed_in(&new).await);
    // Whoever gets the name later begins with nothing.
    admin.put(path, json!({ "password": "a quiet little lamp" })).await;
    assert!(!is_signed_in(&new).await && !is_signed_in(&old).await);
    assert_eq!(sessions(&admin, "/api/v1/agents/101/sessions").await, [] as [Value; 0]);
}
