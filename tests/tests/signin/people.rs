//! Who somebody is here.

use frontdesk_server::limit::LimitsConfig;
use frontdesk_tests::kit::{Server, ServerOptions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::scene::{Scene, account};

#[tokio::test]
async fn unknown_people_are_refused_or_become_agents() {
    let scene = Scene::set_up(json!({})).await;
    assert_eq!(scene.refused(&account("newbie")).await, (403, "PERSON_UNKNOWN".to_owned()));
    scene.configure(Method::PATCH, json!({ "creates_people": true, "role": "auditor" })).await;
    let mut browser = scene.signed_in(&account("newbie")).await;
    let me = scene.me(&mut browser).await.1;
    assert_eq!((&me["nickname"], &me["role"]), (&json!("newbie of Corp"), &json!("auditor")));
    // They have no password.
    let login = json!({ "tenant": "demo", "agentId": "newbie", "password": "newbie" });
    let by_password = scene.server.anybody().post("/api/v1/agent/login", login).await;
    assert_eq!(by_password.status, StatusCode::UNAUTHORIZED);
    // The role is for new people alone, as long as groups do not matter.
    scene.change_agent("newbie", json!({ "role": "agent", "nickname": "Newton" })).await;
    let mut browser = scene.signed_in(&account("newbie")).await;
    let me = scene.me(&mut browser).await.1;
    assert_eq!((&me["nickname"], &me["role"]), (&json!("Newton"), &json!("agent")));
    // Whoever has no name, or one that can be nobody's, is nobody.
    assert_eq!(scene.refused(&json!({ "sub": "x" })).await.1, "PERSON_UNNAMED");
    assert_eq!(scene.refused(&account(&"x".repeat(65))).await.1, "PERSON_UNNAMED");
}

#[tokio::test]
async fn no_more_people_are_made_than_the_tenant_may_have() {
    let limits = Some(LimitsConfig::default());
    let server = Server::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let scene = Scene::on(server, &json!({}), json!({ "creates_people": true, "role": "agent" })).await;
    let limit = frontdesk_server::admin::AdminCommand::Set {
        tenant: "demo".to_owned(),
        kind: "tenant".to_owned(),
        id: "demo".to_owned(),
        change: json!({ "limits": { "agents": 1 } }),
    };
    scene.server.admin(limit).await.unwrap();
    assert_eq!(scene.refused(&account("one-too-many")).await, (429, "LIMIT_REACHED".to_owned()));
    scene.signed_in(&account("101")).await;
}

#[tokio::test]
async fn who_is_deactivated_stays_out() {
    let scene = Scene::set_up(json!({ "creates_people": true, "role": "agent" })).await;
    let mut browser = scene.signed_in(&account("101")).await;
    let by_password = scene.server.agent("101").await.http;
    scene.change_agent("101", json!({ "deactivated": true })).await;
    assert_eq!(scene.me(&mut browser).await.0, 401);
    assert_eq!(by_password.get("/api/v1/agent/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(scene.refused(&account("101")).await, (403, "PERSON_DEACTIVATED".to_owned()));
    let login = json!({ "tenant": "demo", "agentId": "101", "password": "demo-101" });
    let refused = scene.server.anybody().post("/api/v1/agent/login", login).await;
    assert_eq!(refused.problem(), (401, "UNAUTHORIZED", None));
    let gateway = json!({ "password": "demo-101", "phonenum": "", "status": 4 });
    let desk = scene.server.anybody().put("/agentgateway/resource/onlineagent/101", gateway).await;
    assert_ne!(desk.json["retcode"], "0", "{}", desk.text);
    // What was over stays over.
    scene.change_agent("101", json!({ "deactivated": false })).await;
    assert_eq!(scene.me(&mut browser).await.0, 401);
    scene.signed_in(&account("101")).await;
}

#[tokio::test]
async fn the_last_who_manages_people_is_not_deactivated() {
    let scene = Scene::set_up(json!({})).await;
    let deactivate = scene.admin.request(Method::PATCH, "/api/v1/config/agents/901");
    let refused = scene.admin.send(deactivate.json(&json!({ "deactivated": true }))).await;
    assert_eq!(refused.problem(), (409, "LAST_MANAGER", None));
}

#[tokio::test]
async fn passwords_and_their_failures_are_not_touched() {
    let scene = Scene::set_up(json!({})).await;
    let wrong = json!({ "tenant": "demo", "agentId": "101", "password": "wrong" });
    let login = async |body: &Value| {
        scene.server.anybody().post("/api/v1/agent/login", body.clone()).await.status.as_u16()
    };
    for _ in 0..5 {
        assert_eq!(login(&wrong).await, 401);
    }
    assert_eq!(login(&wrong).await, 429);
    scene.signed_in(&account("101")).await;
    assert_eq!(login(&wrong).await, 429, "a sign-in elsewhere gives nothing back");
}
