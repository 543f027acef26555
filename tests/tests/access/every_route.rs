//! Every route × every kind of caller.

use std::collections::HashMap;

use frontdesk_server::router::{Access, Family, Route, routes};
use frontdesk_tests::kit::Answer;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::callers::{Caller, callers};
use super::examples::example;
use super::stage::{DEMO, Stage};

/// What the access that `router.rs` declares says of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Allowed,
    Unauthorized,
    Forbidden,
}

fn verdict(route: &Route, caller: &Caller) -> Verdict {
    // A stream wants the same credentials; it only takes them from more places.
    let access = if route.access == Access::CustomerStream { Access::Customer } else { route.access };
    if route.access.is_open() || caller.may.contains(&access) {
        Verdict::Allowed
    } else if caller.forbidden.contains(&access) {
        Verdict::Forbidden
    } else {
        Verdict::Unauthorized
    }
}

/// The first refusal of each kind, which all others must equal.
#[derive(Default)]
struct Bodies(HashMap<(bool, StatusCode), String>);

impl Bodies {
    fn check(&mut self, family: Family, answer: &Answer, what: &str) {
        let key = (family == Family::Native, answer.status);
        let first = self.0.entry(key).or_insert_with(|| answer.text.clone());
        assert_eq!(answer.text, *first, "{what}: refusals tell callers apart");
        match family {
            Family::Messaging => {
                for field in ["errorCode", "exceptionInfo", "resultCode", "resultDesc"] {
                    assert!(answer.json[field].is_string(), "{what}: {}", answer.text);
                }
            }
            Family::Native => assert_eq!(answer.json["status"], answer.status.as_u16(), "{what}"),
            Family::Page => panic!("{what}: pages are for everybody"),
        }
        assert!(!answer.headers.contains_key("ccmessaging-token"), "{what}: a token for somebody refused");
    }
}

#[tokio::test]
async fn who_may_not_is_refused_with_one_body_and_changes_nothing() {
    let stage = Stage::set_up().await;
    let subject = stage.subject(DEMO, "u-77").await;
    let before = stage.log_of(&subject).await;
    let callers = callers(&stage, &subject).await;
    let mut bodies = Bodies::default();
    for route in routes() {
        let example = example(&route.method, route.path, &subject);
        for caller in &callers {
            let what = format!("{} {} by {}", route.method, route.path, caller.name);
            let expected = match verdict(&route, caller) {
                Verdict::Allowed => continue,
                Verdict::Unauthorized => StatusCode::UNAUTHORIZED,
                Verdict::Forbidden => StatusCode::FORBIDDEN,
            };
            let answer = example.send(&caller.http).await;
            assert_eq!(answer.status, expected, "{what}: {}", answer.text);
            bodies.check(route.access.family(), &answer, &what);
        }
    }
    assert_eq!(stage.log_of(&subject).await, before, "somebody who was refused changed something");
}

#[tokio::test]
async fn who_may_is_let_through() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    for route in routes() {
        // Anew for each: one of the routes signs its caller out.
        for caller in callers(&stage, &ann).await {
            if verdict(&route, &caller) != Verdict::Allowed {
                continue;
            }
            // What one caller ends, the next cannot answer.
            let visitor = if route.path.contains('{') { Some(stage.visitor(DEMO).await) } else { None };
            let subject = visitor.as_ref().unwrap_or(&ann);
            let answer = example(&route.method, route.path, subject).send(&caller.http).await;
            let what = format!("{} {} by {}: {}", route.method, route.path, caller.name, answer.text);
            let status = answer.status;
            assert!(status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN, "{what}");
            if is_unbuilt_page(&route, &answer) {
                continue;
            }
            assert!(status != StatusCode::METHOD_NOT_ALLOWED && !status.is_server_error(), "{what}");
            if caller.of_subject {
                assert!(is_fine(status) || status == StatusCode::CONFLICT, "{status} {what}");
            }
            stage.agent(DEMO, "101").await.declare("online").await;
            stage.agent(super::stage::RIVAL, "101").await.declare("online").await;
        }
    }
}

