//! The caller's own account: who they are, their password, their second factor.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use frontdesk_api::Secret;
use frontdesk_api::native::agent::LoginAnswer;
use frontdesk_api::native::people::{
    Me, PasswordRequest, RecoveryCodes, Scope, TotpBeginning, TotpConfirmation, TotpEnrolment, TotpRemoval,
    TotpState,
};
use frontdesk_core::access::{AccessScope, On, Permission, Rights, grant};
use frontdesk_core::directory::Item;
use frontdesk_core::id::AgentId;
use frontdesk_core::signin::{KnownDevice, RecoveryCode, TotpSecret};
use http::StatusCode;

use super::login;
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, Conflict, NotFound, TooMany};
use crate::signin::{Proof, SignInFrom, begin, note_wrong, prove, second_factor, set_password};

const TOTP_ENABLED: ApiError =
    ApiError::Conflict { code: "TOTP_ENABLED", sentence: "A second factor is set up already." };
const TOTP_NOT_BEGUN: ApiError =
    ApiError::Conflict { code: "TOTP_NOT_BEGUN", sentence: "No second factor is being set up." };
const TOTP_DISABLED: ApiError =
    ApiError::Conflict { code: "TOTP_DISABLED", sentence: "No second factor is set up." };

/// Who the caller is, and what they may do.
#[utoipa::path(
    get,
    path = "/api/v1/agent/me",
    operation_id = "getMe",
    tag = "Agents",
    responses((status = 200, description = "The caller.", body = Me)),
)]
pub async fn me(caller: AgentCaller) -> Json<Me> {
    Json(Me {
        tenant: caller.tenant.tenant.id.to_string(),
        agent_id: caller.agent.id.to_string(),
        nickname: caller.agent.nickname.clone(),
        role: caller.agent.role.to_string(),
        permissions: caller.rights.permissions.iter().map(|permission| permission.to_string()).collect(),
        scope: wire_scope(&caller.rights.scope),
        must_enrol: caller.must_enrol,
    })
}

/// A scope by its names on the wire.
pub fn wire_scope(scope: &AccessScope) -> Scope {
    Scope {
        queues: scope.queues.iter().map(ToString::to_string).collect(),
        channels: scope.channels.iter().map(ToString::to_string).collect(),
    }
}

/// Changes the caller's password. All their sign-ins end, this one among them; the answer has a new one.
#[utoipa::path(
    post,
    path = "/api/v1/agent/password",
    operation_id = "changePassword",
    tag = "Agents",
    request_body = PasswordRequest,
    responses((status = 200, description = "The new sign-in.", body = LoginAnswer), BadBody, TooMany),
)]
pub async fn change_password(
    State(parts): State<Parts>,
    caller: AgentCaller,
    from: SignInFrom,
    NativeJson(request): NativeJson<PasswordRequest>,
) -> Result<Response, NativeError> {
    let (old, new) = request.check()?;
    let (tenant, id) = (&caller.tenant.tenant.id, &caller.agent.id);
    prove(&parts, &caller, old.expose(), &from).await?;
    let before = parts.store.session(caller.session).await?.ok_or(ApiError::Unauthorized)?;
    let now = parts.clock.now();
    set_password(&parts, (&caller.tenant, &caller.agent), new.expose(), now).await?;
    // The first moment that the sign-ins of before do not reach.
    let now = now.plus(Duration::from_millis(1));
    let agent = parts.directory.load().agent(tenant, id).cloned().ok_or(ApiError::Unauthorized)?;
    let proof = Proof::password(before.second_factor);
    let begun = begin(&parts, (tenant, &agent), proof, &from, now).await?;
    let device = KnownDevice::make(&parts.sealer, &*parts.random, (tenant, id), now);
    Ok(login::answer(&begun, device.reveal(), caller.by_cookie, &from.headers))
}

/// How it stands with the caller's second factor.
#[utoipa::path(
    get,
    path = "/api/v1/agent/totp",
    operation_id = "getTotp",
    tag = "Agents",
    responses((status = 200, description = "Whether there is one, and whether there must be.", body = TotpState)),
)]
pub async fn totp(State(parts): State<Parts>, caller: AgentCaller) -> Result<Json<TotpState>, NativeError> {
    let factor = parts.store.second_factor(&caller.tenant.tenant.id, &caller.agent.id).await?;
    let factor = factor.filter(|factor| factor.confirmed);
    Ok(Json(TotpState {
        enabled: factor.is_some(),
        required: caller.tenant.requires_totp(&caller.agent.role),
        wants_password: caller.agent.has_password(),
        recovery_codes_left: factor.map_or(0, |factor| factor.recovery_codes),
    }))
}

