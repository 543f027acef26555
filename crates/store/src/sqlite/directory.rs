//! Configuration and keys.

use std::path::Path;

use async_trait::async_trait;
use frontdesk_core::audit::Draft;
use frontdesk_core::directory::Item;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{Configured, DirectoryStore, ItemChanges, Random, StoreError, StoreKeys};
use frontdesk_core::token::SigningKey;
use frontdesk_core::vault::Vault;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::OpenError;
use crate::error::{Fault, Worked};
use crate::sealed::{self, Resealed, StoredKeys};
use crate::sqlite::audit::append;
use crate::sqlite::value::{id, limit, words};
use crate::sqlite::writer::Tx;
use crate::sqlite::{SqliteStore, people};

/// Gives a new store its epoch and its first keys; tells the epoch.
pub(super) fn found(connection: &Connection, random: &dyn Random) -> Worked<u64> {
    let transaction = connection.unchecked_transaction()?;
    if value::<8>(&transaction, "epoch")?.is_none() {
        let set = |name: &str, value: &[u8]| {
            transaction.execute("INSERT INTO store_value (name, value) VALUES (?1, ?2)", params![name, value])
        };
        set("epoch", &new_epoch(random).to_be_bytes())?;
        set("sealing_key", &draw::<32>(random))?;
        let id = format!("{:016x}", u64::from_be_bytes(draw(random)));
        insert_signing_key(&transaction, &id, &draw::<32>(random))?;
    }
    let epoch = value(&transaction, "epoch")?.map(u64::from_be_bytes);
    transaction.commit()?;
    epoch.ok_or_else(|| Fault::damaged("the store has no epoch"))
}

/// A number of the store's own.
pub(super) fn number(connection: &Connection, name: &str) -> Worked<Option<u64>> {
    Ok(value(connection, name)?.map(u64::from_be_bytes))
}

pub(super) fn set_number(connection: &Connection, name: &str, number: u64) -> Worked<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO store_value (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?;
    statement.execute(params![name, number.to_be_bytes()])?;
    Ok(())
}

pub(super) fn draw<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// Any number but 0 that fits every database's integers.
pub(super) fn new_epoch(random: &dyn Random) -> u64 {
    (u64::from_be_bytes(draw(random)) >> 1).max(1)
}

pub(super) fn value<const N: usize>(connection: &Connection, name: &str) -> Worked<Option<[u8; N]>> {
    let mut statement = connection.prepare_cached("SELECT value FROM store_value WHERE name = ?1")?;
    Ok(statement.query_row(params![name], |row| row.get(0)).optional()?)
}

fn insert_signing_key(connection: &Connection, id: &str, stored: &[u8]) -> Worked<()> {
    let mut statement = connection.prepare_cached("INSERT INTO signing_key (id, key) VALUES (?1, ?2)")?;
    statement.execute(params![id, stored])?;
    Ok(())
}

fn keys(connection: &Connection) -> Worked<StoredKeys> {
    let mut statement =
        connection.prepare_cached("SELECT value FROM store_value WHERE name = 'sealing_key'")?;
    let sealing = statement.query_row([], |row| row.get(0)).optional()?;
    let sealing = sealing.ok_or_else(|| Fault::damaged("the store has no sealing key"))?;
    let mut statement = connection.prepare_cached("SELECT id, key FROM signing_key ORDER BY position")?;
    let signing = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(StoredKeys { sealing, signing: signing.collect::<Result<_, _>>()? })
}

/// Opens every secret, and seals those anew that are not sealed with the newest key. Nobody else uses the store yet.
pub(super) fn seal(connection: &Connection, vault: &Vault, path: &Path) -> Result<(), OpenError> {
    let failed = |fault: Fault| OpenError::Failed { path: path.to_path_buf(), reason: fault.0.to_string() };
    let stored = keys(connection).map_err(failed)?;
    let configured = items(connection).map_err(failed)?;
    let resealed = sealed::resealed(vault, &stored, &configured)
        .map_err(|source| OpenError::Sealed { path: path.to_path_buf(), source })?;
    if resealed.is_empty() {
        return Ok(());
    }
    write_resealed(connection, &resealed).map_err(failed)?;
    tracing::info!(
        items = resealed.items.len(),
        signing_keys = resealed.signing.len(),
        "secrets of the store were sealed with the newest key"
    );
    // What they were stands in the write-ahead log until it is emptied.
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .map_err(|error| failed(error.into()))
}

fn write_resealed(connection: &Connection, resealed: &Resealed) -> Worked<()> {
    let transaction = connection.unchecked_transaction()?;
    if let Some(sealing) = &resealed.sealing {
        transaction
            .execute("UPDATE store_value SET value = ?1 WHERE name = 'sealing_key'", params![sealing])?;
    }
    for (id, key) in &resealed.signing {
        transaction.execute("UPDATE signing_key SET key = ?2 WHERE id = ?1", params![id, key])?;
    }
    for (tenant, item) in &resealed.items {
        transaction.execute(
            "UPDATE item SET body = ?4 WHERE tenant = ?1 AND kind = ?2 AND id = ?3",
            params![tenant.as_str(), item.kind(), item.id(), words(item)?],
        )?;
    }
    transaction.commit()?;
    Ok(())
}

fn items(connection: &Connection) -> Worked<Vec<(TenantId, Item)>> {
    let mut statement =
        connection.prepare_cached("SELECT tenant, body FROM item ORDER BY tenant, kind, id")?;
    let mut rows = statement.query([])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let body = row.get_ref("body")?.as_str().map_err(Fault::damaged)?;
        items.push((id(row, "tenant")?, serde_json::from_str(body)?));
    }
    Ok(items)
}

