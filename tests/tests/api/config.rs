//! Configuration over the native API.

use frontdesk_tests::kit::{Agent, Answer, Server};
use reqwest::Method;
use serde_json::{Value, json};

async fn administrator(server: &Server) -> Agent {
    server.agent("901").await
}

async fn call(agent: &Agent, method: Method, path: &str, body: Value) -> Answer {
    let request = agent.http.request(method, &format!("/api/v1/config/{path}"));
    let request = if body.is_null() { request } else { request.json(&body) };
    agent.http.send(request).await
}

#[tokio::test]
async fn a_queue_is_made_changed_and_taken_away() {
    let server = Server::start().await;
    let admin = administrator(&server).await;
    let rules =
        json!({ "name": "Sales", "strategy": "round_robin", "needs": [{ "skill": "cars", "level": 3 }] });
    let made = call(&admin, Method::PUT, "queues/sales", rules).await;
    assert_eq!(made.status, 201);
    let expected = json!({
        "id": "sales",
        "name": "Sales",
        "strategy": "round_robin",
        "needs": [{ "skill": "cars", "level": 3 }],
        "match_language": false,
        "priority": 0,
        "wrap_up": 0,
        "outside_hours": "refuse",
        "no_agents": "refuse",
        "when_full": "refuse",
        "tell_every": 10,
    });
    assert_eq!(made.json, json!({ "item": expected }));
    let patch = json!({ "wrap_up": 30, "needs": null });
    let patched = call(&admin, Method::PATCH, "queues/sales", patch).await;
    assert_eq!(patched.status, 200);
    assert_eq!(patched.json["item"]["wrap_up"], 30);
    assert_eq!(patched.json["item"]["strategy"], "round_robin", "what is not given stays");
    assert_eq!(patched.json["item"].get("needs"), None, "null takes a value away");
    let replaced = call(&admin, Method::PUT, "queues/sales", json!({ "name": "Cars" })).await;
    assert_eq!(replaced.status, 200);
    assert_eq!(replaced.json["item"]["wrap_up"], 0, "what is not given is the default again");
    let listed = call(&admin, Method::GET, "queues", Value::Null).await;
    let names: Vec<&Value> =
        listed.json["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
    assert_eq!(names, ["Cars", "Support"]);
    assert_eq!(call(&admin, Method::GET, "queues/sales", Value::Null).await.json["item"]["name"], "Cars");
    assert_eq!(call(&admin, Method::DELETE, "queues/sales", Value::Null).await.status, 204);
    assert_eq!(call(&admin, Method::GET, "queues/sales", Value::Null).await.problem().0, 404);
    assert_eq!(
        call(&admin, Method::DELETE, "queues/sales", Value::Null).await.status,
        204,
        "it may be asked for again"
    );
}

#[tokio::test]
async fn a_new_agent_signs_in_with_the_password_that_was_made_up() {
    let server = Server::start().await;
    let admin = administrator(&server).await;
    let made =
        call(&admin, Method::PUT, "agents/110", json!({ "nickname": "Zoe", "queues": ["support"] })).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json["item"].get("password_hash"), None);
    let password = made.json["password"].as_str().unwrap().to_owned();
    let zoe = Agent::sign_in(&server.anybody(), "demo", "110", &password).await;
    assert_eq!(zoe.held().await.len(), 0);
    let replaced = call(&admin, Method::PUT, "agents/110", json!({ "capacity": 2 })).await;
    assert_eq!(replaced.json.get("password"), None);
    Agent::sign_in(&server.anybody(), "demo", "110", &password).await;
    call(&admin, Method::PATCH, "agents/110", json!({ "password": "quite another one" })).await;
    Agent::sign_in(&server.anybody(), "demo", "110", "quite another one").await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_the_field() {
    let server = Server::start().await;
    let admin = administrator(&server).await;
    let cases = [
        ("queues/sales", json!({ "strategy": "random" }), "strategy", "unknown variant"),
        ("queues/sales", json!({ "wrap_up": -1 }), "wrap_up", "invalid value"),
        ("queues/sales", json!({ "colour": "red" }), "colour", "unknown field"),
        ("queues/sales", json!({ "id": "support" }), "id", "not the one in the address"),
        ("queues/sales", json!({ "needs": [{ "skill": 4 }] }), "needs[0].skill", "invalid type"),
        ("queues/sales", json!({ "no_agents": { "queue": "nowhere" } }), "no_agents", "no queue \"nowhere\""),
        ("agents/110", json!({ "capacity": 0 }), "capacity", "1 to 100000"),
        ("agents/110", json!({ "queues": ["nowhere"] }), "queues[0]", "no queue \"nowhere\""),
        ("agents/110", json!({ "password_hash": "x" }), "password_hash", "give a `password`"),
        ("channels/new", json!({ "identity_key": "short" }), "identity_key", "at least 32 bytes"),
    ];
    for (path, body, field, why) in cases {
        let refused = call(&admin, Method::PUT, path, body.clone()).await;
        assert_eq!(refused.problem().0, 400, "{path} {body}");
        assert_eq!(refused.json["field"].as_str().unwrap_or_default(), field, "{path} {body}");
        let detail = refused.json["detail"].as_str().unwrap();
        assert!(detail.contains(why), "{path} {body}: {detail}");
        assert_eq!(
            call(&admin, Method::GET, path, Value::Null).await.problem().0,
            404,
            "nothing is half done"
        );
    }
    assert_eq!(call(&admin, Method::PUT, "tables/1", json!({})).await.problem().0, 404);
    let used = call(&admin, Method::DELETE, "queues/support", Value::Null).await;
    assert_eq!(used.problem(), (409, "IN_USE", None));
}

#[tokio::test]
async fn secrets_are_not_shown_and_not_lost() {
    let server = Server::start().await;
    let admin = administrator(&server).await;
    let key = "0123456789abcdef0123456789abcdef";
    let made = call(&admin, Method::PUT, "channels/shop", json!({ "identity_key": key })).await;
    assert_eq!(made.json["item"].get("identity_key"), None);
    call(&admin, Method::PUT, "channels/shop", json!({ "name": "Shop" })).await;
    let kept = async || {
        let directory = server.parts.directory.load();
        let tenant = directory.tenants().find(|tenant| tenant.tenant.id.as_str() == "demo").unwrap();
        let shop = tenant.channels.values().find(|channel| channel.id.as_str() == "shop").unwrap();
        shop.identity_key.clone()
    };
    assert_eq!(kept().await.as_deref(), Some(key));
    call(&admin, Method::PATCH, "channels/shop", json!({ "identity_key": null })).await;
    assert_eq!(kept().await, None);
}
