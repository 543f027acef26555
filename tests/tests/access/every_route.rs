//! Every route × every kind of caller.

use std::collections::HashMap;

use frontdesk_core::access::{BuiltInRole, Permission};
use frontdesk_server::router::{Access, Family, Route, routes};
use frontdesk_tests::kit::Answer;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::callers::{Caller, callers};
use super::examples::example;
use super::roles::of_roles;
use super::stage::{DEMO, Stage};

/// What the access that `router.rs` declares says of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    Unauthorized,
    Forbidden,
}

pub(super) fn verdict(route: &Route, caller: &Caller) -> Verdict {
    // A stream wants the same credentials; it only takes them from more places.
    let access = if route.access == Access::CustomerStream { Access::Customer } else { route.access };
    if route.access.is_open() || caller.may.contains(&access) {
        Verdict::Allowed
    } else if caller.forbidden.contains(&access) {
        Verdict::Forbidden
    } else if let (true, Some(permissions)) = (access.is_staff(), caller.permissions) {
        let is_kept_out =
            caller.is_program && access.is_for_people() || caller.must_enrol && access != Access::Enrolling;
        let may = !is_kept_out && wanted(route).is_none_or(|permission| permissions.has(permission));
        if may { Verdict::Allowed } else { Verdict::Forbidden }
    } else {
        Verdict::Unauthorized
    }
}

/// How an answer refuses its caller, if it does. The agent gateway says so with status 200.
fn refusal(route: &Route, answer: &Answer) -> Option<Verdict> {
    if route.access.family() == Family::Gateway {
        return match (answer.status, answer.json["retcode"].as_str()) {
            (StatusCode::OK, Some("100-006")) => Some(Verdict::Unauthorized),
            (StatusCode::OK, Some("000-003")) => Some(Verdict::Forbidden),
            _ => None,
        };
    }
    match answer.status {
        StatusCode::UNAUTHORIZED => Some(Verdict::Unauthorized),
        StatusCode::FORBIDDEN => Some(Verdict::Forbidden),
        _ => None,
    }
}

/// What every answer tells browsers: not to guess what it is, not to keep it unless that was meant, and, unless it is
/// JSON, which no browser runs, what it may do and who may frame it.
fn check_headers(answer: &Answer, what: &str) {
    let header = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().unwrap_or_default());
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert!(!header("cache-control").is_empty(), "{what}");
    assert_eq!(header("strict-transport-security"), "", "{what}: it did not come encrypted");
    assert!(!answer.headers.contains_key("server"), "{what}");
    let media = header("content-type");
    if !media.is_empty() && !media.contains("json") {
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{what}: {policy:?}");
        assert!(policy.contains("frame-ancestors "), "{what}: {policy:?}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
    }
    if media.starts_with("text/html") {
        assert!(["DENY", "SAMEORIGIN"].contains(&header("x-frame-options")), "{what}");
    }
}

/// The permission that the example of a route wants; `None` if being signed in is enough.
pub(super) fn wanted(route: &Route) -> Option<Permission> {
    match route.access {
        // It is about queues; what is about people wants another one.
        Access::MayAny(_) if route.method == Method::GET => Some(Permission::ConfigRead),
        Access::MayAny(_) => Some(Permission::ConfigWrite),
        access => access.permissions().first().copied(),
    }
}

/// The first refusal of each kind, which all others must equal.
#[derive(Default)]
struct Bodies(HashMap<(Family, StatusCode, String), String>);

impl Bodies {
    fn check(&mut self, family: Family, answer: &Answer, what: &str) {
        // Whoever is known may be told what is in their way: it is their own.
        let code = answer.json["code"].as_str().filter(|_| answer.status == StatusCode::FORBIDDEN);
        let code = code.or(answer.json["retcode"].as_str()).unwrap_or_default().to_owned();
        let key = (family, answer.status, code);
        let first = self.0.entry(key).or_insert_with(|| answer.text.clone());
        assert_eq!(answer.text, *first, "{what}: refusals tell callers apart");
        match family {
            Family::Messaging => {
                for field in ["errorCode", "exceptionInfo", "resultCode", "resultDesc"] {
                    assert!(answer.json[field].is_string(), "{what}: {}", answer.text);
                }
            }
            Family::Native => assert_eq!(answer.json["status"], answer.status.as_u16(), "{what}"),
            Family::Gateway => assert!(answer.json["message"].is_string(), "{what}: {}", answer.text),
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
    let mut callers = callers(&stage, &subject).await;
    callers.extend(of_roles(&stage).await);
    let mut bodies = Bodies::default();
    for route in routes() {
        let example = example(&route.method, route.path, &subject);
        for caller in &callers {
            let what = format!("{} {} by {}", route.method, route.path, caller.name);
            let verdict = verdict(&route, caller);
            if verdict == Verdict::Allowed {
                continue;
            }
            let answer = example.send(&caller.http).await;
            assert_eq!(refusal(&route, &answer), Some(verdict), "{what}: {} {}", answer.status, answer.text);
            check_headers(&answer, &what);
            bodies.check(route.access.family(), &answer, &what);
        }
    }
    assert_eq!(stage.log_of(&subject).await, before, "somebody who was refused changed something");
}

#[tokio::test]
async fn who_may_is_let_through() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    for route in routes().into_iter().filter(|route| !wants_own_provider(route)) {
        // Anew for each: one of the routes signs its caller out.
        for caller in callers(&stage, &ann).await {
            if verdict(&route, &caller) != Verdict::Allowed || ends_that_of_others(&route, &caller) {
                continue;
            }
            // What one caller ends, the next cannot answer. Who signs in at the gateway ends nothing.
            let ends = route.path.contains('{')
                && route.access != Access::GatewaySignIn
                && !route.path.starts_with("/api/v1/knowledge/");
            let visitor = if ends { Some(stage.visitor(DEMO).await) } else { None };
            let subject = visitor.as_ref().unwrap_or(&ann);
            let answer = example(&route.method, route.path, subject).send(&caller.http).await;
            let what = format!("{} {} by {}: {}", route.method, route.path, caller.name, answer.text);
            let status = answer.status;
            assert_eq!(refusal(&route, &answer), None, "{what}");
            check_headers(&answer, &what);
            if is_unbuilt_page(&route, &answer) || is_over(&route, &answer) {
                continue;
            }
            assert!(status != StatusCode::METHOD_NOT_ALLOWED && !status.is_server_error(), "{what}");
            if caller.of_subject {
                let is_wrong_secret = status == StatusCode::BAD_REQUEST
                    && (wants_own_device(&route) || answer.json["code"] == "WRONG_PASSWORD");
                assert!(
                    is_fine(status) || status == StatusCode::CONFLICT || is_wrong_secret,
                    "{status} {what}"
                );
            }
            if let Some(visitor) = &visitor {
                visitor.customer.send("DISCONNECT", "").await;
            }
            stage.back_to_work().await;
        }
    }
}

/// What the agent gateway's example comes to: some cannot be done as the stage is set.
fn gateway_code(path: &str) -> &'static str {
    match path.rsplit('/').next().unwrap() {
        "cancelbusy" | "cancelrest" | "cancelwork" => "100-009",
        // The agent talks, to more than one.
        "logout" => "100-010",
        "release" => "000-002",
        "getconnectinfo" | "imagecapture" => "100-007",
        _ => "0",
    }
}

