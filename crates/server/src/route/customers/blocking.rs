//! Keeping customers out.

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::customer::{BlockRequest, CustomerProfile};
use frontdesk_core::access::Permission;
use frontdesk_core::customer::Block;
use frontdesk_core::time::Timestamp;

use super::access::VisibleCustomer;
use super::wire::profile as wire;
use crate::error::{ApiError, NativeError};
use crate::extract::NativeJson;
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, NotFound};
use crate::route::openapi::segment::OfCustomer;

/// Keeps a customer out, on all their channels: nothing that they send is taken, and nothing is delivered to them.
///
/// What was said meanwhile comes when they are let in again.
#[utoipa::path(
    post,
    path = "/api/v1/customers/{customer}/block",
    operation_id = "blockCustomer",
    tag = "Customers",
    params(OfCustomer),
    request_body = BlockRequest,
    responses(
        (status = 200, description = "The customer is kept out.", body = CustomerProfile),
        BadBody,
        NotFound,
    ),
)]
pub async fn block(
    State(parts): State<Parts>,
    customer: VisibleCustomer,
    NativeJson(request): NativeJson<BlockRequest>,
) -> Result<Json<CustomerProfile>, NativeError> {
    customer.reached_whole(Permission::CustomersManage)?;
    let VisibleCustomer { caller, profile, .. } = customer;
    let (reason, until) = request.check()?;
    let (at, until) = (parts.clock.now(), until.map(Timestamp::from_millis));
    if until.is_some_and(|until| until <= at) {
        return Err(FieldError::invalid("until", "is over").into());
    }
    let block = Block { reason: reason.0.to_owned(), until, at, by: caller.agent.id.clone() };
    let blocked = parts.store.block_customer(profile.log, Some(block)).await.map_err(ApiError::from)?;
    parts.blocks.refresh(&*parts.store).await?;
    Ok(Json(wire(&parts, &blocked)))
}

/// Lets a customer in again.
#[utoipa::path(
    post,
    path = "/api/v1/customers/{customer}/unblock",
    operation_id = "unblockCustomer",
    tag = "Customers",
    params(OfCustomer),
    responses((status = 200, description = "The customer is let in.", body = CustomerProfile), NotFound),
)]
pub async fn unblock(
    State(parts): State<Parts>,
    customer: VisibleCustomer,
) -> Result<Json<CustomerProfile>, NativeError> {
    customer.reached_whole(Permission::CustomersManage)?;
    let after = parts.store.block_customer(customer.profile.log, None).await.map_err(ApiError::from)?;
    parts.blocks.refresh(&*parts.store).await?;
    Ok(Json(wire(&parts, &after)))
}
