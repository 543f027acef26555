//! Signing in with an identity provider. What a browser is sent to answers with a page, if it asks for one.

mod page;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use frontdesk_api::native::signin::{CallbackQuery, CodeForm, Provider, ProviderList, SignInQuery};
use frontdesk_core::audit::{Actor, ActorKind};
use frontdesk_core::directory::{Agent, IdentityProvider};
use frontdesk_core::id::{IdentityProviderId, TenantId};
use frontdesk_core::time::Timestamp;
use http::{HeaderMap, header};
use openidconnect::url::form_urlencoded;

use crate::audit::Act;
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeQuery, read_body};
use crate::parts::Parts;
use crate::route::openapi::native::{
    BadBody, BadCredentials, BadQuery, Conflict, Forbidden, NotFound, TooMany,
};
use crate::signin::oidc::{self, Refusal, Return, ReturnTo, Waiting};
use crate::signin::{Proof, SignInFrom, begin, cookie, must_be_same_origin};

/// Longest form, in bytes.
const MOST_FORM: usize = 4_096;

/// What a tenant's people can sign in with besides a password.
///
/// A tenant that there is not has nothing.
#[utoipa::path(
    get,
    path = "/api/v1/signin/{tenant}",
    operation_id = "listSignInProviders",
    tag = "Agents",
    params(("tenant" = String, Path, description = "The tenant.")),
    responses((status = 200, description = "The identity providers.", body = ProviderList), NotFound),
)]
pub async fn list(
    State(parts): State<Parts>,
    Path(tenant): Path<String>,
) -> Result<Json<ProviderList>, NativeError> {
    let directory = parts.directory.load();
    let of = TenantId::new(&tenant).ok().and_then(|tenant| directory.tenant(&tenant).cloned());
    let all = of.iter().flat_map(|of| of.identity_providers.values());
    let mut providers: Vec<Provider> = all
        .filter(|provider| provider.is_ready())
        .map(|provider| Provider { id: provider.id.to_string(), name: provider.name.clone() })
        .collect();
    providers.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(Json(ProviderList { providers }))
}

/// Sends a browser to an identity provider.
///
/// The provider sends it back to `…/callback` of this address, which it has to know.
#[utoipa::path(
    get,
    path = "/api/v1/signin/{tenant}/{provider}",
    operation_id = "beginSignIn",
    tag = "Agents",
    params(
        ("tenant" = String, Path, description = "The tenant."),
        ("provider" = String, Path, description = "The identity provider."),
        SignInQuery,
    ),
    responses((status = 303, description = "The provider's own page."), BadQuery, NotFound),
)]
pub async fn start(
    State(parts): State<Parts>,
    Path(whose): Path<(String, String)>,
    NativeQuery(query): NativeQuery<SignInQuery>,
    headers: HeaderMap,
) -> Response {
    let started = try_start(&parts, &whose, &query, &headers).await;
    started.unwrap_or_else(|error| page::failure(error, &whose, &headers))
}

async fn try_start(
    parts: &Parts,
    whose: &(String, String),
    query: &SignInQuery,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let (tenant, provider) = find(parts, whose)?;
    let return_to = ReturnTo::read(query.return_to.as_deref())?;
    let origin = oidc::origin_of(&provider, headers)?;
    let now = parts.clock.now();
    let departure = oidc::depart(parts, (&tenant, &provider), &origin, &return_to, now).await?;
    let kept = cookie::keep_away(headers, &departure.kept, departure.life);
    page::go_to(departure.location.as_str(), kept)
}

/// Takes a browser back from an identity provider, and signs its person in.
///
/// The sign-in comes as a cookie, as with a login of pages. Whoever has a second factor here is asked for a code first,
/// unless the provider's word is enough.
#[utoipa::path(
    get,
    path = "/api/v1/signin/{tenant}/{provider}/callback",
    operation_id = "finishSignIn",
    tag = "Agents",
    params(
        ("tenant" = String, Path, description = "The tenant."),
        ("provider" = String, Path, description = "The identity provider."),
        CallbackQuery,
    ),
    responses(
        (status = 200, description = "A page that asks for a code of the second factor.", content_type = "text/html", body = String),
        (status = 303, description = "Where the browser wanted to go, signed in."),
        BadQuery,
        Conflict,
        Forbidden,
        NotFound,
        TooMany,
    ),
)]
pub async fn callback(
    State(parts): State<Parts>,
    Path(whose): Path<(String, String)>,
    NativeQuery(query): NativeQuery<CallbackQuery>,
    from: SignInFrom,
    act: Act,
) -> Response {
    let came = come_back(&parts, &whose, &query, (&from, &act)).await;
    let mut response = came.unwrap_or_else(|error| page::failure(error, &whose, &from.headers));
    if let Some(gone) = cookie::keep_away(&from.headers, "", Duration::ZERO) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response
}

