//! The first set-up, in the browser.

use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::setup::SetUpRequest;
use frontdesk_core::audit::{Actor, ActorKind};
use frontdesk_core::directory::{Agent, Tenant};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::signin::{Attempt, check_password};
use http::StatusCode;

use crate::audit::Act;
use crate::error::{ApiError, NativeError};
use crate::extract::NativeJson;
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadCredentials, NotFound, TooMany};
use crate::setup::set_up;
use crate::signin::SignInFrom;

/// Whose failures those of the set-up are. Ids of tenants are not empty, so it is nobody else's.
const ACCOUNT: (&str, &str) = ("", "setup");

/// Makes the first tenant and its administrator, with the code that the server showed when it started.
///
/// There is nothing at this address once there is a tenant. The code is good once, and for 24 hours.
#[utoipa::path(
    post,
    path = "/api/v1/setup",
    operation_id = "setUp",
    tag = "Configuration",
    request_body = SetUpRequest,
    responses(
        (status = 204, description = "They are made; the administrator can sign in."),
        BadBody,
        BadCredentials,
        NotFound,
        TooMany,
    ),
)]
pub async fn make(
    State(parts): State<Parts>,
    from: SignInFrom,
    act: Act,
    NativeJson(request): NativeJson<SetUpRequest>,
) -> Result<StatusCode, NativeError> {
    let now = parts.clock.now();
    if !parts.setup.is_open(now) {
        return Err(ApiError::NotFound.into());
    }
    let wish = request.check()?;
    let attempt = Attempt { account: ACCOUNT, address: from.address, device: None };
    parts.failures.take(&attempt, now)?;
    if !parts.setup.is_code(wish.code.expose().trim(), now) {
        return Err(ApiError::Unauthorized.into());
    }
    parts.failures.give_back(&attempt);
    let id = TenantId::new(wish.tenant).map_err(|error| FieldError::invalid("tenant", error.to_string()))?;
    let agent =
        AgentId::new(wish.agent_id).map_err(|error| FieldError::invalid("agentId", error.to_string()))?;
    let tenant = Tenant::new(id, wish.name, wish.locale);
    let names = [wish.agent_id, wish.nickname, wish.tenant];
    check_password(wish.password.expose(), tenant.password_characters, &names)
        .map_err(|fault| ApiError::field_invalid("password", fault))?;
    let (made, first) = (tenant.id.clone(), Actor::new(ActorKind::Person, agent.as_str()));
    set_up(&parts, tenant, Agent::new(agent, wish.nickname), wish.password.expose().to_owned()).await?;
    act.identify(&made, first);
    act.about("tenant", made.as_str());
    Ok(StatusCode::NO_CONTENT)
}
