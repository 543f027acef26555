//! Roles and scopes as people meet them.

use frontdesk_server::router::routes;
use frontdesk_tests::kit::{Agent, Answer, CHANNEL, Http, Server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn put(http: &Http, path: &str, body: Value) -> Answer {
    http.put(&format!("/api/v1/config/{path}"), body).await
}

/// Somebody new with these values, signed in.
async fn hire(server: &Server, admin: &Http, id: &str, values: Value) -> Agent {
    let made = put(admin, &format!("agents/{id}"), values).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    Agent::sign_in(&server.anybody(), "demo", id, made.json["password"].as_str().unwrap()).await
}

#[tokio::test]
async fn a_role_of_ones_own_allows_what_it_names_at_once() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let role = json!({ "name": "Watcher", "permissions": ["agents.read"] });
    let made = put(&admin, "roles/watcher", role.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(
        made.json["item"],
        json!({ "id": "watcher", "name": "Watcher", "permissions": ["agents.read"] })
    );
    let wim = hire(&server, &admin, "110", json!({ "role": "watcher" })).await.http;
    let me = wim.get("/api/v1/agent/me").await;
    assert_eq!(
        me.json,
        json!({
            "tenant": "demo", "agentId": "110", "nickname": "110", "role": "watcher",
            "permissions": ["agents.read"], "scope": { "queues": [], "channels": [] }, "mustEnrol": false,
        })
    );
    let may = async |path: &str| wim.get(path).await.status;
    assert_eq!(may("/api/v1/agents").await, StatusCode::OK);
    assert_eq!(may("/api/v1/agent/conversations").await, StatusCode::FORBIDDEN);
    // The role changes under a sign-in that is open.
    let more = json!({ "permissions": ["agents.read", "conversations.read", "conversations.read_all"] });
    let changed = admin.request(Method::PATCH, "/api/v1/config/roles/watcher").json(&more);
    assert_eq!(admin.send(changed).await.status, StatusCode::OK);
    assert_eq!(may("/api/v1/agent/conversations?scope=all").await, StatusCode::OK);
    assert_eq!(put(&admin, "roles/watcher", json!({ "name": "Watcher" })).await.status, StatusCode::OK);
    assert_eq!(may("/api/v1/agents").await, StatusCode::FORBIDDEN);
    // Somebody has it, so it stays.
    let refused = admin.delete("/api/v1/config/roles/watcher").await;
    assert_eq!(refused.problem(), (409, "IN_USE", None));
    assert_eq!(admin.delete("/api/v1/config/agents/110").await.status, StatusCode::NO_CONTENT);
    assert_eq!(may("/api/v1/agents").await, StatusCode::UNAUTHORIZED);
    assert_eq!(admin.delete("/api/v1/config/roles/watcher").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn roles_and_scopes_that_cannot_be_meant_are_refused_with_the_field() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let cases = [
        ("roles/new", json!({ "permissions": ["fly"] }), "permissions[0]", "there is no permission \"fly\""),
        ("roles/new", json!({ "permissions": ["search", "search"] }), "permissions[1]", "named twice"),
        ("roles/agent", json!({ "permissions": [] }), "id", "built-in role"),
        ("roles/new", json!({ "name": " " }), "name", "must not be empty"),
        ("agents/110", json!({ "role": "nobody" }), "role", "no role \"nobody\""),
        ("agents/110", json!({ "scope": { "queues": ["x"] } }), "scope.queues[0]", "no queue \"x\""),
        ("agents/110", json!({ "scope": { "channels": ["x"] } }), "scope.channels[0]", "no channel \"x\""),
        ("agents/110", json!({ "sign_ins_after": 0 }), "sign_ins_after", "cannot be given"),
    ];
    for (path, body, field, why) in cases {
        let refused = put(&admin, path, body.clone()).await;
        assert_eq!(refused.problem(), (400, "BODY_INVALID", Some(field)), "{path} {body}: {}", refused.text);
        assert!(refused.json["detail"].as_str().unwrap().contains(why), "{}", refused.text);
    }
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let role = json!({ "permissions": ["people.manage", "keys.manage", "conversations.read"] });
    assert_eq!(put(&admin, "roles/lead", role).await.status, StatusCode::CREATED);
    let lead = hire(&server, &admin, "110", json!({ "role": "lead" })).await.http;
    let refused = [
        ("agents/111", json!({ "role": "administrator" })),
        ("agents/111", json!({})),
        ("agents/110", json!({ "role": "administrator" })),
        ("agents/901", json!({ "password": "mine from now on" })),
        ("roles/lead", json!({ "permissions": ["people.manage", "audit.read"] })),
        ("roles/other", json!({ "permissions": ["config.write"] })),
    ];
    for (path, body) in refused {
        let answer = put(&lead, path, body.clone()).await;
        assert_eq!(answer.problem(), (403, "MORE_THAN_OWN", None), "{path} {body}: {}", answer.text);
    }
    let key = lead.post("/api/v1/keys", json!({ "name": "x", "role": "auditor" })).await;
    assert_eq!(key.problem(), (403, "MORE_THAN_OWN", None));
    let reset = lead.delete("/api/v1/agents/901/totp").await;
    assert_eq!(reset.problem(), (403, "MORE_THAN_OWN", None));
    assert_eq!(put(&lead, "queues/sales", json!({})).await.problem().0, 403, "queues are not people");
    assert_eq!(put(&lead, "agents/111", json!({ "role": "lead" })).await.status, StatusCode::CREATED);
    server.agent("901").await;
}

#[tokio::test]
async fn the_last_who_can_manage_people_stays() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    for answer in [
        admin.delete("/api/v1/config/agents/901").await,
        put(&admin, "agents/901", json!({ "role": "supervisor" })).await,
        put(&admin, "agents/901", json!({ "role": "administrator", "scope": { "queues": ["support"] } }))
            .await,
    ] {
        assert_eq!(answer.problem(), (409, "LAST_MANAGER", None), "{}", answer.text);
    }
    hire(&server, &admin, "902", json!({ "role": "administrator" })).await;
    assert_eq!(admin.delete("/api/v1/config/agents/901").await.status, StatusCode::NO_CONTENT);
    assert_eq!(admin.get("/api/v1/agents").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_supervisor_of_one_queue_sees_that_queue() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    server.change_queue("sales", |_| {}).await;
    server.add_channel("shop", "sales").await;
    let scope = |queue: &str| json!({ "role": "supervisor", "scope": { "queues": [queue] } });
    let of_support = hire(&server, &admin, "110", scope("support")).await;
    let of_sales = hire(&server, &admin, "111", scope("sales")).await;
    let alex = server.online("101").await;
    let ann = server.customer("ann").await;
    ann.sends("CONNECT", "").await;
    ann.sends("TRANS2AGENT", "").await;
    let conversation = alex.only_conversation().await;
    let sees = async |who: &Agent| who.conversations("all").await.len();
    assert_eq!((sees(&of_support).await, sees(&of_sales).await), (1, 0));
    let path = format!("/api/v1/agent/conversations/{conversation}");
    assert_eq!(of_support.http.get(&path).await.status, StatusCode::OK);
    assert_eq!(of_sales.http.get(&path).await.problem(), (404, "NOT_FOUND", None));
    let sold = of_support.http.post(&format!("{path}/monitor"), json!({})).await;
    assert_eq!(sold.status, StatusCode::NO_CONTENT, "{}", sold.text);
    // With the customer go the eyes of those who watch the queue; who takes part in it stays.
    let passed_on = alex.act(&conversation, "transfer", json!({ "queue": "sales" })).await;
    assert_eq!(passed_on.problem(), (400, "FIELD_INVALID", Some("queue")), "it has no agents");
    server.change_agent("102", |kim| kim.queues = vec!["sales".parse().unwrap()]).await;
    server.agent("102").await.declare("busy").await;
    let passed_on = alex.act(&conversation, "transfer", json!({ "queue": "sales" })).await;
    assert_eq!(passed_on.status, StatusCode::NO_CONTENT, "{}", passed_on.text);
    assert_eq!((sees(&of_support).await, sees(&of_sales).await), (0, 1));
    // What is configured, and who works where.
    let names = async |who: &Agent, kind: &str| who.http.get(&format!("/api/v1/{kind}")).await.text;
    assert!(names(&of_sales, "agents").await.contains("\"102\""));
    assert!(!names(&of_sales, "agents").await.contains("\"101\""));
}

#[tokio::test]
async fn whoever_loses_something_signs_in_again() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let sam = server.agent("201").await.http;
    assert_eq!(put(&admin, "agents/201", json!({ "role": "administrator" })).await.status, StatusCode::OK);
    assert_eq!(sam.get("/api/v1/config/queues").await.status, StatusCode::OK, "what is given counts at once");
    assert_eq!(put(&admin, "agents/201", json!({ "role": "agent" })).await.status, StatusCode::OK);
    assert_eq!(sam.get("/api/v1/agent/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(server.agent("201").await.http.get("/api/v1/agents").await.status, StatusCode::FORBIDDEN);
}

/// Elsewhere roles, sign-in, audit and service levels are sold apart. Here there is one edition: every interface is in
/// the demonstration, and none of them answers that it must be paid for.
#[tokio::test]
async fn pain_27_the_basics_are_in_the_one_edition() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let of_demonstration = |path: &str| {
        path.replace("{kind}/{id}", "queues/support")
            .replace("{kind}", "roles")
            .replace("{channel}", CHANNEL)
            .replace("{agent}", "101")
    };
    let mut basics = 0;
    for route in routes().into_iter().filter(|route| route.access.is_staff() && route.method == Method::GET) {
        let path = of_demonstration(route.path);
        let answer = admin.get(&path).await;
        assert_ne!(answer.status, StatusCode::PAYMENT_REQUIRED, "{path}");
        assert_ne!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.text);
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.text);
        for word in ["edition", "licen", "upgrade", "subscription", "PAYMENT"] {
            assert!(!answer.text.contains(word), "{path} speaks of {word}: {}", answer.text);
        }
        basics += 1;
    }
    assert!(basics > 15, "{basics}");
    // What is most often sold apart, by name.
    for path in
        ["config/roles", "config/sla-policies", "keys", "sessions", "agents/101/sessions", "agent/totp"]
    {
        let answer = admin.get(&format!("/api/v1/{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    }
}
