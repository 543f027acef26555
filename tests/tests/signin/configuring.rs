//! Setting providers up.

use frontdesk_server::admin::{AdminAnswer, AdminCommand, ApplyConfig};
use frontdesk_tests::kit::Answer;
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::identity_provider::SECRET;
use super::scene::{Scene, account};

const PATH: &str = "/api/v1/config/identity-providers/corp";

#[tokio::test]
async fn the_secret_is_given_once_and_shown_never() {
    let scene = Scene::set_up(json!({})).await;
    let without = |answer: &Answer| {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert!(!answer.text.contains("secret"), "{}", answer.text);
    };
    without(&scene.admin.get(PATH).await);
    without(&scene.admin.get("/api/v1/config/identity-providers").await);
    without(&scene.configure(Method::PATCH, json!({ "name": "Corp" })).await);
    // Replaced without the secret, it stays.
    let mut whole = scene.plain();
    whole.as_object_mut().unwrap().remove("client_secret");
    let put = |body: &serde_json::Value| scene.admin.request(Method::PUT, PATH).json(body);
    without(&scene.admin.send(put(&whole)).await);
    scene.signed_in(&account("101")).await;
    // Another issuer does not get to know it.
    whole["issuer"] = json!("https://evil.example");
    let refused = scene.admin.send(put(&whole)).await;
    assert_eq!(refused.problem(), (400, "BODY_INVALID", Some("client_secret")), "{}", refused.text);
    let patch = scene.admin.request(Method::PATCH, PATH).json(&json!({ "issuer": "https://evil.example" }));
    assert_eq!(scene.admin.send(patch).await.problem().2, Some("client_secret"));
    scene.signed_in(&account("101")).await;
}

#[tokio::test]
async fn files_leave_the_secret_out_and_keep_it() {
    let scene = Scene::set_up(json!({ "creates_people": true, "role": "agent" })).await;
    let export = AdminCommand::ExportConfig { tenant: "demo".to_owned() };
    let AdminAnswer::File(file) = scene.server.admin(export).await.unwrap() else { panic!("no file") };
    assert!(file.contains("[identity-providers.corp]") && !file.contains(SECRET), "{file}");
    let apply = async |text: &str| {
        let apply = ApplyConfig { text: text.to_owned(), ..ApplyConfig::default() };
        let AdminAnswer::Changes(changes) =
            scene.server.admin(AdminCommand::ApplyConfig(apply)).await.unwrap()
        else {
            panic!("no changes")
        };
        changes
    };
    assert!(apply(&file).await.changes.is_empty());
    let renamed = file.replace("Company account", "Corp");
    assert_eq!(apply(&renamed).await.changes.len(), 1);
    scene.signed_in(&account("101")).await;
    // With another issuer it has to be set anew, and until then nobody signs in with it.
    let moved = renamed.replace(&scene.idp.issuer, "https://id.example");
    assert_eq!(apply(&moved).await.secrets_to_set.len(), 1);
    let nobody = scene.server.anybody();
    assert_eq!(nobody.get("/api/v1/signin/demo").await.json, json!({ "providers": [] }));
    assert_eq!(nobody.get("/api/v1/signin/demo/corp").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_who_may_do_everything_sets_one_up() {
    let scene = Scene::set_up(json!({})).await;
    let role = json!({ "name": "People", "permissions": ["people.manage", "config.read", "config.write"] });
    let made = scene.admin.put("/api/v1/config/roles/people", role).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    scene.change_agent("201", json!({ "role": "people" })).await;
    let people = scene.server.agent("201").await.http;
    assert_eq!(people.get(PATH).await.status, StatusCode::OK);
    for method in [Method::PUT, Method::PATCH] {
        let refused = people.send(people.request(method, PATH).json(&scene.plain())).await;
        assert_eq!(refused.problem(), (403, "MORE_THAN_OWN", None));
    }
    let refused = people.send(people.request(Method::DELETE, PATH)).await;
    assert_eq!(refused.problem(), (403, "MORE_THAN_OWN", None));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    let scene = Scene::set_up(json!({})).await;
    for (change, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "issuer": "id.example" }), "issuer"),
        (json!({ "issuer": "https://id.example/?x" }), "issuer"),
        (json!({ "client_id": "" }), "client_id"),
        (json!({ "scopes": ["a b"] }), "scopes[0]"),
        (json!({ "scopes": ["a", "a"] }), "scopes[1]"),
        (json!({ "agent_claim": "" }), "agent_claim"),
        (json!({ "role": "nobody" }), "role"),
        (json!({ "creates_people": true }), "role"),
        (json!({ "groups_claim": "groups" }), "group_roles"),
        (json!({ "group_roles": [{ "group": "a", "role": "agent" }] }), "groups_claim"),
        (
            json!({ "groups_claim": "groups", "group_roles": [{ "group": "a", "role": "nobody" }] }),
            "group_roles[0].role",
        ),
        (json!({ "public_url": "https://desk.example/x" }), "public_url"),
        (json!({ "trusted_certificates": "none" }), "trusted_certificates"),
    ] {
        let refused = scene.configure(Method::PUT, change.clone()).await;
        assert_eq!(refused.problem(), (400, "BODY_INVALID", Some(field)), "{change}: {}", refused.text);
    }
    // A role that it gives is needed.
    scene.admin.put("/api/v1/config/roles/desk", json!({ "name": "Desk", "permissions": [] })).await;
    scene.configure(Method::PATCH, json!({ "role": "desk" })).await;
    let needed = scene.admin.request(Method::DELETE, "/api/v1/config/roles/desk");
    assert_eq!(scene.admin.send(needed).await.problem(), (409, "IN_USE", None));
    // Where browsers reach the server may be somewhere else than they ask.
    scene.configure(Method::PATCH, json!({ "public_url": "https://desk.example" })).await;
    let mut browser = super::browser::Browser::new();
    let there = scene.begin(&mut browser).await;
    let redirect = there.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    assert_eq!(redirect, "https://desk.example/api/v1/signin/demo/corp/callback");
}
