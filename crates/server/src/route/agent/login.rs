//! Signing in and out.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::PasswordVerifier;
use argon2::{Argon2, PasswordHash};
use axum::Json;
use axum::extract::State;
use frontdesk_api::Secret;
use frontdesk_api::native::agent::{LoginAnswer, LoginRequest};
use frontdesk_core::directory::Agent;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::AgentSession;
use frontdesk_core::secret::GeneratedSecret;
use http::StatusCode;

use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadCredentials};

/// What a token of an agent begins with, so that it is recognised where it should not be.
const TOKEN_PREFIX: &str = "fda_";

/// Signs an agent in.
///
/// An agent may be signed in several times.
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
    ),
)]
pub async fn login(
    State(parts): State<Parts>,
    NativeJson(request): NativeJson<LoginRequest>,
) -> Result<Json<LoginAnswer>, NativeError> {
    let login = request.check()?;
    let known = find(&parts, login.tenant, login.agent_id);
    // An unknown name takes as long as a wrong password.
    let hash =
        known.as_ref().map_or_else(|| parts.decoy_hash.clone(), |(_, agent)| agent.password_hash.clone());
    let matches = verify(&parts, login.password.expose().to_owned(), hash).await?;
    let (tenant, agent) = known.filter(|_| matches).ok_or(ApiError::Unauthorized)?;
    let now = parts.clock.now();
    let session = AgentSession {
        tenant,
        agent: agent.id.clone(),
        created: now,
        expires: now.plus(Duration::from_secs(parts.settings.agent_session_seconds)),
    };
    let token = GeneratedSecret::generate(&*parts.random, TOKEN_PREFIX);
    parts.store.open_session(token.hash(), session).await?;
    Ok(Json(LoginAnswer { token: Secret::from(token.reveal()) }))
}

/// Ends this sign-in.
#[utoipa::path(
    post,
    path = "/api/v1/agent/logout",
    operation_id = "logout",
    tag = "Agents",
    responses((status = 204, description = "The token is no longer valid.")),
)]
pub async fn logout(State(parts): State<Parts>, caller: AgentCaller) -> Result<StatusCode, NativeError> {
    parts.store.close_session(caller.session).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn find(parts: &Parts, tenant: &str, agent: &str) -> Option<(TenantId, Arc<Agent>)> {
    let (tenant, agent) = (TenantId::new(tenant).ok()?, AgentId::new(agent).ok()?);
    let found = parts.directory.load().agent(&tenant, &agent).cloned()?;
    Some((tenant, found))
}

/// Hashing is slow on purpose: it runs beside the async workers, and only so many at a time.
async fn verify(parts: &Parts, password: String, hash: String) -> Result<bool, ApiError> {
    let permit = Arc::clone(&parts.hashing).acquire_owned().await.map_err(|_| ApiError::Busy)?;
    let verified = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    verified.await.map_err(|_| ApiError::Internal)
}
