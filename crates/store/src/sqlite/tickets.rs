//! Tickets: messages that were left to be answered later.

use async_trait::async_trait;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::port::{StoreError, TicketError, TicketFilter, TicketStore};
use frontdesk_core::ticket::{Ticket, TicketChange, TicketId, TicketRefusal, TicketState};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::SqliteStore;
use crate::sqlite::value::{entry_number, id, limit, log, optional_id, stored, timestamp, words};
use crate::sqlite::writer::Tx;

/// The columns of a ticket, and which ones.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT log, number, tenant, channel, queue, caller, opened, state, agent, answer, changed FROM ticket ",
            $rest
        )
    };
}

fn query(connection: &Connection, sql: &str, params: impl Params) -> Worked<Vec<Ticket>> {
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_and_then(params, from_row)?.collect()
}

fn from_row(row: &Row<'_>) -> Worked<Ticket> {
    let state: String = row.get("state")?;
    let answer = row.get::<_, Option<i64>>("answer")?.map(|_| entry_number(row, "answer")).transpose()?;
    Ok(Ticket {
        id: TicketId { log: log(row, "log")?, number: entry_number(row, "number")? },
        tenant: id(row, "tenant")?,
        channel: id(row, "channel")?,
        queue: optional_id(row, "queue")?,
        caller: row.get("caller")?,
        opened: timestamp(row, "opened")?,
        state: TicketState::parse(&state).ok_or_else(|| Fault::damaged("state of a ticket"))?,
        agent: optional_id(row, "agent")?,
        answer,
        changed: timestamp(row, "changed")?,
    })
}

fn one(connection: &Connection, ticket: TicketId) -> Worked<Option<Ticket>> {
    let sql = select!("WHERE log = ?1 AND number = ?2");
    Ok(query(connection, sql, params![ticket.log.as_bytes(), stored(ticket.number.0)])?.pop())
}

fn last_change(connection: &Connection, tenant: &TenantId) -> Worked<Option<Timestamp>> {
    let mut statement = connection.prepare_cached("SELECT max(changed) FROM ticket WHERE tenant = ?1")?;
    let last: Option<Option<i64>> =
        statement.query_row(params![tenant.as_str()], |row| row.get(0)).optional()?;
    Ok(last.flatten().map(Timestamp::from_millis))
}

/// The time of the tenant's next change: later than that of every other.
fn next_change(tx: &Tx<'_>, tenant: &TenantId) -> Worked<Timestamp> {
    let last = last_change(tx.connection(), tenant)?;
    Ok(last.map_or(tx.now(), |last| tx.now().max(last.next())))
}

fn open(tx: &Tx<'_>, ticket: &Ticket) -> Worked<bool> {
    let changed = next_change(tx, &ticket.tenant)?;
    let written = tx.execute(
        "INSERT INTO ticket (log, number, tenant, channel, queue, caller, opened, state, agent, answer, changed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (log, number) DO NOTHING",
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
            changed.as_millis()
        ],
    )?;
    Ok(written > 0)
}

fn change(tx: &Tx<'_>, id: TicketId, change: &TicketChange) -> Worked<Option<Result<Ticket, TicketRefusal>>> {
    let Some(before) = one(tx.connection(), id)? else { return Ok(None) };
    let mut after = match before.after(change) {
        Ok(Some(after)) => after,
        Ok(None) => return Ok(Some(Ok(before))),
        Err(refusal) => return Ok(Some(Err(refusal))),
    };
    after.changed = next_change(tx, &after.tenant)?;
    tx.execute(
        "UPDATE ticket SET state = ?3, agent = ?4, answer = ?5, changed = ?6 WHERE log = ?1 AND number = ?2",
        params![
            id.log.as_bytes(),
            stored(id.number.0),
            after.state.as_str(),
            after.agent.as_ref().map(AgentId::as_str),
            after.answer.map(|number| stored(number.0)),
            after.changed.as_millis()
        ],
    )?;
    Ok(Some(Ok(after)))
}

fn list(
    connection: &Connection,
    tenant: &TenantId,
    filter: &TicketFilter,
    queues: Option<&str>,
    most: usize,
) -> Worked<Vec<Ticket>> {
    let after = match filter.after {
        Some(id) => match one(connection, id)? {
            Some(ticket) => Some(ticket),
            // What is gone has nothing after it.
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    let opened = after.as_ref().map(|ticket| ticket.opened.as_millis());
    let log = after.as_ref().map(|ticket| *ticket.id.log.as_bytes());
    let number = after.as_ref().map(|ticket| stored(ticket.id.number.0));
    match filter.state {
        Some(state) => query(
            connection,
            select!(
                "WHERE tenant = ?1 AND state = ?2
                     AND (?3 IS NULL OR queue IN (SELECT value FROM json_each(?3)))
                     AND (?4 IS NULL OR (opened, log, number) > (?4, ?5, ?6))
                 ORDER BY opened, log, number LIMIT ?7"
            ),
            params![tenant.as_str(), state.as_str(), queues, opened, log, number, limit(most)],
        ),
        None => query(
            connection,
            select!(
                "WHERE tenant = ?1
                     AND (?2 IS NULL OR queue IN (SELECT value FROM json_each(?2)))
                     AND (?3 IS NULL OR (opened, log, number) > (?3, ?4, ?5))
                 ORDER BY opened, log, number LIMIT ?6"
            ),
            params![tenant.as_str(), queues, opened, log, number, limit(most)],
        ),
    }
}

#[async_trait]
impl TicketStore for SqliteStore {
    async fn open_ticket(&self, ticket: Ticket) -> Result<bool, StoreError> {
        let tenant = ticket.tenant.clone();
        self.of_tenant(&tenant).writing(move |tx| open(tx, &ticket)).await
    }

    async fn ticket(&self, ticket: TicketId) -> Result<Option<Ticket>, StoreError> {
        self.reading(move |connection| one(connection, ticket)).await
    }

    async fn tickets(
        &self,
        tenant: &TenantId,
        filter: TicketFilter,
        limit: usize,
    ) -> Result<Vec<Ticket>, StoreError> {
        let tenant = tenant.clone();
        let queues = filter.queues.as_ref().map(words).transpose()?;
        self.of_tenant(&tenant)
            .reading(move |connection| list(connection, &tenant, &filter, queues.as_deref(), limit))
            .await
    }

    async fn change_ticket(&self, ticket: TicketId, wanted: TicketChange) -> Result<Ticket, TicketError> {
        let changed = self.writing(move |tx| change(tx, ticket, &wanted)).await?;
        Ok(changed.ok_or(TicketError::NoTicket)??)
    }

    async fn changed_tickets(
        &self,
        tenant: &TenantId,
        after: Timestamp,
        most: usize,
    ) -> Result<Vec<Ticket>, StoreError> {
        let tenant = tenant.clone();
        self.reading(move |connection| {
            let sql = select!("WHERE tenant = ?1 AND changed > ?2 ORDER BY changed LIMIT ?3");
            query(connection, sql, params![tenant.as_str(), after.as_millis(), limit(most)])
        })
        .await
    }

    async fn last_ticket_change(&self, tenant: &TenantId) -> Result<Option<Timestamp>, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant).reading(move |connection| last_change(connection, &tenant)).await
    }
}