/// The name of the number that is raised with every change of what nodes keep in memory.
const VERSION: &str = "directory_version";

fn version(connection: &Connection) -> Worked<u64> {
    Ok(number(connection, VERSION)?.unwrap_or_default())
}

/// The last statement of whatever changes what nodes keep in memory.
pub(super) fn raise_version(tx: &Tx<'_>) -> Worked<()> {
    set_number(tx.connection(), VERSION, version(tx.connection())?.saturating_add(1))
}

/// Both in one read transaction, so that they belong together.
fn configured(connection: &Connection) -> Worked<Configured> {
    let transaction = connection.unchecked_transaction()?;
    let configured = Configured { version: version(&transaction)?, items: items(&transaction)? };
    transaction.commit()?;
    Ok(configured)
}

fn change_items(tx: &mut Tx<'_>, changes: &ItemChanges) -> Worked<bool> {
    tx.begin()?;
    if let Some(seen) = changes.version
        && seen != version(tx.connection())?
    {
        return Ok(false);
    }
    for (tenant, kind, id) in &changes.remove {
        remove_item(tx, tenant, kind, id)?;
    }
    for (tenant, item) in &changes.put {
        refuse_foreign_app_key(tx, tenant, item)?;
        tx.execute(
            "INSERT INTO item (tenant, kind, id, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, kind, id) DO UPDATE SET body = excluded.body",
            params![tenant.as_str(), item.kind(), item.id(), words(item)?],
        )?;
    }
    append(tx, &changes.audit)?;
    raise_version(tx)?;
    Ok(true)
}

fn remove_item(tx: &Tx<'_>, tenant: &TenantId, kind: &str, id: &str) -> Worked<bool> {
    match kind {
        "agent" => people::forget(tx, tenant, &AgentId::new(id).map_err(Fault::damaged)?)?,
        "tenant" => people::forget_keys(tx, tenant)?,
        _ => {}
    }
    let removed = tx.execute(
        "DELETE FROM item WHERE tenant = ?1 AND kind = ?2 AND id = ?3",
        params![tenant.as_str(), kind, id],
    )?;
    Ok(removed > 0)
}

/// The index would refuse it as well, but not say so in words.
fn refuse_foreign_app_key(tx: &Tx<'_>, tenant: &TenantId, item: &Item) -> Worked<()> {
    let Item::App(app) = item else { return Ok(()) };
    let owner: Option<TenantId> = tx.first(
        "SELECT tenant FROM item WHERE kind = 'app' AND id = ?1",
        params![app.key.as_str()],
        |row| id(row, "tenant"),
    )?;
    if owner.is_some_and(|owner| owner != *tenant) {
        let taken = format!("the app key {} belongs to another tenant", app.key);
        return Err(StoreError::Failed(taken).into());
    }
    Ok(())
}

#[async_trait]
impl DirectoryStore for SqliteStore {
    async fn items(&self) -> Result<Vec<(TenantId, Item)>, StoreError> {
        sealed::open_items(self.vault(), self.reading(items).await?)
    }

    async fn configured(&self) -> Result<Configured, StoreError> {
        let Configured { version, items } = self.reading(configured).await?;
        Ok(Configured { version, items: sealed::open_items(self.vault(), items)? })
    }

    async fn directory_version(&self) -> Result<u64, StoreError> {
        self.reading(version).await
    }

    async fn change_items(&self, changes: ItemChanges) -> Result<bool, StoreError> {
        let changes = sealed::seal_changes(self.vault(), changes)?;
        self.writing(move |tx| change_items(tx, &changes)).await
    }

    async fn put_items(&self, items: Vec<(TenantId, Item)>, audit: Vec<Draft>) -> Result<(), StoreError> {
        let changes = ItemChanges { put: items, audit, ..ItemChanges::default() };
        self.change_items(changes).await.map(drop)
    }

    async fn remove_item(
        &self,
        tenant: &TenantId,
        kind: &str,
        id: &str,
        audit: Vec<Draft>,
    ) -> Result<bool, StoreError> {
        let (tenant, kind, id) = (tenant.clone(), kind.to_owned(), id.to_owned());
        self.of_tenant(&tenant)
            .writing(move |tx| {
                tx.begin()?;
                let removed = remove_item(tx, &tenant, &kind, &id)?;
                if removed {
                    append(tx, &audit)?;
                    raise_version(tx)?;
                }
                Ok(removed)
            })
            .await
    }

    async fn keys(&self) -> Result<StoreKeys, StoreError> {
        let stored = self.reading(keys).await?;
        sealed::open_keys(self.vault(), &stored).map_err(|error| sealed::failed(&error))
    }

    async fn add_signing_key(
        &self,
        key: SigningKey,
        keep: usize,
        audit: Vec<Draft>,
    ) -> Result<(), StoreError> {
        let stored = sealed::seal_signing(self.vault(), &key);
        self.writing(move |tx| {
            tx.begin()?;
            insert_signing_key(tx.connection(), &key.id, &stored)?;
            tx.execute(
                "DELETE FROM signing_key WHERE position NOT IN (
                     SELECT position FROM signing_key ORDER BY position DESC LIMIT ?1)",
                params![limit(keep.saturating_add(1))],
            )?;
            append(tx, &audit)?;
            raise_version(tx)
        })
        .await
    }
}
