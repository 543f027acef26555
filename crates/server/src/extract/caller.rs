//! Who calls.
//!
//! [`authenticate`] stands in front of every route with the access that `router.rs` declares for it, and leaves the
//! caller for the handler to take. Whatever is wrong with a credential, the answer is the same.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::Response;
use frontdesk_api::Secret;
use frontdesk_core::directory::{Agent, Channel, Role, TenantDirectory};
use frontdesk_core::id::{AppKey, ChannelId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::{AccessClaims, MessagingClaims, Scope};
use http::request::Parts as RequestParts;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::cors;
use crate::error::ApiError;
use crate::extract::credentials::{Credentials, bearer};
use crate::parts::Parts;
use crate::router::{Access, Family};

const MESSAGING_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");

/// An integrator's back end.
#[derive(Clone, Debug)]
pub struct AppCaller {
    /// Its tenant.
    pub tenant: Arc<TenantDirectory>,
    /// Its app.
    pub app: AppKey,
}

/// A customer's client.
#[derive(Clone, Debug)]
pub struct CustomerCaller {
    /// The tenant.
    pub tenant: Arc<TenantDirectory>,
    /// The channel.
    pub channel: Arc<Channel>,
    /// The customer.
    pub user: UserId,
    /// The customer's log.
    pub log: LogId,
    /// The last moment at which the credentials are honoured.
    pub honoured_until: Timestamp,
}

/// An agent, supervisor or administrator.
#[derive(Clone, Debug)]
pub struct AgentCaller {
    /// The tenant.
    pub tenant: Arc<TenantDirectory>,
    /// The agent.
    pub agent: Arc<Agent>,
    /// The sign-in.
    pub session: SecretHash,
}

impl CustomerCaller {
    /// Refuses a field that names another customer, or another channel, than the token.
    #[expect(clippy::unused_self, reason = "it is the caller that must be who a request says")]
    pub fn must_be(&self, field: &'static str, given: Option<&str>, known: &str) -> Result<(), ApiError> {
        match given {
            Some(given) if given != known => Err(ApiError::ReceiverMismatch(field)),
            _ => Ok(()),
        }
    }
}

macro_rules! from_extensions {
    ($($caller:ty),+) => {$(
        impl<S: Sync> FromRequestParts<S> for $caller {
            type Rejection = crate::error::MessagingError;

            async fn from_request_parts(parts: &mut RequestParts, _: &S) -> Result<Self, Self::Rejection> {
                // Missing only if router.rs declares another access than the handler needs.
                Ok(parts.extensions.get::<Self>().cloned().ok_or(ApiError::Internal)?)
            }
        }
    )+};
}

from_extensions!(AppCaller, CustomerCaller, AgentCaller);

/// Lets a request through if its credentials give the access that the route wants.
pub async fn authenticate(parts: Parts, access: Access, mut request: Request, next: Next) -> Response {
    let renewed = match admit(&parts, access, &mut request).await {
        Ok(renewed) => renewed,
        Err(error) => {
            return match access.family() {
                Family::Messaging | Family::Page => error.into_messaging(),
                Family::Native => error.into_native(),
            };
        }
    };
    let mut response = next.run(request).await;
    if let Some(token) = renewed
        && response.status().is_success()
    {
        response.headers_mut().insert(MESSAGING_TOKEN, token);
    }
    response
}

/// Checks the credentials and leaves the caller in the request. Returns a new ccmessaging-token if it is time for one.
async fn admit(
    parts: &Parts,
    access: Access,
    request: &mut Request,
) -> Result<Option<HeaderValue>, ApiError> {
    let now = parts.clock.now();
    match access {
        Access::Public | Access::NativePublic | Access::Visitor | Access::Page => Ok(None),
        Access::App => {
            let (claims, tenant) = access_claims(parts, &Credentials::of_headers(request.headers()), now)?;
            if claims.scope != Scope::Server {
                return Err(ApiError::Unauthorized);
            }
            request.extensions_mut().insert(AppCaller { tenant, app: claims.app });
            Ok(None)
        }
        Access::Customer | Access::CustomerStream => {
            let credentials = match access {
                Access::CustomerStream => Credentials::of_stream(request.headers(), request.uri()),
                _ => Credentials::of_headers(request.headers()),
            };
            let (caller, claims) = customer(parts, &credentials, request.headers(), now)?;
            request.extensions_mut().insert(caller);
            Ok(claims.wants_renewal(now).then(|| renewed(parts, claims, now)).flatten())
        }
        Access::Agent | Access::Supervisor | Access::Administrator => {
            let caller = agent(parts, request.headers(), now).await?;
            let least = match access {
                Access::Supervisor => Role::Supervisor,
                Access::Administrator => Role::Administrator,
                _ => Role::Agent,
            };
            if caller.agent.role < least {
                return Err(ApiError::Forbidden);
            }
            request.extensions_mut().insert(caller);
            Ok(None)
        }
    }
}

/// Checks the AccessToken and the app key, which must belong together.
fn access_claims(
    parts: &Parts,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<(AccessClaims, Arc<TenantDirectory>), ApiError> {
    let find = || {
        let claims = parts.signer.load().read_access_token(&credentials.access_token)?;
        let directory = parts.directory.load();
        let (tenant, _) = directory.app(&claims.app)?;
        let genuine =
            claims.is_live(now) && claims.app.as_str() == credentials.app_key && *tenant == claims.tenant;
        let tenant = directory.tenant(&claims.tenant)?;
        genuine.then(|| (claims, Arc::clone(tenant)))
    };
    find().ok_or(ApiError::Unauthorized)
}

fn customer(
    parts: &Parts,
    credentials: &Credentials,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(CustomerCaller, MessagingClaims), ApiError> {
    let (access, tenant) = access_claims(parts, credentials, now)?;
    let find = || {
        let claims = parts.signer.load().read_messaging_token(&credentials.ccmessaging_token)?;
        let channel = tenant.channels.get(&claims.channel)?;
        let reach = allows(&access.scope, &claims.channel, &claims.user);
        let may_call = reach && claims.tenant == access.tenant && cors::may_use(channel, headers);
        if !claims.is_live(now) || !may_call {
            return None;
        }
        let caller = CustomerCaller {
            channel: Arc::clone(channel),
            log: LogId::of_customer(&claims.tenant, &claims.channel, &claims.user),
            user: claims.user.clone(),
            honoured_until: claims.honoured_until().min(access.ends()),
            tenant: Arc::clone(&tenant),
        };
        Some((caller, claims))
    };
    find().ok_or(ApiError::Unauthorized)
}

fn allows(scope: &Scope, for_channel: &ChannelId, for_user: &UserId) -> bool {
    match scope {
        Scope::Server => true,
        Scope::Customer { channel, user } => channel == for_channel && user == for_user,
    }
}

fn renewed(parts: &Parts, old: MessagingClaims, now: Timestamp) -> Option<HeaderValue> {
    let claims = MessagingClaims::new(old.tenant, old.channel, old.user, now);
    let token = Secret::from(parts.signer.load().messaging_token(&claims));
    let mut value = HeaderValue::from_str(token.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

async fn agent(parts: &Parts, headers: &HeaderMap, now: Timestamp) -> Result<AgentCaller, ApiError> {
    let hash = SecretHash::of(bearer(headers).ok_or(ApiError::Unauthorized)?);
    let session = parts.store.session(hash).await?.filter(|session| now < session.expires);
    let session = session.ok_or(ApiError::Unauthorized)?;
    let directory = parts.directory.load();
    let find = || {
        let tenant = directory.tenant(&session.tenant)?;
        let agent = tenant.agents.get(&session.agent)?;
        Some(AgentCaller { tenant: Arc::clone(tenant), agent: Arc::clone(agent), session: hash })
    };
    find().ok_or(ApiError::Unauthorized)
}
