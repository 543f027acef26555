//! The OpenAPI document: it names every route with the credentials that its access wants, it is sound, and it is the
//! one that is checked in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use frontdesk_server::route::openapi::Document;
use frontdesk_server::router::{Access, Family, Route, routes};
use serde_json::{Value, json};
use utoipa::OpenApi as _;

/// Where the document is checked in.
const CHECKED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

#[test]
fn every_route_is_documented_with_its_credentials_and_nothing_else_is() {
    let documented: BTreeMap<String, Value> = operations(&document())
        .into_iter()
        .map(|(name, operation)| (name, operation["security"].clone()))
        .collect();
    let routed: BTreeMap<String, Value> = interfaces()
        .map(|route| (format!("{} {}", route.method, route.path), credentials(route.access)))
        .collect();
    assert_eq!(documented, routed);
}

#[test]
fn the_errors_follow_from_access_and_family() {
    let operations = operations(&document());
    for route in interfaces() {
        let name = format!("{} {}", route.method, route.path);
        let (operation, family) = (&operations[&name], format!("{:?}", route.access.family()));
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let is_error = status.starts_with(['4', '5']);
            let prefix = format!("#/components/responses/{family}");
            let is_familys = answer["$ref"].as_str().is_some_and(|target| target.starts_with(&prefix));
            assert_eq!(is_error, is_familys, "{name}: {status} {answer}");
            let renews = answer["headers"].get("ccmessaging-token").is_some();
            let is_answer = !is_error && status != "101";
            assert_eq!(is_answer && is_customers(route.access), renews, "{name}: {status} {answer}");
        }
        let answers = |status: &str| operation["responses"].get(status).is_some();
        // The agent gateway says what is wrong with status 200.
        let has_codes = route.access.family() == Family::Gateway;
        let has_401 = route.access.is_open() || answers("401") || has_codes;
        assert!(has_401, "{name} wants credentials and has no 401");
        assert!(operation.get("requestBody").is_none() || answers("413"), "{name} has a body and no 413");
        let refuses = answers("400") || answers("404") || has_codes;
        assert!(operation.get("parameters").is_none() || refuses, "{name}");
        assert!(answers("500") && answers("503"), "{name}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = document();
    let mut targets = BTreeSet::new();
    collect_references(&document, &mut targets);
    for target in &targets {
        let pointer = target.strip_prefix('#').unwrap_or_else(|| panic!("{target} leads elsewhere"));
        assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
    }
    let components = document["components"].as_object().unwrap();
    for (kind, named) in components.iter().filter(|(kind, _)| *kind != "securitySchemes") {
        for name in named.as_object().unwrap().keys() {
            let target = format!("#/components/{kind}/{name}");
            assert!(targets.contains(&target), "nothing refers to {target}");
        }
    }
}

#[test]
fn operations_have_unique_ids_known_tags_known_credentials_and_a_summary_of_one_line() {
    let document = document();
    let tags: Vec<_> = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id.clone()), "{name}: {id} is taken");
        assert!(tags.contains(&operation["tags"][0]), "{name}: {}", operation["tags"]);
        let wanted = operation["security"].as_array().unwrap().iter();
        for scheme in wanted.flat_map(|all| all.as_object().unwrap().keys()) {
            assert!(schemes.contains_key(scheme), "{name}: {scheme}");
        }
        let summary = operation["summary"].as_str().unwrap();
        assert!(summary.ends_with('.') && !summary.contains('\n'), "{name}: {summary}");
    }
}

#[test]
fn the_parameters_of_each_path_are_declared() {
    for (name, operation) in operations(&document()) {
        let in_path: BTreeSet<_> =
            name.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let declared: Vec<_> = parameters.iter().filter(|one| one["in"] == "path").collect();
        let names: BTreeSet<_> = declared.iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(in_path, names, "{name}");
        assert!(declared.iter().all(|one| one["required"] == true), "{name}");
    }
}

#[test]
fn the_checked_in_document_is_the_newest() {
    let newest = text();
    if wants_update() {
        fs::create_dir_all(Path::new(CHECKED_IN).parent().unwrap()).unwrap();
        fs::write(CHECKED_IN, &newest).unwrap();
    }
    let checked_in = fs::read_to_string(CHECKED_IN).unwrap_or_default();
    let difference = newest.lines().zip(checked_in.lines()).position(|(new, old)| new != old);
    let line = difference.unwrap_or_else(|| newest.lines().count().min(checked_in.lines().count())) + 1;
    assert!(
        newest == checked_in,
        "docs/openapi.json is not the document that the server gives; they differ from line {line} on. `make openapi` \
         writes it anew (UPDATE_OPENAPI=1 cargo test -p frontdesk-server --test openapi).",
    );
}

/// The routes that programs call.
fn interfaces() -> impl Iterator<Item = Route> {
    routes().into_iter().filter(|route| route.access.family() != Family::Page)
}

const fn is_customers(access: Access) -> bool {
    matches!(access, Access::Customer | Access::CustomerStream)
}

fn text() -> String {
    let mut text = Document::openapi().to_pretty_json().expect("the document is JSON");
    text.push('\n');
    text
}

fn document() -> Value {
    serde_json::from_str(&text()).expect("the document is JSON")
}

/// Every operation, by method and path.
fn operations(document: &Value) -> BTreeMap<String, Value> {
    let paths = document["paths"].as_object().expect("paths are an object").iter();
    let named = |(path, item): (&String, &Value)| -> Vec<_> {
        let operations = item.as_object().expect("a path is an object").iter();
        operations
            .map(|(method, operation)| (format!("{} {path}", method.to_ascii_uppercase()), operation.clone()))
            .collect()
    };
    paths.flat_map(named).collect()
}

fn credentials(access: Access) -> Value {
    match access {
        Access::Public | Access::NativePublic | Access::Visitor | Access::Page | Access::GatewaySignIn => {
            json!([])
        }
        Access::GatewayAgent => json!([{ "guid": [] }]),
        Access::App => json!([{ "appKey": [], "accessToken": [] }]),
        Access::Customer | Access::CustomerStream => {
            json!([{ "appKey": [], "accessToken": [], "messagingToken": [] }])
        }
        Access::Enrolling | Access::SignedIn | Access::Person(_) => {
            json!([{ "agentToken": [] }, { "agentCookie": [] }])
        }
        Access::May(_) | Access::MayAny(_) => {
            json!([{ "agentToken": [] }, { "agentCookie": [] }, { "apiKey": [] }])
        }
    }
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get("$ref") {
                found.insert(target.clone());
            }
            fields.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect_references(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the test says so, and nothing is configured by it"
)]
fn wants_update() -> bool {
    std::env::var("UPDATE_OPENAPI").is_ok_and(|value| value == "1")
}