/// Begins to set up a second factor. It counts once a code of it is confirmed.
///
/// Whoever has a password shows with it that they are not at a desk that another left open.
#[utoipa::path(
    post,
    path = "/api/v1/agent/totp",
    operation_id = "beginTotp",
    tag = "Agents",
    request_body = TotpBeginning,
    responses(
        (status = 200, description = "What the app needs, once.", body = TotpEnrolment),
        BadBody,
        Conflict,
        TooMany,
    ),
)]
pub async fn begin_totp(
    State(parts): State<Parts>,
    caller: AgentCaller,
    from: SignInFrom,
    NativeJson(request): NativeJson<TotpBeginning>,
) -> Result<Json<TotpEnrolment>, NativeError> {
    if caller.agent.has_password() {
        prove(&parts, &caller, request.check()?.expose(), &from).await?;
    }
    let (tenant, agent) = (&caller.tenant.tenant, &caller.agent.id);
    let secret = TotpSecret::generate(&*parts.random);
    let sealed = secret.seal(&parts.sealer, (tenant.id.as_str(), agent.as_str()));
    if !parts.store.begin_second_factor(&tenant.id, agent, sealed).await? {
        return Err(TOTP_ENABLED.into());
    }
    let uri = secret.uri(&tenant.name, agent.as_str());
    Ok(Json(TotpEnrolment { secret: secret.to_base32().into(), uri: uri.into() }))
}

/// Confirms the second factor with a code of it. From now on it is asked for.
#[utoipa::path(
    post,
    path = "/api/v1/agent/totp/confirm",
    operation_id = "confirmTotp",
    tag = "Agents",
    request_body = TotpConfirmation,
    responses(
        (status = 200, description = "The recovery codes, once.", body = RecoveryCodes),
        BadBody,
        Conflict,
    ),
)]
pub async fn confirm_totp(
    State(parts): State<Parts>,
    caller: AgentCaller,
    NativeJson(request): NativeJson<TotpConfirmation>,
) -> Result<Json<RecoveryCodes>, NativeError> {
    let code = request.check()?;
    let whose = (&caller.tenant.tenant.id, &caller.agent.id);
    let factor = parts.store.second_factor(whose.0, whose.1).await?.ok_or(TOTP_NOT_BEGUN)?;
    if factor.confirmed {
        return Err(TOTP_ENABLED.into());
    }
    let secret = second_factor::open(&parts, whose, &factor)?;
    let step = secret.step_of(code.expose(), parts.clock.now());
    let step = step.ok_or_else(|| ApiError::field_invalid("code", "is not the one of this moment"))?;
    let codes: Vec<RecoveryCode> =
        (0..RecoveryCode::COUNT).map(|_| RecoveryCode::generate(&*parts.random)).collect();
    let hashes = codes.iter().map(RecoveryCode::hash).collect();
    if !parts.store.confirm_second_factor(whose, factor.sealed, step, hashes, caller.session).await? {
        return Err(TOTP_NOT_BEGUN.into());
    }
    let recovery_codes = codes.iter().map(|code| Secret::from(code.reveal())).collect();
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Takes the caller's second factor away, for instance to set up another one.
#[utoipa::path(
    post,
    path = "/api/v1/agent/totp/disable",
    operation_id = "disableTotp",
    tag = "Agents",
    request_body = TotpRemoval,
    responses((status = 204, description = "It is gone."), BadBody, Conflict, TooMany),
)]
pub async fn disable_totp(
    State(parts): State<Parts>,
    caller: AgentCaller,
    from: SignInFrom,
    NativeJson(request): NativeJson<TotpRemoval>,
) -> Result<StatusCode, NativeError> {
    let (password, code) = request.check()?;
    let whose = (&caller.tenant.tenant.id, &caller.agent.id);
    let factor = parts.store.second_factor(whose.0, whose.1).await?;
    let factor = factor.filter(|factor| factor.confirmed).ok_or(TOTP_DISABLED)?;
    prove(&parts, &caller, password.expose(), &from).await?;
    if !second_factor::present(&parts, whose, &factor, code.expose(), parts.clock.now()).await? {
        note_wrong(&parts, &caller, &from)?;
        return Err(ApiError::field_invalid("code", "is not one of this second factor, or was used").into());
    }
    parts.store.remove_second_factor(whose.0, whose.1).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes somebody's second factor away who has lost their device and their recovery codes. All their sign-ins end.
#[utoipa::path(
    delete,
    path = "/api/v1/agents/{agent}/totp",
    operation_id = "resetTotp",
    tag = "Agents",
    params(("agent" = String, Path, description = "The agent.")),
    responses((status = 204, description = "They sign in with their password alone."), NotFound),
)]
pub async fn reset_totp(
    State(parts): State<Parts>,
    caller: Principal,
    Path(agent): Path<String>,
) -> Result<StatusCode, NativeError> {
    let agent = AgentId::new(&agent).ok().and_then(|agent| caller.tenant.agents.get(&agent));
    let agent = agent.filter(|agent| {
        caller.may(Permission::PeopleManage, On::Anything)
            && !grant::lies_outside(&caller.tenant, &caller.rights, &Item::Agent(agent.as_ref().clone()))
    });
    let agent = agent.ok_or(ApiError::NotFound)?;
    // Nobody weakens the door of somebody who may do more.
    if !caller.rights.covers(&Rights::of_agent(&caller.tenant, agent)) {
        return Err(ApiError::MoreThanOwn.into());
    }
    let tenant = &caller.tenant.tenant.id;
    parts.store.remove_second_factor(tenant, &agent.id).await?;
    parts.store.close_sessions_of(tenant, &agent.id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
