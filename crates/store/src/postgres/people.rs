//! API keys and second factors.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{ApiKey, PeopleStore, SecondFactor, StoreError};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::PostgresStore;
use crate::postgres::fault::Worked;
use crate::postgres::routing::agents;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{
    hash, id, json, number, optional_timestamp, params, small, stored, timestamp, words,
};

/// The columns of an API key.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT token, tenant, name, role, scope, created, created_by, expires, used FROM api_key ",
            $rest
        )
    };
}

fn key_of(row: &Row) -> Worked<(SecretHash, ApiKey)> {
    let about = ApiKey {
        tenant: id(row, "tenant")?,
        name: row.try_get("name")?,
        role: id(row, "role")?,
        scope: json(row, "scope")?,
        created: timestamp(row, "created")?,
        created_by: row.try_get("created_by")?,
        expires: optional_timestamp(row, "expires")?,
        used: optional_timestamp(row, "used")?,
    };
    Ok((hash(row, "token")?, about))
}

fn second_factor_of(row: &Row) -> Worked<SecondFactor> {
    Ok(SecondFactor {
        sealed: row.try_get("sealed")?,
        confirmed: row.try_get("confirmed")?,
        last_step: number(row, "last_step")?,
        recovery_codes: small(row, "codes")?,
    })
}

/// With somebody who is removed goes what they could sign in with, and their being there: reports would otherwise count
/// them as online or unreachable for ever, and somebody made under the same id later would be there at once. Whoever
/// calls has the agent's lock.
pub(super) async fn forget(tx: &Tx, tenant: &TenantId, agent: &AgentId) -> Worked<()> {
    for sql in [
        "DELETE FROM agent_session WHERE tenant = $1 AND agent = $2",
        "DELETE FROM second_factor WHERE tenant = $1 AND agent = $2",
        "DELETE FROM recovery_code WHERE tenant = $1 AND agent = $2",
        "DELETE FROM gateway_desk WHERE tenant = $1 AND agent = $2",
    ] {
        tx.execute(sql, params![tenant.as_str(), agent.as_str()]).await?;
    }
    agents::sign_off(tx, tenant, agent).await
}

/// No tenant made under the same id later is to be reached with the keys of one that was removed.
pub(super) async fn forget_keys(tx: &Tx, tenant: &TenantId) -> Worked<()> {
    tx.execute("DELETE FROM api_key WHERE tenant = $1", params![tenant.as_str()]).await?;
    Ok(())
}

/// What is confirmed: whose second factor, as which it was begun, and by a code of which step.
struct Confirmed<'a> {
    tenant: &'a TenantId,
    agent: &'a AgentId,
    sealed: &'a str,
    step: u64,
}

async fn confirm(
    tx: &Tx,
    confirmed: &Confirmed<'_>,
    recovery_codes: &[SecretHash],
    session: SecretHash,
) -> Worked<bool> {
    let Confirmed { tenant, agent, sealed, step } = *confirmed;
    let changed = tx
        .execute(
            "UPDATE second_factor SET confirmed = TRUE, last_step = $4
             WHERE tenant = $1 AND agent = $2 AND sealed = $3 AND NOT confirmed",
            params![tenant.as_str(), agent.as_str(), sealed, stored(step)],
        )
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    let codes: Vec<&[u8]> = recovery_codes.iter().map(|code| &code.as_bytes()[..]).collect();
    tx.execute(
        "INSERT INTO recovery_code (tenant, agent, code)
         SELECT $1, $2, code FROM unnest($3::bytea[]) AS new (code)",
        params![tenant.as_str(), agent.as_str(), codes],
    )
    .await?;
    tx.execute("UPDATE agent_session SET second_factor = TRUE WHERE token = $1", params![session.as_bytes()])
        .await?;
    Ok(true)
}

async fn remove(tx: &Tx, tenant: &TenantId, agent: &AgentId) -> Worked<()> {
    for sql in [
        "DELETE FROM second_factor WHERE tenant = $1 AND agent = $2",
        "DELETE FROM recovery_code WHERE tenant = $1 AND agent = $2",
        "UPDATE agent_session SET second_factor = FALSE WHERE tenant = $1 AND agent = $2",
    ] {
        tx.execute(sql, params![tenant.as_str(), agent.as_str()]).await?;
    }
    Ok(())
}

