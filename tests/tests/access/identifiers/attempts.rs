//! Every request with identifiers that somebody else has, compared with the same request where nobody has them.

use frontdesk_core::directory::KINDS;
use frontdesk_server::router::{Access, Route, routes};
use frontdesk_tests::kit::{Answer, Http};
use reqwest::Method;
use serde_json::{Value, json};

use super::super::every_route::least;
use super::super::examples::{Example, example};
use super::super::stage::{DEMO, RIVAL, Stage, Subject};
use super::fields::{Field, Of, Place, fields};
use super::names::{Names, Pair, of_customer, of_tenant, references, sent_by};

/// The number from which on a number is a time. What was done may have smaller ones too that go on, such as versions.
const TIMES: f64 = 1e9;
/// The length from which on a text without a space is something that was made for this answer alone.
const MADE: usize = 20;

/// Whoever may send a request.
async fn callers(stage: &Stage, route: &Route, subject: &Subject) -> Vec<Http> {
    match route.access {
        // What pages show to strangers is named by them, in whichever tenant it is.
        Access::Page | Access::Visitor => Vec::new(),
        Access::NativePublic if route.path.starts_with("/api/v1/signin/") => Vec::new(),
        Access::Public | Access::NativePublic | Access::GatewaySignIn => vec![stage.anybody()],
        Access::App => vec![stage.app_of(DEMO).await.http],
        Access::Customer | Access::CustomerStream => vec![subject.customer.http.clone()],
        Access::GatewayAgent => vec![stage.gateway_desk(DEMO, "101").await],
        Access::Enrolling | Access::SignedIn | Access::Person(_) | Access::May(_) | Access::MayAny(_) => {
            let mut callers = vec![stage.agent(DEMO, "901").await.http];
            if least(route) != "901" {
                callers.push(stage.agent(DEMO, least(route)).await.http);
            }
            callers
        }
    }
}

/// A request with a value in one place. `kind` is what stands for a kind of configured items in the path.
fn with(field: &Field, value: &str, kind: &str, mut example: Example, http: &Http) -> (Example, Http) {
    let mut http = http.clone();
    match field.place {
        Place::Path => {
            let (path, query) = example.path.split_once('?').unwrap_or((&example.path, ""));
            let pieces = field.route.split('/').zip(path.split('/')).map(|(name, piece)| match name {
                "{kind}" => kind,
                name if name == format!("{{{}}}", field.name) => value,
                _ => piece,
            });
            let path = pieces.collect::<Vec<_>>().join("/");
            example.path = if query.is_empty() { path } else { format!("{path}?{query}") };
        }
        Place::Query => {
            let (path, query) = example.path.split_once('?').unwrap_or((&example.path, ""));
            let others = query.split('&').filter(|pair| pair.split('=').next() != Some(field.name.as_str()));
            let named = format!("{}={value}", field.name);
            let pairs: Vec<&str> = others.filter(|pair| !pair.is_empty()).chain([named.as_str()]).collect();
            example.path = format!("{path}?{}", pairs.join("&"));
        }
        Place::Header if field.name == "X-Tenant-Id" => http = http.with("x-tenant-id", value),
        Place::Header => http = http.with("idempotency-key", value),
        Place::Body => put(&mut example.body, &field.name, value),
    }
    (example, http)
}

/// Puts a value into a body, with all that has to be around it.
fn put(body: &mut Value, name: &str, value: &str) {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let (first, is_list) = first.strip_suffix("[]").map_or((first, false), |first| (first, true));
    if !body.is_object() {
        *body = json!({});
    }
    let place = &mut body[first];
    if is_list {
        *place = json!([if rest.is_some() { json!({}) } else { json!(value) }]);
    }
    match (rest, is_list) {
        (Some(rest), true) => put(&mut place[0], rest, value),
        (Some(rest), false) => put(place, rest, value),
        (None, true) => {}
        (None, false) => *place = json!(value),
    }
}

/// What an answer says, whoever was named in it. Of a refusal every byte counts; what was found or done differs in times
/// and in what was made for it.
fn told(answer: &Answer, value: &str, is_look: bool) -> (u16, String) {
    let status = answer.status.as_u16();
    let text = answer.text.replace(value, "…");
    let said = match serde_json::from_str::<Value>(&text) {
        Ok(mut said) if status < 400 => {
            level(&mut said, if is_look { TIMES } else { 0.0 });
            said.to_string()
        }
        _ => text,
    };
    (status, said)
}

fn level(said: &mut Value, from: f64) {
    match said {
        Value::Number(number) if number.as_f64().is_some_and(|number| number >= from) => {
            *said = json!("number");
        }
        Value::String(text) if text.len() >= MADE && !text.contains(' ') => *said = json!("made"),
        Value::Array(values) => values.iter_mut().for_each(|value| level(value, from)),
        Value::Object(values) => values.values_mut().for_each(|value| level(value, from)),
        _ => {}
    }
}

/// Everything that looks around comes before what changes something: what one request made would be there for the next.
fn in_order() -> Vec<Field> {
    let mut fields: Vec<Field> = fields().into_iter().collect();
    let rank =
        |field: &Field| ["GET", "DELETE", "POST", "PATCH", "PUT"].iter().position(|of| *of == field.method);
    fields.sort_by_key(rank);
    fields
}

/// Keys of apps name them without their tenant, so nobody can have one that somebody else has.
fn is_for_all(field: &Field, kind: &str) -> bool {
    let makes = ["PUT", "PATCH"].contains(&field.method.as_str());
    makes && field.identifies() == Some(Of::Configured) && kind == "apps"
}

