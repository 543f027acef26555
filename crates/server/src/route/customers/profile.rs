//! One customer.

use axum::Json;
use axum::extract::State;
use frontdesk_api::native::customer::{CustomerChange, CustomerPatch, CustomerProfile};
use frontdesk_api::native::label::Patched;
use frontdesk_core::customer::FactsPatch;
use frontdesk_core::labels::Patch;

use super::access::VisibleCustomer;
use super::wire::{core_value, profile as wire};
use crate::error::{ApiError, NativeError};
use crate::extract::NativeJson;
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, NotFound};
use crate::route::openapi::segment::OfCustomer;

/// One customer: who they are on which channel, how far that is known, and what is known of them.
#[utoipa::path(
    get,
    path = "/api/v1/customers/{customer}",
    operation_id = "getCustomer",
    tag = "Customers",
    params(OfCustomer),
    responses((status = 200, description = "The customer.", body = CustomerProfile), NotFound),
)]
pub async fn get(
    State(parts): State<Parts>,
    VisibleCustomer { profile, .. }: VisibleCustomer,
) -> Result<Json<CustomerProfile>, NativeError> {
    Ok(Json(wire(&parts, &profile)))
}

/// Changes what is known of a customer.
///
/// The body is a JSON merge patch (RFC 7396): what is absent stays, what is `null` goes.
#[utoipa::path(
    patch,
    path = "/api/v1/customers/{customer}",
    operation_id = "changeCustomer",
    tag = "Customers",
    params(OfCustomer),
    request_body = CustomerPatch,
    responses(
        (status = 200, description = "The customer as they are then.", body = CustomerProfile),
        BadBody,
        NotFound,
    ),
)]
pub async fn change(
    State(parts): State<Parts>,
    VisibleCustomer { profile, .. }: VisibleCustomer,
    NativeJson(request): NativeJson<CustomerPatch>,
) -> Result<Json<CustomerProfile>, NativeError> {
    let patch = patch_of(request.check()?);
    let changed = parts.store.change_customer(profile.log, patch).await.map_err(ApiError::from)?;
    Ok(Json(wire(&parts, &changed)))
}

fn patch_of(asked: CustomerChange<'_>) -> FactsPatch {
    FactsPatch {
        name: core_patch(asked.name, str::to_owned),
        note: core_patch(asked.note, |note| note.0.to_owned()),
        tags: core_patch(asked.tags, |tags| tags.into_iter().map(str::to_owned).collect()),
        attributes: core_patch(asked.attributes, |attributes| {
            attributes.iter().map(|(key, value)| (key.clone(), value.as_ref().map(core_value))).collect()
        }),
    }
}

fn core_patch<W, C>(patched: Patched<W>, core: impl FnOnce(W) -> C) -> Patch<C> {
    match patched {
        Patched::Absent => Patch::Keep,
        Patched::Null => Patch::Clear,
        Patched::Value(value) => Patch::Set(core(value)),
    }
}
