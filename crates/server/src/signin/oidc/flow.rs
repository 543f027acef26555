//! The way to a provider and back.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::directory::IdentityProvider;
use frontdesk_core::id::TenantId;
use frontdesk_core::secret::{GeneratedSecret, SecretHash};
use frontdesk_core::time::Timestamp;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient};
use openidconnect::{ClientId, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::person::{Admitted, admit};
use super::place::ReturnTo;
use super::refusal::Refusal;
use super::tokens::{Agreed, redeem};
use crate::error::ApiError;
use crate::parts::Parts;

/// How long somebody may take at the provider, and then to give a code.
pub const PATIENCE: Duration = Duration::from_mins(10);
const PURPOSE: &[u8] = b"sign-in with a provider";

/// What has to be remembered of a sign-in while somebody is at the provider.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    tenant: String,
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    redirect: String,
    return_to: String,
    until: i64,
}

/// The way to the provider.
#[derive(Debug)]
pub struct Departure {
    /// Where the browser goes.
    pub location: Url,
    /// What it keeps meanwhile, sealed.
    pub kept: String,
    /// For how long.
    pub life: Duration,
}

/// What a browser brings back.
#[derive(Debug, Default)]
pub struct Return<'a> {
    /// What it kept.
    pub kept: Option<&'a str>,
    /// What came back by way of the provider.
    pub state: Option<&'a str>,
    /// The provider's code.
    pub code: Option<&'a str>,
    /// Why there is none.
    pub error: Option<&'a str>,
    /// Who says so (RFC 9207).
    pub issuer: Option<&'a str>,
}

/// Sends somebody to a provider. `origin` is where their browser reaches this server.
pub async fn depart(
    parts: &Parts,
    (tenant, provider): (&TenantId, &Arc<IdentityProvider>),
    origin: &str,
    return_to: &ReturnTo,
    now: Timestamp,
) -> Result<Departure, ApiError> {
    let known = parts.providers.get(tenant, provider)?;
    let _entered = known.enter()?;
    let document = known.document(now).await?;
    let redirect = callback(origin, tenant, provider)?;
    let random = || GeneratedSecret::generate(&*parts.random, "").reveal().to_owned();
    let (state, nonce) = (random(), random());
    let verifier = PkceCodeVerifier::new(random());
    let client_id = ClientId::new(provider.client_id.clone());
    let client = CoreClient::from_provider_metadata((*document).clone(), client_id, None)
        .set_redirect_uri(RedirectUrl::from_url(redirect.clone()));
    let (csrf, fresh) = (CsrfToken::new(state.clone()), Nonce::new(nonce.clone()));
    let (location, _, _) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || csrf, move || fresh)
        .add_scopes(provider.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    if !matches!(location.scheme(), "https" | "http") {
        return Err(Refusal::ProviderInvalid.into());
    }
    let remembered = Remembered {
        tenant: tenant.to_string(),
        provider: provider.id.to_string(),
        state,
        nonce,
        verifier: verifier.into_secret(),
        redirect: redirect.into(),
        return_to: return_to.as_str().to_owned(),
        until: now.plus(PATIENCE).as_millis(),
    };
    let plain = serde_json::to_vec(&remembered).map_err(|_| ApiError::Internal)?;
    Ok(Departure { location, kept: parts.sealer.seal_bytes(PURPOSE, &plain), life: PATIENCE })
}

/// Takes somebody in who comes back from a provider: who they are here, and where they wanted to go.
pub async fn arrive(
    parts: &Parts,
    (tenant, provider): (&TenantId, &Arc<IdentityProvider>),
    brought: &Return<'_>,
    now: Timestamp,
) -> Result<(Admitted, ReturnTo), ApiError> {
    let remembered = brought.kept.and_then(|kept| parts.sealer.open_bytes(PURPOSE, kept));
    let remembered: Option<Remembered> = remembered.and_then(|plain| serde_json::from_slice(&plain).ok());
    let remembered = remembered.ok_or(Refusal::StateInvalid)?;
    let until = Timestamp::from_millis(remembered.until);
    let own = SecretHash::of(&remembered.state);
    let is_same = remembered.tenant == tenant.as_str()
        && remembered.provider == provider.id.as_str()
        && brought.state.is_some_and(|state| SecretHash::of(state) == own);
    if !is_same || now >= until || !parts.providers.use_up(own, until, now) {
        return Err(Refusal::StateInvalid.into());
    }
    if brought.issuer.is_some_and(|issuer| issuer != provider.issuer) {
        return Err(Refusal::TokenInvalid.into());
    }
    if let Some(error) = brought.error {
        let error: String = error.chars().take(64).collect();
        tracing::info!(%tenant, provider = %provider.id, error, "an identity provider signed nobody in");
        return Err(Refusal::Denied.into());
    }
    let code = brought.code.ok_or(Refusal::Denied)?;
    let known = parts.providers.get(tenant, provider)?;
    let claims = {
        let _entered = known.enter()?;
        let (redirect, verifier) = (remembered.redirect.as_str(), remembered.verifier.as_str());
        redeem(&known, code, &Agreed { redirect, verifier, nonce: &remembered.nonce }, now).await?
    };
    let admitted = admit(parts, (tenant, provider), &claims, now).await?;
    Ok((admitted, ReturnTo::read(Some(&remembered.return_to))?))
}

/// Where the provider sends people back to.
fn callback(origin: &str, tenant: &TenantId, provider: &IdentityProvider) -> Result<Url, ApiError> {
    let mut url = Url::parse(origin).map_err(|_| Refusal::ProviderInvalid)?;
    url.path_segments_mut().map_err(|()| Refusal::ProviderInvalid)?.clear().extend([
        "api",
        "v1",
        "signin",
        tenant.as_str(),
        provider.id.as_str(),
        "callback",
    ]);
    Ok(url)
}
