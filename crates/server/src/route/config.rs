//! What is configured: read and changed by administrators, item by item.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::native::config::{ConfigItem, ConfigItems, NewSecret};
use frontdesk_core::access::{On, Permission, grant};
use frontdesk_core::directory::{Item, Kind, Tenant};
use frontdesk_core::id::TenantId;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

use crate::admin::{
    AdminError, Change, Changed, Means, Precondition, change_item, remove_item, rotate_secret, shown, tag_of,
    take_effect,
};
use crate::audit::Act;
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeJson, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, Conflict, Expected, NotAllowed, NotFound};

/// Every item of a kind.
#[utoipa::path(
    get,
    path = "/api/v1/config/{kind}",
    operation_id = "listConfig",
    tag = "Configuration",
    params(("kind" = String, Path, description = "`tenants` (with the caller's own), `apps`, `queues`, `robots`, `channels`, `agents`, `canned-replies`, `sla-policies`, `roles` or `identity-providers`.")),
    responses((status = 200, description = "The items, by their ids.", body = ConfigItems), NotFound),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: Principal,
    Path(kind): Path<String>,
) -> Result<Json<ConfigItems>, NativeError> {
    let kind = known(&kind)?;
    may_list(&caller, kind)?;
    let mut items = of_tenant(&parts, &caller.tenant.tenant.id).await?;
    items.retain(|item| item.kind() == kind && grant::may_see(&caller.tenant, &caller.rights, item));
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
        ("kind" = String, Path, description = "`tenants` (with the caller's own), `apps`, `queues`, `robots`, `channels`, `agents`, `canned-replies`, `sla-policies`, `roles` or `identity-providers`."),
        ("id" = String, Path, description = "The item."),
    ),
    responses(
        (
            status = 200,
            description = "The item.",
            body = ConfigItem,
            headers(("ETag" = String, description = "Names the item as it is, for `If-Match`.")),
        ),
        NotFound,
    ),
)]
pub async fn read(
    State(parts): State<Parts>,
    caller: Principal,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Tagged<Json<ConfigItem>>, NativeError> {
    let kind = known(&kind)?;
    may_list(&caller, kind)?;
    let items = of_tenant(&parts, &caller.tenant.tenant.id).await?;
    let is_it = |item: &&Item| {
        item.kind() == kind && item.id() == id && grant::may_see(&caller.tenant, &caller.rights, item)
    };
    let item = items.iter().find(is_it).ok_or(ApiError::NotFound)?;
    let told = Json(ConfigItem { item: shown(item), password: None, secret: None });
    Ok((tag(item), told))
}

/// Makes an item, or replaces one.
///
/// What is not given is the default; what holds secrets (`identity_key`, `push`, an agent's `password`) stays unless
/// it is given. The password that is made up for a new agent, and the secret of a new app, are in this answer and
/// nowhere else.
#[utoipa::path(
    put,
    path = "/api/v1/config/{kind}/{id}",
    operation_id = "replaceConfig",
    tag = "Configuration",
    params(
        ("kind" = String, Path, description = "`tenants` (with the caller's own), `apps`, `queues`, `robots`, `channels`, `agents`, `canned-replies`, `sla-policies`, `roles` or `identity-providers`."),
        ("id" = String, Path, description = "The item."),
        ("If-Match" = Option<String>, Header, nullable = false, description = "Only if the item is still what a tag names, or is there (`*`)."),
        ("If-None-Match" = Option<String>, Header, nullable = false, description = "`*`: only if the item is not there yet."),
    ),
    request_body = Value,
    responses(
        (status = 200, description = "It is replaced.", body = ConfigItem),
        (status = 201, description = "It is made.", body = ConfigItem),
        BadBody,
        Expected,
        NotFound,
    ),
)]
pub async fn replace(
    State(parts): State<Parts>,
    caller: Principal,
    act: Act,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
    NativeJson(item): NativeJson<Value>,
) -> Result<(StatusCode, Tagged<Json<ConfigItem>>), NativeError> {
    Ok(change(&parts, (&caller, &act), (known(&kind)?, &id), Change::Replace(item), &headers).await?)
}

