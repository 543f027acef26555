//! tokenByAkSk and applyToken.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use frontdesk_api::Secret;
use frontdesk_api::messaging::token::{
    ApplyTokenAnswer, ApplyTokenRequest, TokenByAkSkAnswer, TokenByAkSkRequest,
};
use frontdesk_core::directory::Directory;
use frontdesk_core::id::{AppKey, ChannelId, TenantId, UserId};
use frontdesk_core::port::Customer;
use frontdesk_core::secret::SecretHash;
use frontdesk_core::token::{ACCESS_LIFE, ACCESS_MAX_LIFE, AccessClaims, MessagingClaims, Scope};
use http::{HeaderMap, HeaderName};

use crate::error::{ApiError, MessagingError};
use crate::extract::{AppCaller, MessagingJson};
use crate::parts::Parts;

const TOKEN_EXPIRE: HeaderName = HeaderName::from_static("x-token-expire");
/// What an app's token says of its user, as documented.
const ANONYMOUS: &str = "Anonymous";
/// What is compared for an unknown app, so that it takes as long as a wrong secret.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An `AccessToken` for an app that knows its secret (tokenByAkSk).
pub async fn token_by_ak_sk(
    State(parts): State<Parts>,
    headers: HeaderMap,
    MessagingJson(request): MessagingJson<TokenByAkSkRequest>,
) -> Result<Json<TokenByAkSkAnswer>, MessagingError> {
    let credentials = request.check()?;
    let life = wanted_life(&headers)?;
    let secret = SecretHash::of(credentials.app_secret.expose());
    let (tenant, app) = known_app(&parts.directory.load(), credentials.app_key, secret)?;
    let now = parts.clock.now();
    let claims = AccessClaims {
        tenant,
        app,
        scope: Scope::Server,
        iat: now.as_seconds(),
        exp: now.plus(life).as_seconds(),
    };
    Ok(Json(TokenByAkSkAnswer {
        access_token: Secret::from(parts.signer.load().access_token(&claims)),
        apply_type: "Bearer".to_owned(),
        create_time: claims.iat.to_string(),
        expires: life.as_secs().to_string(),
        scope: "server".to_owned(),
        app_key: claims.app.to_string(),
        user_id: ANONYMOUS.to_owned(),
    }))
}

/// A ccmessaging-token for a customer (applyToken).
pub async fn apply_token(
    State(parts): State<Parts>,
    caller: AppCaller,
    MessagingJson(request): MessagingJson<ApplyTokenRequest>,
) -> Result<Json<ApplyTokenAnswer>, MessagingError> {
    let applicant = request.check()?;
    let user = UserId::new(applicant.user_id).map_err(|error| field("userId", error))?;
    let channel = ChannelId::new(applicant.channel_id).map_err(|error| field("channelId", error))?;
    if !caller.tenant.channels.contains_key(&channel) {
        return Ok(Json(ApplyTokenAnswer::refused("`channelId` names no channel")));
    }
    let customer = Customer {
        tenant: caller.tenant.tenant.id.clone(),
        channel,
        user,
        name: applicant.user_name.to_owned(),
        locale: applicant.locale.to_owned(),
    };
    parts.store.register(&customer).await?;
    let claims = MessagingClaims::new(customer.tenant, customer.channel, customer.user, parts.clock.now());
    let token = parts.signer.load().messaging_token(&claims);
    Ok(Json(ApplyTokenAnswer::granted(Secret::from(token))))
}

fn known_app(directory: &Directory, key: &str, secret: SecretHash) -> Result<(TenantId, AppKey), ApiError> {
    let known = AppKey::new(key).ok().and_then(|key| directory.app(&key));
    let stored = known.map_or(NO_HASH, |(_, app)| app.secret_hash.as_str());
    let matches = secret.matches_hex(stored);
    match known {
        Some((tenant, app)) if matches => Ok((tenant.clone(), app.key.clone())),
        _ => Err(ApiError::Unauthorized),
    }
}

/// `X-Token-Expire`, in seconds; more than the most is the most.
fn wanted_life(headers: &HeaderMap) -> Result<Duration, ApiError> {
    let Some(value) = headers.get(TOKEN_EXPIRE) else { return Ok(ACCESS_LIFE) };
    let seconds = value.to_str().ok().and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or_default();
    if seconds == 0 {
        return Err(ApiError::Body {
            field: "X-Token-Expire".to_owned(),
            message: "`X-Token-Expire` must be a whole number of seconds, at least 1.".to_owned(),
        });
    }
    Ok(Duration::from_secs(seconds).min(ACCESS_MAX_LIFE))
}

fn field(name: &'static str, error: frontdesk_core::id::IdError) -> ApiError {
    frontdesk_api::FieldError::invalid(name, error.to_string()).into()
}