fn is_fine(status: StatusCode) -> bool {
    status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS
}

/// Whether it is the hint in the place of a page that this build has not.
fn is_unbuilt_page(route: &Route, answer: &Answer) -> bool {
    route.access == Access::Page
        && answer.status == StatusCode::SERVICE_UNAVAILABLE
        && answer.text.contains("make web")
}

#[tokio::test]
async fn every_example_succeeds_for_whom_it_is_meant() {
    let stage = Stage::set_up().await;
    for route in routes() {
        let is_answer = route.path.ends_with("/accept") || route.path.ends_with("/reject");
        let visitor = if is_answer { stage.offered(DEMO).await } else { stage.visitor(DEMO).await };
        let caller = match route.access {
            Access::Public | Access::NativePublic | Access::Visitor | Access::Page => stage.anybody(),
            Access::App => stage.app("demo-app").await.http,
            Access::Customer | Access::CustomerStream => visitor.customer.http.clone(),
            Access::Agent => stage.agent(DEMO, "101").await.http,
            Access::Supervisor => stage.agent(DEMO, "201").await.http,
            Access::Administrator => stage.agent(DEMO, "901").await.http,
        };
        let answer = example(&route.method, route.path, &visitor).send(&caller).await;
        let what = format!("{} {}: {} {}", route.method, route.path, answer.status, answer.text);
        assert!(is_fine(answer.status) || is_unbuilt_page(&route, &answer), "{what}");
        stage.agent(DEMO, "101").await.declare("online").await;
    }
}

#[tokio::test]
async fn credentials_are_looked_at_before_anything_else() {
    let stage = Stage::set_up().await;
    let nobody = stage.anybody();
    for route in routes() {
        if route.access.is_open() {
            continue;
        }
        let path = route.path.replace("{id}", "made-up").replace("{key}", "made-up");
        let what = format!("{} {path}", route.method);
        let plain = nobody.send(nobody.request(route.method.clone(), &path)).await;
        assert_eq!(plain.status, StatusCode::UNAUTHORIZED, "{what}");
        let rubbish = nobody.request(route.method.clone(), &format!("{path}?wait=x&cursor=y"));
        let rubbish = nobody.send(rubbish.header("content-type", "image/png").body("{{{")).await;
        assert_eq!((rubbish.status, rubbish.text), (plain.status, plain.text), "{what}");
        if route.method == Method::GET {
            let head = nobody.send(nobody.request(Method::HEAD, &path)).await;
            assert_eq!(head.status, StatusCode::UNAUTHORIZED, "HEAD {path}");
        }
    }
}

#[tokio::test]
async fn only_what_is_declared_is_served() {
    let stage = Stage::set_up().await;
    let subject = stage.subject(DEMO, "u-77").await;
    let staff = stage.agent(DEMO, "901").await.http;
    for route in routes() {
        let known: Vec<Method> =
            routes().into_iter().filter(|other| other.path == route.path).map(|other| other.method).collect();
        let path = example(&route.method, route.path, &subject).path;
        let path = path.split('?').next().unwrap();
        for caller in [&stage.anybody(), &subject.customer.http, &staff] {
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                if known.contains(&method) {
                    continue;
                }
                let answer = caller.send(caller.request(method.clone(), path)).await;
                assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            }
            let variants = [format!("{path}/"), format!("/{path}"), path.to_uppercase()];
            for variant in variants.into_iter().filter(|variant| variant != path) {
                let answer = caller.send(caller.request(route.method.clone(), &variant)).await;
                assert!(
                    matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED),
                    "{} {variant}: {} {}",
                    route.method,
                    answer.status,
                    answer.text
                );
                assert_ne!(answer.json, Value::Null, "{variant}: an error without a body");
            }
        }
    }
}