/// Changes an item by a JSON merge patch, or makes it: what is not given stays, `null` takes a value away.
#[utoipa::path(
    patch,
    path = "/api/v1/config/{kind}/{id}",
    operation_id = "changeConfig",
    tag = "Configuration",
    params(
        ("kind" = String, Path, description = "`tenants` (with the caller's own), `apps`, `queues`, `robots`, `channels`, `agents`, `canned-replies`, `sla-policies`, `roles` or `identity-providers`."),
        ("id" = String, Path, description = "The item."),
        ("If-Match" = Option<String>, Header, nullable = false, description = "Only if the item is still what a tag names, or is there (`*`)."),
        ("If-None-Match" = Option<String>, Header, nullable = false, description = "`*`: only if the item is not there yet."),
    ),
    request_body = Value,
    responses(
        (status = 200, description = "It is changed.", body = ConfigItem),
        (status = 201, description = "It is made.", body = ConfigItem),
        BadBody,
        Expected,
        NotFound,
    ),
)]
pub async fn merge(
    State(parts): State<Parts>,
    caller: Principal,
    act: Act,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
    NativeJson(patch): NativeJson<Value>,
) -> Result<(StatusCode, Tagged<Json<ConfigItem>>), NativeError> {
    Ok(change(&parts, (&caller, &act), (known(&kind)?, &id), Change::Merge(patch), &headers).await?)
}

/// Takes an item away that nothing else needs.
#[utoipa::path(
    delete,
    path = "/api/v1/config/{kind}/{id}",
    operation_id = "removeConfig",
    tag = "Configuration",
    params(
        ("kind" = String, Path, description = "`tenants` (with the caller's own), `apps`, `queues`, `robots`, `channels`, `agents`, `canned-replies`, `sla-policies`, `roles` or `identity-providers`."),
        ("id" = String, Path, description = "The item."),
        ("If-Match" = Option<String>, Header, nullable = false, description = "Only if the item is still what a tag names, or is there (`*`)."),
    ),
    responses((status = 204, description = "It is gone."), NotFound, NotAllowed, Conflict, Expected),
)]
pub async fn remove(
    State(parts): State<Parts>,
    caller: Principal,
    act: Act,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, NativeError> {
    let kind = known(&kind)?;
    act.about(kind, &id);
    let tenant = &caller.tenant.tenant.id;
    if kind == "tenant" {
        return Err(ApiError::MethodNotAllowed.into());
    }
    may_change(&caller, kind)?;
    let means = Means::in_server(&parts, &act).within(&caller.rights);
    match remove_item(means, (tenant, kind, &id), &condition(&headers)?).await {
        // Taken away before, and the answer was lost.
        Ok(()) | Err(AdminError::Unknown(_)) => {}
        Err(error) => return Err(ApiError::from(error).into()),
    }
    take_effect(&parts).await.map_err(ApiError::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an app a new secret.
///
/// It is in this answer and nowhere else. The one before is good for `keepOldFor` more seconds, so that the app's back
/// end can change over; tokens that were given for it stay valid for as long as they live.
#[utoipa::path(
    post,
    path = "/api/v1/config/apps/{id}/secret",
    operation_id = "rotateSecret",
    tag = "Configuration",
    params(("id" = String, Path, description = "The app's key.")),
    request_body = NewSecret,
    responses((status = 200, description = "The app with its new secret.", body = ConfigItem), BadBody, NotFound),
)]
pub async fn new_secret(
    State(parts): State<Parts>,
    caller: Principal,
    act: Act,
    Path(key): Path<String>,
    NativeJson(wanted): NativeJson<NewSecret>,
) -> Result<Json<ConfigItem>, NativeError> {
    let keep = wanted.keep_old_for.unwrap_or(NewSecret::KEEP_OLD_FOR);
    act.about("app", &key);
    let means = Means::in_server(&parts, &act).within(&caller.rights);
    let rotated = rotate_secret(means, &caller.tenant.tenant.id, &key, keep).await;
    let (item, secret) = match rotated {
        Err(AdminError::Unknown(_)) => return Err(ApiError::NotFound.into()),
        rotated => rotated.map_err(ApiError::from)?,
    };
    take_effect(&parts).await.map_err(ApiError::from)?;
    let secret = Some(secret.reveal().to_owned());
    Ok(Json(ConfigItem { item: shown(&item), password: None, secret }))
}

/// An answer with the tag of the item in it.
type Tagged<T> = ([(header::HeaderName, HeaderValue); 1], T);

fn tag(item: &Item) -> [(header::HeaderName, HeaderValue); 1] {
    // A tag is made of letters and digits in quotes.
    let value = HeaderValue::from_str(&tag_of(item)).unwrap_or(HeaderValue::from_static("\"\""));
    [(header::ETAG, value)]
}

/// What `If-Match` and `If-None-Match` (RFC 9110) ask for.
fn condition(headers: &HeaderMap) -> Result<Precondition, ApiError> {
    let given = |name: header::HeaderName| -> Vec<String> {
        let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().to_owned()).collect()
    };
    let (matching, none) = (given(header::IF_MATCH), given(header::IF_NONE_MATCH));
    match (matching.as_slice(), none.as_slice()) {
        ([], []) => Ok(Precondition::None),
        ([], [any]) if any == "*" => Ok(Precondition::IsNew),
        ([any], []) if any == "*" => Ok(Precondition::IsThere),
        (_, []) => Ok(Precondition::IsOneOf(matching)),
        _ => Err(ApiError::Body {
            field: "If-None-Match".to_owned(),
            message: "`If-None-Match` must be `*`, without `If-Match`.".to_owned(),
        }),
    }
}

