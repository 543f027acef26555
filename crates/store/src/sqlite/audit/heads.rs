//! Where chains end, as the tables say; and noticing at a start that they are not what was noted.

use std::collections::{BTreeMap, BTreeSet};

use frontdesk_core::audit::{Actor, Anchor, AnchorKey, ChainHash, Draft, Head, action};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::Random;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::anchors;
use super::append::append_at;
use crate::error::{Fault, Worked};
use crate::sqlite::directory;
use crate::sqlite::value::{id, number, stored};
use crate::{DataDir, OpenError};

/// The name of the key that signs heads.
const KEY: &str = "audit_key";

/// A hash as stored; one of another length fits nothing.
pub(super) fn hash(row: &Row<'_>, column: &str) -> Worked<ChainHash> {
    let bytes: Vec<u8> = row.get(column)?;
    Ok(ChainHash::from_bytes(bytes.try_into().unwrap_or([0; 32])))
}

/// The key that signs heads.
pub(super) fn key(connection: &Connection) -> Worked<AnchorKey> {
    let key = directory::value(connection, KEY)?.map(AnchorKey::from_bytes);
    key.ok_or_else(|| Fault::damaged("the store has no key for the audit log"))
}

/// The head that the store noted.
pub(super) fn noted(connection: &Connection, tenant: &TenantId) -> Worked<Option<Anchor>> {
    let mut statement =
        connection.prepare_cached("SELECT epoch, number, hash, mac FROM audit_head WHERE tenant = ?1")?;
    let mut rows = statement.query(params![tenant.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let head = Head { number: number(row, "number")?, hash: hash(row, "hash")? };
    let mac = *hash(row, "mac")?.as_bytes();
    Ok(Some(Anchor::stored(tenant.clone(), number(row, "epoch")?, head, mac)))
}

/// The last record that there is, and its time.
pub(super) fn last(connection: &Connection, tenant: &TenantId) -> Worked<Option<(Head, Timestamp)>> {
    let mut statement = connection.prepare_cached(
        "SELECT number, hash, at FROM audit WHERE tenant = ?1 ORDER BY number DESC LIMIT 1",
    )?;
    let mut rows = statement.query(params![tenant.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let at = row.get::<_, Option<i64>>("at")?.unwrap_or_default();
    let head = Head { number: number(row, "number")?, hash: hash(row, "hash")? };
    Ok(Some((head, Timestamp::from_millis(at))))
}

/// The hash of a record.
pub(super) fn hash_of(connection: &Connection, tenant: &TenantId, at: u64) -> Worked<Option<ChainHash>> {
    let mut statement =
        connection.prepare_cached("SELECT hash FROM audit WHERE tenant = ?1 AND number = ?2")?;
    let mut rows = statement.query(params![tenant.as_str(), stored(at)])?;
    rows.next()?.map(|row| hash(row, "hash")).transpose()
}

/// Every tenant with a record or a noted head.
pub(super) fn tenants(connection: &Connection) -> Worked<BTreeSet<TenantId>> {
    let mut found = BTreeSet::new();
    // From tenant to tenant, not from record to record.
    let mut next = connection.prepare_cached("SELECT min(tenant) AS tenant FROM audit WHERE tenant > ?1")?;
    let mut after = String::new();
    while let Some(tenant) = next.query_row(params![after], |row| row.get::<_, Option<String>>(0))? {
        found.insert(TenantId::new(&tenant).map_err(Fault::damaged)?);
        after = tenant;
    }
    let mut heads = connection.prepare_cached("SELECT tenant FROM audit_head")?;
    let mut rows = heads.query([])?;
    while let Some(row) = rows.next()? {
        found.insert(id(row, "tenant")?);
    }
    Ok(found)
}

/// Makes the audit log of a store ready that nobody else uses: it has a key, and what was done to it while nobody looked
/// is in it. Gives the heads as they are now.
pub(crate) fn ready(
    connection: &Connection,
    directory: &DataDir,
    random: &dyn Random,
    now: Timestamp,
) -> Result<Vec<Anchor>, OpenError> {
    let path = directory.database();
    let failed = |fault: Fault| OpenError::Failed { path: path.clone(), reason: fault.0.to_string() };
    let file = anchors::read(directory.path())?;
    let found = notice(connection, file.as_ref(), random, now).map_err(failed)?;
    anchors::write(directory, found.iter()).map_err(OpenError::io(&directory.audit_anchors()))?;
    Ok(found)
}

fn notice(
    connection: &Connection,
    file: Option<&BTreeMap<TenantId, Anchor>>,
    random: &dyn Random,
    now: Timestamp,
) -> Worked<Vec<Anchor>> {
    let transaction = connection.unchecked_transaction()?;
    if directory::value::<32>(&transaction, KEY)?.is_none() {
        let bytes: [u8; 32] = directory::draw(random);
        transaction.execute("INSERT INTO store_value (name, value) VALUES (?1, ?2)", params![KEY, bytes])?;
    }
    let key = key(&transaction)?;
    let mut tenants = tenants(&transaction)?;
    tenants.extend(file.into_iter().flat_map(BTreeMap::keys).cloned());
    for tenant in &tenants {
        if let Some(draft) = contradiction(&transaction, &key, tenant, file)? {
            tracing::warn!(
                %tenant,
                action = draft.action,
                "the audit log is not as it was left; see `frontdesk audit verify`"
            );
            let in_file = file.and_then(|file| file.get(tenant)).filter(|anchor| anchor.is_genuine(&key));
            append_at(&transaction, &draft, now, in_file.map(|anchor| anchor.epoch))?;
        }
    }
    let heads = tenants.iter().map(|tenant| noted(&transaction, tenant));
    let heads = heads.filter_map(Result::transpose).collect::<Worked<Vec<_>>>()?;
    transaction.commit()?;
    Ok(heads)
}

/// What says that a chain is not as it was left; `None` if it is.
fn contradiction(
    connection: &Connection,
    key: &AnchorKey,
    tenant: &TenantId,
    file: Option<&BTreeMap<TenantId, Anchor>>,
) -> Worked<Option<Draft>> {
    let found = last(connection, tenant)?.map(|(head, _)| head);
    let row = noted(connection, tenant)?;
    let is_noted = |anchor: &Anchor| -> Worked<bool> {
        Ok(anchor.is_genuine(key)
            && hash_of(connection, tenant, anchor.head.number)? == Some(anchor.head.hash))
    };
    let row_fits = match &row {
        Some(row) => is_noted(row)? && Some(row.head) == found,
        None => false,
    };
    let in_file = file.and_then(|file| file.get(tenant));
    // After a crash the file may not have a chain that just began.
    let file_fits = in_file.map(is_noted).transpose()?.unwrap_or(true);
    if !row_fits || !file_fits {
        let wrong = in_file.filter(|_| !file_fits).or(row.as_ref());
        let text = |head: Option<Head>| head.map_or_else(|| "none".to_owned(), |head| head.to_string());
        let draft = Draft::by_system(tenant.clone(), action::CONTRADICTED);
        return Ok(Some(
            draft.with("noted", text(wrong.map(|anchor| anchor.head))).with("found", text(found)),
        ));
    }
    Ok(file.is_none().then(|| Draft::by_system(tenant.clone(), action::UNWITNESSED)))
}

/// Records in every tenant's chain that the store was put back from a backup, and notes it beside the database. The
/// chains end where they ended when the backup was taken.
pub(crate) fn record_restore(
    connection: &Connection,
    random: &dyn Random,
    by: &Actor,
    (taken, now): (Timestamp, Timestamp),
) -> Worked<Vec<Anchor>> {
    // What is in a backup is as it was; a file beside it never was.
    let _ = notice(connection, Some(&BTreeMap::new()), random, now)?;
    let transaction = connection.unchecked_transaction()?;
    let configured: Vec<String> = transaction
        .prepare("SELECT id FROM item WHERE kind = 'tenant' ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut tenants = tenants(&transaction)?;
    for tenant in configured {
        tenants.insert(TenantId::new(&tenant).map_err(Fault::damaged)?);
    }
    let mut heads = Vec::new();
    for tenant in tenants {
        let draft = Draft::by_system(tenant, action::RESTORED).with("taken", taken.as_millis());
        heads.push(append_at(&transaction, &Draft { actor: by.clone(), ..draft }, now, None)?);
    }
    transaction.commit()?;
    Ok(heads)
}

/// The epoch of the store.
pub(super) fn epoch(connection: &Connection) -> Worked<u64> {
    let mut statement = connection.prepare_cached("SELECT value FROM store_value WHERE name = 'epoch'")?;
    let value: Option<[u8; 8]> = statement.query_row([], |row| row.get(0)).optional()?;
    value.map(u64::from_be_bytes).ok_or_else(|| Fault::damaged("the store has no epoch"))
}
