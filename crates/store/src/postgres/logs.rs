//! Logs: their rows, and the port that everything about them goes through.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_core::entry::{Entry, EntryBody, Heads};
use frontdesk_core::id::{AgentId, CallId, DeviceId, TenantId};
use frontdesk_core::labels::LabelFilter;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    Advance, Commit, CommitError, Committed, ConversationFilter, ConversationRow, Customer, HistoryQuery,
    LogStore, LogView, PendingIntent, Position, ReadQuery, ReaderClaim, Rearm, Repeated, StoreError,
};
use frontdesk_core::time::Timestamp;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::new_entry::NewEntry;
use crate::postgres::batch::Answer;
use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::log_row::LogRow;
use crate::postgres::transaction::Tx;
use crate::postgres::usage::Change;
use crate::postgres::value::params;
use crate::postgres::{
    PostgresStore, citus, commit, conversations, entries, intents, labels, log_row, owners, positions,
    reader_claims, repeats, timers,
};
use crate::prepared::Prepared;

/// How many groups of logs that lie together are written at a time.
const GROUPS_AT_A_TIME: usize = 4;

/// Makes a customer known, or takes over a new name or locale.
async fn register(tx: &Tx, customer: &Customer) -> Worked<()> {
    // The id too: a customer who was erased may come again.
    let row = tx
        .first(
            "INSERT INTO log (id, tenant, channel, user_id, name, locale) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, locale = excluded.locale,
                 user_id = excluded.user_id
             RETURNING xmax = 0 AS is_new",
            params![
                customer.log().as_bytes(),
                customer.tenant.as_str(),
                customer.channel.as_str(),
                customer.user.as_str(),
                customer.name,
                customer.locale,
            ],
        )
        .await?;
    if row.map(|row| row.try_get("is_new")).transpose()?.unwrap_or(false) {
        tx.count(&customer.tenant, Change::CUSTOMER);
    }
    owners::put(tx, customer).await
}

async fn repeated(tx: &Tx, log: LogId, key: &str) -> Worked<Option<Repeated>> {
    let Some(row) = log_row::read(tx, log).await? else { return Ok(None) };
    let day = repeats::day_of(tx.now().await?, row.tail.at);
    Ok(repeats::on(day, repeats::last(tx, log, key).await?))
}

impl PostgresStore {
    async fn row(&self, log: LogId) -> Result<Option<LogRow>, StoreError> {
        self.reading(|connection: Connection| async move { log_row::read(&connection, log).await }).await
    }
}

#[async_trait]
impl LogStore for PostgresStore {
    async fn register(&self, customer: &Customer) -> Result<LogId, StoreError> {
        let log = customer.log();
        let known = self.row(log).await?;
        if known.is_none_or(|known| known.owner.as_ref() != Some(customer)) {
            self.transaction(|tx| async move { register(&tx, customer).await }).await?;
        }
        Ok(log)
    }

    async fn load(&self, log: LogId) -> Result<Option<LogView>, StoreError> {
        Ok(self.row(log).await?.and_then(LogRow::into_view))
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let mut prepared = Prepared::new(commit)?;
        if prepared.is_message() {
            match self.messages().write(prepared).await? {
                Answer::Done(written) => return written.map_err(CommitError::from),
                Answer::Alone(message) => prepared = *message,
            }
        }
        let prepared = &prepared;
        let written = if prepared.is_message() {
            self.log_transaction(|tx| async move { commit::commit(&tx, prepared).await }).await?
        } else {
            self.transaction(|tx| async move { commit::commit(&tx, prepared).await }).await?
        };
        written.map_err(CommitError::from)
    }

    async fn append_to_agent(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        source: (LogId, EntryNumber),
        body: EntryBody,
    ) -> Result<Option<EntryNumber>, StoreError> {
        let log = LogId::of_agent(tenant, agent);
        let entry = &NewEntry::new(body)?;
        self.log_transaction(|tx| async move { commit::append_to_agent(&tx, log, source, entry).await }).await
    }

    async fn repeated(&self, log: LogId, key: &str) -> Result<Option<Repeated>, StoreError> {
        self.snapshot(|tx| async move { repeated(&tx, log, key).await }).await
    }

    async fn read(&self, log: LogId, query: ReadQuery) -> Result<Vec<Entry>, StoreError> {
        let query = &query;
        self.reading(|connection| async move { entries::read(&connection, log, query).await }).await
    }

    async fn history(&self, log: LogId, query: HistoryQuery) -> Result<Vec<Entry>, StoreError> {
        let query = &query;
        self.snapshot(|tx| async move { entries::history(&tx, log, query).await }).await
    }

