//! Tickets: messages that were left to be answered later.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::port::{StoreError, TicketError, TicketFilter, TicketStore};
use frontdesk_core::ticket::{Ticket, TicketChange, TicketId, TicketRefusal, TicketState};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::PostgresStore;
use crate::postgres::connection::{Connection, Values};
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{
    entry_number, id, limit, log, optional_entry_number, optional_id, optional_timestamp, params, stored,
    timestamp,
};

/// The columns of a ticket, and which ones.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT log, number, tenant, channel, queue, caller, opened, state, agent, answer, changed FROM ticket ",
            $rest
        )
    };
}

async fn query(connection: &Connection, sql: &str, values: Values<'_>) -> Worked<Vec<Ticket>> {
    connection.query(sql, values).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Worked<Ticket> {
    let state =
        TicketState::parse(row.try_get("state")?).ok_or_else(|| Fault::damaged("state of a ticket"))?;
    Ok(Ticket {
        id: TicketId { log: log(row, "log")?, number: entry_number(row, "number")? },
        tenant: id(row, "tenant")?,
        channel: id(row, "channel")?,
        queue: optional_id(row, "queue")?,
        caller: row.try_get("caller")?,
        opened: timestamp(row, "opened")?,
        state,
        agent: optional_id(row, "agent")?,
        answer: optional_entry_number(row, "answer")?,
        changed: timestamp(row, "changed")?,
    })
}

async fn one(connection: &Connection, ticket: TicketId) -> Worked<Option<Ticket>> {
    let sql = select!("WHERE log = $1 AND number = $2");
    Ok(query(connection, sql, params![ticket.log.as_bytes(), stored(ticket.number.0)]).await?.pop())
}

async fn last_change(connection: &Connection, tenant: &TenantId) -> Worked<Option<Timestamp>> {
    let sql = "SELECT max(changed) AS changed FROM ticket WHERE tenant = $1";
    let row = connection.first(sql, params![tenant.as_str()]).await?;
    row.map_or(Ok(None), |row| optional_timestamp(&row, "changed"))
}

/// The time of the tenant's next change: later than that of every other. Until the transaction is over nobody else gets
/// one, so that whoever has seen a change has seen all before it.
async fn next_change(tx: &Tx, tenant: &TenantId) -> Worked<Timestamp> {
    const SEED: i64 = 8_370_091;
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))";
    tx.query(sql, params![tenant.as_str(), SEED]).await?;
    let (now, last) = (tx.now().await?, last_change(tx, tenant).await?);
    Ok(last.map_or(now, |last| now.max(last.next())))
}

async fn open(tx: &Tx, ticket: &Ticket) -> Worked<bool> {
    let changed = next_change(tx, &ticket.tenant).await?;
    let written = tx
        .execute(
            "INSERT INTO ticket (log, number, tenant, channel, queue, caller, opened, state, agent, answer, changed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (log, number) DO NOTHING",
            params![
                ticket.id.log.as_bytes(),
                stored(ticket.id.number.0),
                ticket.tenant.as_str(),
                ticket.channel.as_str(),
                ticket.queue.as_ref().map(QueueId::as_str),
                ticket.caller,
                ticket.opened.as_millis(),
                ticket.state.as_str(),
                ticket.agent.as_ref().map(AgentId::as_str),
                ticket.answer.map(|number| stored(number.0)),
                changed.as_millis(),
            ],
        )
        .await?;
    Ok(written > 0)
}

