//! What a provider says of somebody, verified.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use frontdesk_core::directory::IdentityProvider;
use frontdesk_core::time::Timestamp;
use openidconnect::core::{
    CoreClient, CoreClientAuthMethod, CoreGenderClaim, CoreIdToken, CoreIdTokenVerifier,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    SubjectIdentifier, TokenResponse as _, UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::known::Known;
use super::refusal::Refusal;

/// Signatures that are taken. Those with a shared secret would let whoever knows it sign as the provider.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What a provider says of somebody.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Claims(Map<String, Value>);

impl AdditionalClaims for Claims {}

impl Claims {
    /// A claim by its name, or by the names that lead into it, with dots between.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).or_else(|| {
            let mut steps = name.split('.');
            let first = self.0.get(steps.next()?)?;
            steps.try_fold(first, |value, step| value.get(step))
        })
    }

    /// A claim that is a text and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// A claim that is a list of texts, or one.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    /// A claim that says yes.
    pub(super) fn holds(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(holds)) => *holds,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    #[cfg(test)]
    pub(super) fn of(claims: Value) -> Self {
        serde_json::from_value(claims).unwrap()
    }
}

/// What was agreed on when the sign-in began.
#[derive(Debug)]
pub(super) struct Agreed<'a> {
    pub(super) redirect: &'a str,
    pub(super) verifier: &'a str,
    pub(super) nonce: &'a str,
}

/// Gives the provider its code back, and verifies what it says of the person for it.
pub(super) async fn redeem(
    known: &Known,
    code: &str,
    agreed: &Agreed<'_>,
    now: Timestamp,
) -> Result<Claims, Refusal> {
    let document = known.document(now).await?;
    let response = exchange(known, &document, code, agreed).await?;
    let token = response.id_token().ok_or(Refusal::TokenInvalid)?;
    let nonce = Nonce::new(agreed.nonce.to_owned());
    let subject = match verify(&known.provider, &document, token, &nonce, now) {
        Err(ClaimsVerificationError::SignatureVerification(_)) => {
            let document = known.with_new_keys(&document, now).await?;
            verify(&known.provider, &document, token, &nonce, now)
        }
        verified => verified,
    };
    let subject =
        subject.map_err(|error| known.note("verification of a token", &error, Refusal::TokenInvalid))?;
    let mut claims = payload(token).ok_or(Refusal::TokenInvalid)?;
    let provider = &known.provider;
    let wanted = [Some(&provider.agent_claim), provider.groups_claim.as_ref()];
    let lacks = wanted.into_iter().flatten().any(|name| claims.get(name).is_none());
    if lacks && document.userinfo_endpoint().is_some() {
        let more = user_info(known, &document, response.access_token().clone(), subject).await?;
        for (name, value) in more.0 {
            claims.0.entry(name).or_insert(value);
        }
    }
    Ok(claims)
}

async fn exchange(
    known: &Known,
    document: &CoreProviderMetadata,
    code: &str,
    agreed: &Agreed<'_>,
) -> Result<CoreTokenResponse, Refusal> {
    let provider = &known.provider;
    let secret = ClientSecret::new(provider.client_secret.reveal().to_owned());
    let redirect = RedirectUrl::new(agreed.redirect.to_owned()).map_err(|_| Refusal::StateInvalid)?;
    let client = CoreClient::from_provider_metadata(
        document.clone(),
        ClientId::new(provider.client_id.clone()),
        Some(secret),
    )
    .set_auth_type(way_to_prove(document));
    let request = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|error| known.note("the token endpoint", &error, Refusal::ProviderInvalid))?
        .set_redirect_uri(Cow::Owned(redirect))
        .set_pkce_verifier(PkceCodeVerifier::new(agreed.verifier.to_owned()));
    request.request_async(&known.calls).await.map_err(|error| {
        let refusal = match &error {
            RequestTokenError::ServerResponse(_) => Refusal::CodeRefused,
            RequestTokenError::Request(_) => Refusal::Unreachable,
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Refusal::ProviderInvalid,
        };
        known.note("the exchange of a code", &error, refusal)
    })
}

/// How the client secret is shown: in a header, unless the provider takes it in the body alone.
fn way_to_prove(document: &CoreProviderMetadata) -> AuthType {
    let known = document.token_endpoint_auth_methods_supported();
    let takes = |method: &CoreClientAuthMethod| known.is_none_or(|known| known.contains(method));
    if !takes(&CoreClientAuthMethod::ClientSecretBasic) && takes(&CoreClientAuthMethod::ClientSecretPost) {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }
}

/// Whom a token is of, if the provider signed it, for this server, for this sign-in, and not too long ago.
fn verify(
    provider: &IdentityProvider,
    document: &CoreProviderMetadata,
    token: &CoreIdToken,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<SubjectIdentifier, ClaimsVerificationError> {
    let since_1970 = Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or_default());
    let now = SystemTime::UNIX_EPOCH + since_1970;
    let client = ClientId::new(provider.client_id.clone());
    let verifier = CoreIdTokenVerifier::new_public_client(
        client.clone(),
        document.issuer().clone(),
        document.jwks().clone(),
    )
    .set_allowed_algs(ALGORITHMS)
    .set_time_fn(move || now.into());
    let claims = token.claims(&verifier, nonce)?;
    if claims.authorized_party().is_some_and(|party| *party != client) {
        return Err(ClaimsVerificationError::InvalidAudience("it was given to another party".to_owned()));
    }
    Ok(claims.subject().clone())
}

/// Everything that a token says. It was verified before.
fn payload(token: &CoreIdToken) -> Option<Claims> {
    let text = token.to_string();
    let payload = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&payload).ok()
}

async fn user_info(
    known: &Known,
    document: &CoreProviderMetadata,
    token: AccessToken,
    subject: SubjectIdentifier,
) -> Result<Claims, Refusal> {
    let client = CoreClient::from_provider_metadata(
        document.clone(),
        ClientId::new(known.provider.client_id.clone()),
        None,
    );
    let request = client
        .user_info(token, Some(subject))
        .map_err(|error| known.note("the userinfo endpoint", &error, Refusal::ProviderInvalid))?;
    let told: Result<UserInfoClaims<Claims, CoreGenderClaim>, _> = request.request_async(&known.calls).await;
    let told = told.map_err(|error| {
        let refusal = match &error {
            UserInfoError::Request(_) => Refusal::Unreachable,
            UserInfoError::ClaimsVerification(_) => Refusal::TokenInvalid,
            _ => Refusal::ProviderInvalid,
        };
        known.note("the userinfo endpoint", &error, refusal)
    })?;
    serde_json::to_value(&told).and_then(serde_json::from_value).map_err(|_| Refusal::ProviderInvalid)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_may_lie_in_another() {
        let claims = Claims::of(json!({
            "groups": ["a", 1, "b"], "one": "c", "empty": " ", "email_verified": "true",
            "realm_access": { "roles": ["d"] }, "https://shop.example/groups": ["e"],
        }));
        assert_eq!(claims.texts("groups"), ["a", "b"]);
        assert_eq!(claims.texts("one"), ["c"]);
        assert_eq!(claims.texts("realm_access.roles"), ["d"]);
        assert_eq!(claims.texts("https://shop.example/groups"), ["e"]);
        assert!(claims.texts("realm_access.none").is_empty() && claims.texts("groups.x").is_empty());
        assert_eq!(
            (claims.text("one"), claims.text("empty"), claims.text("groups")),
            (Some("c"), None, None)
        );
        assert!(claims.holds("email_verified") && !claims.holds("one") && !claims.holds("none"));
    }
}