    async fn last_before(
        &self,
        log: LogId,
        after: EntryNumber,
        moment: Timestamp,
    ) -> Result<Option<EntryNumber>, StoreError> {
        self.reading(
            |connection| async move { entries::last_in_stretch(&connection, log, after, moment).await },
        )
        .await
    }

    async fn heads(&self, log: LogId) -> Result<Heads, StoreError> {
        Ok(self.row(log).await?.map(|row| row.tail.heads).unwrap_or_default())
    }

    async fn position(&self, log: LogId, device: &DeviceId) -> Result<Option<Position>, StoreError> {
        self.reading(|connection| async move { positions::position(&connection, log, device).await }).await
    }

    async fn advance(&self, steps: Vec<Advance>) -> Result<(), StoreError> {
        let advance = |steps: Vec<Advance>| async move {
            let steps = &steps;
            self.log_transaction(|tx| async move { positions::advance(&tx, steps).await }).await
        };
        if !self.is_distributed() {
            return advance(steps).await;
        }
        let logs: Vec<LogId> = steps.iter().map(|step| step.log).collect();
        let logs = &logs;
        let places =
            self.reading(|connection| async move { citus::by_shard(&connection, logs).await }).await?;
        let mut groups: BTreeMap<i64, Vec<Advance>> = BTreeMap::new();
        for step in steps {
            groups.entry(places.get(&step.log).copied().unwrap_or_default()).or_default().push(step);
        }
        let moving = groups.into_values().map(advance);
        stream::iter(moving).buffer_unordered(GROUPS_AT_A_TIME).try_collect().await
    }

    async fn claim_reader(&self, claim: ReaderClaim, lasts: Duration) -> Result<bool, StoreError> {
        self.log_transaction(|tx| async move { reader_claims::claim(&tx, claim, lasts).await }).await
    }

    async fn release_readers(&self, claims: Vec<ReaderClaim>) -> Result<(), StoreError> {
        let claims = &claims;
        self.log_transaction(|tx| async move { reader_claims::release(&tx, claims).await }).await
    }

    async fn last_said(&self, log: LogId) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.row(log).await?.and_then(|row| row.tail.said))
    }

    async fn last_answered(&self, log: LogId) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.row(log).await?.and_then(|row| row.tail.answered))
    }

    async fn mark_seen(&self, seen: Vec<(LogId, Timestamp)>) -> Result<(), StoreError> {
        let seen = &seen;
        self.log_transaction(|tx| async move { positions::mark_seen(&tx, seen).await }).await
    }

    async fn last_seen(&self, log: LogId) -> Result<Option<Timestamp>, StoreError> {
        self.reading(|connection| async move { positions::last_seen(&connection, log).await }).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<(LogId, Timestamp)>, StoreError> {
        self.reading(|connection| async move { timers::due(&connection, now, limit).await }).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.reading(|connection| async move { timers::next_due(&connection).await }).await
    }

    async fn rearm(&self, timers: Vec<Rearm>) -> Result<(), StoreError> {
        let timers = &timers;
        self.log_transaction(|tx| async move { timers::rearm(&tx, timers).await }).await
    }

    async fn pending_intents(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<PendingIntent>, StoreError> {
        self.reading(|connection| async move { intents::pending(&connection, before, limit).await }).await
    }

    async fn finish_intent(&self, log: LogId, id: u64) -> Result<(), StoreError> {
        self.reading(|connection| async move { intents::finish(&connection, log, id).await }).await
    }

    async fn conversation(
        &self,
        log: LogId,
        conversation: u64,
    ) -> Result<Option<ConversationRow>, StoreError> {
        self.reading(|connection| async move { conversations::one(&connection, log, conversation).await })
            .await
    }

    async fn conversations(
        &self,
        tenant: &TenantId,
        filter: ConversationFilter,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let filter = &filter;
        self.reading(
            |connection| async move { conversations::list(&connection, tenant, filter, limit).await },
        )
        .await
    }

    async fn conversations_labelled(
        &self,
        tenant: &TenantId,
        filter: ConversationFilter,
        labels: LabelFilter,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let (filter, labels) = (&filter, &labels);
        self.reading(
            |connection| async move { labels::list(&connection, tenant, filter, labels, limit).await },
        )
        .await
    }

    async fn conversation_by_call(
        &self,
        tenant: &TenantId,
        call: &CallId,
    ) -> Result<Option<ConversationRow>, StoreError> {
        self.reading(|connection| async move { conversations::by_call(&connection, tenant, call).await })
            .await
    }

    fn epoch(&self) -> u64 {
        self.epoch_number()
    }
}
