//! Configuration and keys.

use async_trait::async_trait;
use deadpool_postgres::Pool;
use frontdesk_core::audit::Draft;
use frontdesk_core::directory::Item;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{Configured, DirectoryStore, ItemChanges, StoreError, StoreKeys};
use frontdesk_core::token::SigningKey;
use frontdesk_core::vault::{Vault, VaultError};

use crate::postgres::audit::{Heads, append, tell};
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::routing::lock_agents;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{id, json, limit, params, words};
use crate::postgres::{PostgresStore, epoch, nodes, people};
use crate::sealed::{self, StoredKeys};

/// The name of the number that is raised with every change of what nodes keep in memory.
const VERSION: &str = "directory_version";
/// The kind of agents.
const AGENT: &str = "agent";

async fn version(connection: &Connection) -> Worked<u64> {
    Ok(epoch::number(connection, VERSION).await?.unwrap_or_default())
}

/// Those who change what nodes keep in memory do so one after the other: until the transaction is over nobody else gets
/// here.
async fn lock(tx: &Tx) -> Worked<()> {
    const LOCK: i64 = 1_178_891_117;
    tx.query("SELECT pg_advisory_xact_lock($1)", params![LOCK]).await?;
    Ok(())
}

/// Raises the version. Holds back others who do until the transaction is over.
pub(super) async fn raise_version(tx: &Tx) -> Worked<()> {
    lock(tx).await?;
    nodes::tell_configured(tx).await?;
    epoch::set_number(tx, VERSION, version(tx).await?.saturating_add(1)).await
}

async fn keys(connection: &Connection) -> Worked<StoredKeys> {
    let sealing = epoch::value(connection, "sealing_key").await?;
    let sealing = sealing.ok_or_else(|| Fault::damaged("the store has no sealing key"))?;
    let rows = connection.query("SELECT id, key FROM signing_key ORDER BY position", &[]).await?;
    let signing = rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get("key")?)));
    Ok(StoredKeys { sealing, signing: signing.collect::<Worked<_>>()? })
}

/// Opens every secret, and seals those anew that are not sealed with the newest key. Whether there were any.
pub(super) async fn seal(tx: &Tx, vault: &Vault) -> Worked<Result<bool, VaultError>> {
    lock(tx).await?;
    let (stored, configured) = (keys(tx).await?, items(tx).await?);
    let resealed = match sealed::resealed(vault, &stored, &configured) {
        Ok(resealed) if resealed.is_empty() => return Ok(Ok(false)),
        Ok(resealed) => resealed,
        Err(error) => return Ok(Err(error)),
    };
    if let Some(sealing) = &resealed.sealing {
        tx.execute("UPDATE store_value SET value = $1 WHERE name = 'sealing_key'", params![sealing]).await?;
    }
    for (id, key) in &resealed.signing {
        tx.execute("UPDATE signing_key SET key = $2 WHERE id = $1", params![id, key]).await?;
    }
    for (tenant, item) in &resealed.items {
        tx.execute(
            "UPDATE item SET body = $4 WHERE tenant = $1 AND kind = $2 AND id = $3",
            params![tenant.as_str(), item.kind(), item.id(), words(item)?],
        )
        .await?;
    }
    raise_version(tx).await?;
    tracing::info!(
        items = resealed.items.len(),
        signing_keys = resealed.signing.len(),
        "secrets of the store were sealed with the newest key"
    );
    Ok(Ok(true))
}

/// Writes the small tables anew that had secrets in them, so that what they were does not stay on their pages.
pub(super) async fn rewrite(pool: &Pool) -> Worked<()> {
    let client = pool.get().await?;
    for table in ["VACUUM FULL store_value", "VACUUM FULL signing_key", "VACUUM FULL item"] {
        client.batch_execute(table).await?;
    }
    Ok(())
}

async fn items(connection: &Connection) -> Worked<Vec<(TenantId, Item)>> {
    let rows = connection.query("SELECT tenant, body FROM item ORDER BY tenant, kind, id", &[]).await?;
    rows.iter().map(|row| Ok((id(row, "tenant")?, json(row, "body")?))).collect()
}

/// Both with one view, so that they belong together.
async fn configured(view: &Tx) -> Worked<Configured> {
    Ok(Configured { version: version(view).await?, items: items(view).await? })
}

async fn change_items(tx: &Tx, changes: &ItemChanges) -> Worked<Option<Heads>> {
    lock(tx).await?;
    if let Some(seen) = changes.version
        && seen != version(tx).await?
    {
        return Ok(None);
    }
    lock_removed(tx, changes.remove.iter().map(|(tenant, kind, id)| (tenant, *kind, id.as_str()))).await?;
    for (tenant, kind, id) in &changes.remove {
        remove_item(tx, tenant, kind, id).await?;
    }
    for (tenant, item) in &changes.put {
        refuse_foreign_app_key(tx, tenant, item).await?;
        tx.execute(
            "INSERT INTO item (tenant, kind, id, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant, kind, id) DO UPDATE SET body = excluded.body",
            params![tenant.as_str(), item.kind(), item.id(), words(item)?],
        )
        .await?;
    }
    let heads = append(tx, &changes.audit).await?;
    raise_version(tx).await?;
    Ok(Some(heads))
}

