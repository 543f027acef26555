//! What was not begun here, by this browser, for this tenant, is not taken.

use std::time::Duration;

use frontdesk_core::id::TenantId;
use frontdesk_server::admin::AdminCommand;
use reqwest::{StatusCode, Url};
use serde_json::json;

use super::browser::Browser;
use super::scene::{Scene, account};

/// The same address with another value of a parameter.
fn with(url: &Url, name: &str, value: &str) -> Url {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut other = url.clone();
    other.query_pairs_mut().clear().extend_pairs(
        pairs.iter().map(|(known, old)| (known.as_str(), if known == name { value } else { old.as_str() })),
    );
    assert_ne!(other, *url, "there is no {name}");
    other
}

#[tokio::test]
async fn what_comes_back_must_be_what_was_begun() {
    let scene = Scene::set_up(json!({})).await;
    let lost = (400, "SIGN_IN_STATE_INVALID".to_owned());
    let mut browser = Browser::new();
    let there = scene.begin(&mut browser).await;
    let back = scene.consent(&mut browser, there, &account("101")).await;
    // Another browser has begun nothing, and one that has begun something else has not begun this.
    assert_eq!(Browser::new().get(back.as_str()).await.problem(), lost);
    let mut other = Browser::new();
    scene.begin(&mut other).await;
    assert_eq!(other.get(back.as_str()).await.problem(), lost);
    // It counts once: not even the same browser can do it again with all its cookies.
    let kept = browser.cookie(back.as_str(), "fd_signin").unwrap().to_owned();
    assert_eq!(browser.get(back.as_str()).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(back.as_str()).await.problem(), lost);
    let again = reqwest::Client::new().get(back.as_str()).header("cookie", format!("fd_signin={kept}"));
    assert_eq!(Browser::new().send(back.as_str(), again).await.problem(), lost);
    // Nor after another sign-in was begun, with the code of before.
    let mut browser = Browser::new();
    let there = scene.begin(&mut browser).await;
    let state = there.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let forged = browser.get(with(&back, "state", &state).as_str()).await;
    assert_eq!(forged.problem(), (400, "PROVIDER_CODE_REFUSED".to_owned()));
    // Another provider's word is nothing.
    let mut browser = Browser::new();
    let there = scene.begin(&mut browser).await;
    let back = scene.consent(&mut browser, there, &account("101")).await;
    let mixed = browser.get(with(&back, "iss", "https://evil.example").as_str()).await;
    assert_eq!(mixed.problem(), (403, "ID_TOKEN_INVALID".to_owned()));
}

#[tokio::test]
async fn what_is_changed_on_the_way_is_noticed() {
    let scene = Scene::set_up(json!({})).await;
    let cases = [
        ("nonce", "of-another-sign-in", (403, "ID_TOKEN_INVALID")),
        ("state", "of-another-sign-in", (400, "SIGN_IN_STATE_INVALID")),
        // The challenge of RFC 7636, appendix B: whose verifier everybody knows.
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", (400, "PROVIDER_CODE_REFUSED")),
    ];
    for (name, value, (status, code)) in cases {
        let mut browser = Browser::new();
        let there = scene.begin(&mut browser).await;
        let back = scene.consent(&mut browser, with(&there, name, value), &account("101")).await;
        assert_eq!(browser.get(back.as_str()).await.problem(), (status, code.to_owned()), "{name}");
        assert_eq!(browser.cookie(&scene.server.url, "fd_session"), None, "{name}");
    }
}

#[tokio::test]
async fn what_is_too_old_is_not_taken() {
    let scene = Scene::set_up(json!({})).await;
    let mut browser = Browser::new();
    let there = scene.begin(&mut browser).await;
    let back = scene.consent(&mut browser, there, &account("101")).await;
    scene.server.clock.advance(Duration::from_mins(10));
    assert_eq!(browser.get(back.as_str()).await.problem(), (400, "SIGN_IN_STATE_INVALID".to_owned()));
    // The provider's tokens last for an hour.
    scene.server.clock.advance(Duration::from_hours(2));
    assert_eq!(scene.refused(&account("101")).await, (403, "ID_TOKEN_INVALID".to_owned()));
}

#[tokio::test]
async fn nobody_is_sent_to_other_origins() {
    let scene = Scene::set_up(json!({})).await;
    for foreign in [
        "https://evil.example/",
        "//evil.example/",
        "/%5Cevil.example/",
        "/%09/evil.example/",
        "/..//evil.example/",
        "desk",
    ] {
        let page = Browser::new().get(&scene.address(&format!("?returnTo={foreign}"))).await;
        assert_eq!(page.problem(), (400, "FIELD_INVALID".to_owned()), "{foreign}");
        assert!(page.cookies().is_empty());
    }
}

#[tokio::test]
async fn tenants_are_apart() {
    let scene = Scene::set_up(json!({ "creates_people": true, "role": "agent" })).await;
    let rival =
        AdminCommand::PutTenant { id: "rival".to_owned(), name: "Rival".to_owned(), locale: "en".to_owned() };
    scene.server.admin(rival).await.unwrap();
    // The same provider, by the same name, under the same client.
    let set = AdminCommand::Set {
        tenant: "rival".to_owned(),
        kind: "identity_provider".to_owned(),
        id: "corp".to_owned(),
        change: scene.plain(),
    };
    scene.server.admin(set).await.unwrap();
    let mut browser = Browser::new();
    let there = scene.begin(&mut browser).await;
    let back = scene.consent(&mut browser, there, &account("101")).await;
    let elsewhere = back.as_str().replace("/demo/", "/rival/");
    assert_eq!(browser.get(&elsewhere).await.problem(), (400, "SIGN_IN_STATE_INVALID".to_owned()));
    // There the same person is nobody, and is not made anybody by what the other tenant allows.
    let mut browser = Browser::new();
    let begun = browser.get(&scene.address("").replace("/demo/", "/rival/")).await;
    let back = scene.consent(&mut browser, begun.location(), &account("101")).await;
    assert!(back.path().starts_with("/api/v1/signin/rival/"), "{back}");
    assert_eq!(browser.get(back.as_str()).await.problem(), (403, "PERSON_UNKNOWN".to_owned()));
    let directory = scene.server.parts.directory.load();
    assert!(directory.tenant(&TenantId::new("rival").unwrap()).unwrap().agents.is_empty());
}
