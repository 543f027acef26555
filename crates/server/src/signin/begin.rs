//! What every way of signing in ends in: a session.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use frontdesk_core::directory::Agent;
use frontdesk_core::id::{IdentityProviderId, TenantId};
use frontdesk_core::port::AgentSession;
use frontdesk_core::secret::GeneratedSecret;
use frontdesk_core::time::Timestamp;
use http::HeaderMap;
use http::header::USER_AGENT;
use http::request::Parts as RequestParts;

use crate::error::ApiError;
use crate::limit::ClientAddress;
use crate::parts::Parts;

/// What a token of an agent begins with, so that it is recognised where it should not be.
pub const TOKEN_PREFIX: &str = "fda_";

/// Where somebody signs in from.
#[derive(Clone, Debug)]
pub struct SignInFrom {
    /// The address, if it is known: behind a proxy that is trusted, the one that it speaks for.
    pub address: Option<IpAddr>,
    /// The headers of the request.
    pub headers: HeaderMap,
}

impl SignInFrom {
    /// The program, as it calls itself, as far as it is kept.
    fn user_agent(&self) -> Option<String> {
        let name = self.headers.get(USER_AGENT)?.to_str().ok()?.trim();
        let kept: String = name.chars().take(AgentSession::MAX_USER_AGENT).collect();
        (!kept.is_empty()).then_some(kept)
    }
}

impl FromRequestParts<Parts> for SignInFrom {
    type Rejection = Infallible;

    async fn from_request_parts(request: &mut RequestParts, parts: &Parts) -> Result<Self, Infallible> {
        let address = ClientAddress::of_request(parts, &request.extensions, &request.headers);
        Ok(Self { address: address.map(ClientAddress::ip), headers: request.headers.clone() })
    }
}

/// How somebody has proved who they are.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Whether a second factor was given, or is not for this server to ask for.
    pub second_factor: bool,
    /// The identity provider that says so; `None` for a password.
    pub provider: Option<IdentityProviderId>,
}

impl Proof {
    /// A password, and perhaps a second factor.
    pub const fn password(second_factor: bool) -> Self {
        Self { second_factor, provider: None }
    }
}

/// A sign-in that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Its token, for whoever signed in.
    pub token: GeneratedSecret,
    /// How long it lasts.
    pub life: Duration,
    /// Whether a second factor has to be set up before anything else can be done.
    pub must_enrol: bool,
}

/// Begins a session of somebody who has proved who they are, as they were known when they did. If they have another
/// password by now, or were removed, they have not.
pub async fn begin(
    parts: &Parts,
    (tenant, agent): (&TenantId, &Arc<Agent>),
    proof: Proof,
    from: &SignInFrom,
    now: Timestamp,
) -> Result<Begun, ApiError> {
    // The moment was taken before this look: whatever changes after it ends sign-ins of that moment.
    let directory = parts.directory.load();
    let (known, required) = directory
        .tenant(tenant)
        .and_then(|of| of.agents.get(&agent.id).map(|known| (known, of.requires_totp(&known.role))))
        .ok_or(ApiError::Unauthorized)?;
    if known.password_hash != agent.password_hash || !known.keeps_sign_in(now) {
        return Err(ApiError::Unauthorized);
    }
    let life = Duration::from_secs(parts.settings.agent_session_seconds);
    let session = AgentSession {
        second_factor: proof.second_factor,
        address: from.address.map(|address| address.to_canonical().to_string()),
        user_agent: from.user_agent(),
        provider: proof.provider,
        ..AgentSession::new(tenant.clone(), agent.id.clone(), now, now.plus(life))
    };
    let token = GeneratedSecret::generate(&*parts.random, TOKEN_PREFIX);
    parts.store.open_session(token.hash(), session).await?;
    Ok(Begun { token, life, must_enrol: required && !proof.second_factor })
}