fn agent(id: &str) -> Worked<AgentId> {
    AgentId::new(id).map_err(Fault::damaged)
}

/// Takes the locks of the agents among what is to be removed.
async fn lock_removed<'a>(
    tx: &Tx,
    items: impl Iterator<Item = (&'a TenantId, &'a str, &'a str)>,
) -> Worked<()> {
    let agents = items.filter(|(_, kind, _)| *kind == AGENT).map(|(tenant, _, id)| Ok((tenant, agent(id)?)));
    let agents: Vec<(&TenantId, AgentId)> = agents.collect::<Worked<_>>()?;
    lock_agents(tx, agents.iter().map(|(tenant, agent)| (*tenant, agent))).await
}

/// Agents' locks are taken.
async fn remove_item(tx: &Tx, tenant: &TenantId, kind: &str, id: &str) -> Worked<bool> {
    match kind {
        AGENT => people::forget(tx, tenant, &agent(id)?).await?,
        "tenant" => people::forget_keys(tx, tenant).await?,
        _ => {}
    }
    let removed = tx
        .execute(
            "DELETE FROM item WHERE tenant = $1 AND kind = $2 AND id = $3",
            params![tenant.as_str(), kind, id],
        )
        .await?;
    Ok(removed > 0)
}

async fn remove_recorded(
    tx: &Tx,
    (tenant, kind, id): (&TenantId, &str, &str),
    audit: &[Draft],
) -> Worked<Option<Heads>> {
    lock(tx).await?;
    lock_removed(tx, std::iter::once((tenant, kind, id))).await?;
    if !remove_item(tx, tenant, kind, id).await? {
        return Ok(None);
    }
    let heads = append(tx, audit).await?;
    raise_version(tx).await?;
    Ok(Some(heads))
}

/// The index would refuse it as well, but not say so in words.
async fn refuse_foreign_app_key(tx: &Tx, tenant: &TenantId, item: &Item) -> Worked<()> {
    let Item::App(app) = item else { return Ok(()) };
    let sql = "SELECT tenant FROM item WHERE kind = 'app' AND id = $1";
    let owner = tx.first(sql, params![app.key.as_str()]).await?;
    let owner: Option<TenantId> = owner.map(|row| id(&row, "tenant")).transpose()?;
    if owner.is_some_and(|owner| owner != *tenant) {
        let taken = format!("the app key {} belongs to another tenant", app.key);
        return Err(StoreError::Failed(taken).into());
    }
    Ok(())
}

async fn add_signing_key(
    tx: &Tx,
    (id, stored): (&str, &[u8]),
    keep: usize,
    audit: &[Draft],
) -> Worked<Heads> {
    lock(tx).await?;
    tx.execute("INSERT INTO signing_key (id, key) VALUES ($1, $2)", params![id, stored]).await?;
    tx.execute(
        "DELETE FROM signing_key WHERE position NOT IN (
             SELECT position FROM signing_key ORDER BY position DESC LIMIT $1)",
        params![limit(keep.saturating_add(1))],
    )
    .await?;
    let heads = append(tx, audit).await?;
    raise_version(tx).await?;
    Ok(heads)
}

#[async_trait]
impl DirectoryStore for PostgresStore {
    async fn items(&self) -> Result<Vec<(TenantId, Item)>, StoreError> {
        let stored = self.reading(|connection: Connection| async move { items(&connection).await }).await?;
        sealed::open_items(self.vault(), stored)
    }

    async fn configured(&self) -> Result<Configured, StoreError> {
        let Configured { version, items } =
            self.snapshot(|view| async move { configured(&view).await }).await?;
        Ok(Configured { version, items: sealed::open_items(self.vault(), items)? })
    }

    async fn directory_version(&self) -> Result<u64, StoreError> {
        self.reading(|connection: Connection| async move { version(&connection).await }).await
    }

    async fn change_items(&self, changes: ItemChanges) -> Result<bool, StoreError> {
        let changes = &sealed::seal_changes(self.vault(), changes)?;
        let heads = self.slow_transaction(|tx| async move { change_items(&tx, changes).await }).await?;
        tell(heads.as_deref().unwrap_or_default());
        Ok(heads.is_some())
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
        let audit = &audit;
        let removed = |tx| async move { remove_recorded(&tx, (tenant, kind, id), audit).await };
        let heads = self.transaction(removed).await?;
        tell(heads.as_deref().unwrap_or_default());
        Ok(heads.is_some())
    }

    async fn keys(&self) -> Result<StoreKeys, StoreError> {
        let stored = self.snapshot(|view| async move { keys(&view).await }).await?;
        sealed::open_keys(self.vault(), &stored).map_err(|error| sealed::failed(&error))
    }

    async fn add_signing_key(
        &self,
        key: SigningKey,
        keep: usize,
        audit: Vec<Draft>,
    ) -> Result<(), StoreError> {
        let stored = sealed::seal_signing(self.vault(), &key);
        let (key, audit) = ((key.id.as_str(), stored.as_slice()), &audit);
        let heads =
            self.transaction(|tx| async move { add_signing_key(&tx, key, keep, audit).await }).await?;
        tell(&heads);
        Ok(())
    }
}
