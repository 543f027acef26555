//! Signing in works.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::browser::Browser;
use super::scene::{Scene, account};

#[tokio::test]
async fn who_is_signed_in_at_the_provider_is_signed_in_here() {
    let scene = Scene::set_up(json!({})).await;
    let nobody = scene.server.anybody();
    let listed = nobody.get("/api/v1/signin/demo").await;
    assert_eq!(listed.shown(), (200, json!({ "providers": [{ "id": "corp", "name": "Company account" }] })));
    assert_eq!(nobody.get("/api/v1/signin/nobody").await.shown(), (200, json!({ "providers": [] })));

    let mut browser = Browser::new();
    let begun = browser.get(&scene.address("?returnTo=/desk/inbox%3Fa%3D1%23top")).await;
    let set = begun.cookies();
    assert!(set.len() == 1 && set[0].starts_with("fd_signin="), "{set:?}");
    assert!(set[0].ends_with("; Path=/api/v1/signin; Max-Age=600; HttpOnly; SameSite=Lax"), "{set:?}");
    let there = begun.location();
    let asked: std::collections::HashMap<_, _> = there.query_pairs().into_owned().collect();
    assert_eq!(asked["scope"], "openid profile email");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["redirect_uri"], scene.address("/callback"));
    for secret in ["nonce", "state"] {
        assert!(asked[secret].len() >= 43 && !set[0].contains(&asked[secret]), "{asked:?}");
    }

    let back = scene.consent(&mut browser, there, &account("101")).await;
    let page = browser.get(back.as_str()).await;
    assert_eq!((page.status, page.text.as_str()), (StatusCode::SEE_OTHER, ""));
    assert_eq!(page.headers["location"], "/desk/inbox?a=1#top");
    let set = page.cookies();
    assert!(
        set[0].starts_with("fd_session=fda_") && set[0].ends_with("HttpOnly; SameSite=Strict"),
        "{set:?}"
    );
    assert!(set[1].starts_with("fd_signin=;"), "what was remembered is forgotten: {set:?}");
    let (status, me) = scene.me(&mut browser).await;
    assert_eq!((status, &me["agentId"], &me["tenant"]), (200, &json!("101"), &json!("demo")));

    let sessions = browser.get(&format!("{}/api/v1/sessions", scene.server.url)).await;
    let sessions: Value = serde_json::from_str(&sessions.text).unwrap();
    assert_eq!(sessions["sessions"][0]["provider"], "corp");
    assert_eq!(sessions["sessions"][0]["secondFactor"], false);
    let by_password = scene.admin.get("/api/v1/sessions").await;
    assert_eq!(by_password.json["sessions"][0].get("provider"), None);
}

#[tokio::test]
async fn providers_differ_in_where_they_say_what() {
    // Claims in the token itself, another signature, and the secret in the body.
    let idp = json!({ "inToken": true, "alg": "ES256", "authMethod": "client_secret_post" });
    let scene = Scene::with(&idp, json!({})).await;
    let mut browser = scene.signed_in(&account("102")).await;
    assert_eq!(scene.me(&mut browser).await.1["agentId"], "102");
    // By address; one that was not verified is nobody's.
    let by_mail = scene.configure(Method::PATCH, json!({ "agent_claim": "email" })).await;
    assert_eq!(by_mail.status, StatusCode::OK, "{}", by_mail.text);
    let mut ann = account("ann");
    ann["email"] = json!("101");
    ann["email_verified"] = json!(false);
    assert_eq!(scene.refused(&ann).await, (403, "PERSON_UNNAMED".to_owned()));
    ann["email_verified"] = json!(true);
    let mut browser = scene.signed_in(&ann).await;
    assert_eq!(scene.me(&mut browser).await.1["agentId"], "101");
}

#[tokio::test]
async fn the_providers_keys_may_change() {
    let scene = Scene::set_up(json!({})).await;
    scene.signed_in(&account("101")).await;
    scene.idp.rotate().await;
    scene.signed_in(&account("101")).await;
}

#[tokio::test]
async fn a_sign_in_lasts_as_long_as_its_provider_is_trusted() {
    let scene = Scene::set_up(json!({})).await;
    let mut browser = scene.signed_in(&account("101")).await;
    assert_eq!(scene.me(&mut browser).await.0, 200);
    let gone = scene.admin.request(Method::DELETE, "/api/v1/config/identity-providers/corp");
    assert_eq!(scene.admin.send(gone).await.status, StatusCode::NO_CONTENT);
    assert_eq!(scene.me(&mut browser).await.0, 401);
    assert_eq!(browser.get(&scene.address("")).await.problem(), (404, "NOT_FOUND".to_owned()));
}
