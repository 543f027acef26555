//! API keys: what programs call with.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::FieldError;
use frontdesk_api::native::people::{Key, KeyList, KeyMade, KeyRequest, Scope};
use frontdesk_core::access::{AccessScope, Rights};
use frontdesk_core::directory::check_scope;
use frontdesk_core::id::{ChannelId, IdError, QueueId, RoleId};
use frontdesk_core::port::ApiKey;
use frontdesk_core::secret::{GeneratedSecret, SecretHash};
use frontdesk_core::time::Timestamp;
use http::StatusCode;

use crate::error::{ApiError, NativeError};
use crate::extract::{KEY_PREFIX, NativeJson, Principal, Who};
use crate::parts::Parts;
use crate::route::agent::account::wire_scope;
use crate::route::openapi::native::{BadBody, NotFound};

/// The tenant's API keys.
#[utoipa::path(
    get,
    path = "/api/v1/keys",
    operation_id = "listKeys",
    tag = "Configuration",
    responses((status = 200, description = "The keys, without their secrets.", body = KeyList)),
)]
pub async fn list(State(parts): State<Parts>, caller: Principal) -> Result<Json<KeyList>, NativeError> {
    let keys = within(&parts, &caller).await?;
    Ok(Json(KeyList { keys: keys.into_iter().map(|(key, about)| wire(key, about)).collect() }))
}

/// Makes an API key. Nobody can make one that may do more than they may.
#[utoipa::path(
    post,
    path = "/api/v1/keys",
    operation_id = "makeKey",
    tag = "Configuration",
    request_body = KeyRequest,
    responses((status = 201, description = "The key, once.", body = KeyMade), BadBody),
)]
pub async fn make(
    State(parts): State<Parts>,
    caller: Principal,
    NativeJson(request): NativeJson<KeyRequest>,
) -> Result<(StatusCode, Json<KeyMade>), NativeError> {
    let wish = request.check()?;
    let role = RoleId::new(wish.role).ok().filter(|role| caller.tenant.has_role(role));
    let role = role.ok_or_else(|| FieldError::invalid("role", "names no role"))?;
    let scope = read_scope(&wish.scope)?;
    check_scope(&caller.tenant, &scope).map_err(|error| ApiError::Body {
        message: format!("`{}`: {}", error.field, error.why),
        field: error.field,
    })?;
    if !caller.rights.covers(&Rights::of(&caller.tenant, &role, &scope)) {
        return Err(ApiError::MoreThanOwn.into());
    }
    let now = parts.clock.now();
    let expires = wish.expires_at.map(Timestamp::from_millis);
    if expires.is_some_and(|expires| expires <= now) {
        return Err(FieldError::invalid("expiresAt", "is over").into());
    }
    if let Some(end) = own_end(&parts, &caller).await?
        && expires.is_none_or(|expires| end < expires)
    {
        return Err(FieldError::invalid("expiresAt", "is after the end of the key that makes it").into());
    }
    let about = ApiKey {
        tenant: caller.tenant.tenant.id.clone(),
        name: wish.name.to_owned(),
        role,
        scope,
        created: now,
        created_by: caller.name(),
        expires,
        used: None,
    };
    let secret = GeneratedSecret::generate(&*parts.random, KEY_PREFIX);
    parts.store.add_key(secret.hash(), about.clone()).await?;
    let made = KeyMade { secret: secret.reveal().into(), key: wire(secret.hash(), about) };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revokes an API key: it opens nothing any more.
#[utoipa::path(
    delete,
    path = "/api/v1/keys/{apiKey}",
    operation_id = "revokeKey",
    tag = "Configuration",
    params(("apiKey" = String, Path, description = "The key, by its id.")),
    responses((status = 204, description = "It is revoked."), NotFound),
)]
pub async fn revoke(
    State(parts): State<Parts>,
    caller: Principal,
    Path(id): Path<String>,
) -> Result<StatusCode, NativeError> {
    if !SecretHash::is_public_id(&id) {
        return Err(ApiError::NotFound.into());
    }
    let keys = within(&parts, &caller).await?;
    let found = keys.into_iter().map(|(key, _)| key).find(|key| key.public_id() == id);
    // Revoked before, and the answer was lost.
    if let Some(key) = found {
        parts.store.remove_key(key).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// When the key expires that the caller calls with: nobody makes a key that outlives it.
async fn own_end(parts: &Parts, caller: &Principal) -> Result<Option<Timestamp>, ApiError> {
    let Who::Key(own) = &caller.who else { return Ok(None) };
    let keys = parts.store.keys_of(&caller.tenant.tenant.id).await?;
    Ok(keys.into_iter().find(|(key, _)| key == own).and_then(|(_, about)| about.expires))
}

/// The keys of the caller's scope.
async fn within(parts: &Parts, caller: &Principal) -> Result<Vec<(SecretHash, ApiKey)>, ApiError> {
    let keys = parts.store.keys_of(&caller.tenant.tenant.id).await?.into_iter();
    Ok(keys.filter(|(_, about)| caller.rights.scope.covers(&about.scope)).collect())
}

fn read_scope(scope: &Scope) -> Result<AccessScope, ApiError> {
    let wrong = |error: IdError| ApiError::field_invalid("scope", error);
    Ok(AccessScope {
        queues: scope.queues.iter().map(|id| QueueId::new(id)).collect::<Result<_, _>>().map_err(wrong)?,
        channels: scope
            .channels
            .iter()
            .map(|id| ChannelId::new(id))
            .collect::<Result<_, _>>()
            .map_err(wrong)?,
    })
}

fn wire(key: SecretHash, about: ApiKey) -> Key {
    Key {
        id: key.public_id(),
        name: about.name,
        role: about.role.to_string(),
        scope: wire_scope(&about.scope),
        created_at: about.created.as_millis(),
        created_by: about.created_by,
        expires_at: about.expires.map(Timestamp::as_millis),
        used_at: about.used.map(Timestamp::as_millis),
    }
}
