//! What a route's access says of it: the credentials it takes, the errors of whoever has none, and the renewed token.

use std::collections::BTreeSet;

use http::Method;
use utoipa::Modify;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Paths};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, Object, OpenApi, Ref, RefOr, Type};

use super::failure::Failure;
use crate::router::{Access, Family, routes};

const APP_KEY: &str = "appKey";
const ACCESS_TOKEN: &str = "accessToken";
const MESSAGING_TOKEN: &str = "messagingToken";
const AGENT_TOKEN: &str = "agentToken";
const RENEWED_TOKEN: &str = "RenewedToken";
/// The header that carries a customer's token, both ways.
const TOKEN_HEADER: &str = "ccmessaging-token";

/// Adds to every operation what stands in front of its handler.
pub(super) struct Gate;

impl Modify for Gate {
    fn modify(&self, document: &mut OpenApi) {
        for route in routes() {
            if let Some(operation) = operation(&mut document.paths, &route.method, route.path) {
                guard(operation, route.access);
            }
        }
        let used = responses_referred_to(&document.paths);
        add_components(document.components.get_or_insert_default(), &used);
    }
}

fn operation<'a>(paths: &'a mut Paths, method: &Method, path: &str) -> Option<&'a mut Operation> {
    let item = paths.paths.get_mut(path)?;
    match method.as_str() {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "PUT" => item.put.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

fn guard(operation: &mut Operation, access: Access) {
    let credentials = credentials(access);
    let mut failures = vec![Failure::Internal, Failure::Busy];
    if !credentials.is_empty() {
        failures.push(Failure::Unauthorized);
    }
    if matches!(access, Access::Supervisor | Access::Administrator) {
        failures.push(Failure::Forbidden);
    }
    let answers = failures.into_iter().map(|failure| failure.answer(access.family()));
    operation.responses.responses.extend(answers);
    if matches!(access, Access::Customer | Access::CustomerStream) {
        promise_renewal(operation);
    }
    // One requirement with all of them: they are wanted together. None at all says that anybody may call.
    let all = |all: SecurityRequirement, name: &&str| all.add(*name, [] as [&str; 0]);
    operation.security = Some(if credentials.is_empty() {
        Vec::new()
    } else {
        vec![credentials.iter().fold(SecurityRequirement::default(), all)]
    });
}

const fn credentials(access: Access) -> &'static [&'static str] {
    match access {
        Access::Public | Access::NativePublic | Access::Visitor | Access::Page => &[],
        Access::App => &[APP_KEY, ACCESS_TOKEN],
        Access::Customer | Access::CustomerStream => &[APP_KEY, ACCESS_TOKEN, MESSAGING_TOKEN],
        Access::Agent | Access::Supervisor | Access::Administrator => &[AGENT_TOKEN],
    }
}

/// Any successful answer to a customer may carry a new token.
fn promise_renewal(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with('2')
        {
            let header = Ref::new(format!("#/components/headers/{RENEWED_TOKEN}"));
            response.headers.insert(TOKEN_HEADER.to_owned(), RefOr::Ref(header));
        }
    }
}

fn responses_referred_to(paths: &Paths) -> BTreeSet<String> {
    let items = paths.paths.values();
    let operations =
        items.flat_map(|item| [&item.get, &item.post, &item.put, &item.patch, &item.delete]).flatten();
    let answers = operations.flat_map(|operation| operation.responses.responses.values());
    answers
        .filter_map(|answer| match answer {
            RefOr::Ref(reference) => Some(reference.ref_location.clone()),
            RefOr::T(_) => None,
        })
        .collect()
}

fn add_components(components: &mut Components, used: &BTreeSet<String>) {
    for family in [Family::Messaging, Family::Native] {
        for failure in Failure::ALL {
            let name = failure.component(family);
            if used.contains(&Ref::from_response_name(&name).ref_location) {
                components.responses.insert(name, failure.response(family).into());
            }
        }
    }
    components.headers.insert(RENEWED_TOKEN.to_owned(), renewed_token().into());
    let schemes = [
        (APP_KEY, header("x-app-key", "The app's public key; it must be the one of the AccessToken.")),
        (ACCESS_TOKEN, bearer("An app's AccessToken, as tokenByAkSk gives it.")),
        (MESSAGING_TOKEN, header(TOKEN_HEADER, "A customer's token, as applyToken gives it.")),
        (AGENT_TOKEN, bearer("An agent's token, as the login gives it.")),
    ];
    for (name, scheme) in schemes {
        components.security_schemes.insert(name.to_owned(), scheme.into());
    }
}

fn header(name: &str, description: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, description)))
}

fn bearer(description: &str) -> SecurityScheme {
    let http: Http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
    SecurityScheme::Http(http)
}

fn renewed_token() -> Header {
    HeaderBuilder::new()
        .schema(Some(Object::with_type(Type::String)))
        .description(Some("A new token, once half of the present one's life is over; both are good."))
        .build()
}
