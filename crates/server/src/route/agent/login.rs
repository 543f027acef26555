//! Signing in and out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use frontdesk_api::Secret;
use frontdesk_api::native::agent::{Login, LoginAnswer, LoginRequest};
use frontdesk_core::audit::{Actor, ActorKind};
use frontdesk_core::directory::Agent;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::signin::{Attempt, KnownDevice, is_known};
use http::{HeaderMap, StatusCode, header};

use crate::audit::Act;
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadCredentials, Forbidden, TooMany};
use crate::signin::{
    Begun, Proof, SignInFrom, begin, cookie, must_be_own_page, second_factor, strengthen, verify,
};

/// Signs an agent in.
///
/// An agent may be signed in several times. Whoever has a second factor gives a `code` as well; without it the answer to
/// the right password is 401 with the code `TOTP_REQUIRED`.
#[utoipa::path(
    post,
    path = "/api/v1/agent/login",
    operation_id = "login",
    tag = "Agents",
    request_body = LoginRequest,
    responses(
        (status = 200, description = "The token.", body = LoginAnswer),
        BadBody,
        BadCredentials,
        Forbidden,
        TooMany,
    ),
)]
pub async fn login(
    State(parts): State<Parts>,
    from: SignInFrom,
    act: Act,
    NativeJson(request): NativeJson<LoginRequest>,
) -> Result<Response, NativeError> {
    let login = request.check()?;
    if login.cookie {
        must_be_own_page(&from.headers)?;
    }
    let known = find(&parts, login.tenant, login.agent_id);
    tell_who_tries(&parts, &act, &login);
    let device = known.as_ref().and_then(|(tenant, agent)| {
        let given =
            login.device.map(Secret::expose).or_else(|| cookie::value(&from.headers, cookie::DEVICE))?;
        is_known(&parts.sealer, tenant, agent, given).map(|hash| (hash, given.to_owned()))
    });
    let attempt = Attempt {
        account: (login.tenant, login.agent_id),
        address: from.address,
        device: device.as_ref().map(|(hash, _)| *hash),
    };
    let (tenant, agent, with_second) = try_once(&parts, known, login, &attempt).await?;
    act.identify(&tenant, Actor::new(ActorKind::Person, agent.id.as_str()));
    let agent = strengthen(&parts, &tenant, &agent, login.password.expose()).await?.unwrap_or(agent);
    let now = parts.clock.now();
    let begun = begin(&parts, (&tenant, &agent), Proof::password(with_second), &from, now).await?;
    let device = match device {
        Some((_, device)) => device,
        None => {
            KnownDevice::make(&parts.sealer, &*parts.random, (&tenant, &agent.id), now).reveal().to_owned()
        }
    };
    Ok(answer(&begun, &device, login.cookie, &from.headers))
}

/// The token, in the answer or as a cookie.
pub(super) fn answer(begun: &Begun, device: &str, as_cookie: bool, asked: &HeaderMap) -> Response {
    let must_enrol = begun.must_enrol;
    if !as_cookie {
        let (token, device) = (Secret::from(begun.token.reveal()), Secret::from(device));
        return Json(LoginAnswer { token, device, must_enrol }).into_response();
    }
    let mut response = Json(LoginAnswer { must_enrol, ..LoginAnswer::default() }).into_response();
    let kept = [cookie::keep_session(asked, &begun.token, begun.life), cookie::keep_device(asked, device)];
    for cookie in kept.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The agent, if the password is theirs. For a way in that has no place for a code: whoever has a second factor cannot
/// come that way.
pub(in crate::route) async fn identify(
    parts: &Parts,
    login: Login<'_>,
    (from, act): (&SignInFrom, &Act),
) -> Result<(TenantId, Arc<Agent>), ApiError> {
    tell_who_tries(parts, act, &login);
    let known = find(parts, login.tenant, login.agent_id);
    let attempt = Attempt { account: (login.tenant, login.agent_id), address: from.address, device: None };
    let (tenant, agent, _) = try_once(parts, known, login, &attempt).await?;
    act.identify(&tenant, Actor::new(ActorKind::Person, agent.id.as_str()));
    Ok((tenant, agent))
}

/// Nobody has proved anything yet; in whose chain a failure belongs is known already.
fn tell_who_tries(parts: &Parts, act: &Act, login: &Login<'_>) {
    let named = TenantId::new(login.tenant).ok();
    if let Some(tenant) = named.filter(|tenant| parts.directory.load().tenant(tenant).is_some()) {
        act.identify(&tenant, Actor::unknown());
    }
    if find(parts, login.tenant, login.agent_id).is_some() {
        act.about("agent", login.agent_id);
    } else {
        // Names that there are not could be another each time, and each would be a record of its own.
        act.about_nothing();
    }
}

/// One attempt to prove who somebody is. Only those that fail count.
async fn try_once(
    parts: &Parts,
    known: Option<(TenantId, Arc<Agent>)>,
    login: Login<'_>,
    attempt: &Attempt<'_>,
) -> Result<(TenantId, Arc<Agent>, bool), ApiError> {
    parts.failures.take(attempt, parts.clock.now())?;
    let proved = prove(parts, known, login).await;
    if matches!(proved, Ok(_) | Err(ApiError::TotpRequired)) {
        parts.failures.give_back(attempt);
    }
    proved
}

/// Who it is, if they have proved it, and whether with a second factor. Whatever was wrong, and whether there is anybody
/// of that name, takes as long and looks the same.
async fn prove(
    parts: &Parts,
    known: Option<(TenantId, Arc<Agent>)>,
    login: Login<'_>,
) -> Result<(TenantId, Arc<Agent>, bool), ApiError> {
    let whose = TenantId::new(login.tenant).ok().zip(AgentId::new(login.agent_id).ok());
    let factor = match &whose {
        Some((tenant, agent)) => parts.store.second_factor(tenant, agent).await?,
        None => None,
    };
    let hash = known.as_ref().map(|(_, agent)| agent).filter(|agent| agent.has_password());
    let hash = hash.map_or_else(|| parts.decoy_hash.clone(), |agent| agent.password_hash.clone());
    let matches = verify(parts, login.password.expose().to_owned(), hash).await?;
    let (tenant, agent) =
        known.filter(|(_, agent)| matches && !agent.deactivated).ok_or(ApiError::Unauthorized)?;
    let Some(factor) = factor.filter(|factor| factor.confirmed) else { return Ok((tenant, agent, false)) };
    let code = login.code.ok_or(ApiError::TotpRequired)?;
    let now = parts.clock.now();
    if second_factor::present(parts, (&tenant, &agent.id), &factor, code.expose(), now).await? {
        Ok((tenant, agent, true))
    } else {
        Err(ApiError::Unauthorized)
    }
}

/// Ends this sign-in.
#[utoipa::path(
    post,
    path = "/api/v1/agent/logout",
    operation_id = "logout",
    tag = "Agents",
    responses((status = 204, description = "The token is no longer valid.")),
)]
pub async fn logout(
    State(parts): State<Parts>,
    caller: AgentCaller,
    headers: HeaderMap,
) -> Result<Response, NativeError> {
    parts.store.close_session(caller.session).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if cookie::value(&headers, cookie::SESSION).is_some()
        && let Some(gone) = cookie::forget_session(&headers)
    {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    Ok(response)
}

fn find(parts: &Parts, tenant: &str, agent: &str) -> Option<(TenantId, Arc<Agent>)> {
    let (tenant, agent) = (TenantId::new(tenant).ok()?, AgentId::new(agent).ok()?);
    let found = parts.directory.load().agent(&tenant, &agent).cloned()?;
    Some((tenant, found))
}