async fn change(
    tx: &Tx,
    id: TicketId,
    change: &TicketChange,
) -> Worked<Option<Result<Ticket, TicketRefusal>>> {
    let sql = select!("WHERE log = $1 AND number = $2 FOR UPDATE");
    let before = query(tx, sql, params![id.log.as_bytes(), stored(id.number.0)]).await?.pop();
    let Some(before) = before else { return Ok(None) };
    let mut after = match before.after(change) {
        Ok(Some(after)) => after,
        Ok(None) => return Ok(Some(Ok(before))),
        Err(refusal) => return Ok(Some(Err(refusal))),
    };
    after.changed = next_change(tx, &after.tenant).await?;
    tx.execute(
        "UPDATE ticket SET state = $3, agent = $4, answer = $5, changed = $6 WHERE log = $1 AND number = $2",
        params![
            id.log.as_bytes(),
            stored(id.number.0),
            after.state.as_str(),
            after.agent.as_ref().map(AgentId::as_str),
            after.answer.map(|number| stored(number.0)),
            after.changed.as_millis(),
        ],
    )
    .await?;
    Ok(Some(Ok(after)))
}

async fn list(
    connection: &Connection,
    tenant: &TenantId,
    filter: &TicketFilter,
    most: usize,
) -> Worked<Vec<Ticket>> {
    let after = match filter.after {
        Some(id) => match one(connection, id).await? {
            Some(ticket) => Some(ticket),
            // What is gone has nothing after it.
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    let queues: Option<Vec<&str>> =
        filter.queues.as_ref().map(|queues| queues.iter().map(QueueId::as_str).collect());
    // Nothing is before a log of no bytes.
    let (opened, log, number) = match &after {
        Some(after) => (after.opened.as_millis(), &after.id.log.as_bytes()[..], stored(after.id.number.0)),
        None => (i64::MIN, &[][..], 0),
    };
    if let Some(state) = filter.state {
        let sql = select!(
            "WHERE tenant = $1 AND (opened, log, number) > ($2, $3, $4)
                 AND (CAST($5 AS TEXT[]) IS NULL OR queue = ANY ($5)) AND state = $7
             ORDER BY opened, log, number LIMIT $6"
        );
        return query(
            connection,
            sql,
            params![tenant.as_str(), opened, log, number, queues, limit(most), state.as_str()],
        )
        .await;
    }
    let sql = select!(
        "WHERE tenant = $1 AND (opened, log, number) > ($2, $3, $4)
             AND (CAST($5 AS TEXT[]) IS NULL OR queue = ANY ($5))
         ORDER BY opened, log, number LIMIT $6"
    );
    query(connection, sql, params![tenant.as_str(), opened, log, number, queues, limit(most)]).await
}

#[async_trait]
impl TicketStore for PostgresStore {
    async fn open_ticket(&self, ticket: Ticket) -> Result<bool, StoreError> {
        let ticket = &ticket;
        self.transaction(|tx| async move { open(&tx, ticket).await }).await
    }

    async fn ticket(&self, ticket: TicketId) -> Result<Option<Ticket>, StoreError> {
        self.reading(|connection| async move { one(&connection, ticket).await }).await
    }

    async fn tickets(
        &self,
        tenant: &TenantId,
        filter: TicketFilter,
        limit: usize,
    ) -> Result<Vec<Ticket>, StoreError> {
        let filter = &filter;
        self.reading(|connection| async move { list(&connection, tenant, filter, limit).await }).await
    }

    async fn change_ticket(&self, ticket: TicketId, wanted: TicketChange) -> Result<Ticket, TicketError> {
        let wanted = &wanted;
        let changed = self.transaction(|tx| async move { change(&tx, ticket, wanted).await }).await?;
        Ok(changed.ok_or(TicketError::NoTicket)??)
    }

    async fn changed_tickets(
        &self,
        tenant: &TenantId,
        after: Timestamp,
        most: usize,
    ) -> Result<Vec<Ticket>, StoreError> {
        let sql = select!("WHERE tenant = $1 AND changed > $2 ORDER BY changed LIMIT $3");
        let rows = self.select_all(sql, params![tenant.as_str(), after.as_millis(), limit(most)]).await?;
        Ok(rows.iter().map(from_row).collect::<Worked<_>>()?)
    }

    async fn last_ticket_change(&self, tenant: &TenantId) -> Result<Option<Timestamp>, StoreError> {
        self.reading(|connection| async move { last_change(&connection, tenant).await }).await
    }
}
