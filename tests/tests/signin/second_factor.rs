//! The second factor beside the provider.

use std::time::Duration;

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_server::signin::second_factor;
use frontdesk_tests::kit::Http;
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::browser::Browser;
use super::scene::{Scene, account};

async fn shown(scene: &Scene, agent: &str) -> String {
    let (tenant, agent) = (TenantId::new("demo").unwrap(), AgentId::new(agent).unwrap());
    let factor = scene.server.parts.store.second_factor(&tenant, &agent).await.unwrap().unwrap();
    let secret = second_factor::open(&scene.server.parts, (&tenant, &agent), &factor).unwrap();
    secret.code_at(scene.server.parts.clock.now())
}

async fn enrol(scene: &Scene, http: &Http, agent: &str) {
    http.post("/api/v1/agent/totp", json!({ "password": format!("demo-{agent}") })).await;
    let code = shown(scene, agent).await;
    let confirmed = http.post("/api/v1/agent/totp/confirm", json!({ "code": code })).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.text);
    scene.server.clock.advance(Duration::from_secs(30));
}

/// Sends a code as the form does.
async fn give(scene: &Scene, browser: &mut Browser, code: &str) -> super::browser::Page {
    let form: &'static str = Box::leak(format!("code={code}").into_boxed_str());
    browser.submit(&scene.address("/code"), form).await
}

#[tokio::test]
async fn it_is_asked_for_on_a_page() {
    let scene = Scene::set_up(json!({})).await;
    enrol(&scene, &scene.server.agent("101").await.http, "101").await;
    let mut browser = Browser::new();
    let asked = scene.sign_in(&mut browser, &account("101")).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.text.contains("action=\"/api/v1/signin/demo/corp/code\""), "{}", asked.text);
    assert!(asked.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
    assert_eq!(scene.me(&mut browser).await.0, 401);
    assert_eq!(give(&scene, &mut browser, "000000").await.problem(), (401, "TOTP_WRONG".to_owned()));
    // Not from elsewhere.
    let code = shown(&scene, "101").await;
    let cross = reqwest::Client::new().post(scene.address("/code")).body(format!("code={code}"));
    assert_eq!(browser.send(&scene.address("/code"), cross).await.problem(), (403, "CROSS_SITE".to_owned()));
    let lost = (400, "SIGN_IN_STATE_INVALID".to_owned());
    assert_eq!(give(&scene, &mut Browser::new(), &code).await.problem(), lost);

    let taken = give(&scene, &mut browser, &code).await;
    assert_eq!((taken.status, taken.location().path()), (StatusCode::SEE_OTHER, "/desk/inbox"));
    assert_eq!(scene.me(&mut browser).await.1["agentId"], "101");
    assert_eq!(give(&scene, &mut browser, &code).await.problem(), lost, "it was forgotten");
    // It is not asked for for ever, and wrong ones are not taken for ever.
    let mut browser = Browser::new();
    scene.sign_in(&mut browser, &account("101")).await;
    for _ in 0..10 {
        give(&scene, &mut browser, "000000").await;
    }
    let code = shown(&scene, "101").await;
    assert_eq!(give(&scene, &mut browser, &code).await.problem(), (429, "TOO_MANY_ATTEMPTS".to_owned()));
    scene.server.clock.advance(Duration::from_mins(10));
    let code = shown(&scene, "101").await;
    assert_eq!(give(&scene, &mut browser, &code).await.problem(), lost);
}

#[tokio::test]
async fn the_providers_word_may_be_enough() {
    let scene = Scene::set_up(json!({ "asks_totp": false })).await;
    enrol(&scene, &scene.server.agent("101").await.http, "101").await;
    scene.signed_in(&account("101")).await;
    // Also where everybody needs one, which otherwise has to be set up first.
    enrol(&scene, &scene.admin, "901").await;
    let require = scene.admin.request(Method::PATCH, "/api/v1/config/tenants/demo");
    let required = scene.admin.send(require.json(&json!({ "require_totp": true }))).await;
    assert_eq!(required.status, StatusCode::OK, "{}", required.text);
    let mut browser = scene.signed_in(&account("102")).await;
    assert_eq!(scene.me(&mut browser).await.1["mustEnrol"], false);
    scene.configure(Method::PATCH, json!({ "asks_totp": true })).await;
    let mut browser = scene.signed_in(&account("102")).await;
    assert_eq!(scene.me(&mut browser).await.1["mustEnrol"], true);
}
