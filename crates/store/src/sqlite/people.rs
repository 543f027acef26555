//! API keys and second factors.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{ApiKey, PeopleStore, SecondFactor, StoreError};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use rusqlite::{Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::SqliteStore;
use crate::sqlite::routing::agents;
use crate::sqlite::value::{id, number, optional_timestamp, stored, timestamp, words};
use crate::sqlite::writer::Tx;

fn key_of(row: &Row<'_>) -> Worked<(SecretHash, ApiKey)> {
    let about = ApiKey {
        tenant: id(row, "tenant")?,
        name: row.get("name")?,
        role: id(row, "role")?,
        scope: serde_json::from_str(row.get_ref("scope")?.as_str().map_err(Fault::damaged)?)?,
        created: timestamp(row, "created")?,
        created_by: row.get("created_by")?,
        expires: optional_timestamp(row, "expires")?,
        used: optional_timestamp(row, "used")?,
    };
    Ok((SecretHash::from_bytes(row.get("token")?), about))
}

/// With somebody who is removed goes what they could sign in with, and their being there: reports would otherwise count
/// them as online or unreachable for ever, and somebody made under the same id later would be there at once.
pub(super) fn forget(tx: &Tx<'_>, tenant: &TenantId, agent: &AgentId) -> Worked<()> {
    let who = params![tenant.as_str(), agent.as_str()];
    tx.execute("DELETE FROM agent_session WHERE tenant = ?1 AND agent = ?2", who)?;
    tx.execute("DELETE FROM second_factor WHERE tenant = ?1 AND agent = ?2", who)?;
    tx.execute("DELETE FROM recovery_code WHERE tenant = ?1 AND agent = ?2", who)?;
    tx.execute("DELETE FROM gateway_desk WHERE tenant = ?1 AND agent = ?2", who)?;
    agents::sign_off(tx, tenant, agent)
}

/// No tenant made under the same id later is to be reached with the keys of one that was removed.
pub(super) fn forget_keys(tx: &Tx<'_>, tenant: &TenantId) -> Worked<()> {
    tx.execute("DELETE FROM api_key WHERE tenant = ?1", params![tenant.as_str()])?;
    Ok(())
}

