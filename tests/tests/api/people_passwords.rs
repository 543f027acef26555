//! Passwords: what they must be like, and how they are changed.

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_tests::kit::{Agent, Http, Server};
use reqwest::{Method, StatusCode};
use serde_json::json;

const NEW: &str = "a quiet little lamp";

async fn change(http: &Http, old: &str, new: &str) -> frontdesk_tests::kit::Answer {
    http.post("/api/v1/agent/password", json!({ "oldPassword": old, "newPassword": new })).await
}

fn hash_of(server: &Server, agent: &str) -> String {
    let (tenant, agent) = (TenantId::new("demo").unwrap(), AgentId::new(agent).unwrap());
    server.parts.directory.load().agent(&tenant, &agent).unwrap().password_hash.clone()
}

#[tokio::test]
async fn ones_own_is_changed_with_the_old_one_and_ends_what_was_signed_in() {
    let server = Server::start().await;
    let (own, other) = (server.agent("101").await.http, server.agent("101").await.http);
    let changed = change(&own, "demo-101", NEW).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    for ended in [&own, &other] {
        assert_eq!(ended.get("/api/v1/agent/me").await.status, StatusCode::UNAUTHORIZED);
    }
    let token = changed.json["token"].as_str().unwrap();
    let new = server.anybody().with("authorization", format!("Bearer {token}"));
    assert_eq!(new.get("/api/v1/agent/me").await.status, StatusCode::OK);
    let login = |password: &str| json!({ "tenant": "demo", "agentId": "101", "password": password });
    let refused = server.anybody().post("/api/v1/agent/login", login("demo-101")).await;
    assert_eq!(refused.problem(), (401, "UNAUTHORIZED", None));
    Agent::sign_in(&server.anybody(), "demo", "101", NEW).await;
}

#[tokio::test]
async fn a_weak_one_or_a_wrong_old_one_changes_nothing() {
    let server = Server::start().await;
    let own = server.agent("101").await.http;
    let before = hash_of(&server, "101");
    for (new, why) in [
        ("short", "at least 8 characters"),
        ("zzzzzzzzzzzzzz", "first that anybody would guess"),
        ("Password1234", "first that anybody would guess"),
    ] {
        let refused = change(&own, "demo-101", new).await;
        assert_eq!(refused.problem(), (400, "FIELD_INVALID", Some("newPassword")), "{new}: {}", refused.text);
        assert!(refused.text.contains(why) && !refused.text.contains(new), "{}", refused.text);
    }
    // The wrong old one is borne a few times in a row, and others are not kept out by it.
    let mut failures = 0;
    let slowed = loop {
        let refused = change(&own, "demo-102", NEW).await;
        if refused.status != StatusCode::BAD_REQUEST {
            break refused;
        }
        assert_eq!(refused.problem(), (400, "WRONG_PASSWORD", None));
        failures += 1;
        assert!(failures < 40, "it goes on for ever");
    };
    assert_eq!(slowed.problem(), (429, "TOO_MANY_ATTEMPTS", None));
    assert!(failures >= 10, "{failures}");
    assert_eq!(hash_of(&server, "101"), before);
    let other = server.agent("101").await.http;
    assert_eq!(change(&other, "demo-101", NEW).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_tenant_says_how_long_they_are() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let set = async |least: u32| {
        let patch = admin.request(Method::PATCH, "/api/v1/config/tenants/demo");
        admin.send(patch.json(&json!({ "password_characters": least }))).await
    };
    assert_eq!(set(7).await.problem(), (400, "BODY_INVALID", Some("password_characters")));
    assert_eq!(set(20).await.status, StatusCode::OK);
    let refused = admin.put("/api/v1/config/agents/110", json!({ "password": NEW })).await;
    assert_eq!(refused.problem(), (400, "BODY_INVALID", Some("password")));
    assert!(refused.text.contains("at least 20 characters"), "{}", refused.text);
    let named = json!({ "nickname": "a person with a long name", "password": "A Person With A Long Name" });
    let refused = admin.put("/api/v1/config/agents/110", named).await;
    assert!(refused.text.contains("must not be the name"), "{}", refused.text);
    // Those of before stay good.
    server.agent("101").await;
}

#[tokio::test]
async fn a_hash_of_before_is_made_anew_at_the_next_sign_in() {
    let server = Server::start().await;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(4_096, 1, 1, None).unwrap());
    let weak = weak.hash_password_with_salt(b"demo-101", &[7; 16]).unwrap().to_string();
    server.change_agent("101", |agent| agent.password_hash.clone_from(&weak)).await;
    let first = server.agent("101").await.http;
    let strong = hash_of(&server, "101");
    assert!(weak.contains("m=4096") && strong.contains("m=19456"), "{strong}");
    let second = server.agent("101").await.http;
    assert_eq!(hash_of(&server, "101"), strong, "a good one stays");
    for http in [first, second] {
        assert_eq!(http.get("/api/v1/agent/me").await.status, StatusCode::OK, "it is the same password");
    }
}
