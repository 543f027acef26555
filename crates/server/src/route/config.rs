//! What is configured: read and changed by administrators, item by item.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::native::config::{ConfigItem, ConfigItems};
use frontdesk_core::directory::Item;
use frontdesk_core::id::TenantId;
use http::StatusCode;
use serde_json::Value;

use crate::admin::{AdminError, Change, change_item, remove_item, shown};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, Conflict, NotFound};
use crate::work::match_all;

/// Every item of a kind.
#[utoipa::path(
    get,
    path = "/api/v1/config/{kind}",
    operation_id = "listConfig",
    tag = "Configuration",
    params(("kind" = String, Path, description = "`tenants` (with the caller's own), `channels`, `robots`, `queues` or `agents`.")),
    responses((status = 200, description = "The items, by their ids.", body = ConfigItems), NotFound),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(kind): Path<String>,
) -> Result<Json<ConfigItems>, NativeError> {
    let kind = known(&kind)?;
    let mut items = of_tenant(&parts, &caller.tenant.tenant.id).await?;
    items.retain(|item| item.kind() == kind);
    items.sort_by(|a, b| a.id().cmp(b.id()));
    Ok(Json(ConfigItems { items: items.iter().map(shown).collect() }))
}

/// One item. Secrets and hashes are left out.
#[utoipa::path(
    get,
    path = "/api/v1/config/{kind}/{id}",
    operation_id = "readConfig",
    tag = "Configuration",
    params(
        ("kind" = String, Path, description = "`tenants` (with the caller's own), `channels`, `robots`, `queues` or `agents`."),
        ("id" = String, Path, description = "The item."),
    ),
    responses((status = 200, description = "The item.", body = ConfigItem), NotFound),
)]
pub async fn read(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Json<ConfigItem>, NativeError> {
    let kind = known(&kind)?;
    let items = of_tenant(&parts, &caller.tenant.tenant.id).await?;
    let item = items.iter().find(|item| item.kind() == kind && item.id() == id).ok_or(ApiError::NotFound)?;
    Ok(Json(ConfigItem { item: shown(item), password: None }))
}

/// Makes an item, or replaces one.
///
/// What is not given is the default; what holds secrets (`identity_key`, `push`, an agent's `password`) stays unless
/// it is given. The password that is made up for a new agent is in this answer and nowhere else.
#[utoipa::path(
    put,
    path = "/api/v1/config/{kind}/{id}",
    operation_id = "replaceConfig",
    tag = "Configuration",
    params(
        ("kind" = String, Path, description = "`tenants` (with the caller's own), `channels`, `robots`, `queues` or `agents`."),
        ("id" = String, Path, description = "The item."),
    ),
    request_body = Value,
    responses(
        (status = 200, description = "It is replaced.", body = ConfigItem),
        (status = 201, description = "It is made.", body = ConfigItem),
        BadBody,
        NotFound,
    ),
)]
pub async fn replace(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((kind, id)): Path<(String, String)>,
    NativeJson(item): NativeJson<Value>,
) -> Result<(StatusCode, Json<ConfigItem>), NativeError> {
    Ok(change(&parts, &caller, (known(&kind)?, &id), Change::Replace(item)).await?)
}

/// Changes an item by a JSON merge patch, or makes it: what is not given stays, `null` takes a value away.
#[utoipa::path(
    patch,
    path = "/api/v1/config/{kind}/{id}",
    operation_id = "changeConfig",
    tag = "Configuration",
    params(
        ("kind" = String, Path, description = "`tenants` (with the caller's own), `channels`, `robots`, `queues` or `agents`."),
        ("id" = String, Path, description = "The item."),
    ),
    request_body = Value,
    responses(
        (status = 200, description = "It is changed.", body = ConfigItem),
        (status = 201, description = "It is made.", body = ConfigItem),
        BadBody,
        NotFound,
    ),
)]
pub async fn merge(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((kind, id)): Path<(String, String)>,
    NativeJson(patch): NativeJson<Value>,
) -> Result<(StatusCode, Json<ConfigItem>), NativeError> {
    Ok(change(&parts, &caller, (known(&kind)?, &id), Change::Merge(patch)).await?)
}

/// Takes an item away that nothing else needs.
#[utoipa::path(
    delete,
    path = "/api/v1/config/{kind}/{id}",
    operation_id = "removeConfig",
    tag = "Configuration",
    params(
        ("kind" = String, Path, description = "`tenants` (with the caller's own), `channels`, `robots`, `queues` or `agents`."),
        ("id" = String, Path, description = "The item."),
    ),
    responses((status = 204, description = "It is gone."), NotFound, Conflict),
)]
pub async fn remove(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((kind, id)): Path<(String, String)>,
) -> Result<StatusCode, NativeError> {
    let kind = known(&kind)?;
    let tenant = &caller.tenant.tenant.id;
    if kind == "tenant" {
        return Err(ApiError::MethodNotAllowed.into());
    }
    let items = parts.store.items().await.map_err(ApiError::from)?;
    match remove_item(&*parts.store, &items, tenant, kind, &id).await {
        // Taken away before, and the answer was lost.
        Ok(()) | Err(AdminError::Unknown(_)) => {}
        Err(error) => return Err(ApiError::from(error).into()),
    }
    take_effect(&parts).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The kind that a part of the path names.
fn known(path: &str) -> Result<&'static str, ApiError> {
    const KINDS: [(&str, &str); 5] = [
        ("tenants", "tenant"),
        ("channels", "channel"),
        ("robots", "robot"),
        ("queues", "queue"),
        ("agents", "agent"),
    ];
    KINDS.iter().find(|(plural, _)| *plural == path).map(|(_, kind)| *kind).ok_or(ApiError::NotFound)
}

async fn of_tenant(parts: &Parts, tenant: &TenantId) -> Result<Vec<Item>, ApiError> {
    let items = parts.store.items().await?;
    Ok(items.into_iter().filter(|(owner, _)| owner == tenant).map(|(_, item)| item).collect())
}

async fn change(
    parts: &Parts,
    caller: &AgentCaller,
    (kind, id): (&str, &str),
    change: Change,
) -> Result<(StatusCode, Json<ConfigItem>), ApiError> {
    let tenant = &caller.tenant.tenant.id;
    if kind == "tenant" && id != tenant.as_str() {
        return Err(ApiError::NotFound);
    }
    let items = parts.store.items().await?;
    let changed = change_item(parts.into(), &items, (tenant, kind, id), change).await?;
    take_effect(parts).await?;
    let status = if changed.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let password = changed.password.map(|password| password.reveal().to_owned());
    Ok((status, Json(ConfigItem { item: shown(&changed.item), password })))
}

/// A queue may have got an agent, or an agent more room.
async fn take_effect(parts: &Parts) -> Result<(), ApiError> {
    parts.reload().await?;
    match_all(parts).await?;
    Ok(())
}
