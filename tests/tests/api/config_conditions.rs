//! Changing only what is still as it was seen; the secrets of apps.

use std::time::Duration;

use frontdesk_tests::kit::{Agent, Answer, App, Server};
use reqwest::Method;
use serde_json::{Value, json};

async fn call(
    agent: &Agent,
    method: Method,
    path: &str,
    header: (&'static str, &str),
    body: Value,
) -> Answer {
    let http = agent.http.with(header.0, header.1);
    let request = http.request(method, &format!("/api/v1/config/{path}"));
    let request = if body.is_null() { request } else { request.json(&body) };
    http.send(request).await
}

fn tag(answer: &Answer) -> String {
    answer.headers["etag"].to_str().unwrap().to_owned()
}

const CHANGED: (u16, &str, Option<&str>) = (412, "CHANGED_MEANWHILE", None);

#[tokio::test]
async fn only_what_is_as_it_was_seen_is_changed() {
    let server = Server::start().await;
    let admin = server.agent("901").await;
    let path = "queues/support";
    let first = tag(&admin.http.get("/api/v1/config/queues/support").await);
    let asking = |wrap_up: u64| json!({ "wrap_up": wrap_up });
    let changed = call(&admin, Method::PATCH, path, ("if-match", &first), asking(10)).await;
    assert_eq!(changed.status, 200);
    let second = tag(&changed);
    assert_ne!(first, second);
    assert_eq!(tag(&admin.http.get("/api/v1/config/queues/support").await), second);
    for (method, body) in
        [(Method::PATCH, asking(20)), (Method::PUT, json!({ "name": "x" })), (Method::DELETE, Value::Null)]
    {
        let late = call(&admin, method.clone(), path, ("if-match", &first), body).await;
        assert_eq!(late.problem(), CHANGED, "{method}");
    }
    let either = format!("{first}, {second}");
    assert_eq!(call(&admin, Method::PATCH, path, ("if-match", &either), asking(10)).await.status, 200);
    let new = "queues/new";
    assert_eq!(call(&admin, Method::PUT, new, ("if-match", "*"), json!({})).await.problem(), CHANGED);
    assert_eq!(call(&admin, Method::DELETE, new, ("if-match", &first), Value::Null).await.problem(), CHANGED);
    assert_eq!(call(&admin, Method::PUT, new, ("if-none-match", "*"), json!({})).await.status, 201);
    let again = call(&admin, Method::PUT, new, ("if-none-match", "*"), json!({})).await;
    assert_eq!(again.problem(), (412, "EXISTS", None));
    let other = call(&admin, Method::PUT, new, ("if-none-match", &first), json!({})).await;
    assert_eq!(other.problem(), (400, "BODY_INVALID", Some("If-None-Match")));
}

#[tokio::test]
async fn of_many_who_saw_the_same_one_changes_it() {
    let server = Server::start().await;
    let admin = server.agent("901").await;
    let seen = tag(&admin.http.get("/api/v1/config/queues/support").await);
    let all = (1..=8).map(|number| {
        call(&admin, Method::PATCH, "queues/support", ("if-match", &seen), json!({ "wrap_up": number }))
    });
    let answers = futures_util::future::join_all(all).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let late = answers.iter().filter(|answer| answer.status == 412).count();
    assert_eq!((done, late), (1, 7));
}

async fn opens(server: &Server, secret: &str) -> bool {
    let body = json!({ "app_key": "back-end", "app_secret": secret });
    server.anybody().post("/apigovernance/api/oauth/tokenByAkSk", body).await.status == 200
}

#[tokio::test]
async fn an_app_has_a_secret_that_is_shown_once_and_rotates() {
    let server = Server::start().await;
    let admin = server.agent("901").await;
    let none = ("accept", "*/*");
    let made = call(&admin, Method::PUT, "apps/back-end", none, json!({ "name": "Back end" })).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json["item"], json!({ "key": "back-end", "name": "Back end" }));
    let first = made.json["secret"].as_str().unwrap().to_owned();
    assert!(opens(&server, &first).await && !opens(&server, "").await);
    let renamed = call(&admin, Method::PUT, "apps/back-end", none, json!({ "name": "Shop" })).await;
    assert_eq!(renamed.json, json!({ "item": { "key": "back-end", "name": "Shop" } }), "the secret stays");
    assert!(opens(&server, &first).await);
    for secret in ["secret_hash", "old_secret"] {
        let given = call(&admin, Method::PATCH, "apps/back-end", none, json!({ secret: "x" })).await;
        assert_eq!(given.problem(), (400, "BODY_INVALID", Some(secret)));
    }

    let token = App::sign_in(&server.anybody(), "back-end", &first).await;
    let rotate = async |body: Value| {
        let answer = call(&admin, Method::POST, "apps/back-end/secret", none, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["secret"].as_str().unwrap().to_owned()
    };
    let second = rotate(json!({ "keepOldFor": 60 })).await;
    assert!(opens(&server, &first).await && opens(&server, &second).await, "both, for a time");
    server.clock.advance(Duration::from_secs(61));
    assert!(!opens(&server, &first).await && opens(&server, &second).await);
    token.customer("u-1", "en").await;
    let third = rotate(json!({ "keepOldFor": 0 })).await;
    assert!(!opens(&server, &second).await && opens(&server, &third).await, "at once");
    let fourth = rotate(json!({})).await;
    let fifth = rotate(json!({})).await;
    let good = [opens(&server, &third).await, opens(&server, &fourth).await, opens(&server, &fifth).await];
    assert_eq!(good, [false, true, true], "one old secret at a time");
    let long =
        call(&admin, Method::POST, "apps/back-end/secret", none, json!({ "keepOldFor": 2_592_001 })).await;
    assert_eq!(long.problem(), (400, "BODY_INVALID", Some("keepOldFor")));
    let unknown = call(&admin, Method::POST, "apps/nobody/secret", none, json!({})).await;
    assert_eq!(unknown.problem().0, 404);
    let listed = admin.http.get("/api/v1/config/apps").await;
    assert_eq!(listed.json["items"][0], json!({ "key": "back-end", "name": "Shop" }));
    assert_eq!(listed.json["items"][1], json!({ "key": "demo-app", "name": "Demo shop's back end" }));
}
