//! Customers who turn out to be the same person, or not to be.

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::customer::{CustomerProfile, MergeRequest};
use frontdesk_core::access::Permission;

use super::access::{VisibleCustomer, visible};
use super::wire::profile as wire;
use crate::error::{ApiError, NativeError};
use crate::extract::NativeJson;
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, Conflict, NotFound};
use crate::route::openapi::segment::OfCustomer;

/// Makes a customer part of another, which must be known to be who they are as well as this one. It can be undone.
///
/// Conversations stay where they are; the profile has them all.
#[utoipa::path(
    post,
    path = "/api/v1/customers/{customer}/merge",
    operation_id = "mergeCustomer",
    tag = "Customers",
    params(OfCustomer),
    request_body = MergeRequest,
    responses(
        (status = 200, description = "The customer that both are now.", body = CustomerProfile),
        BadBody,
        NotFound,
        Conflict,
    ),
)]
pub async fn merge(
    State(parts): State<Parts>,
    customer: VisibleCustomer,
    NativeJson(request): NativeJson<MergeRequest>,
) -> Result<Json<CustomerProfile>, NativeError> {
    customer.reached_whole(Permission::CustomersManage)?;
    let VisibleCustomer { caller, profile, .. } = customer;
    let into = match visible(&parts, &caller, request.check()?).await {
        Ok((named, profile)) => {
            let into = VisibleCustomer { caller: caller.clone(), named, profile };
            into.reached_whole(Permission::CustomersManage)?;
            named
        }
        Err(ApiError::NotFound) => return Err(FieldError::invalid("into", "names no customer").into()),
        Err(error) => return Err(error.into()),
    };
    let merged = parts.store.merge_customers(profile.log, into, &caller.agent.id).await;
    let merged = merged.map_err(ApiError::from)?;
    parts.blocks.refresh(&*parts.store).await?;
    Ok(Json(wire(&parts, &merged)))
}

/// Takes a customer out of the one that they were merged into, by the id that they had.
#[utoipa::path(
    post,
    path = "/api/v1/customers/{customer}/unmerge",
    operation_id = "unmergeCustomer",
    tag = "Customers",
    params(("customer" = String, Path, description = "The customer that was merged.")),
    responses(
        (status = 200, description = "The customer, by themselves again.", body = CustomerProfile),
        NotFound,
        Conflict,
    ),
)]
pub async fn unmerge(
    State(parts): State<Parts>,
    customer: VisibleCustomer,
) -> Result<Json<CustomerProfile>, NativeError> {
    customer.reached_whole(Permission::CustomersManage)?;
    let apart = parts.store.unmerge_customer(customer.named).await.map_err(ApiError::from)?;
    parts.blocks.refresh(&*parts.store).await?;
    Ok(Json(wire(&parts, &apart)))
}
