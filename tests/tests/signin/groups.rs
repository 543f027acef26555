//! Roles that follow groups.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::scene::{Scene, member};

fn by_groups() -> Value {
    json!({
        "scopes": ["profile", "groups"],
        "groups_claim": "groups",
        "group_roles": [
            { "group": "bosses", "role": "administrator" },
            { "group": "leads", "role": "supervisor" },
            { "group": "desk", "role": "agent" },
        ],
        "creates_people": true,
    })
}

#[tokio::test]
async fn the_role_follows_the_groups_at_each_sign_in() {
    let scene = Scene::set_up(by_groups()).await;
    let role = async |groups: &[&str]| {
        let mut browser = scene.signed_in(&member("gina", groups)).await;
        (scene.me(&mut browser).await.1["role"].clone(), browser)
    };
    let (first, mut lead) = role(&["desk", "leads"]).await;
    assert_eq!(first, "supervisor");
    // Less than before ends the sign-ins of before, but not the one that brings it.
    assert_eq!(role(&["desk"]).await.0, "agent");
    assert_eq!(scene.me(&mut lead).await.0, 401);
    assert_eq!(role(&["other", "bosses"]).await.0, "administrator");
    assert_eq!(scene.refused(&member("gina", &["other"])).await, (403, "NO_ROLE".to_owned()));
    // With a role for everybody else.
    let changed = scene.configure(Method::PATCH, json!({ "role": "auditor" })).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(role(&[]).await.0, "auditor");
}

#[tokio::test]
async fn somebody_is_left_who_manages_people() {
    let scene = Scene::set_up(by_groups()).await;
    assert_eq!(scene.refused(&member("901", &["desk"])).await, (409, "LAST_MANAGER".to_owned()));
    assert_eq!(scene.admin.get("/api/v1/agent/me").await.json["role"], "administrator");
    scene.signed_in(&member("gina", &["bosses"])).await;
    scene.signed_in(&member("901", &["desk"])).await;
    assert_eq!(scene.admin.get("/api/v1/agent/me").await.status, StatusCode::UNAUTHORIZED);
}
