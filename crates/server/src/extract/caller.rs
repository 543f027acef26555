//! Who calls.
//!
//! [`authenticate`] stands in front of every route with the access that `router.rs` declares for it, and leaves the
//! caller for the handler to take. Whatever is wrong with a credential, the answer is the same.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::Response;
use frontdesk_api::Secret;
use frontdesk_core::directory::{Channel, TenantDirectory};
use frontdesk_core::id::{AppKey, ChannelId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::{AccessClaims, MessagingClaims, Scope, Signer};
use http::request::Parts as RequestParts;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::audit::Act;
use crate::cors;
use crate::error::ApiError;
use crate::extract::body::MostBody;
use crate::extract::credentials::Credentials;
use crate::extract::staff::{AgentCaller, Principal, person, staff};
use crate::extract::verified::Verified;
use crate::gateway::guid;
use crate::limit::gate;
use crate::parts::Parts;
use crate::router::Access;

const MESSAGING_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");
const GUID: HeaderName = HeaderName::from_static("guid");

/// An integrator's back end.
#[derive(Clone, Debug)]
pub struct AppCaller {
    /// Its tenant.
    pub tenant: Arc<TenantDirectory>,
    /// Its app.
    pub app: AppKey,
}

/// A customer's client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CustomerCaller(Arc<ProvenCustomer>);

/// Who a customer's client has proved to be.
#[derive(Debug)]
pub struct ProvenCustomer {
    /// The tenant.
    pub tenant: Arc<TenantDirectory>,
    /// The app whose credentials are used.
    pub app: AppKey,
    /// The channel.
    pub channel: Arc<Channel>,
    /// The customer.
    pub user: UserId,
    /// The customer's log.
    pub log: LogId,
    /// The last moment at which the credentials are honoured.
    pub honoured_until: Timestamp,
}

impl Deref for CustomerCaller {
    type Target = ProvenCustomer;

    fn deref(&self) -> &ProvenCustomer {
        &self.0
    }
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

from_extensions!(AppCaller, CustomerCaller, AgentCaller, Principal);

/// Lets a request through if its credentials give the access that the route wants.
pub async fn authenticate(parts: Parts, access: Access, mut request: Request, next: Next) -> Response {
    let told = |error: ApiError| access.family().answer(error);
    let renewed = match admit(&parts, access, &mut request).await {
        Ok(renewed) => renewed,
        Err(error) => return told(error),
    };
    let asked = match gate::before(&parts, access, &mut request).await {
        Ok(asked) => asked,
        Err(error) => return told(error),
    };
    let mut response = next.run(request).await;
    if let Err(error) = gate::after(&parts, asked, &response) {
        return told(error);
    }
    hand_out(renewed, &mut response);
    response
}

/// Puts a renewed ccmessaging-token into the answer, unless it says that something failed.
pub(crate) fn hand_out(renewed: Option<HeaderValue>, response: &mut Response) {
    if let Some(token) = renewed
        && response.status().is_success()
    {
        response.headers_mut().insert(MESSAGING_TOKEN, token);
    }
}

/// Checks the credentials and leaves the caller in the request. Returns a new ccmessaging-token if it is time for one.
async fn admit(
    parts: &Parts,
    access: Access,
    request: &mut Request,
) -> Result<Option<HeaderValue>, ApiError> {
    let now = parts.clock.now();
    match access {
        Access::Public | Access::NativePublic | Access::Visitor | Access::Page | Access::GatewaySignIn => {
            request.extensions_mut().insert(MostBody::OF_STRANGERS);
            Ok(None)
        }
        Access::GatewayAgent => {
            let caller = gateway_agent(parts, request.headers(), request.uri().path(), now).await?;
            caller.must_have(access)?;
            caller.enter(request);
            Ok(None)
        }
        Access::App => {
            let credentials = Credentials::of_headers(request.headers());
            let (claims, tenant) = access_claims(parts, &parts.signer.load(), &credentials, now)?;
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
            let (caller, renewed) = admit_customer(parts, &credentials, request.headers())?;
            request.extensions_mut().insert(caller);
            Ok(renewed)
        }
        Access::Enrolling | Access::SignedIn | Access::Person(_) | Access::May(_) | Access::MayAny(_) => {
            let staff = staff(parts, (request.method(), request.headers()), now).await?;
            if let Some(act) = request.extensions().get::<Act>() {
                act.identify(&staff.tenant.tenant.id, staff.actor());
            }
            staff.must_have(access)?;
            staff.enter(request);
            Ok(None)
        }
    }
}

/// Checks the AccessToken and the app key, which must belong together.
fn access_claims(
    parts: &Parts,
    signer: &Signer,
    credentials: &Credentials<'_>,
    now: Timestamp,
) -> Result<(AccessClaims, Arc<TenantDirectory>), ApiError> {
    let find = || {
        let claims = signer.read_access_token(&credentials.access_token)?;
        let directory = parts.directory.load();
        let (tenant, _) = directory.app(&claims.app)?;
        let genuine =
            claims.is_live(now) && claims.app.as_str() == credentials.app_key && *tenant == claims.tenant;
        let tenant = directory.tenant(&claims.tenant)?;
        genuine.then(|| (claims, Arc::clone(tenant)))
    };
    find().ok_or(ApiError::Unauthorized)
}

/// Checks the credentials of a customer's client. Returns a new ccmessaging-token too if it is time for one.
fn admit_customer(
    parts: &Parts,
    credentials: &Credentials<'_>,
    headers: &HeaderMap,
) -> Result<(CustomerCaller, Option<HeaderValue>), ApiError> {
    let now = parts.clock.now();
    let verified = if let Some(verified) = parts.verified.recall(parts, credentials, now) {
        verified
    } else {
        let verified = verify(parts, credentials, now)?;
        parts.verified.remember(credentials, &verified);
        verified
    };
    if !cors::may_use(&verified.caller.channel, headers) {
        return Err(ApiError::Unauthorized);
    }
    let renewed = verified.claims.wants_renewal(now).then(|| renewed(parts, &verified.claims, now)).flatten();
    Ok((verified.caller.clone(), renewed))
}

/// The customer's client whose request has these headers, and a new ccmessaging-token if it is time for one.
pub(crate) fn customer_of(
    parts: &Parts,
    headers: &HeaderMap,
) -> Result<(CustomerCaller, Option<HeaderValue>), ApiError> {
    admit_customer(parts, &Credentials::of_headers(headers), headers)
}

fn verify(parts: &Parts, credentials: &Credentials<'_>, now: Timestamp) -> Result<Arc<Verified>, ApiError> {
    let signer = parts.signer.load_full();
    let (access, tenant) = access_claims(parts, &signer, credentials, now)?;
    let find = || {
        let claims = signer.read_messaging_token(&credentials.ccmessaging_token)?;
        let channel = tenant.channels.get(&claims.channel)?;
        let may_call = claims.tenant == access.tenant && allows(&access.scope, &claims.channel, &claims.user);
        if !claims.is_live(now) || !may_call {
            return None;
        }
        let caller = CustomerCaller(Arc::new(ProvenCustomer {
            channel: Arc::clone(channel),
            app: access.app.clone(),
            log: LogId::of_customer(&claims.tenant, &claims.channel, &claims.user),
            user: claims.user.clone(),
            honoured_until: claims.honoured_until().min(access.ends()),
            tenant: Arc::clone(&tenant),
        }));
        Some((caller, claims))
    };
    let (caller, claims) = find().ok_or(ApiError::Unauthorized)?;
    Ok(Arc::new(Verified { caller, claims, access_ends: access.ends(), signer }))
}

fn allows(scope: &Scope, for_channel: &ChannelId, for_user: &UserId) -> bool {
    match scope {
        Scope::Server => true,
        Scope::Customer { channel, user } => channel == for_channel && user == for_user,
    }
}

fn renewed(parts: &Parts, old: &MessagingClaims, now: Timestamp) -> Option<HeaderValue> {
    let claims = MessagingClaims::new(old.tenant.clone(), old.channel.clone(), old.user.clone(), now);
    let token = Secret::from(parts.signer.load().messaging_token(&claims));
    let mut value = HeaderValue::from_str(token.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The agent whom a Guid signs in. Whose number stands in the path must be theirs; that is said only to who has a Guid.
async fn gateway_agent(
    parts: &Parts,
    headers: &HeaderMap,
    path: &str,
    now: Timestamp,
) -> Result<Principal, ApiError> {
    let guid = headers.get(GUID).and_then(|value| value.to_str().ok());
    let guid = guid.filter(|guid| guid::is_one(guid)).ok_or(ApiError::Unauthorized)?;
    let caller = person(parts, (guid, false), now).await?;
    // /agentgateway/resource/{group}/{agentid}
    match (path.split('/').nth(4), caller.agent()) {
        (Some(number), Some(agent)) if number == agent.id.as_str() => Ok(caller),
        _ => Err(ApiError::Forbidden),
    }
}