/// The kind that a part of the path names.
fn known(path: &str) -> Result<&'static str, ApiError> {
    let kind = Kind::find(path).filter(|kind| kind.plural == path);
    kind.map(|kind| kind.name).ok_or(ApiError::NotFound)
}

/// The permission by which items of a kind are seen or changed; people and roles also, and only, by whoever manages them.
fn may_list(caller: &Principal, kind: &str) -> Result<(), ApiError> {
    let has = |permission| caller.may(permission, On::Anything);
    let may = has(Permission::ConfigRead) || is_of_people(kind) && has(Permission::PeopleManage);
    if may { Ok(()) } else { Err(ApiError::Forbidden) }
}

fn may_change(caller: &Principal, kind: &str) -> Result<(), ApiError> {
    let wanted = if is_of_people(kind) { Permission::PeopleManage } else { Permission::ConfigWrite };
    if caller.may(wanted, On::Anything) { Ok(()) } else { Err(ApiError::Forbidden) }
}

fn is_of_people(kind: &str) -> bool {
    matches!(kind, "agent" | "role")
}

async fn of_tenant(parts: &Parts, tenant: &TenantId) -> Result<Vec<Item>, ApiError> {
    let items = parts.store.items().await?;
    Ok(items.into_iter().filter(|(owner, _)| owner == tenant).map(|(_, item)| item).collect())
}

async fn change(
    parts: &Parts,
    (caller, act): (&Principal, &Act),
    (kind, id): (&str, &str),
    change: Change,
    headers: &HeaderMap,
) -> Result<(StatusCode, Tagged<Json<ConfigItem>>), ApiError> {
    act.about(kind, id);
    let tenant = &caller.tenant.tenant.id;
    if kind == "tenant" && id != tenant.as_str() {
        return Err(ApiError::NotFound);
    }
    may_change(caller, kind)?;
    let condition = condition(headers)?;
    let items = of_tenant(parts, tenant).await?;
    match items.iter().find(|item| item.kind() == kind && item.id() == id) {
        Some(Item::Tenant(before)) => leaves_limits(before, &change)?,
        Some(_) => {}
        None => parts.has_room_for(&caller.tenant, kind, 1)?,
    }
    let means = Means::in_server(parts, act).within(&caller.rights);
    let Changed { item, is_new, password, secret } =
        change_item(means, (tenant, kind, id), change, &condition).await?;
    take_effect(parts).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let (password, secret) =
        (password.map(|it| it.reveal().to_owned()), secret.map(|it| it.reveal().to_owned()));
    Ok((status, (tag(&item), Json(ConfigItem { item: shown(&item), password, secret }))))
}

/// What a tenant may have is the operator's to say.
fn leaves_limits(before: &Tenant, change: &Change) -> Result<(), ApiError> {
    let refusal = || AdminError::invalid("limits", "is for the operator to change").into();
    let value = match change {
        Change::Replace(value) | Change::Merge(value) => value,
        Change::Unset(values) if values.iter().any(|value| value.starts_with("limits")) => {
            return Err(refusal());
        }
        Change::Unset(_) => return Ok(()),
    };
    let Some(wanted) = value.get("limits") else { return Ok(()) };
    let granted = serde_json::to_value(before.limits).map_err(|_| ApiError::Internal)?;
    let mut after = granted.clone();
    json_patch::merge(&mut after, wanted);
    if after == granted {
        return Ok(());
    }
    Err(refusal())
}
