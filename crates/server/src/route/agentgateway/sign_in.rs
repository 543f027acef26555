//! Signing in and out: `onlineagent`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use frontdesk_api::agentgateway::sign_in::{AgentStateInfo, NewGuid, SignInRequest, SignedIn, Synchronized};
use frontdesk_api::agentgateway::{Answer, Nothing, Retcode, is_agent_number};
use frontdesk_api::native::agent::Login;
use frontdesk_api::{FieldError, Secret};
use frontdesk_core::access::{On, Permission, Rights};
use frontdesk_core::directory::{Agent, TenantDirectory};
use frontdesk_core::id::TenantId;
use frontdesk_core::routing::AgentStatus;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Answered, call, done, told};
use crate::audit::Act;
use crate::error::ApiError;
use crate::extract::{AgentCaller, GatewayJson};
use crate::gateway::{self, GatewayError, Opened, guid, is_talking, state_of, wire_number};
use crate::parts::Parts;
use crate::route::agent::login::identify;
use crate::route::openapi::gateway::BadBody;
use crate::route::openapi::segment::AgentNumber;
use crate::signin::SignInFrom;

/// Which tenant an agent who signs in is of, if there are several. The pages know of one.
const TENANT: HeaderName = HeaderName::from_static("x-tenant-id");
/// What carries a Guid to the desk, behind the name of a cookie that it is not (`cec_07_0005`).
const SET_GUID: HeaderName = HeaderName::from_static("set-guid");
const COOKIE_NAME: &str = "JSESSIONID=";

/// Signs an agent in at their desk.
///
/// The Guid stands in the header `Set-GUID`. An agent has one desk at a time.
#[utoipa::path(
    put,
    path = "/agentgateway/resource/onlineagent/{agentid}",
    operation_id = "gatewayLogin",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("X-Tenant-Id" = Option<String>, Header, description = "The tenant, if the server has several."),
    ),
    request_body = SignInRequest,
    responses((status = 200, description = "Signed in; or why not, by its `retcode`.", body = Answer<SignedIn>), BadBody),
)]
pub async fn login(
    State(parts): State<Parts>,
    Path(agent): Path<String>,
    from: SignInFrom,
    act: Act,
    GatewayJson(request): GatewayJson<SignInRequest>,
) -> Result<Response, GatewayError> {
    sign_in(&parts, &agent, (&from, &act), &request, false).await
}

/// Signs an agent in at their desk, in the place of another one that is open.
#[utoipa::path(
    put,
    path = "/agentgateway/resource/onlineagent/{agentid}/forcelogin",
    operation_id = "gatewayForceLogin",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("X-Tenant-Id" = Option<String>, Header, description = "The tenant, if the server has several."),
    ),
    request_body = SignInRequest,
    responses((status = 200, description = "Signed in; or why not, by its `retcode`.", body = Answer<SignedIn>), BadBody),
)]
pub async fn force_login(
    State(parts): State<Parts>,
    Path(agent): Path<String>,
    from: SignInFrom,
    act: Act,
    GatewayJson(request): GatewayJson<SignInRequest>,
) -> Result<Response, GatewayError> {
    sign_in(&parts, &agent, (&from, &act), &request, true).await
}

async fn sign_in(
    parts: &Parts,
    number: &str,
    (from, act): (&SignInFrom, &Act),
    request: &SignInRequest,
    takes_over: bool,
) -> Result<Response, GatewayError> {
    if !is_agent_number(number) {
        return Err(GatewayError::new(Retcode::InvalidParameter, "An agent's number is 101 to 999999."));
    }
    let wish = request.check().map_err(|error| sign_in_refused(&error))?;
    let tenant = tenant_of(parts, &from.headers)?;
    let login = Login {
        tenant: tenant.tenant.id.as_str(),
        agent_id: number,
        password: wish.password,
        code: None,
        device: None,
        cookie: false,
    };
    let identified = identify(parts, login, (from, act)).await;
    let (_, agent) = identified.map_err(|error| match error {
        ApiError::Unauthorized => {
            GatewayError::new(Retcode::WrongPassword, "The number or the password is wrong.")
        }
        other => other.into(),
    })?;
    may_work(&tenant, &agent)?;
    let Opened { guid, at } = gateway::open(parts, (tenant, agent), &wish, takes_over).await?;
    let result = SignedIn {
        vdn_id: 1,
        work_no: number.to_owned(),
        media_type: "TTF".to_owned(),
        login_time: at.as_millis().to_string(),
        is_force_change: "false".to_owned(),
        server_name: guid::SERVER_NAME.to_owned(),
    };
    let mut response = Json(Answer::of(result)).into_response();
    set_guid(&mut response, &guid)?;
    Ok(response)
}

/// Whoever can do nothing at such a desk gets none: customers would be given to them all the same.
fn may_work(tenant: &TenantDirectory, agent: &Agent) -> Result<(), ApiError> {
    // Whoever has a second factor does not come this way, so it is still to be set up.
    if tenant.requires_totp(&agent.role) {
        return Err(ApiError::EnrolmentRequired);
    }
    let rights = Rights::of_agent(tenant, agent);
    if rights.may(Permission::ConversationsAnswer, On::Anything) { Ok(()) } else { Err(ApiError::Forbidden) }
}