#[async_trait]
impl PeopleStore for SqliteStore {
    async fn add_key(&self, key: SecretHash, about: ApiKey) -> Result<(), StoreError> {
        let scope = words(&about.scope)?;
        self.writing(move |tx| {
            tx.execute(
                "INSERT INTO api_key (token, tenant, name, role, scope, created, created_by, expires, used)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    key.as_bytes(),
                    about.tenant.as_str(),
                    about.name,
                    about.role.as_str(),
                    scope,
                    about.created.as_millis(),
                    about.created_by,
                    about.expires.map(Timestamp::as_millis),
                    about.used.map(Timestamp::as_millis),
                ],
            )?;
            Ok(())
        })
        .await
    }

    async fn key(&self, key: SecretHash) -> Result<Option<ApiKey>, StoreError> {
        self.reading(move |connection| {
            let mut statement = connection.prepare_cached("SELECT * FROM api_key WHERE token = ?1")?;
            let mut rows = statement.query(params![key.as_bytes()])?;
            rows.next()?.map(|row| Ok(key_of(row)?.1)).transpose()
        })
        .await
    }

    async fn keys_of(&self, tenant: &TenantId) -> Result<Vec<(SecretHash, ApiKey)>, StoreError> {
        let tenant = tenant.clone();
        self.reading(move |connection| {
            let sql = "SELECT * FROM api_key WHERE tenant = ?1 ORDER BY created, token";
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_and_then(params![tenant.as_str()], key_of)?.collect()
        })
        .await
    }

    async fn touch_key(&self, key: SecretHash, used: Timestamp) -> Result<(), StoreError> {
        self.writing(move |tx| {
            tx.execute(
                "UPDATE api_key SET used = ?2 WHERE token = ?1 AND coalesce(used, 0) < ?2",
                params![key.as_bytes(), used.as_millis()],
            )?;
            Ok(())
        })
        .await
    }

    async fn remove_key(&self, key: SecretHash) -> Result<(), StoreError> {
        self.writing(move |tx| {
            tx.execute("DELETE FROM api_key WHERE token = ?1", params![key.as_bytes()])?;
            Ok(())
        })
        .await
    }

    async fn second_factor(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Option<SecondFactor>, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.reading(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT sealed, confirmed, last_step,
                     (SELECT count(*) FROM recovery_code AS code
                      WHERE code.tenant = second_factor.tenant AND code.agent = second_factor.agent) AS codes
                 FROM second_factor WHERE tenant = ?1 AND agent = ?2",
            )?;
            let mut rows = statement.query(params![tenant.as_str(), agent.as_str()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            Ok(Some(SecondFactor {
                sealed: row.get("sealed")?,
                confirmed: row.get("confirmed")?,
                last_step: number(row, "last_step")?,
                recovery_codes: row.get("codes")?,
            }))
        })
        .await
    }

    async fn begin_second_factor(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        sealed: String,
    ) -> Result<bool, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| {
            let begun = tx.execute(
                "INSERT INTO second_factor (tenant, agent, sealed, confirmed, last_step)
                 VALUES (?1, ?2, ?3, 0, 0)
                 ON CONFLICT (tenant, agent) DO UPDATE SET sealed = excluded.sealed WHERE confirmed = 0",
                params![tenant.as_str(), agent.as_str(), sealed],
            )?;
            Ok(begun > 0)
        })
        .await
    }

    async fn confirm_second_factor(
        &self,
        (tenant, agent): (&TenantId, &AgentId),
        sealed: String,
        step: u64,
        recovery_codes: Vec<SecretHash>,
        session: SecretHash,
    ) -> Result<bool, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| {
            tx.begin()?;
            let confirmed = tx.execute(
                "UPDATE second_factor SET confirmed = 1, last_step = ?4
                 WHERE tenant = ?1 AND agent = ?2 AND sealed = ?3 AND confirmed = 0",
                params![tenant.as_str(), agent.as_str(), sealed, stored(step)],
            )?;
            if confirmed == 0 {
                return Ok(false);
            }
            for code in &recovery_codes {
                tx.execute(
                    "INSERT INTO recovery_code (tenant, agent, code) VALUES (?1, ?2, ?3)",
                    params![tenant.as_str(), agent.as_str(), code.as_bytes()],
                )?;
            }
            tx.execute(
                "UPDATE agent_session SET second_factor = 1 WHERE token = ?1",
                params![session.as_bytes()],
            )?;
            Ok(true)
        })
        .await
    }

    async fn use_step(&self, tenant: &TenantId, agent: &AgentId, step: u64) -> Result<bool, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| {
            let used = tx.execute(
                "UPDATE second_factor SET last_step = ?3
                 WHERE tenant = ?1 AND agent = ?2 AND confirmed = 1 AND last_step < ?3",
                params![tenant.as_str(), agent.as_str(), stored(step)],
            )?;
            Ok(used > 0)
        })
        .await
    }

    async fn use_recovery_code(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        code: SecretHash,
    ) -> Result<bool, StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| {
            let used = tx.execute(
                "DELETE FROM recovery_code WHERE tenant = ?1 AND agent = ?2 AND code = ?3",
                params![tenant.as_str(), agent.as_str(), code.as_bytes()],
            )?;
            Ok(used > 0)
        })
        .await
    }

    async fn remove_second_factor(&self, tenant: &TenantId, agent: &AgentId) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.writing(move |tx| {
            tx.begin()?;
            for sql in [
                "DELETE FROM second_factor WHERE tenant = ?1 AND agent = ?2",
                "DELETE FROM recovery_code WHERE tenant = ?1 AND agent = ?2",
                "UPDATE agent_session SET second_factor = 0 WHERE tenant = ?1 AND agent = ?2",
            ] {
                tx.execute(sql, params![tenant.as_str(), agent.as_str()])?;
            }
            Ok(())
        })
        .await
    }
}
