//! Knowledge bases: what their editors do.

pub mod bases;
pub mod bench;
pub mod files;
pub mod groups;
pub mod learning;
pub mod versions;

mod show;

use frontdesk_api::native::knowledge::Edition as WireEdition;
use frontdesk_core::directory::TenantDirectory;
use frontdesk_core::id::{BaseId, GroupId};
use frontdesk_core::port::Edition;

use crate::error::ApiError;
use crate::knowledge::BaseOf;
use crate::parts::Parts;

/// The base of the caller's tenant that a path names. Whether it is there is seen when it is used.
fn base_of(tenant: &TenantDirectory, base: &str) -> Result<BaseOf, ApiError> {
    let base = BaseId::new(base).map_err(|_| ApiError::NotFound)?;
    Ok(BaseOf { tenant: tenant.tenant.id.clone(), base })
}

/// The same, where nothing that is done with it would tell that it is not there.
async fn existing(parts: &Parts, tenant: &TenantDirectory, base: &str) -> Result<BaseOf, ApiError> {
    let of = base_of(tenant, base)?;
    parts.store.base(&of.tenant, &of.base).await?.ok_or(ApiError::NotFound)?;
    Ok(of)
}

/// The group that a path names.
fn group_id(group: &str) -> Result<GroupId, ApiError> {
    GroupId::new(group).map_err(|_| ApiError::NotFound)
}

const fn edition(edition: WireEdition) -> Edition {
    match edition {
        WireEdition::Draft => Edition::Draft,
        WireEdition::Live => Edition::Live,
        WireEdition::Version(version) => Edition::Version(version),
    }
}
