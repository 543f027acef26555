//! From the draft to what robots answer from, and back.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::native::knowledge::{
    DiffQuery, DifferenceList, DiscardAnswer, PublishAnswer, PublishRequest, RollbackRequest, VersionList,
};
use frontdesk_core::knowledge::{Group, differences};
use frontdesk_core::port::{DraftGroup, Publication};

use super::{base_of, edition, existing, show};
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeJson, NativeQuery, Principal};
use crate::knowledge::{self, groups};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadQuery, Conflict, NotFound};
use crate::route::openapi::segment::OfBase;

/// In what two states of a base differ: the draft from what is live, unless others are named.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}/diff",
    operation_id = "compareKnowledge",
    tag = "Knowledge",
    params(OfBase, DiffQuery),
    responses((status = 200, description = "The groups that differ.", body = DifferenceList), BadQuery, NotFound),
)]
pub async fn diff(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
    NativeQuery(query): NativeQuery<DiffQuery>,
) -> Result<Json<DifferenceList>, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let (from, to) = query.check()?;
    let store = &*parts.store;
    let without_versions = |drafts: Vec<DraftGroup>| drafts.into_iter().map(|draft| draft.group);
    let before = groups(store, &of, edition(from)).await.map_err(ApiError::from)?;
    let after = groups(store, &of, edition(to)).await.map_err(ApiError::from)?;
    let before: Vec<Group> = without_versions(before).collect();
    let after: Vec<Group> = without_versions(after).collect();
    let differences = differences(&before, &after).into_iter().map(show::difference).collect();
    Ok(Json(DifferenceList { differences }))
}

/// Makes the draft live: robots answer from it from now on.
///
/// A draft that is live already stays so, under the same version.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/publish",
    operation_id = "publishKnowledge",
    tag = "Knowledge",
    params(OfBase),
    request_body = PublishRequest,
    responses((status = 200, description = "It is live.", body = PublishAnswer), BadBody, NotFound, Conflict),
)]
pub async fn publish(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
    NativeJson(request): NativeJson<PublishRequest>,
) -> Result<Json<PublishAnswer>, NativeError> {
    let (of, (note, draft)) = (base_of(&caller.tenant, &base)?, request.check()?);
    let publication = Publication { by: caller.name(), note, draft };
    let live_version = knowledge::publish(&parts, of, None, publication).await.map_err(ApiError::from)?;
    Ok(Json(PublishAnswer { live_version }))
}

/// Makes an earlier version live again, as a new one. The draft follows if it has no changes.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/rollback",
    operation_id = "rollBackKnowledge",
    tag = "Knowledge",
    params(OfBase),
    request_body = RollbackRequest,
    responses((status = 200, description = "It is live.", body = PublishAnswer), BadBody, NotFound),
)]
pub async fn roll_back(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
    NativeJson(request): NativeJson<RollbackRequest>,
) -> Result<Json<PublishAnswer>, NativeError> {
    let (of, (version, note)) = (base_of(&caller.tenant, &base)?, request.check()?);
    let publication = Publication { by: caller.name(), note, draft: None };
    let live_version =
        knowledge::publish(&parts, of, Some(version), publication).await.map_err(ApiError::from)?;
    Ok(Json(PublishAnswer { live_version }))
}

/// Drops all changes of the draft: it is what is live.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/discard",
    operation_id = "discardKnowledge",
    tag = "Knowledge",
    params(OfBase),
    responses((status = 200, description = "The draft has no changes.", body = DiscardAnswer), NotFound),
)]
pub async fn discard(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
) -> Result<Json<DiscardAnswer>, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let draft_version = parts.store.discard(&of.tenant, &of.base).await?;
    Ok(Json(DiscardAnswer { draft_version }))
}

/// The versions that were published last.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}/versions",
    operation_id = "listKnowledgeVersions",
    tag = "Knowledge",
    params(OfBase),
    responses((status = 200, description = "The versions.", body = VersionList), NotFound),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
) -> Result<Json<VersionList>, NativeError> {
    let of = existing(&parts, &caller.tenant, &base).await?;
    let versions = parts.store.versions(&of.tenant, &of.base).await?;
    Ok(Json(VersionList { versions: versions.into_iter().map(show::version).collect() }))
}