#[async_trait]
impl PeopleStore for PostgresStore {
    async fn add_key(&self, key: SecretHash, about: ApiKey) -> Result<(), StoreError> {
        self.change_rows(
            "INSERT INTO api_key (token, tenant, name, role, scope, created, created_by, expires, used)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            params![
                key.as_bytes(),
                about.tenant.as_str(),
                about.name,
                about.role.as_str(),
                words(&about.scope)?,
                about.created.as_millis(),
                about.created_by,
                about.expires.map(Timestamp::as_millis),
                about.used.map(Timestamp::as_millis),
            ],
        )
        .await
        .map(drop)
    }

    async fn key(&self, key: SecretHash) -> Result<Option<ApiKey>, StoreError> {
        let row = self.select_first(select!("WHERE token = $1"), params![key.as_bytes()]).await?;
        Ok(row.map(|row| key_of(&row)).transpose()?.map(|(_, about)| about))
    }

    async fn keys_of(&self, tenant: &TenantId) -> Result<Vec<(SecretHash, ApiKey)>, StoreError> {
        let sql = select!("WHERE tenant = $1 ORDER BY created, token");
        let rows = self.select_all(sql, params![tenant.as_str()]).await?;
        Ok(rows.iter().map(key_of).collect::<Worked<_>>()?)
    }

    async fn touch_key(&self, key: SecretHash, used: Timestamp) -> Result<(), StoreError> {
        self.change_rows(
            "UPDATE api_key SET used = $2 WHERE token = $1 AND coalesce(used, 0) < $2",
            params![key.as_bytes(), used.as_millis()],
        )
        .await
        .map(drop)
    }

    async fn remove_key(&self, key: SecretHash) -> Result<(), StoreError> {
        self.change_rows("DELETE FROM api_key WHERE token = $1", params![key.as_bytes()]).await.map(drop)
    }

    async fn second_factor(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
    ) -> Result<Option<SecondFactor>, StoreError> {
        let row = self
            .select_first(
                "SELECT sealed, confirmed, last_step,
                     (SELECT count(*) FROM recovery_code AS code
                      WHERE code.tenant = second_factor.tenant AND code.agent = second_factor.agent) AS codes
                 FROM second_factor WHERE tenant = $1 AND agent = $2",
                params![tenant.as_str(), agent.as_str()],
            )
            .await?;
        Ok(row.map(|row| second_factor_of(&row)).transpose()?)
    }

    async fn begin_second_factor(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        sealed: String,
    ) -> Result<bool, StoreError> {
        let begun = self
            .change_rows(
                "INSERT INTO second_factor (tenant, agent, sealed, confirmed, last_step)
                 VALUES ($1, $2, $3, FALSE, 0)
                 ON CONFLICT (tenant, agent) DO UPDATE SET sealed = excluded.sealed
                 WHERE NOT second_factor.confirmed",
                params![tenant.as_str(), agent.as_str(), sealed],
            )
            .await?;
        Ok(begun > 0)
    }

    async fn confirm_second_factor(
        &self,
        (tenant, agent): (&TenantId, &AgentId),
        sealed: String,
        step: u64,
        recovery_codes: Vec<SecretHash>,
        session: SecretHash,
    ) -> Result<bool, StoreError> {
        let (confirmed, codes) = (&Confirmed { tenant, agent, sealed: &sealed, step }, &recovery_codes);
        self.transaction(|tx| async move { confirm(&tx, confirmed, codes, session).await }).await
    }

    async fn use_step(&self, tenant: &TenantId, agent: &AgentId, step: u64) -> Result<bool, StoreError> {
        let used = self
            .change_rows(
                "UPDATE second_factor SET last_step = $3
                 WHERE tenant = $1 AND agent = $2 AND confirmed AND last_step < $3",
                params![tenant.as_str(), agent.as_str(), stored(step)],
            )
            .await?;
        Ok(used > 0)
    }

    async fn use_recovery_code(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        code: SecretHash,
    ) -> Result<bool, StoreError> {
        let used = self
            .change_rows(
                "DELETE FROM recovery_code WHERE tenant = $1 AND agent = $2 AND code = $3",
                params![tenant.as_str(), agent.as_str(), code.as_bytes()],
            )
            .await?;
        Ok(used > 0)
    }

    async fn remove_second_factor(&self, tenant: &TenantId, agent: &AgentId) -> Result<(), StoreError> {
        self.transaction(|tx| async move { remove(&tx, tenant, agent).await }).await
    }
}