/// Whether it wants a code of the caller's own device, which an example does not have.
fn wants_own_device(route: &Route) -> bool {
    route.path.ends_with("/totp/confirm") || route.path.ends_with("/totp/disable")
}

/// Whether only an identity provider can make it succeed.
fn wants_own_provider(route: &Route) -> bool {
    route.path.contains("/{provider}")
}

/// Whether it would end what another caller, who is the same person, is about to try.
fn ends_that_of_others(route: &Route, caller: &Caller) -> bool {
    let ends = matches!(route.path, "/api/v1/sessions" | "/api/v1/agent/password");
    ends && route.method != Method::GET && caller.name.contains("for an AccessToken")
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
        if wants_own_device(&route) || wants_own_provider(&route) {
            continue;
        }
        let is_answer = route.path.ends_with("/accept") || route.path.ends_with("/reject");
        let visitor = if is_answer { stage.offered(DEMO).await } else { stage.visitor(DEMO).await };
        let caller = match route.access {
            Access::Public
            | Access::NativePublic
            | Access::Visitor
            | Access::Page
            | Access::GatewaySignIn => stage.anybody(),
            Access::GatewayAgent => stage.gateway_desk(DEMO, "101").await,
            Access::App => stage.app("demo-app").await.http,
            Access::Customer | Access::CustomerStream => visitor.customer.http.clone(),
            Access::Enrolling | Access::SignedIn | Access::Person(_) | Access::May(_) | Access::MayAny(_) => {
                stage.agent(DEMO, least(&route)).await.http
            }
        };
        let answer = example(&route.method, route.path, &visitor).send(&caller).await;
        let what = format!("{} {}: {} {}", route.method, route.path, answer.status, answer.text);
        // The example of another route has given the agent another password.
        let is_wrong_secret = answer.json["code"] == "WRONG_PASSWORD";
        let is_expected = is_unbuilt_page(&route, &answer) || is_over(&route, &answer) || is_wrong_secret;
        assert!(is_fine(answer.status) || is_expected, "{what}");
        if route.access.family() == Family::Gateway {
            assert_eq!(answer.json["retcode"], gateway_code(route.path), "{what}");
        }
        stage.back_to_work().await;
    }
}

/// The first set-up, where there are tenants already: nothing is at its address.
fn is_over(route: &Route, answer: &Answer) -> bool {
    route.path == "/api/v1/setup" && answer.status == StatusCode::NOT_FOUND
}

/// Who of the demonstration may do the least of those who may call a route.
pub(super) fn least(route: &Route) -> &'static str {
    let may = |role: BuiltInRole| wanted(route).is_none_or(|wanted| role.permissions().has(wanted));
    match () {
        () if may(BuiltInRole::Agent) => "101",
        () if may(BuiltInRole::Supervisor) => "201",
        () => "901",
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
        assert_eq!(refusal(&route, &plain), Some(Verdict::Unauthorized), "{what}");
        let rubbish = nobody.request(route.method.clone(), &format!("{path}?wait=x&cursor=y"));
        let rubbish = nobody.send(rubbish.header("content-type", "image/png").body("{{{")).await;
        assert_eq!((rubbish.status, rubbish.text), (plain.status, plain.text), "{what}");
        if route.method == Method::GET {
            let head = nobody.send(nobody.request(Method::HEAD, &path)).await;
            assert_eq!(head.status, plain.status, "HEAD {path}");
        }
    }
}

/// Whether a route takes every address that begins so.
fn is_any(path: &str) -> bool {
    routes().iter().filter_map(|route| route.path.split_once("{*")).any(|(begin, _)| path.starts_with(begin))
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
            let others = variants.into_iter().filter(|variant| variant != path && !is_any(variant));
            for variant in others {
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