async fn come_back(
    parts: &Parts,
    whose: &(String, String),
    query: &CallbackQuery,
    (from, act): (&SignInFrom, &Act),
) -> Result<Response, ApiError> {
    let (tenant, provider) = find(parts, whose)?;
    act.identify(&tenant, Actor::unknown());
    let brought = Return {
        kept: cookie::value(&from.headers, cookie::AWAY),
        state: query.state.as_deref(),
        code: query.code.as_deref(),
        error: query.error.as_deref(),
        issuer: query.iss.as_deref(),
    };
    let now = parts.clock.now();
    let (admitted, return_to) = oidc::arrive(parts, (&tenant, &provider), &brought, now).await?;
    let factor = parts.store.second_factor(&tenant, &admitted.agent.id).await?;
    if provider.asks_totp && factor.is_some_and(|factor| factor.confirmed) {
        let kept = Waiting::seal(parts, (&tenant, &provider), &admitted, &return_to)?;
        let kept = cookie::keep_waiting(&from.headers, &kept, oidc::PATIENCE);
        // They are signed in once they have given their code.
        act.dismiss();
        return Ok(page::ask_for_code(whose, None, kept));
    }
    let second_factor = !provider.asks_totp;
    let who = (&tenant, &admitted.agent);
    sign_in(parts, who, (&provider, second_factor), (from, act, &return_to), admitted.at).await
}

/// Takes the code of somebody's second factor, and signs them in.
#[utoipa::path(
    post,
    path = "/api/v1/signin/{tenant}/{provider}/code",
    operation_id = "giveSignInCode",
    tag = "Agents",
    params(
        ("tenant" = String, Path, description = "The tenant."),
        ("provider" = String, Path, description = "The identity provider."),
    ),
    request_body(content = CodeForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Where the browser wanted to go, signed in."),
        BadBody,
        BadCredentials,
        Forbidden,
        NotFound,
        TooMany,
    ),
)]
pub async fn code(
    State(parts): State<Parts>,
    Path(whose): Path<(String, String)>,
    from: SignInFrom,
    act: Act,
    request: Request,
) -> Response {
    match take_code(&parts, &whose, (&from, &act), request).await {
        Ok(response) => response,
        Err(error @ ApiError::SignIn(Refusal::CodeWrong)) if page::is_wanted(&from.headers) => {
            page::ask_for_code(&whose, Some(&error), None)
        }
        Err(error) => page::failure(error, &whose, &from.headers),
    }
}

async fn take_code(
    parts: &Parts,
    whose: &(String, String),
    (from, act): (&SignInFrom, &Act),
    request: Request,
) -> Result<Response, ApiError> {
    must_be_same_origin(&from.headers)?;
    let (tenant, provider) = find(parts, whose)?;
    act.identify(&tenant, Actor::unknown());
    let body = read_body(parts, MOST_FORM, request).await?;
    let given = form_urlencoded::parse(&body).find(|(name, _)| name == "code");
    let form = CodeForm { code: given.map(|(_, code)| code.into_owned().into()).unwrap_or_default() };
    let kept = cookie::value(&from.headers, cookie::WAITING);
    let now = parts.clock.now();
    let (agent, return_to) =
        oidc::present(parts, (&tenant, &provider), (kept, form.code.expose()), from, now).await?;
    let to = (from, act, &return_to);
    let mut response = sign_in(parts, (&tenant, &agent), (&provider, true), to, now).await?;
    if let Some(gone) = cookie::keep_waiting(&from.headers, "", Duration::ZERO) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    Ok(response)
}

async fn sign_in(
    parts: &Parts,
    who: (&TenantId, &Arc<Agent>),
    (provider, second_factor): (&IdentityProvider, bool),
    (from, act, return_to): (&SignInFrom, &Act, &ReturnTo),
    now: Timestamp,
) -> Result<Response, ApiError> {
    let proof = Proof { second_factor, provider: Some(provider.id.clone()) };
    act.identify(who.0, Actor::new(ActorKind::Person, who.1.id.as_str()));
    let begun = begin(parts, who, proof, from, now).await?;
    page::go_to(return_to.as_str(), cookie::keep_session(&from.headers, &begun.token, begun.life))
}

/// A provider that people can sign in with.
fn find(
    parts: &Parts,
    (tenant, provider): &(String, String),
) -> Result<(TenantId, Arc<IdentityProvider>), ApiError> {
    let whose = TenantId::new(tenant).ok().zip(IdentityProviderId::new(provider).ok());
    let (tenant, provider) = whose.ok_or(ApiError::NotFound)?;
    let directory = parts.directory.load();
    let found = directory.tenant(&tenant).and_then(|of| of.identity_providers.get(&provider));
    let found = found.filter(|provider| provider.is_ready()).cloned().ok_or(ApiError::NotFound)?;
    Ok((tenant, found))
}
