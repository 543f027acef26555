//! Those who work for a tenant: who they are and what they may do.

use std::sync::Arc;

use axum::extract::Request;
use frontdesk_core::access::{On, Permission, Rights};
use frontdesk_core::audit::{Actor, ActorKind};
use frontdesk_core::directory::{Agent, TenantDirectory};
use frontdesk_core::port::{AgentSession, ApiKey};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use http::{HeaderMap, Method, header};

use crate::error::ApiError;
use crate::extract::credentials::bearer;
use crate::parts::Parts;
use crate::presence;
use crate::router::Access;
use crate::signin::{cookie, must_be_own_page};

/// What an API key begins with, so that it is recognised where it should not be.
pub const KEY_PREFIX: &str = "fdk_";

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct AgentCaller {
    /// The tenant.
    pub tenant: Arc<TenantDirectory>,
    /// The agent.
    pub agent: Arc<Agent>,
    /// What they may do at this moment.
    pub rights: Arc<Rights>,
    /// The sign-in.
    pub session: SecretHash,
    /// Whether a page's cookie has the sign-in.
    pub by_cookie: bool,
    /// Whether they have to set up a second factor before anything else.
    pub must_enrol: bool,
}

/// Whoever works for a tenant.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The tenant.
    pub tenant: Arc<TenantDirectory>,
    /// What they may do at this moment.
    pub rights: Arc<Rights>,
    /// Who it is.
    pub who: Who,
}

/// Who it is.
#[derive(Clone, Debug)]
pub enum Who {
    /// Somebody who is signed in.
    Person(AgentCaller),
    /// A program with an API key.
    Key(SecretHash),
}

impl AgentCaller {
    /// Whether they may do something on something.
    pub fn may(&self, permission: Permission, on: On<'_>) -> bool {
        self.rights.may(permission, on)
    }
}

impl Principal {
    /// Whether they may do something on something.
    pub fn may(&self, permission: Permission, on: On<'_>) -> bool {
        self.rights.may(permission, on)
    }

    /// Who they are and what they may do by now, for whoever serves them for long; refused if they are nobody any more.
    pub async fn again(&self, parts: &Parts) -> Result<Self, ApiError> {
        let now = parts.clock.now();
        match &self.who {
            Who::Person(person) => known_person(parts, (person.session, person.by_cookie), now).await,
            Who::Key(key) => known_program(parts, *key, now).await,
        }
    }

    /// The person, if it is one.
    pub const fn person(&self) -> Option<&AgentCaller> {
        match &self.who {
            Who::Person(person) => Some(person),
            Who::Key(_) => None,
        }
    }

    /// The agent, if it is a person.
    pub fn agent(&self) -> Option<&Arc<Agent>> {
        self.person().map(|person| &person.agent)
    }

    /// What they are called in the audit log.
    pub fn actor(&self) -> Actor {
        match &self.who {
            Who::Person(person) => Actor::new(ActorKind::Person, person.agent.id.as_str()),
            Who::Key(key) => Actor::new(ActorKind::Key, key.public_id().clone()),
        }
    }

    /// What they are called in records: an agent's id, or `key:` and the key's public id.
    pub fn name(&self) -> String {
        match &self.who {
            Who::Person(person) => person.agent.id.to_string(),
            Who::Key(key) => format!("key:{}", key.public_id()),
        }
    }

    /// Refuses whoever has not what a route wants.
    pub(super) fn must_have(&self, access: Access) -> Result<(), ApiError> {
        let wanted = access.permissions();
        let has = |permission: &Permission| self.may(*permission, On::Anything);
        match &self.who {
            Who::Person(person) if person.must_enrol && access != Access::Enrolling => {
                return Err(ApiError::EnrolmentRequired);
            }
            Who::Key(_) if access.is_for_people() => return Err(ApiError::PersonNeeded),
            Who::Person(_) | Who::Key(_) => {}
        }
        if !wanted.is_empty() && !wanted.iter().any(has) {
            return Err(ApiError::Forbidden);
        }
        Ok(())
    }

