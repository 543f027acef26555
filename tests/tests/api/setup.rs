//! The first set-up: a code, once, while there is no tenant.

use std::time::Duration;

use frontdesk_core::secret::GeneratedSecret;
use frontdesk_server::admin::AdminCommand;
use frontdesk_tests::kit::{Agent, Server, ServerOptions};
use reqwest::StatusCode;
use serde_json::{Value, json};

const PASSWORD: &str = "a quiet little lamp";

async fn empty() -> Server {
    let folder = tempfile::tempdir().unwrap();
    Server::start_on(folder, ServerOptions { hides_shop: true, ..ServerOptions::default() }).await
}

async fn offer(server: &Server) -> Option<GeneratedSecret> {
    let parts = &server.parts;
    parts.setup.offer(&*parts.store, &*parts.clock, &*parts.random).await.unwrap()
}

fn body(code: &str) -> Value {
    json!({
        "code": code, "tenant": "chairs", "name": "Chairs and more", "locale": "en", "agentId": "rob",
        "nickname": "Rob", "password": PASSWORD,
    })
}

#[tokio::test]
async fn the_code_makes_a_tenant_with_an_administrator_once() {
    let server = empty().await;
    let code = offer(&server).await.expect("a code for an empty store");
    let made = server.anybody().post("/api/v1/setup", body(code.reveal())).await;
    assert_eq!(made.status, StatusCode::NO_CONTENT, "{}", made.text);
    let rob = Agent::sign_in(&server.anybody(), "chairs", "rob", PASSWORD).await;
    let me = rob.http.get("/api/v1/agent/me").await;
    assert_eq!((&me.json["role"], &me.json["nickname"]), (&json!("administrator"), &json!("Rob")));
    let tenant = rob.http.get("/api/v1/config/tenants/chairs").await;
    assert_eq!(tenant.json["item"]["name"], "Chairs and more");
    // It was good once, and no other is given any more.
    let again = server.anybody().post("/api/v1/setup", body(code.reveal())).await;
    assert_eq!(again.problem(), (404, "NOT_FOUND", None));
    assert!(offer(&server).await.is_none());
}

#[tokio::test]
async fn whoever_does_not_know_the_code_makes_nothing_and_is_slowed() {
    let server = empty().await;
    let code = offer(&server).await.unwrap();
    let mut borne = 0;
    let slowed = loop {
        let refused = server.anybody().post("/api/v1/setup", body("setup_guess")).await;
        if refused.status != StatusCode::UNAUTHORIZED {
            break refused;
        }
        borne += 1;
        assert!(borne < 20, "it goes on for ever");
    };
    assert_eq!(slowed.problem(), (429, "TOO_MANY_ATTEMPTS", None));
    // Also with the right code: the answer says nothing of it.
    let early = server.anybody().post("/api/v1/setup", body(code.reveal())).await;
    assert_eq!(early.problem().0, 429);
    assert!(server.parts.directory.load().tenants().next().is_none());
    server.clock.advance(Duration::from_secs(31));
    let made = server.anybody().post("/api/v1/setup", body(code.reveal())).await;
    assert_eq!(made.status, StatusCode::NO_CONTENT, "{}", made.text);
}

#[tokio::test]
async fn what_does_not_fit_leaves_the_code_good() {
    let server = empty().await;
    let code = offer(&server).await.unwrap();
    for (field, value) in [
        ("tenant", json!("")),
        ("tenant", json!("x".repeat(300))),
        ("agentId", json!(null)),
        ("password", json!("short")),
        ("password", json!("zzzzzzzzzzzzzz")),
    ] {
        let mut wrong = body(code.reveal());
        wrong[field] = value.clone();
        let refused = server.anybody().post("/api/v1/setup", wrong).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{field} {value}: {}", refused.text);
        assert_eq!(refused.problem().2, Some(field), "{value}");
    }
    let made = server.anybody().post("/api/v1/setup", body(code.reveal())).await;
    assert_eq!(made.status, StatusCode::NO_CONTENT, "{}", made.text);
}

#[tokio::test]
async fn a_code_is_good_for_a_day_and_the_newest_alone() {
    let server = empty().await;
    let first = offer(&server).await.unwrap();
    let second = offer(&server).await.unwrap();
    let stale = server.anybody().post("/api/v1/setup", body(first.reveal())).await;
    assert_eq!(stale.problem(), (401, "UNAUTHORIZED", None));
    server.clock.advance(Duration::from_hours(24));
    let late = server.anybody().post("/api/v1/setup", body(second.reveal())).await;
    assert_eq!(late.problem(), (404, "NOT_FOUND", None));
}

#[tokio::test]
async fn a_tenant_that_was_made_elsewhere_ends_it() {
    let server = empty().await;
    let code = offer(&server).await.unwrap();
    let other = AdminCommand::PutTenant { id: "other".into(), name: "Other".into(), locale: "en".into() };
    server.admin(other).await.unwrap();
    let refused = server.anybody().post("/api/v1/setup", body(code.reveal())).await;
    assert_eq!(refused.problem(), (404, "NOT_FOUND", None));
    assert_eq!(server.parts.directory.load().tenants().count(), 1);
}

#[tokio::test]
async fn a_store_with_a_tenant_has_no_code() {
    let server = Server::start().await;
    assert!(offer(&server).await.is_none());
    let refused = server.anybody().post("/api/v1/setup", body("setup_guess")).await;
    assert_eq!(refused.problem(), (404, "NOT_FOUND", None));
}
