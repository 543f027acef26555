//! What a route's access says of it: the credentials it takes, the errors of whoever has none, and the renewed token.

use std::collections::BTreeSet;

use frontdesk_api::agentgateway::Failure as GatewayFailure;
use http::Method;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Paths};
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, Object, OpenApi, Ref, RefOr, Schema, Type};
use utoipa::{Modify, ToSchema as _};

use super::failure::Failure;
use crate::router::{Access, Family, routes};
use crate::signin::cookie::SESSION;

const APP_KEY: &str = "appKey";
const ACCESS_TOKEN: &str = "accessToken";
const MESSAGING_TOKEN: &str = "messagingToken";
const AGENT_TOKEN: &str = "agentToken";
const GUID: &str = "guid";
const AGENT_COOKIE: &str = "agentCookie";
const API_KEY: &str = "apiKey";
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
        allow_several(document.components.get_or_insert_default());
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
    if access.family() != Family::Gateway {
        failures.push(Failure::Limited);
    }
    // The agent gateway says so with status 200.
    if !credentials.is_empty() && access.family() != Family::Gateway {
        failures.push(Failure::Unauthorized);
    }
    // A page's cookie can be refused for where the page is, whatever somebody may do.
    if access.is_staff() {
        failures.push(Failure::Forbidden);
    }
    let answers = failures.into_iter().map(|failure| failure.answer(access.family()));
    operation.responses.responses.extend(answers);
    if access.family() == Family::Gateway {
        admit_refusals(operation);
    }
    if matches!(access, Access::Customer | Access::CustomerStream) {
        promise_renewal(operation);
    }
    // A requirement is what is wanted together; any of several will do. None at all says that anybody may call.
    let all = |all: SecurityRequirement, name: &&str| all.add(*name, [] as [&str; 0]);
    let requirement = |names: &&[&str]| names.iter().fold(SecurityRequirement::default(), all);
    operation.security = Some(credentials.iter().map(requirement).collect());
}

const fn credentials(access: Access) -> &'static [&'static [&'static str]] {
    match access {
        Access::Public | Access::NativePublic | Access::Visitor | Access::Page | Access::GatewaySignIn => &[],
        Access::GatewayAgent => &[&[GUID]],
        Access::App => &[&[APP_KEY, ACCESS_TOKEN]],
        Access::Customer | Access::CustomerStream => &[&[APP_KEY, ACCESS_TOKEN, MESSAGING_TOKEN]],
        Access::Enrolling | Access::SignedIn | Access::Person(_) => &[&[AGENT_TOKEN], &[AGENT_COOKIE]],
        Access::May(_) | Access::MayAny(_) => &[&[AGENT_TOKEN], &[AGENT_COOKIE], &[API_KEY]],
    }
}

/// The agent gateway refuses with status 200 too: without a result, and with another code.
fn admit_refusals(operation: &mut Operation) {
    let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") else { return };
    for content in response.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(success) = content.schema.take()
        {
            let refusal = Ref::from_schema_name(GatewayFailure::name());
            content.schema = Some(AnyOfBuilder::new().item(success).item(refusal).into());
        }
    }
}

/// What is told apart by its fields alone can fit several of its forms.
fn allow_several(components: &mut Components) {
    for name in ["PollAnswerOfEitherLevel", "GatewayEventContent"] {
        if let Some(RefOr::T(schema)) = components.schemas.get_mut(name)
            && let Schema::OneOf(one) = schema
        {
            let forms = one.items.drain(..).fold(AnyOfBuilder::new(), AnyOfBuilder::item);
            *schema = forms.description(one.description.take()).build().into();
        }
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
    for family in [Family::Messaging, Family::Native, Family::Gateway] {
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
        (GUID, header("Guid", "What the agent gateway's sign-in gives in `Set-GUID`, behind `JSESSIONID=`.")),
        (
            AGENT_COOKIE,
            cookie(
                "An agent's token as the login gives it to pages. All but `GET` also wants `x-frontdesk: 1`.",
            ),
        ),
        (API_KEY, bearer("An API key, which begins with `fdk_`.")),
    ];
    for (name, scheme) in schemes {
        components.security_schemes.insert(name.to_owned(), scheme.into());
    }
}

fn header(name: &str, description: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, description)))
}

fn cookie(description: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(SESSION, description)))
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
