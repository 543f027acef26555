//! The provider fails, or does not want to.

use reqwest::Method;
use serde_json::{Value, json};

use super::browser::Browser;
use super::scene::{Scene, account};

#[tokio::test]
async fn a_provider_that_is_down_is_told_of() {
    let mut scene = Scene::set_up(json!({})).await;
    let mut browser = Browser::new();
    let there = scene.begin(&mut browser).await;
    let back = scene.consent(&mut browser, there, &account("101")).await;
    scene.idp.stop();
    let down = (503, "PROVIDER_UNREACHABLE".to_owned());
    assert_eq!(browser.get(back.as_str()).await.problem(), down);
    // What is known of it is forgotten when its configuration changes.
    scene.configure(Method::PATCH, json!({ "name": "Corp" })).await;
    let page = Browser::new().get(&scene.address("")).await;
    assert_eq!(page.problem(), down);
    // People are told in words.
    let page = Browser::new().read(&scene.address("")).await;
    assert_eq!(
        (page.status.as_u16(), &page.headers["content-type"]),
        (503, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert!(
        page.text.contains("cannot be reached") && page.text.contains("PROVIDER_UNREACHABLE"),
        "{}",
        page.text
    );
    // Passwords go on.
    scene.server.agent("101").await;
}

#[tokio::test]
async fn a_provider_that_refuses_is_told_of() {
    let scene = Scene::set_up(json!({})).await;
    assert_eq!(scene.refused(&Value::Null).await, (403, "PROVIDER_DENIED".to_owned()));
    // A secret that is no longer the one that it knows.
    scene.configure(Method::PATCH, json!({ "client_secret": "another" })).await;
    assert_eq!(scene.refused(&account("101")).await, (400, "PROVIDER_CODE_REFUSED".to_owned()));
    // One that calls itself something else.
    let issuer = format!("{}/", scene.idp.issuer);
    scene.configure(Method::PUT, json!({ "issuer": issuer })).await;
    let page = Browser::new().get(&scene.address("")).await;
    assert_eq!(page.problem(), (503, "PROVIDER_INVALID".to_owned()));
}

#[tokio::test]
async fn private_networks_are_not_reached_unless_allowed() {
    let scene = Scene::set_up(json!({})).await;
    let plain = scene.configure(Method::PATCH, json!({ "allow_private": false })).await;
    assert_eq!(plain.problem(), (400, "BODY_INVALID", Some("issuer")), "{}", plain.text);
    for host in ["127.0.0.1", "localhost", "[::1]", "10.0.0.1"] {
        let issuer = format!("https://{host}:1");
        let put = scene.configure(Method::PUT, json!({ "issuer": issuer, "allow_private": false })).await;
        assert!(put.status.is_success(), "{}", put.text);
        let page = Browser::new().get(&scene.address("")).await;
        assert_eq!(page.problem(), (503, "PROVIDER_UNREACHABLE".to_owned()), "{host}");
    }
}
