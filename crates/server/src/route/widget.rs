//! Credentials for pages: no secret of an app ever belongs into a browser.

use axum::Json;
use axum::extract::State;
use frontdesk_api::Secret;
use frontdesk_api::native::widget::{Who, WidgetSession, WidgetSessionAnswer, WidgetSessionRequest};
use frontdesk_core::customer::VISITOR_PREFIX;
use frontdesk_core::directory::{Channel, TenantDirectory};
use frontdesk_core::id::{AppKey, ChannelId, TenantId, UserId};
use frontdesk_core::port::Customer;
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::{
    ACCESS_MAX_LIFE, AccessClaims, MessagingClaims, Scope, VisitorClaims, read_identity,
};
use http::HeaderMap;

use crate::cors;
use crate::error::{ApiError, NativeError};
use crate::extract::NativeJson;
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadCredentials, Conflict, Forbidden, NotFound};

/// What an anonymous visitor without a name is called.
const VISITOR_NAME: &str = "Visitor";

/// Somebody whom a session is for.
struct Person {
    user: UserId,
    name: String,
    is_visitor: bool,
}

/// Gives a page the credentials of one customer: an anonymous visitor, or one whom the shop's back end signed.
#[utoipa::path(
    post,
    path = "/api/v1/widget/session",
    operation_id = "openWidgetSession",
    tag = "Pages",
    request_body = WidgetSessionRequest,
    responses(
        (status = 200, description = "Credentials that allow the calls of this one customer.", body = WidgetSessionAnswer),
        BadBody,
        BadCredentials,
        Forbidden,
        NotFound,
        Conflict,
    ),
)]
pub async fn session(
    State(parts): State<Parts>,
    headers: HeaderMap,
    NativeJson(request): NativeJson<WidgetSessionRequest>,
) -> Result<Json<WidgetSessionAnswer>, NativeError> {
    let wanted = request.check()?;
    let now = parts.clock.now();
    let (tenant, channel, app) = find(&parts, wanted.tenant, wanted.channel_id)?;
    if !cors::may_use(&channel, &headers) {
        return Err(ApiError::Forbidden.into());
    }
    let person = identify(&parts, &tenant, &channel, &wanted, now)?;
    let customer = Customer {
        tenant: tenant.tenant.id.clone(),
        channel: channel.id.clone(),
        user: person.user.clone(),
        name: person.name.clone(),
        locale: wanted.locale.unwrap_or(&tenant.tenant.locale).to_owned(),
    };
    parts.admit_customer(&tenant, customer.log()).await?;
    let log = parts.store.register(&customer).await?;
    if !person.is_visitor {
        parts.store.note_signed(log).await?;
    }
    Ok(Json(credentials(&parts, &customer, &app, person.is_visitor, now)))
}

type Found = (std::sync::Arc<TenantDirectory>, std::sync::Arc<Channel>, AppKey);

fn find(parts: &Parts, tenant: Option<&str>, channel: &str) -> Result<Found, ApiError> {
    let id = ChannelId::new(channel).map_err(|_| ApiError::NotFound)?;
    let tenant = tenant.map(TenantId::new).transpose().map_err(|_| ApiError::NotFound)?;
    let directory = parts.directory.load();
    let (tenant, channel) = directory.find_channel(tenant.as_ref(), &id).ok_or(ApiError::NotFound)?;
    let app = directory.page_app(&tenant.tenant.id).ok_or(ApiError::Conflict {
        code: "NO_APP",
        sentence: "The tenant has no app that its pages could call with.",
    })?;
    Ok((tenant.clone(), channel.clone(), app.key.clone()))
}

/// Who asks. An unsigned visitor can never become, or read, a signed customer.
fn identify(
    parts: &Parts,
    tenant: &TenantDirectory,
    channel: &Channel,
    wanted: &WidgetSession<'_>,
    now: Timestamp,
) -> Result<Person, ApiError> {
    let visitor = |user: UserId| Person {
        user,
        name: wanted.user_name.unwrap_or(VISITOR_NAME).to_owned(),
        is_visitor: true,
    };
    match wanted.who {
        Who::Signed(identity) => {
            let key = channel.identity_key.as_deref().ok_or(ApiError::Unauthorized)?;
            let identity = read_identity(key, identity.expose(), now).ok_or(ApiError::Unauthorized)?;
            let user =
                UserId::new(&identity.sub).map_err(|error| ApiError::field_invalid("identity", error))?;
            if user.as_str().starts_with(VISITOR_PREFIX) {
                return Err(ApiError::field_invalid("identity", "names an anonymous visitor"));
            }
            let name = identity.name.unwrap_or_else(|| user.to_string());
            Ok(Person { user, name, is_visitor: false })
        }
        Who::Returning { .. } | Who::New if channel.requires_identity => Err(ApiError::Unauthorized),
        Who::Returning { user_id, secret } => {
            let claims = parts.signer.load().read_visitor_secret(secret.expose());
            let genuine = claims.filter(|claims| {
                claims.user.as_str() == user_id
                    && claims.channel == channel.id
                    && claims.tenant == tenant.tenant.id
            });
            genuine.map(|claims| visitor(claims.user)).ok_or(ApiError::Unauthorized)
        }
        Who::New => {
            let mut bytes = [0; 12];
            parts.random.fill(&mut bytes);
            let id = format!("{VISITOR_PREFIX}{}", hex::encode(bytes));
            UserId::new(&id).map(visitor).map_err(|_| ApiError::Internal)
        }
    }
}

fn credentials(
    parts: &Parts,
    customer: &Customer,
    app: &AppKey,
    is_visitor: bool,
    now: Timestamp,
) -> WidgetSessionAnswer {
    let signer = parts.signer.load();
    let access = AccessClaims {
        tenant: customer.tenant.clone(),
        app: app.clone(),
        scope: Scope::Customer { channel: customer.channel.clone(), user: customer.user.clone() },
        iat: now.as_seconds(),
        exp: now.plus(ACCESS_MAX_LIFE).as_seconds(),
    };
    let messaging =
        MessagingClaims::new(customer.tenant.clone(), customer.channel.clone(), customer.user.clone(), now);
    let visitor = VisitorClaims {
        tenant: customer.tenant.clone(),
        channel: customer.channel.clone(),
        user: customer.user.clone(),
        iat: now.as_seconds(),
    };
    WidgetSessionAnswer {
        app_key: app.to_string(),
        access_token: Secret::from(signer.access_token(&access)),
        ccmessaging_token: Secret::from(signer.messaging_token(&messaging)),
        user_id: customer.user.to_string(),
        channel_id: customer.channel.to_string(),
        visitor_secret: is_visitor.then(|| Secret::from(signer.visitor_secret(&visitor))),
        expires_in: ACCESS_MAX_LIFE.as_secs(),
    }
}
