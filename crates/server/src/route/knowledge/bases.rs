//! The bases themselves.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::native::knowledge::{KnowledgeBase, KnowledgeBaseList, PutBaseRequest};
use frontdesk_core::id::BaseId;
use http::StatusCode;

use super::{base_of, show};
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeJson, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, Conflict, NotFound};
use crate::route::openapi::segment::OfBase;

/// The bases of the tenant.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge",
    operation_id = "listKnowledge",
    tag = "Knowledge",
    responses((status = 200, description = "The bases.", body = KnowledgeBaseList)),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: Principal,
) -> Result<Json<KnowledgeBaseList>, NativeError> {
    let bases = parts.store.bases(&caller.tenant.tenant.id).await?;
    Ok(Json(KnowledgeBaseList { bases: bases.into_iter().map(show::base).collect() }))
}

/// One base.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}",
    operation_id = "readKnowledge",
    tag = "Knowledge",
    params(OfBase),
    responses((status = 200, description = "The base.", body = KnowledgeBase), NotFound),
)]
pub async fn read(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
) -> Result<Json<KnowledgeBase>, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let base = parts.store.base(&of.tenant, &of.base).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(show::base(base)))
}

/// Makes a base, or gives it another name.
#[utoipa::path(
    put,
    path = "/api/v1/knowledge/{base}",
    operation_id = "putKnowledge",
    tag = "Knowledge",
    params(("base" = String, Path, description = "The base: 1 to 64 characters, which robots name it by.")),
    request_body = PutBaseRequest,
    responses(
        (status = 200, description = "It has the name.", body = KnowledgeBase),
        (status = 201, description = "It is made.", body = KnowledgeBase),
        BadBody,
    ),
)]
pub async fn put(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
    NativeJson(request): NativeJson<PutBaseRequest>,
) -> Result<(StatusCode, Json<KnowledgeBase>), NativeError> {
    let name = request.check()?.map(str::to_owned);
    let base = BaseId::new(&base).map_err(|error| ApiError::field_invalid("base", error))?;
    let tenant = &caller.tenant.tenant.id;
    let is_new = parts.store.put_base(tenant, &base, name).await?;
    let base = parts.store.base(tenant, &base).await?.ok_or(ApiError::NotFound)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(show::base(base))))
}

/// Takes a base away that no robot answers from, with its versions and all that was learned for it.
#[utoipa::path(
    delete,
    path = "/api/v1/knowledge/{base}",
    operation_id = "removeKnowledge",
    tag = "Knowledge",
    params(OfBase),
    responses((status = 204, description = "There is no such base any more."), NotFound, Conflict),
)]
pub async fn remove(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
) -> Result<StatusCode, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let robots = caller.tenant.robots.values();
    if robots.into_iter().any(|robot| robot.knowledge == of.base.as_str()) {
        let in_use = ApiError::Conflict { code: "IN_USE", sentence: "A robot answers from it." };
        return Err(in_use.into());
    }
    parts.store.remove_base(&of.tenant, &of.base).await?;
    parts.robots.refresh(&parts).await?;
    Ok(StatusCode::NO_CONTENT)
}
