//! Numbers: facts of conversations, what they add up to, and what agents did.
//!
//! What is folded of one tenant is written down one log after the other ([`lock`]): logs add to the same sums, and a
//! rebuild must not meet a half of it.

mod facts;
mod kept;
mod live;
mod port;
mod rebuild;
mod sums;

use frontdesk_core::id::TenantId;

use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::params;

pub(super) use facts::forget_tags;
pub(super) use kept::{keep_facts, remove_kept};
pub(super) use rebuild::is_going_on as is_rebuilding;

/// Until the transaction is over nobody else writes down numbers of the tenant. Whoever locks logs does so before.
pub(super) async fn lock(tx: &Tx, tenant: &TenantId) -> Worked<()> {
    const SEED: i64 = 8_370_092;
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))";
    tx.query(sql, params![tenant.as_str(), SEED]).await?;
    Ok(())
}
