//! What is configured, as one file.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use frontdesk_api::native::config::{ConfigChange, ConfigFileAnswer, ConfigStep};
use frontdesk_core::directory::Kind;
use http::{HeaderValue, header};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::admin::{ApplyConfig, Means, apply, export, take_effect};
use crate::audit::Act;
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeQuery, Principal, read_body};
use crate::parts::Parts;
use crate::route::openapi::native::BadBody;

const TOML: HeaderValue = HeaderValue::from_static("application/toml; charset=utf-8");

/// How a file is applied.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct How {
    /// Changes nothing and tells what would.
    dry_run: bool,
    /// Takes away what is not in the file.
    prune: bool,
}

/// The file of everything configured of the tenant, commented, without secrets.
#[utoipa::path(
    get,
    path = "/api/v1/config-file",
    operation_id = "exportConfig",
    tag = "Configuration",
    responses((status = 200, description = "The file.", body = String, content_type = "application/toml")),
)]
pub async fn read(State(parts): State<Parts>, caller: Principal) -> Result<impl IntoResponse, NativeError> {
    let items = parts.store.items().await?;
    Ok(([(header::CONTENT_TYPE, TOML)], export(&items, &caller.tenant.tenant.id)))
}

/// Makes the tenant what a file says, all of it or nothing.
///
/// What is not given of an item is the default, and its secrets stay. Items that are not in the file stay unless
/// `prune` says otherwise. A file that does not fit is refused (`CONFIG_FILE_INVALID`) with everything that is wrong
/// with it.
#[utoipa::path(
    post,
    path = "/api/v1/config-file",
    operation_id = "applyConfig",
    tag = "Configuration",
    params(How),
    request_body(content = String, content_type = "application/toml"),
    responses((status = 200, description = "What was changed, or would be.", body = ConfigFileAnswer), BadBody),
)]
pub async fn write(
    State(parts): State<Parts>,
    caller: Principal,
    act: Act,
    NativeQuery(how): NativeQuery<How>,
    request: Request,
) -> Result<Json<ConfigFileAnswer>, NativeError> {
    let bytes = read_body(&parts, parts.settings.max_body_bytes, request).await?;
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| ApiError::Unsupported("TOML in UTF-8"))?;
    let file = ApplyConfig { text, prune: how.prune, dry_run: how.dry_run };
    let means = Means::in_server(&parts, &act).within(&caller.rights);
    let only = Some(&caller.tenant.tenant.id);
    if !file.dry_run {
        let tried = ApplyConfig { dry_run: true, ..file.clone() };
        has_room(&parts, &caller, &apply(means, &tried, only).await.map_err(ApiError::from)?)?;
    }
    let answer = apply(means, &file, only).await.map_err(ApiError::from)?;
    if answer.applied {
        take_effect(&parts).await?;
    }
    Ok(Json(answer))
}

/// Refuses a file that would give the tenant more than the operator grants.
fn has_room(parts: &Parts, caller: &Principal, plan: &ConfigFileAnswer) -> Result<(), ApiError> {
    ["agent", "channel"].iter().try_for_each(|kind| {
        let count = |step: ConfigStep| {
            let of_kind = |change: &&ConfigChange| {
                Kind::find(kind).is_some_and(|kind| kind.plural == change.kind) && change.change == step
            };
            plan.changes.iter().filter(of_kind).count()
        };
        let more = count(ConfigStep::Add).saturating_sub(count(ConfigStep::Remove));
        parts.has_room_for(&caller.tenant, kind, more)
    })
}
