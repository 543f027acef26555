//! What is being done, from its beginning to its record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::FromRequestParts;
use frontdesk_core::audit::{Actor, Draft, Outcome, Target};
use frontdesk_core::id::TenantId;
use http::request::Parts as RequestParts;
use serde_json::{Map, Value};

use super::rules::When;
use crate::error::{ApiError, NativeError};

/// What is being done. Clones are the same act. Its parts become known on the way: whoever learns one says so.
#[derive(Clone, Debug)]
pub struct Act(Arc<Mutex<Noted>>);

#[derive(Debug)]
struct Noted {
    action: &'static str,
    when: When,
    tenant: Option<TenantId>,
    actor: Actor,
    address: Option<String>,
    target: Option<Target>,
    detail: Map<String, Value>,
    is_recorded: bool,
    is_dismissed: bool,
}

impl Act {
    pub(super) fn new(action: &'static str, address: Option<String>, target: Option<Target>) -> Self {
        Self(Arc::new(Mutex::new(Noted {
            action,
            when: When::Always,
            tenant: None,
            actor: Actor::unknown(),
            address,
            target,
            detail: Map::new(),
            is_recorded: false,
            is_dismissed: false,
        })))
    }

    /// Something done by somebody for whom no route speaks: an operator, or the server itself.
    pub fn by(actor: Actor) -> Self {
        let act = Self::new("admin", None, None);
        act.noted().actor = actor;
        act
    }

    pub(super) fn of(self, when: When) -> Self {
        self.noted().when = when;
        self
    }

    pub(super) fn when(&self) -> When {
        self.noted().when
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says who acts, and in whose chain it is recorded. Who is not known yet may become known later.
    pub fn identify(&self, tenant: &TenantId, actor: Actor) {
        let mut noted = self.noted();
        noted.tenant = Some(tenant.clone());
        noted.actor = actor;
    }

    /// Says what it is done to.
    pub fn about(&self, kind: &str, id: &str) {
        self.noted().target = Some(Target::new(kind, id));
    }

    /// What the path names is nothing that there is.
    pub fn about_nothing(&self) {
        self.noted().target = None;
    }

    /// Says what else is worth knowing. Never a secret, nor what customers said.
    pub fn detail(&self, name: &str, value: impl Into<Value>) {
        self.noted().detail.insert(name.to_owned(), value.into());
    }

    /// Nothing of it needs to be recorded.
    pub fn dismiss(&self) {
        self.noted().is_dismissed = true;
    }

    /// It was recorded, in the transaction of the change itself.
    pub fn recorded(&self) {
        self.noted().is_recorded = true;
    }

    /// Whether it was recorded.
    pub fn is_recorded(&self) -> bool {
        self.noted().is_recorded
    }

    /// Who acts.
    pub fn actor(&self) -> Actor {
        self.noted().actor.clone()
    }

    /// The record of a change that this act made of something configured, to be stored with it. Say
    /// [`Self::recorded`] once it is.
    pub fn change(
        &self,
        tenant: &TenantId,
        action: &str,
        (kind, id): (&str, &str),
        detail: Map<String, Value>,
    ) -> Draft {
        let noted = self.noted();
        Draft {
            tenant: tenant.clone(),
            actor: noted.actor.clone(),
            address: noted.address.clone(),
            action: action.to_owned(),
            target: Some(Target::new(kind, id)),
            outcome: Outcome::Done,
            detail,
        }
    }

    /// The record of the whole act; `None` if nobody knows whose it is, or none is needed.
    pub(super) fn draft(&self, outcome: Outcome) -> Option<Draft> {
        let noted = self.noted();
        if noted.is_recorded || noted.is_dismissed {
            return None;
        }
        Some(Draft {
            tenant: noted.tenant.clone()?,
            actor: noted.actor.clone(),
            address: noted.address.clone(),
            action: noted.action.to_owned(),
            target: noted.target.clone(),
            outcome,
            detail: noted.detail.clone(),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Act {
    type Rejection = NativeError;

    async fn from_request_parts(parts: &mut RequestParts, _: &S) -> Result<Self, NativeError> {
        // Missing only if the table of rules has no line for the route.
        Ok(parts.extensions.get::<Self>().cloned().ok_or(ApiError::Internal)?)
    }
}