    /// Leaves them in the request.
    pub(super) fn enter(self, request: &mut Request) {
        if let Who::Person(person) = &self.who {
            request.extensions_mut().insert(person.clone());
        }
        request.extensions_mut().insert(self);
    }
}

impl From<AgentCaller> for Principal {
    fn from(person: AgentCaller) -> Self {
        let (tenant, rights) = (Arc::clone(&person.tenant), Arc::clone(&person.rights));
        Self { tenant, rights, who: Who::Person(person) }
    }
}

/// Whoever works for a tenant and has these credentials. What they are known by is looked up anew each time, so that
/// whatever is given to them or taken from them counts at once.
pub(super) async fn staff(
    parts: &Parts,
    (method, headers): (&Method, &HeaderMap),
    now: Timestamp,
) -> Result<Principal, ApiError> {
    if let Some(token) = bearer(headers) {
        if token.starts_with(KEY_PREFIX) {
            return program(parts, token, now).await;
        }
        return person(parts, (token, false), now).await;
    }
    // Whoever gives credentials means those, and not what their browser adds.
    let token =
        cookie::value(headers, cookie::SESSION).filter(|_| !headers.contains_key(header::AUTHORIZATION));
    let token = token.ok_or(ApiError::Unauthorized)?;
    let found = person(parts, (token, true), now).await?;
    if !method.is_safe() {
        must_be_own_page(headers)?;
    }
    Ok(found)
}

pub(super) async fn person(
    parts: &Parts,
    (token, by_cookie): (&str, bool),
    now: Timestamp,
) -> Result<Principal, ApiError> {
    known_person(parts, (SecretHash::of(token), by_cookie), now).await
}

async fn known_person(
    parts: &Parts,
    (hash, by_cookie): (SecretHash, bool),
    now: Timestamp,
) -> Result<Principal, ApiError> {
    let session = parts.store.session(hash).await?.filter(|session| now < session.expires);
    let session = session.ok_or(ApiError::Unauthorized)?;
    let directory = parts.directory.load();
    let find = || {
        let tenant = directory.tenant(&session.tenant)?;
        let agent = tenant.agents.get(&session.agent).filter(|agent| agent.keeps_sign_in(session.created))?;
        let rights = Arc::new(Rights::of_agent(tenant, agent));
        // Whom a provider has signed in is here for as long as the provider is trusted.
        if session.provider.as_ref().is_some_and(|provider| !tenant.identity_providers.contains_key(provider))
        {
            return None;
        }
        let must_enrol = !session.second_factor && tenant.requires_totp(&agent.role);
        let (tenant, agent) = (Arc::clone(tenant), Arc::clone(agent));
        Some(AgentCaller { tenant, agent, rights, session: hash, by_cookie, must_enrol })
    };
    let person = find().ok_or(ApiError::Unauthorized)?;
    presence::saw(parts, &person);
    if now.since(session.seen) >= AgentSession::SEEN_WITHIN {
        let store = Arc::clone(&parts.store);
        // A sign of use that is lost is made up for by the next.
        parts.tasks.spawn(async move { drop(store.touch_session(hash, now).await) });
    }
    Ok(person.into())
}

async fn program(parts: &Parts, token: &str, now: Timestamp) -> Result<Principal, ApiError> {
    known_program(parts, SecretHash::of(token), now).await
}

async fn known_program(parts: &Parts, hash: SecretHash, now: Timestamp) -> Result<Principal, ApiError> {
    let is_live = |key: &ApiKey| key.expires.is_none_or(|expires| now < expires);
    let key = parts.store.key(hash).await?.filter(is_live).ok_or(ApiError::Unauthorized)?;
    let directory = parts.directory.load();
    let tenant = directory.tenant(&key.tenant).ok_or(ApiError::Unauthorized)?;
    let rights = Arc::new(Rights::of(tenant, &key.role, &key.scope));
    if key.used.is_none_or(|used| now.since(used) >= AgentSession::SEEN_WITHIN) {
        let store = Arc::clone(&parts.store);
        parts.tasks.spawn(async move { drop(store.touch_key(hash, now).await) });
    }
    Ok(Principal { tenant: Arc::clone(tenant), rights, who: Who::Key(hash) })
}