/// Whoever reads their own audit log finds in it what they asked for before.
fn is_own_record(field: &Field) -> bool {
    field.route == "/api/v1/audit"
}

/// Sends every request that carries one of the names; gives how many were compared, and what was not the same.
async fn try_all(
    stage: &Stage,
    own: &Subject,
    names: &Names,
    which: impl Fn(&Route) -> bool,
) -> (usize, Vec<String>) {
    let (all, mut tried, mut faults) = (routes(), 0, Vec::new());
    for field in in_order() {
        let Some(of) = field.identifies().filter(|_| !is_own_record(&field)) else { continue };
        let method: Method = field.method.parse().unwrap();
        let route = all.iter().find(|route| route.path == field.route && route.method == method);
        let Some((route, pair)) = route.filter(|route| which(route)).zip(names.get(&of)) else { continue };
        let kinds: Vec<&str> = if of == Of::Configured {
            KINDS.iter().map(|kind| kind.plural).collect()
        } else {
            vec!["queues"]
        };
        for kind in kinds.into_iter().filter(|kind| !is_for_all(&field, kind)) {
            let tenant = Pair { elsewhere: RIVAL.to_owned(), nowhere: "ivalr".to_owned() };
            let pair = if kind == "tenants" { &tenant } else { pair };
            for caller in callers(stage, route, own).await {
                let ask = async |value: &str| {
                    let (example, http) =
                        with(&field, value, kind, example(&method, route.path, own), &caller);
                    told(&example.send(&http).await, value, method == Method::GET)
                };
                let (elsewhere, nowhere) = (ask(&pair.elsewhere).await, ask(&pair.nowhere).await);
                tried += 1;
                // What was done the first time may be refused the second time for that alone: then also for the first.
                let is_same =
                    elsewhere == nowhere || elsewhere.0 < 300 && ask(&pair.elsewhere).await == nowhere;
                if !is_same {
                    faults.push(format!("{field:?} {kind}:\n  {elsewhere:?}\n  {nowhere:?}"));
                }
            }
        }
    }
    (tried, faults)
}

async fn says(stage: &Stage, subject: &Subject) {
    let mut message = subject.customer.message("CHAT", "an example");
    message["messageId"] = json!(sent_by(subject));
    let said = subject.customer.http.post("/apiaccess/ccmessaging/send", message).await;
    assert_eq!(said.code(), "0", "{}", said.text);
    stage.back_to_work().await;
}

#[tokio::test]
async fn what_another_tenant_has_looks_like_what_nobody_has() {
    let stage = Stage::set_up().await;
    let (own, rival) = (stage.subject(DEMO, "ann").await, stage.subject(RIVAL, "u-rival").await);
    says(&stage, &rival).await;
    let names = of_tenant(&stage, &rival).await;
    let before = stage.log_of(&rival).await;
    let (tried, faults) = try_all(&stage, &own, &names, |_| true).await;
    assert!(faults.is_empty(), "{} of {tried}:\n{}", faults.len(), faults.join("\n"));
    println!("{tried} requests were tried");
    assert!(tried > 300, "{tried} were tried");
    assert_eq!(stage.log_of(&rival).await, before, "the other tenant's customer was reached");
}

#[tokio::test]
async fn what_another_customer_has_looks_like_what_nobody_has() {
    let stage = Stage::set_up().await;
    let (own, other) = (stage.subject(DEMO, "ann").await, stage.subject(DEMO, "u-other").await);
    says(&stage, &other).await;
    let before = stage.log_of(&other).await;
    let is_of_customers = |route: &Route| matches!(route.access, Access::Customer | Access::CustomerStream);
    let (tried, faults) = try_all(&stage, &own, &of_customer(&other), is_of_customers).await;
    assert!(faults.is_empty(), "{} of {tried}:\n{}", faults.len(), faults.join("\n"));
    println!("{tried} requests were tried");
    assert!(tried > 15, "{tried} were tried");
    assert_eq!(stage.log_of(&other).await, before, "another customer was reached");
}

/// What is configured names other things of its tenant. Bodies of configuration are in no schema of the document.
#[tokio::test]
async fn what_is_configured_cannot_name_what_another_tenant_has() {
    let stage = Stage::set_up().await;
    let rival = stage.subject(RIVAL, "u-rival").await;
    let names = of_tenant(&stage, &rival).await;
    let pair = &names[&Of::Configured];
    let administrator = stage.agent(DEMO, "901").await.http;
    for (kind, name, item) in references() {
        let ask = async |value: &str| {
            let mut body = item.clone();
            put(&mut body, name, value);
            let answer = administrator.put(&format!("/api/v1/config/{kind}/probe"), body).await;
            told(&answer, value, false)
        };
        let (elsewhere, nowhere) = (ask(&pair.elsewhere).await, ask(&pair.nowhere).await);
        assert_eq!(elsewhere, nowhere, "{kind} {name}");
        assert_eq!(elsewhere.0, 400, "{kind} {name}: {elsewhere:?}");
    }
    let ask = async |tenant: &str| {
        let file = format!("[tenant]\nid = \"{tenant}\"\nname = \"Mine\"\n");
        let request = administrator.request(Method::POST, "/api/v1/config-file").body(file);
        told(&administrator.send(request).await, tenant, false)
    };
    let (elsewhere, nowhere) = (ask(RIVAL).await, ask("ivalr").await);
    assert_eq!(elsewhere, nowhere);
    assert!(elsewhere.0 >= 400, "{elsewhere:?}");
}
