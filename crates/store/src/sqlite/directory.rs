//! Configuration and keys.

use async_trait::async_trait;
use frontdesk_core::directory::Item;
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{DirectoryStore, Random, StoreError, StoreKeys};
use frontdesk_core::robot::QuestionGroup;
use frontdesk_core::token::SigningKey;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::{Fault, Worked};
use crate::sqlite::SqliteStore;
use crate::sqlite::value::{id, limit, words};
use crate::sqlite::writer::Tx;

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
        insert_signing_key(&transaction, &SigningKey { id, bytes: draw(random) })?;
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

fn draw<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// Any number but 0 that fits every database's integers.
pub(super) fn new_epoch(random: &dyn Random) -> u64 {
    (u64::from_be_bytes(draw(random)) >> 1).max(1)
}

fn value<const N: usize>(connection: &Connection, name: &str) -> Worked<Option<[u8; N]>> {
    let mut statement = connection.prepare_cached("SELECT value FROM store_value WHERE name = ?1")?;
    Ok(statement.query_row(params![name], |row| row.get(0)).optional()?)
}

fn insert_signing_key(connection: &Connection, key: &SigningKey) -> Worked<()> {
    let mut statement = connection.prepare_cached("INSERT INTO signing_key (id, key) VALUES (?1, ?2)")?;
    statement.execute(params![key.id, key.bytes])?;
    Ok(())
}

fn keys(connection: &Connection) -> Worked<StoreKeys> {
    let sealing = value(connection, "sealing_key")?;
    let sealing = sealing.ok_or_else(|| Fault::damaged("the store has no sealing key"))?;
    let mut statement = connection.prepare_cached("SELECT id, key FROM signing_key ORDER BY position")?;
    let signing = statement.query_map([], |row| Ok(SigningKey { id: row.get(0)?, bytes: row.get(1)? }))?;
    Ok(StoreKeys { sealing, signing: signing.collect::<Result<_, _>>()? })
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

fn put_items(tx: &mut Tx<'_>, items: &[(TenantId, Item)]) -> Worked<()> {
    tx.begin()?;
    for (tenant, item) in items {
        refuse_foreign_app_key(tx, tenant, item)?;
        tx.execute(
            "INSERT INTO item (tenant, kind, id, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, kind, id) DO UPDATE SET body = excluded.body",
            params![tenant.as_str(), item.kind(), item.id(), words(item)?],
        )?;
    }
    Ok(())
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
        self.reading(items).await
    }

    async fn put_items(&self, items: Vec<(TenantId, Item)>) -> Result<(), StoreError> {
        self.writing(move |tx| put_items(tx, &items)).await
    }

    async fn remove_item(&self, tenant: &TenantId, kind: &str, id: &str) -> Result<bool, StoreError> {
        let (tenant, kind, id) = (tenant.clone(), kind.to_owned(), id.to_owned());
        self.writing(move |tx| {
            let removed = tx.execute(
                "DELETE FROM item WHERE tenant = ?1 AND kind = ?2 AND id = ?3",
                params![tenant.as_str(), kind, id],
            )?;
            Ok(removed > 0)
        })
        .await
    }

    async fn knowledge(&self, tenant: &TenantId, base: &str) -> Result<Vec<QuestionGroup>, StoreError> {
        let (tenant, base) = (tenant.clone(), base.to_owned());
        self.reading(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT body FROM knowledge WHERE tenant = ?1 AND base = ?2")?;
            let mut rows = statement.query(params![tenant.as_str(), base])?;
            let Some(row) = rows.next()? else { return Ok(Vec::new()) };
            Ok(serde_json::from_str(row.get_ref("body")?.as_str().map_err(Fault::damaged)?)?)
        })
        .await
    }

    async fn put_knowledge(
        &self,
        tenant: &TenantId,
        base: &str,
        groups: Vec<QuestionGroup>,
    ) -> Result<(), StoreError> {
        let (tenant, base, body) = (tenant.clone(), base.to_owned(), words(&groups)?);
        self.writing(move |tx| {
            tx.execute(
                "INSERT INTO knowledge (tenant, base, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (tenant, base) DO UPDATE SET body = excluded.body",
                params![tenant.as_str(), base, body],
            )?;
            Ok(())
        })
        .await
    }

    async fn keys(&self) -> Result<StoreKeys, StoreError> {
        self.reading(keys).await
    }

    async fn add_signing_key(&self, key: SigningKey, keep: usize) -> Result<(), StoreError> {
        self.writing(move |tx| {
            tx.begin()?;
            insert_signing_key(tx.connection(), &key)?;
            tx.execute(
                "DELETE FROM signing_key WHERE position NOT IN (
                     SELECT position FROM signing_key ORDER BY position DESC LIMIT ?1)",
                params![limit(keep.saturating_add(1))],
            )?;
            Ok(())
        })
        .await
    }
}
