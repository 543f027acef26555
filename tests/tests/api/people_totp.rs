//! Second factors.

use std::time::Duration;

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_server::signin::second_factor;
use frontdesk_tests::kit::{Answer, Http, Server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const TOTP: &str = "/api/v1/agent/totp";

async fn sign_in(server: &Server, agent: &str, more: Value) -> Answer {
    let mut body = json!({ "tenant": "demo", "agentId": agent, "password": format!("demo-{agent}") });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    server.anybody().post("/api/v1/agent/login", body).await
}

fn with(server: &Server, answer: &Answer) -> Http {
    let token = answer.json["token"].as_str().unwrap_or_else(|| panic!("{}", answer.text));
    server.anybody().with("authorization", format!("Bearer {token}"))
}

/// What the app on the agent's device shows at this moment.
async fn shown(server: &Server, agent: &str) -> String {
    let (tenant, agent) = (TenantId::new("demo").unwrap(), AgentId::new(agent).unwrap());
    let factor = server.parts.store.second_factor(&tenant, &agent).await.unwrap().unwrap();
    let secret = second_factor::open(&server.parts, (&tenant, &agent), &factor).unwrap();
    secret.code_at(server.parts.clock.now())
}

/// Sets a second factor up and gives the recovery codes.
async fn enrol(server: &Server, http: &Http, agent: &str) -> Vec<String> {
    let begun = http.post(TOTP, password_of(agent)).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    let code = shown(server, agent).await;
    let confirmed = http.post(&format!("{TOTP}/confirm"), json!({ "code": code })).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.text);
    let codes = confirmed.json["recoveryCodes"].as_array().unwrap();
    codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

fn password_of(agent: &str) -> Value {
    let password = if agent == "110" { "a quiet little lamp".to_owned() } else { format!("demo-{agent}") };
    json!({ "password": password })
}

async fn state(http: &Http) -> Value {
    http.get(TOTP).await.json
}

fn next_step(server: &Server) {
    server.clock.advance(Duration::from_secs(30));
}

#[tokio::test]
async fn it_is_set_up_confirmed_and_asked_for() {
    let server = Server::start().await;
    let alex = server.agent("101").await.http;
    assert_eq!(
        state(&alex).await,
        json!({ "enabled": false, "required": false, "wantsPassword": true, "recoveryCodesLeft": 0 })
    );
    // Somebody who only found the desk open does not know it.
    assert_eq!(alex.post(TOTP, json!({})).await.problem(), (400, "FIELD_INVALID", Some("password")));
    assert_eq!(alex.post(TOTP, password_of("102")).await.problem(), (400, "WRONG_PASSWORD", None));
    let begun = alex.post(TOTP, password_of("101")).await;
    let (secret, uri) = (begun.json["secret"].as_str().unwrap(), begun.json["uri"].as_str().unwrap());
    assert_eq!(secret.len(), 32);
    assert!(uri.starts_with("otpauth://totp/Demo%20shop:101?") && uri.contains(secret), "{uri}");
    let confirm = async |code: &str| alex.post(&format!("{TOTP}/confirm"), json!({ "code": code })).await;
    assert_eq!(confirm("000000").await.problem(), (400, "FIELD_INVALID", Some("code")));
    // Until it is confirmed it is not asked for.
    assert_eq!(sign_in(&server, "101", json!({})).await.status, StatusCode::OK);
    let codes = enrol(&server, &alex, "101").await;
    assert_eq!(codes.len(), 10);
    assert_eq!(
        state(&alex).await,
        json!({ "enabled": true, "required": false, "wantsPassword": true, "recoveryCodesLeft": 10 })
    );
    assert_eq!(alex.post(TOTP, password_of("101")).await.problem(), (409, "TOTP_ENABLED", None));

    let without = sign_in(&server, "101", json!({})).await;
    assert_eq!(without.problem(), (401, "TOTP_REQUIRED", None));
    next_step(&server);
    let code = shown(&server, "101").await;
    let signed_in = sign_in(&server, "101", json!({ "code": code })).await;
    let new = with(&server, &signed_in);
    let listed = new.get("/api/v1/sessions").await.json;
    assert_eq!(listed["sessions"][0]["secondFactor"], true);
    // Nothing of the secret is stored or shown in clear.
    let (tenant, agent) = (TenantId::new("demo").unwrap(), AgentId::new("101").unwrap());
    let stored = server.parts.store.second_factor(&tenant, &agent).await.unwrap().unwrap();
    assert!(!stored.sealed.contains(secret) && !state(&new).await.to_string().contains(secret));
}

#[tokio::test]
async fn a_wrong_code_looks_as_a_wrong_password_and_a_code_counts_once() {
    let server = Server::start().await;
    let alex = server.agent("101").await.http;
    enrol(&server, &alex, "101").await;
    let confirmed_with = shown(&server, "101").await;
    let wrong_password = sign_in(&server, "101", json!({ "password": "wrong" })).await;
    let refused = |answer: &Answer, what: &str| {
        assert_eq!((answer.status, &answer.text), (wrong_password.status, &wrong_password.text), "{what}");
    };
    refused(&sign_in(&server, "101", json!({ "code": "000000" })).await, "a wrong code");
    refused(
        &sign_in(&server, "101", json!({ "code": confirmed_with })).await,
        "the code it was confirmed with",
    );
    refused(&sign_in(&server, "101", json!({ "password": "wrong", "code": "000000" })).await, "both wrong");
    refused(&sign_in(&server, "999", json!({ "code": "000000" })).await, "an unknown name");
    next_step(&server);
    let code = shown(&server, "101").await;
    let at_once = || sign_in(&server, "101", json!({ "code": code }));
    let (one, two) = tokio::join!(at_once(), at_once());
    let mut seen = [one.status.as_u16(), two.status.as_u16()];
    seen.sort_unstable();
    assert_eq!(seen, [200, 401], "of two at once with one code, one gets in");
}

#[tokio::test]
async fn a_recovery_code_opens_the_account_once() {
    let server = Server::start().await;
    let alex = server.agent("101").await.http;
    let codes = enrol(&server, &alex, "101").await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    let signed_in = sign_in(&server, "101", json!({ "code": typed })).await;
    let new = with(&server, &signed_in);
    assert_eq!(state(&new).await["recoveryCodesLeft"], 9);
    assert_eq!(sign_in(&server, "101", json!({ "code": codes[3] })).await.problem().0, 401);
    // Enough to take the second factor away, with the password.
    let disable = async |password: &str, code: &str| {
        let body = json!({ "password": password, "code": code });
        new.post(&format!("{TOTP}/disable"), body).await
    };
    assert_eq!(disable("demo-102", &codes[4]).await.problem(), (400, "WRONG_PASSWORD", None));
    assert_eq!(disable("demo-101", &codes[3]).await.problem(), (400, "FIELD_INVALID", Some("code")));
    assert_eq!(disable("demo-101", &codes[4]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(disable("demo-101", &codes[5]).await.problem(), (409, "TOTP_DISABLED", None));
    assert_eq!(sign_in(&server, "101", json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn where_it_is_required_nothing_else_can_be_done_before() {
    let server = Server::start().await;
    let (alex, admin) = (server.agent("101").await.http, server.agent("901").await.http);
    enrol(&server, &admin, "901").await;
    let require = async |required: bool| {
        let patch = admin.request(Method::PATCH, "/api/v1/config/tenants/demo");
        admin.send(patch.json(&json!({ "require_totp": required }))).await
    };
    assert_eq!(require(true).await.status, StatusCode::OK);
    // At once, also for who is signed in.
    let refused = alex.get("/api/v1/agent/conversations").await;
    assert_eq!(refused.problem(), (403, "TOTP_ENROLMENT_REQUIRED", None));
    let signed_in = sign_in(&server, "101", json!({})).await;
    assert_eq!(signed_in.json["mustEnrol"], true, "{}", signed_in.text);
    let new = with(&server, &signed_in);
    for path in ["agents", "sessions", "agent/feed", "agent/status"] {
        let answer = new.get(&format!("/api/v1/{path}")).await;
        assert_eq!(answer.problem(), (403, "TOTP_ENROLMENT_REQUIRED", None), "{path}");
    }
    assert_eq!(new.get("/api/v1/agent/me").await.json["mustEnrol"], true);
    let codes = enrol(&server, &new, "101").await;
    assert_eq!(new.get("/api/v1/agent/conversations").await.status, StatusCode::OK);
    assert_eq!(alex.get("/api/v1/agent/conversations").await.problem().0, 403, "that one gave no code");
    // Taking it away is possible, to set up another one, and leads back to where it was.
    let body = json!({ "password": "demo-101", "code": codes[0] });
    assert_eq!(new.post(&format!("{TOTP}/disable"), body).await.status, StatusCode::NO_CONTENT);
    assert_eq!(new.get("/api/v1/agent/conversations").await.problem().0, 403);
    assert_eq!(require(false).await.status, StatusCode::OK);
    assert_eq!(alex.get("/api/v1/agent/conversations").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_role_can_require_it_and_an_administrator_helps_who_lost_everything() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let role = json!({ "permissions": ["agents.read"], "require_totp": true });
    admin.put("/api/v1/config/roles/careful", role).await;
    let careful = json!({ "role": "careful", "password": "a quiet little lamp" });
    admin.put("/api/v1/config/agents/110", careful).await;
    let password = json!({ "password": "a quiet little lamp" });
    let http = with(&server, &sign_in(&server, "110", password.clone()).await);
    assert_eq!(http.get("/api/v1/agents").await.problem(), (403, "TOTP_ENROLMENT_REQUIRED", None));
    enrol(&server, &http, "110").await;
    assert_eq!(http.get("/api/v1/agents").await.status, StatusCode::OK);
    assert_eq!(sign_in(&server, "110", password.clone()).await.problem(), (401, "TOTP_REQUIRED", None));
    assert_eq!(admin.delete("/api/v1/agents/110/totp").await.status, StatusCode::NO_CONTENT);
    assert_eq!(http.get("/api/v1/agents").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&server, "110", password).await.json["mustEnrol"], true);
}
