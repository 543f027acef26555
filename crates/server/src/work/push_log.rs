//! Writes what became of pushes, in groups.

use frontdesk_core::port::StoreError;

use crate::parts::Parts;

pub(super) async fn write(parts: Parts) -> Result<(), StoreError> {
    parts.push.write_attempts(&parts).await
}