fn sign_in_refused(error: &FieldError) -> GatewayError {
    let retcode = match error.field {
        "agenttype" => Retcode::AgentType,
        "callBackUri" => Retcode::SignInUnsupported,
        _ => Retcode::SignInInvalid,
    };
    GatewayError::new(retcode, error.to_string())
}

/// The tenant that is named, configured, or the only one.
fn tenant_of(parts: &Parts, headers: &HeaderMap) -> Result<Arc<TenantDirectory>, GatewayError> {
    let directory = parts.directory.load();
    let named = headers.get(TENANT).and_then(|name| name.to_str().ok()).map(str::trim);
    let configured = parts.settings.agent_gateway_tenant.as_str();
    let name = named.unwrap_or(configured);
    let found = if name.is_empty() {
        let mut all = directory.tenants();
        all.next().filter(|_| all.next().is_none())
    } else {
        TenantId::new(name).ok().and_then(|name| directory.tenant(&name))
    };
    // Of a tenant that is not there, nobody knows the password.
    found.cloned().ok_or_else(|| {
        if name.is_empty() {
            GatewayError::new(Retcode::SignInInvalid, "Name the tenant in the header X-Tenant-Id.")
        } else {
            GatewayError::new(Retcode::WrongPassword, "The number or the password is wrong.")
        }
    })
}

/// Puts a Guid into an answer.
pub(super) fn set_guid(response: &mut Response, guid: &Secret) -> Result<(), GatewayError> {
    let value = format!("{COOKIE_NAME}{}", guid.expose());
    let mut value = HeaderValue::from_str(&value).map_err(|_| ApiError::Internal)?;
    value.set_sensitive(true);
    response.headers_mut().insert(SET_GUID, value);
    Ok(())
}

/// Signs the agent out, who must have no conversation.
#[utoipa::path(
    delete,
    path = "/agentgateway/resource/onlineagent/{agentid}/logout",
    operation_id = "gatewayLogout",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn logout(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Nothing> {
    if is_talking(&parts, &caller.tenant.tenant.id, &caller.agent.id).await? {
        return Err(GatewayError::new(Retcode::SignOutState, "The agent still has a conversation."));
    }
    gateway::close(&parts, &caller).await?;
    Ok(done())
}

/// Signs the agent out. Conversations that the agent has go back to the queue if no desk of theirs is heard of.
#[utoipa::path(
    delete,
    path = "/agentgateway/resource/onlineagent/{agentid}/forcelogout",
    operation_id = "gatewayForceLogout",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn force_logout(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Nothing> {
    gateway::close(&parts, &caller).await?;
    Ok(done())
}

/// The same with a reason, of which nothing is kept.
#[utoipa::path(
    delete,
    path = "/agentgateway/resource/onlineagent/{agentid}/forcelogoutwithreason/{reason}",
    operation_id = "gatewayForceLogoutWithReason",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("reason" = String, Path, description = "Why, 1 to 255."),
    ),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn force_logout_with_reason(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((_, reason)): Path<(String, String)>,
) -> Answered<Nothing> {
    if !reason.parse().is_ok_and(|reason: u32| (1..=255).contains(&reason)) {
        return Err(ApiError::field_invalid("reason", "must be 1 to 255").into());
    }
    gateway::close(&parts, &caller).await?;
    Ok(done())
}

/// Gives the desk a new Guid. The old one is honoured until the desk polls with the new one, or runs out.
#[utoipa::path(
    put,
    path = "/agentgateway/resource/onlineagent/{agentid}/updateGuid",
    operation_id = "gatewayUpdateGuid",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "The new Guid.", body = Answer<NewGuid>)),
)]
pub async fn update_guid(State(parts): State<Parts>, caller: AgentCaller) -> Answered<NewGuid> {
    let guid = gateway::renew(&parts, &caller).await?;
    Ok(Json(Answer::done(NewGuid { guid })))
}

/// Says that the desk is there. Any other request says it as well.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/handshake",
    operation_id = "gatewayHandshake",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn handshake(_: AgentCaller) -> Answered<Nothing> {
    Ok(done())
}

/// Tells a page that was loaded again how it stands with its agent.
///
/// What was to be told is dropped; the conversations that the agent has are told anew.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/syncagentinfo",
    operation_id = "gatewaySynchronize",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "How it stands.", body = Answer<Synchronized>)),
)]
pub async fn synchronize(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Synchronized> {
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    let row = parts.store.gateway_desk(tenant, agent).await?.ok_or(ApiError::Unauthorized)?;
    let desk = parts.gateway.of(&caller);
    desk.restart().await;
    let (state, _) = state_of(&parts, tenant, agent, &row).await?;
    desk.knows(Some(state));
    let calls = call::all_held(&parts, &caller).await?;
    let calls: Vec<_> = calls.iter().map(|row| call::info(&caller, row)).collect();
    let declared = parts.store.agent_states(tenant, std::slice::from_ref(agent)).await?.pop();
    Ok(told(Synchronized {
        call_info: serde_json::to_string(&calls).map_err(|_| ApiError::Internal)?,
        agent_state_info: AgentStateInfo {
            call_feature: 0,
            call_data: calls.first().map(|call| call.calldata.as_str().to_owned()).unwrap_or_default(),
            last_state: wire_number(state),
            pre_busy: declared.is_some_and(|state| state.status == AgentStatus::Busy),
        },
    }))
}
