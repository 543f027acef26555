//! Erasing customers.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use frontdesk_api::native::customer::ErasureReport;
use frontdesk_core::access::{On, Permission};
use frontdesk_core::port::StoreError;

use super::access::VisibleCustomer;
use super::wire::customer_id;
use crate::error::{ApiError, NativeError};
use crate::files::remove_erased_files;
use crate::parts::Parts;
use crate::route::openapi::native::{Conflict, NotFound};
use crate::route::openapi::segment::OfCustomer;

/// How many portions of the search index are merged while the caller waits.
const PORTIONS: usize = 64;
/// How long the caller waits for bytes of files to be removed.
const REMOVING: Duration = Duration::from_secs(15);

/// What Frontdesk itself cannot reach, and then what it may not have reached yet.
const REMAINS: [&str; 4] = [
    "Backups taken before hold everything until they are removed; so do a database server's own logs and the disk's unused \
     blocks until they are written over.",
    "What was pushed to your web hook is where you keep it.",
    "Words without their texts lie in unused parts of the search index until it has been merged, which is going on.",
    "The bytes of files are where files are stored, which did not answer or has much to remove; nobody can fetch them, and \
     they are removed as soon as it does.",
];

/// Erases a customer for good, on all their channels.
///
/// That is what was said, files, tickets, the profile, deliveries, and what is found of them. That there were
/// conversations, when, and who served, stays. Nothing is erased while a conversation is open. Done again, it finds what there is since.
#[utoipa::path(
    post,
    path = "/api/v1/customers/{customer}/erase",
    operation_id = "eraseCustomer",
    tag = "Customers",
    params(OfCustomer),
    responses(
        (status = 200, description = "What was erased, and what remains.", body = ErasureReport),
        NotFound,
        Conflict,
    ),
)]
pub async fn erase(
    State(parts): State<Parts>,
    VisibleCustomer { caller, named, .. }: VisibleCustomer,
) -> Result<Json<ErasureReport>, NativeError> {
    // It reaches all their channels, also those that lie outside of the caller's scope.
    if !caller.may(Permission::CustomersErase, On::Tenant) {
        return Err(ApiError::Forbidden.into());
    }
    let erased = parts.store.erase_customer(named).await.map_err(ApiError::from)?;
    parts.blocks.refresh(&*parts.store).await?;
    let files_are_gone = remove_files_at_once(&parts).await?;
    let is_scrubbed = scrub_at_once(&parts).await?;
    let remains =
        [(true, REMAINS[0]), (true, REMAINS[1]), (!is_scrubbed, REMAINS[2]), (!files_are_gone, REMAINS[3])];
    Ok(Json(ErasureReport {
        id: customer_id(&parts, named),
        at: parts.clock.now().as_millis(),
        by: caller.agent.id.to_string(),
        identities: erased.logs,
        messages: erased.entries,
        indexed: erased.indexed,
        files: erased.files,
        tickets: erased.tickets,
        deliveries: erased.deliveries,
        traces: erased.traces,
        labelled: erased.labelled,
        remains: remains
            .into_iter()
            .filter(|(remains, _)| *remains)
            .map(|(_, what)| what.to_owned())
            .collect(),
    }))
}

/// Whether the bytes of files are gone; where they lie may not answer, and then they are removed in the background.
async fn remove_files_at_once(parts: &Parts) -> Result<bool, ApiError> {
    match tokio::time::timeout(REMOVING, remove_erased_files(parts)).await {
        Ok(Ok(gone)) => Ok(gone),
        Ok(Err(StoreError::Unavailable(why))) => {
            tracing::warn!(why, "the bytes of erased files are still there; it will be tried again");
            Ok(false)
        }
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Ok(false),
    }
}

/// Whether nothing is left in unused parts of the store that it can reach itself; what is left is done in the background.
async fn scrub_at_once(parts: &Parts) -> Result<bool, ApiError> {
    for _ in 0..PORTIONS {
        if !parts.store.scrub_erased().await? {
            return Ok(true);
        }
    }
    Ok(false)
}
