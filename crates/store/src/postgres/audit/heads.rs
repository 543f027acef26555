//! Where chains end, as the tables say; and noticing at a start that they are not what was noted.

use std::collections::BTreeSet;

use frontdesk_core::audit::{Anchor, AnchorKey, ChainHash, Draft, Head, action};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::Random;
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use super::append::{append, tell};
use crate::postgres::connection::Connection;
use crate::postgres::epoch as values;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{id, number, optional_timestamp, params, stored};

/// The name of the key that signs heads.
const KEY: &str = "audit_key";

/// A hash as stored; one of another length fits nothing.
pub(super) fn hash(row: &Row, column: &str) -> Worked<ChainHash> {
    let bytes: &[u8] = row.try_get(column)?;
    Ok(ChainHash::from_bytes(bytes.try_into().unwrap_or([0; 32])))
}

fn head(row: &Row) -> Worked<Head> {
    Ok(Head { number: number(row, "number")?, hash: hash(row, "hash")? })
}

/// The key that signs heads.
pub(super) async fn key(connection: &Connection) -> Worked<AnchorKey> {
    let key = values::value(connection, KEY).await?.and_then(|key| key.try_into().ok());
    key.map(AnchorKey::from_bytes).ok_or_else(|| Fault::damaged("the store has no key for the audit log"))
}

/// The epoch of the store.
pub(super) async fn epoch(connection: &Connection) -> Worked<u64> {
    values::number(connection, "epoch").await?.ok_or_else(|| Fault::damaged("the store has no epoch"))
}

/// The head that the store noted.
pub(super) async fn noted(connection: &Connection, tenant: &TenantId) -> Worked<Option<Anchor>> {
    let sql = "SELECT epoch, number, hash, mac FROM audit_head WHERE tenant = $1";
    let Some(row) = connection.first(sql, params![tenant.as_str()]).await? else { return Ok(None) };
    let mac = *hash(&row, "mac")?.as_bytes();
    Ok(Some(Anchor::stored(tenant.clone(), number(&row, "epoch")?, head(&row)?, mac)))
}

/// The last record that there is, and its time.
pub(super) async fn last(connection: &Connection, tenant: &TenantId) -> Worked<Option<(Head, Timestamp)>> {
    let sql = "SELECT number, hash, at FROM audit WHERE tenant = $1 ORDER BY number DESC LIMIT 1";
    let Some(row) = connection.first(sql, params![tenant.as_str()]).await? else { return Ok(None) };
    Ok(Some((head(&row)?, optional_timestamp(&row, "at")?.unwrap_or_default())))
}

/// The hash of a record.
pub(super) async fn hash_of(
    connection: &Connection,
    tenant: &TenantId,
    at: u64,
) -> Worked<Option<ChainHash>> {
    let sql = "SELECT hash FROM audit WHERE tenant = $1 AND number = $2";
    let row = connection.first(sql, params![tenant.as_str(), stored(at)]).await?;
    row.map(|row| hash(&row, "hash")).transpose()
}

/// Every tenant with a record or a noted head.
pub(super) async fn tenants(connection: &Connection) -> Worked<BTreeSet<TenantId>> {
    // From tenant to tenant, not from record to record.
    let sql = "WITH RECURSIVE found (tenant) AS (
             SELECT min(tenant) FROM audit
             UNION ALL
             SELECT (SELECT min(tenant) FROM audit WHERE tenant > found.tenant) FROM found
             WHERE found.tenant IS NOT NULL)
         SELECT tenant FROM found WHERE tenant IS NOT NULL UNION SELECT tenant FROM audit_head";
    connection.query(sql, &[]).await?.iter().map(|row| id(row, "tenant")).collect()
}

/// Makes the audit log of a store ready that is being opened: it has a key, what was done to it while nobody looked is
/// in it, and the server's log has the heads as they are now.
pub(in crate::postgres) async fn ready(tx: &Tx, random: &dyn Random) -> Worked<()> {
    if values::value(tx, KEY).await?.is_none() {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        values::set(tx, KEY, &bytes).await?;
    }
    let key = key(tx).await?;
    for tenant in tenants(tx).await? {
        let mut heads = vec![];
        if let Some(draft) = contradiction(tx, &key, &tenant).await? {
            tracing::warn!(
                %tenant,
                action = draft.action,
                "the audit log is not as it was left; see `frontdesk audit verify`"
            );
            heads = append(tx, &[draft]).await?;
        } else if let Some((head, _)) = last(tx, &tenant).await? {
            heads.push((tenant, head));
        }
        tell(&heads);
    }
    Ok(())
}

/// What says that a chain is not as it was left; `None` if it is.
async fn contradiction(tx: &Tx, key: &AnchorKey, tenant: &TenantId) -> Worked<Option<Draft>> {
    let found = last(tx, tenant).await?.map(|(head, _)| head);
    let noted = noted(tx, tenant).await?;
    let is_as_noted = noted.as_ref().is_some_and(|anchor| {
        let end = found.unwrap_or_else(|| Head::genesis(tenant, anchor.epoch));
        anchor.is_genuine(key) && anchor.head == end
    });
    if is_as_noted {
        return Ok(None);
    }
    let text = |head: Option<Head>| head.map_or_else(|| "none".to_owned(), |head| head.to_string());
    let draft = Draft::by_system(tenant.clone(), action::CONTRADICTED);
    Ok(Some(draft.with("noted", text(noted.map(|anchor| anchor.head))).with("found", text(found))))
}
