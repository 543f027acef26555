//! Joining profiles, and taking them apart again.
//!
//! Profiles hang below each other as a tree. What every row says of its root and roots of their last activity follows
//! from it, and is worked out anew for the trees that change.

use frontdesk_core::customer::{MergeRefusal, Profile};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::CustomerError;
use rusqlite::params;

use super::change::{now, root};
use crate::error::Worked;
use crate::sqlite::writer::Tx;

pub(super) fn merge(
    tx: &mut Tx<'_>,
    log: LogId,
    into: LogId,
    by: &AgentId,
) -> Worked<Result<Profile, CustomerError>> {
    let (Some(from), Some(into)) = (root(tx, log)?, root(tx, into)?) else {
        return Ok(Err(CustomerError::NoCustomer));
    };
    let (below, above) = (now(tx, from)?, now(tx, into)?);
    if let Err(refusal) = above.may_take_in(&below) {
        return Ok(Err(refusal.into()));
    }
    tx.execute(
        "UPDATE profile SET above = ?2, merged_at = ?3, merged_by = ?4 WHERE log = ?1",
        params![from.as_bytes(), into.as_bytes(), tx.now().as_millis(), by.as_str()],
    )?;
    tx.execute("UPDATE profile SET root = ?2 WHERE root = ?1", params![from.as_bytes(), into.as_bytes()])?;
    count_activity(tx, into)?;
    Ok(Ok(now(tx, into)?))
}

pub(super) fn unmerge(tx: &mut Tx<'_>, log: LogId) -> Worked<Result<Profile, CustomerError>> {
    let Some(whole) = root(tx, log)? else { return Ok(Err(CustomerError::NoCustomer)) };
    let apart = tx.execute(
        "UPDATE profile SET above = NULL, merged_at = NULL, merged_by = NULL
         WHERE log = ?1 AND above IS NOT NULL",
        params![log.as_bytes()],
    )?;
    if apart == 0 {
        return Ok(Err(MergeRefusal::NotMerged.into()));
    }
    tx.execute(
        "WITH RECURSIVE below (log) AS (
             SELECT ?1 UNION SELECT profile.log FROM profile JOIN below ON profile.above = below.log
             WHERE profile.root = ?2
         )
         UPDATE profile SET root = ?1 WHERE log IN (SELECT log FROM below)",
        params![log.as_bytes(), whole.as_bytes()],
    )?;
    count_activity(tx, whole)?;
    count_activity(tx, log)?;
    Ok(Ok(now(tx, log)?))
}

fn count_activity(tx: &Tx<'_>, root: LogId) -> Worked<()> {
    tx.execute(
        "UPDATE profile SET active = (
             SELECT coalesce(max(part.last_seen), 0) FROM profile AS part WHERE part.root = ?1
         ) WHERE log = ?1",
        params![root.as_bytes()],
    )?;
    Ok(())
}
