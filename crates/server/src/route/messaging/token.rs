//! tokenByAkSk and applyToken.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use frontdesk_api::Secret;
use frontdesk_api::messaging::token::{
    ApplyTokenAnswer, ApplyTokenRequest, TokenByAkSkAnswer, TokenByAkSkRequest,
};
use frontdesk_core::audit::{Actor, ActorKind};
use frontdesk_core::directory::{App, Directory};
use frontdesk_core::id::{AppKey, ChannelId, TenantId, UserId};
use frontdesk_core::port::Customer;
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::{ACCESS_LIFE, ACCESS_MAX_LIFE, AccessClaims, MessagingClaims, Scope};
use http::{HeaderMap, HeaderName};

use crate::audit::Act;
use crate::error::{ApiError, MessagingError};
use crate::extract::{AppCaller, MessagingJson};
use crate::limit::gate;
use crate::parts::Parts;
use crate::route::openapi::messaging::{BadBody, BadCredentials};

const TOKEN_EXPIRE: HeaderName = HeaderName::from_static("x-token-expire");
/// What an app's token says of its user, as documented.
const ANONYMOUS: &str = "Anonymous";

/// An AccessToken for an app that knows its secret (tokenByAkSk).
#[utoipa::path(
    post,
    path = "/apigovernance/api/oauth/tokenByAkSk",
    operation_id = "tokenByAkSk",
    tag = "Tokens",
    params((
        "X-Token-Expire" = Option<u64>, Header, nullable = false, minimum = 1, example = 600,
        description = "How long the token is to live, in seconds; 600 unless given, and never more than 3600."
    )),
    request_body = TokenByAkSkRequest,
    responses(
        (status = 200, description = "The token.", body = TokenByAkSkAnswer),
        BadBody,
        BadCredentials,
    ),
)]
pub async fn token_by_ak_sk(
    State(parts): State<Parts>,
    act: Act,
    headers: HeaderMap,
    MessagingJson(request): MessagingJson<TokenByAkSkRequest>,
) -> Result<Json<TokenByAkSkAnswer>, MessagingError> {
    let credentials = request.check()?;
    let life = wanted_life(&headers)?;
    let secret = SecretHash::of(credentials.app_secret.expose());
    let now = parts.clock.now();
    let directory = parts.directory.load();
    if let Some((tenant, app)) = AppKey::new(credentials.app_key).ok().and_then(|key| directory.app(&key)) {
        act.identify(tenant, Actor::unknown());
        act.about("app", app.key.as_str());
    }
    let (tenant, app) = known_app(&directory, credentials.app_key, secret, now)?;
    act.identify(&tenant, Actor::new(ActorKind::App, app.as_str()));
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
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/applyToken",
    operation_id = "applyToken",
    tag = "Tokens",
    request_body = ApplyTokenRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = ApplyTokenAnswer),
        BadBody,
    ),
)]
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
    gate::token(&parts, &caller.tenant, customer.log()).await?;
    parts.store.register(&customer).await?;
    let claims = MessagingClaims::new(customer.tenant, customer.channel, customer.user, parts.clock.now());
    let token = parts.signer.load().messaging_token(&claims);
    Ok(Json(ApplyTokenAnswer::granted(Secret::from(token))))
}

fn known_app(
    directory: &Directory,
    key: &str,
    secret: SecretHash,
    now: Timestamp,
) -> Result<(TenantId, AppKey), ApiError> {
    let known = AppKey::new(key).ok().and_then(|key| directory.app(&key));
    let matches = App::admits(known.map(|(_, app)| app), secret, now);
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
