//! What agents declare: status and reason, by themselves or by a supervisor.

use frontdesk_tests::kit::{Agent, Server};
use reqwest::Method;
use serde_json::{Value, json};

use super::routing::{asking, customers_of};

const STATUS: &str = "/api/v1/agent/status";

async fn own(agent: &Agent) -> Value {
    let mut status = agent.http.get(STATUS).await.json;
    if let Some(since) = status.get_mut("since") {
        assert!(since.is_i64());
        *since = json!("a time");
    }
    status
}

#[tokio::test]
async fn a_reason_goes_with_being_away() {
    let server = Server::start().await;
    let alex = server.agent("101").await;
    let nothing = json!({
        "status": "offline", "reachable": true, "held": 0, "capacity": 5, "afterCallWork": [], "reasons": [],
    });
    assert_eq!(alex.http.get(STATUS).await.json, nothing, "and no time of it");
    let declared = json!({ "status": "away", "reason": "the dentist" });
    assert_eq!(alex.http.put(STATUS, declared).await.status, 204, "any will do where none are configured");
    let status = own(&alex).await;
    assert_eq!(
        (&status["status"], &status["reason"], &status["since"]),
        (&json!("away"), &json!("the dentist"), &json!("a time"))
    );
    let long = json!({ "status": "away", "reason": "x".repeat(65) });
    assert_eq!(alex.http.put(STATUS, long).await.problem(), (400, "FIELD_INVALID", Some("reason")));
    let online = json!({ "status": "online", "reason": "lunch" });
    assert_eq!(alex.http.put(STATUS, online).await.problem(), (400, "FIELD_INVALID", Some("reason")));
    alex.declare("online").await;
    assert_eq!(own(&alex).await.get("reason"), None, "it goes with the status");
}

#[tokio::test]
async fn reasons_are_the_tenants() {
    let server = Server::start().await;
    let (robin, alex) = (server.agent("901").await, server.agent("101").await);
    let reasons = json!([{ "id": "lunch", "name": "At lunch" }, { "id": "training", "name": "In training" }]);
    let patch = |body: Value| robin.http.request(Method::PATCH, "/api/v1/config/tenants/demo").json(&body);
    let twice = json!({ "away_reasons": [{ "id": "a", "name": "A" }, { "id": "a", "name": "B" }] });
    let refused = robin.http.send(patch(twice)).await;
    assert_eq!(refused.problem(), (400, "BODY_INVALID", Some("away_reasons[1].id")));
    let changed = robin.http.send(patch(json!({ "away_reasons": reasons }))).await;
    assert_eq!((changed.status.as_u16(), &changed.json["item"]["away_reasons"]), (200, &reasons));
    assert_eq!(changed.json["item"]["name"], "Demo shop", "the rest stays");

    let refused = alex.http.put(STATUS, json!({ "status": "busy", "reason": "tea" })).await;
    assert_eq!(refused.problem(), (400, "FIELD_INVALID", Some("reason")));
    assert_eq!(refused.json["detail"], "`reason` must be one of lunch, training");
    assert_eq!(alex.http.put(STATUS, json!({ "status": "busy", "reason": "lunch" })).await.status, 204);
    let status = own(&alex).await;
    assert_eq!((&status["reason"], &status["reasons"]), (&json!("lunch"), &reasons));
    let seen = server.agent("201").await.sees("101").await;
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("busy"), &json!("lunch")));
}

/// A tenant configures itself, and is neither made nor taken away here.
#[tokio::test]
async fn a_tenant_is_configured_but_not_made_or_removed() {
    let server = Server::start().await;
    let robin = server.agent("901").await;
    let send = async |method: Method, path: &str, body: Value| {
        let request = robin.http.request(method, &format!("/api/v1/config/tenants{path}"));
        robin.http.send(if body.is_null() { request } else { request.json(&body) }).await
    };
    let listed = send(Method::GET, "", Value::Null).await;
    assert_eq!(listed.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(send(Method::GET, "/demo", Value::Null).await.json["item"]["locale"], "en");
    let other = json!({ "name": "Other" });
    assert_eq!(send(Method::PUT, "/other", other.clone()).await.problem().0, 404);
    assert_eq!(send(Method::PATCH, "/other", other).await.problem().0, 404);
    assert_eq!(send(Method::DELETE, "/demo", Value::Null).await.problem().0, 405);
    assert_eq!(server.agent("101").await.http.get(STATUS).await.status, 200, "it is still there");
}

#[tokio::test]
async fn a_supervisor_sees_everybody_and_declares_for_them() {
    let server = Server::start().await;
    let (sam, alex) = (server.agent("201").await, server.online("101").await);
    asking(&server, "bob", "en").await;
    let mut seen = sam.sees("101").await;
    assert!(seen["since"].is_i64());
    seen.as_object_mut().unwrap().remove("since");
    assert_eq!(
        seen,
        json!({
            "id": "101", "nickname": "Alex", "status": "online", "reachable": true, "held": 1, "capacity": 5,
            "queues": ["support"],
        })
    );
    let all = sam.http.get("/api/v1/agents").await.json;
    let ids: Vec<&str> =
        all["agents"].as_array().unwrap().iter().map(|seen| seen["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["101", "102", "201", "901"]);

    let cursor = alex.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    let away = json!({ "status": "away", "reason": "fire drill" });
    assert_eq!(sam.http.put("/api/v1/agents/101/status", away).await.status, 204);
    let events = alex.feed(&cursor, 20).await.json["events"].as_array().unwrap().clone();
    let told = events.iter().find(|event| event["type"] == "state").unwrap();
    assert_eq!(
        (&told["status"], &told["reason"], &told["held"]),
        (&json!("away"), &json!("fire drill"), &json!(1))
    );
    asking(&server, "carol", "en").await;
    assert_eq!(customers_of(&alex).await, ["bob"], "no more customers");
    let online = json!({ "status": "online" });
    assert_eq!(sam.http.put("/api/v1/agents/101/status", online.clone()).await.status, 204);
    assert_eq!(customers_of(&alex).await, ["bob", "carol"]);
    assert_eq!(sam.http.put("/api/v1/agents/999/status", online.clone()).await.problem().0, 404);
    assert_eq!(alex.http.put("/api/v1/agents/102/status", online).await.problem().0, 403);
    assert_eq!(alex.http.get("/api/v1/agents").await.problem().0, 403);
}
