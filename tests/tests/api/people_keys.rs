//! API keys.

use std::time::Duration;

use frontdesk_tests::kit::{Answer, Http, Server, eventually, hide};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn make(admin: &Http, body: Value) -> Answer {
    admin.post("/api/v1/keys", body).await
}

fn with(server: &Server, made: &Answer) -> Http {
    let secret = made.json["secret"].as_str().expect("a secret");
    server.anybody().with("authorization", format!("Bearer {secret}"))
}

#[tokio::test]
async fn a_key_calls_what_its_role_permits_and_nothing_that_only_a_person_can_do() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let made = make(&admin, json!({ "name": "Reports", "role": "supervisor" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(
        hide(&made.json, &["secret", "id", "createdAt"]),
        json!({
            "secret": "[secret]",
            "key": {
                "id": "[id]", "name": "Reports", "role": "supervisor", "createdAt": "[createdAt]",
                "createdBy": "901", "scope": { "queues": [], "channels": [] },
            },
        })
    );
    assert!(made.json["secret"].as_str().unwrap().starts_with("fdk_"));
    let key = with(&server, &made);
    for path in ["agents", "agent/conversations?scope=all", "agent/conversations", "agent/tickets"] {
        let answer = key.get(&format!("/api/v1/{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    }
    for path in ["agent/me", "agent/feed", "sessions", "agent/status"] {
        assert_eq!(
            key.get(&format!("/api/v1/{path}")).await.problem(),
            (403, "PERSON_NEEDED", None),
            "{path}"
        );
    }
    assert_eq!(key.get("/api/v1/config/queues").await.problem(), (403, "FORBIDDEN", None));
    let conversation = key.post("/api/v1/agent/conversations/any/end", json!({})).await;
    assert_eq!(conversation.problem(), (403, "PERSON_NEEDED", None));
}

#[tokio::test]
async fn keys_are_listed_without_their_secrets_and_revoked_at_once() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let made = make(&admin, json!({ "name": "Reports", "role": "auditor" })).await;
    let key = with(&server, &made);
    assert_eq!(key.get("/api/v1/agents").await.status, StatusCode::OK);
    let secret = made.json["secret"].as_str().unwrap();
    let used = eventually("the use of it", async || {
        let listed = admin.get("/api/v1/keys").await;
        assert!(!listed.text.contains(secret), "{}", listed.text);
        listed.json["keys"][0]["usedAt"].as_i64()
    })
    .await;
    // It is written down once in a minute at most.
    assert_eq!(key.get("/api/v1/agents").await.status, StatusCode::OK);
    assert_eq!(admin.get("/api/v1/keys").await.json["keys"][0]["usedAt"], used);
    let id = made.json["key"]["id"].as_str().unwrap();
    for _ in 0..2 {
        let answer = admin.delete(&format!("/api/v1/keys/{id}")).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "revoked again, it stays so");
    }
    assert_eq!(key.get("/api/v1/agents").await.problem(), (401, "UNAUTHORIZED", None));
    assert_eq!(admin.get("/api/v1/keys").await.json, json!({ "keys": [] }));
}

#[tokio::test]
async fn a_key_ends_when_it_says_and_holds_in_its_scope() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    server.change_queue("sales", |_| {}).await;
    let ends =
        admin.get("/api/v1/sessions").await.json["sessions"][0]["createdAt"].as_i64().unwrap() + 60_000;
    let scope = json!({ "queues": ["sales"] });
    let body = json!({ "name": "Brief", "role": "supervisor", "scope": scope, "expiresAt": ends });
    let key = with(&server, &make(&admin, body).await);
    let seen = key.get("/api/v1/agents").await;
    assert_eq!((seen.status, &seen.json), (StatusCode::OK, &json!({ "agents": [] })));
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(key.get("/api/v1/agents").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn no_key_makes_one_that_outlives_it() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let ends =
        admin.get("/api/v1/sessions").await.json["sessions"][0]["createdAt"].as_i64().unwrap() + 60_000;
    let role = json!({ "permissions": ["keys.manage", "agents.read"] });
    assert!(admin.put("/api/v1/config/roles/keeper", role).await.status.is_success());
    let body = json!({ "name": "Brief", "role": "keeper", "expiresAt": ends });
    let brief = with(&server, &make(&admin, body).await);
    for longer in [json!({}), json!({ "expiresAt": ends + 1 })] {
        let mut body = json!({ "name": "Longer", "role": "keeper" });
        body.as_object_mut().unwrap().extend(longer.as_object().unwrap().clone());
        let refused = make(&brief, body).await;
        assert_eq!((refused.problem().0, refused.problem().2), (400, Some("expiresAt")));
    }
    let body = json!({ "name": "As long", "role": "keeper", "expiresAt": ends });
    assert_eq!(make(&brief, body).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_its_field() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let cases = [
        (json!({ "role": "agent" }), "name"),
        (json!({ "name": "x" }), "role"),
        (json!({ "name": "x", "role": "nobody" }), "role"),
        (json!({ "name": "x", "role": "agent", "scope": { "queues": ["nowhere"] } }), "scope.queues[0]"),
        (json!({ "name": "x", "role": "agent", "expiresAt": 1 }), "expiresAt"),
        (json!({ "name": "x".repeat(101), "role": "agent" }), "name"),
    ];
    for (body, field) in cases {
        let refused = make(&admin, body.clone()).await;
        assert_eq!(
            (refused.problem().0, refused.problem().2),
            (400, Some(field)),
            "{body}: {}",
            refused.text
        );
    }
    assert_eq!(admin.get("/api/v1/keys").await.json, json!({ "keys": [] }));
}

#[tokio::test]
async fn a_role_that_a_key_has_stays() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let role = json!({ "permissions": ["agents.read"] });
    admin.put("/api/v1/config/roles/watcher", role).await;
    let made = make(&admin, json!({ "name": "x", "role": "watcher" })).await;
    let refused = admin.delete("/api/v1/config/roles/watcher").await;
    assert_eq!(refused.problem(), (409, "IN_USE", None));
    let id = made.json["key"]["id"].as_str().unwrap();
    admin.delete(&format!("/api/v1/keys/{id}")).await;
    assert_eq!(admin.delete("/api/v1/config/roles/watcher").await.status, StatusCode::NO_CONTENT);
}
