//! Logs: their rows, and the port that everything about them goes through.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_core::conversation::LogState;
use frontdesk_core::entry::{Entry, EntryBody, Heads};
use frontdesk_core::id::{AgentId, CallId, DeviceId, TenantId};
use frontdesk_core::labels::LabelFilter;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    Advance, Commit, CommitError, Committed, ConversationFilter, ConversationRow, Customer, HistoryQuery,
    LogStore, LogView, PendingIntent, Position, ReadQuery, ReaderClaim, Rearm, Repeated, StoreError,
};
use frontdesk_core::time::Timestamp;
use rusqlite::params;

use crate::error::Worked;
use crate::sqlite::commit::{self, Prepared};
use crate::sqlite::entries::NewEntry;
use crate::sqlite::recent::Recent;
use crate::sqlite::snapshot::{Marks, Snapshot, Tail};
use crate::sqlite::usage::Change;
use crate::sqlite::value::stored;
use crate::sqlite::writer::Tx;
use crate::sqlite::{SqliteStore, conversations, entries, intents, labels, positions, repeats, timers};

/// Makes a customer known, or takes over a new name or locale.
pub(super) fn register(tx: &mut Tx<'_>, customer: &Customer) -> Worked<()> {
    let log = customer.log();
    let after = match tx.log(log)? {
        Some(known) if known.owner.as_deref() == Some(customer) => return Ok(()),
        Some(known) => {
            tx.execute(
                // The id too: a customer who was erased may come again.
                "UPDATE log SET name = ?2, locale = ?3, user = ?4 WHERE log_key = ?1",
                params![known.key, customer.name, customer.locale, customer.user.as_str()],
            )?;
            Snapshot { owner: Some(Arc::new(customer.clone())), ..Snapshot::clone(&known) }
        }
        None => {
            let inserted = insert(tx, customer, log)?;
            tx.count(&customer.tenant, Change::CUSTOMER);
            inserted
        }
    };
    tx.stage(log, after);
    Ok(())
}

fn insert(tx: &Tx<'_>, customer: &Customer, log: LogId) -> Worked<Snapshot> {
    tx.execute(
        "INSERT INTO log (id, tenant, channel, user, name, locale) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            log.as_bytes(),
            customer.tenant.as_str(),
            customer.channel.as_str(),
            customer.user.as_str(),
            customer.name,
            customer.locale
        ],
    )?;
    Ok(empty(tx, Some(Arc::new(customer.clone()))))
}

pub(super) fn insert_agent_log(tx: &Tx<'_>, log: LogId) -> Worked<Snapshot> {
    tx.execute("INSERT INTO log (id) VALUES (?1)", params![log.as_bytes()])?;
    Ok(empty(tx, None))
}

/// The log whose row was inserted last.
fn empty(tx: &Tx<'_>, owner: Option<Arc<Customer>>) -> Snapshot {
    let key = tx.connection().last_insert_rowid();
    Snapshot {
        key,
        owner,
        state: Arc::new(LogState::default()),
        tail: Tail::default(),
        marks: Marks::default(),
        recent: Recent::default(),
    }
}

/// Writes a log's new state, and with it the summary of what was written so far.
pub(super) fn write_state(tx: &Tx<'_>, log: &mut Snapshot, state: &str) -> Worked<()> {
    log.tail.summed_up = log.tail.number;
    tx.execute(
        "UPDATE log SET state = ?2, summary_through = ?3, summary_heads = ?4, summary_said = ?5,
             summary_answered = ?6
         WHERE log_key = ?1",
        params![
            log.key,
            state,
            stored(log.tail.number.0),
            log.tail.stored_heads(),
            log.tail.said.map(Timestamp::as_millis),
            log.tail.answered.map(Timestamp::as_millis)
        ],
    )?;
    Ok(())
}

/// Writes the summary alone.
pub(super) fn write_summary(tx: &Tx<'_>, log: &mut Snapshot) -> Worked<()> {
    log.tail.summed_up = log.tail.number;
    tx.execute(
        "UPDATE log SET summary_through = ?2, summary_heads = ?3, summary_said = ?4, summary_answered = ?5
         WHERE log_key = ?1",
        params![
            log.key,
            stored(log.tail.number.0),
            log.tail.stored_heads(),
            log.tail.said.map(Timestamp::as_millis),
            log.tail.answered.map(Timestamp::as_millis)
        ],
    )?;
    Ok(())
}

#[async_trait]
impl LogStore for SqliteStore {
    async fn register(&self, customer: &Customer) -> Result<LogId, StoreError> {
        let log = customer.log();
        let known = self.snapshot(log).await?;
        if known.is_none_or(|known| known.owner.as_deref() != Some(customer)) {
            let customer = customer.clone();
            let tenant = customer.tenant.clone();
            self.of_tenant(&tenant).writing(move |tx| register(tx, &customer)).await?;
        }
        Ok(log)
    }

    async fn load(&self, log: LogId) -> Result<Option<LogView>, StoreError> {
        Ok(self.snapshot(log).await?.and_then(|snapshot| snapshot.view()))
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let prepared = Prepared::new(commit)?;
        let (log, cost) = (prepared.log(), prepared.cost());
        let written = self.of_log(log).writing_much(cost, move |tx| commit::commit(tx, prepared)).await?;
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
        let entry = NewEntry::new(body)?;
        self.of_tenant(tenant).writing(move |tx| commit::append_to_agent(tx, log, source, entry)).await
    }

    async fn repeated(&self, log: LogId, key: &str) -> Result<Option<Repeated>, StoreError> {
        let Some(snapshot) = self.snapshot(log).await? else { return Ok(None) };
        let day = repeats::day_of(self.now(), &snapshot.tail);
        let key = key.to_owned();
        self.of_log(log).reading(move |connection| repeats::find(connection, snapshot.key, day, &key)).await
    }

    async fn read(&self, log: LogId, query: ReadQuery) -> Result<Vec<Entry>, StoreError> {
        if let Some(entries) = self.recent(log, &query)? {
            return Ok(entries);
        }
        self.of_log(log).reading(move |connection| entries::read(connection, log, query)).await
    }

    async fn history(&self, log: LogId, query: HistoryQuery) -> Result<Vec<Entry>, StoreError> {
        self.of_log(log).reading(move |connection| entries::history(connection, log, &query)).await
    }

    async fn last_before(
        &self,
        log: LogId,
        after: EntryNumber,
        moment: Timestamp,
    ) -> Result<Option<EntryNumber>, StoreError> {
        // What comes next is there and was not written before: the answer to whoever is a few entries behind.
        if self.next_at(log, after)?.is_some_and(|next| next >= moment) {
            return Ok(None);
        }
        self.of_log(log)
            .reading(move |connection| entries::last_in_stretch(connection, log, after, moment))
            .await
    }

    async fn heads(&self, log: LogId) -> Result<Heads, StoreError> {
        Ok(self.snapshot(log).await?.map(|snapshot| snapshot.tail.heads).unwrap_or_default())
    }

    async fn position(&self, log: LogId, device: &DeviceId) -> Result<Option<Position>, StoreError> {
        let device = device.clone();
        self.of_log(log).reading(move |connection| positions::position(connection, log, &device)).await
    }

    async fn advance(&self, steps: Vec<Advance>) -> Result<(), StoreError> {
        self.writing(move |tx| positions::advance(tx, &steps)).await
    }

    async fn claim_reader(&self, claim: ReaderClaim, lasts: Duration) -> Result<bool, StoreError> {
        Ok(self.reader_claims.claim(claim, self.now(), lasts))
    }

    async fn release_readers(&self, claims: Vec<ReaderClaim>) -> Result<(), StoreError> {
        self.reader_claims.release(&claims);
        Ok(())
    }

    async fn last_said(&self, log: LogId) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.snapshot(log).await?.and_then(|snapshot| snapshot.tail.said))
    }

    async fn last_answered(&self, log: LogId) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.snapshot(log).await?.and_then(|snapshot| snapshot.tail.answered))
    }

    async fn mark_seen(&self, seen: Vec<(LogId, Timestamp)>) -> Result<(), StoreError> {
        self.writing(move |tx| positions::mark_seen(tx, &seen)).await
    }

    async fn last_seen(&self, log: LogId) -> Result<Option<Timestamp>, StoreError> {
        self.of_log(log).reading(move |connection| positions::last_seen(connection, log)).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<(LogId, Timestamp)>, StoreError> {
        self.reading(move |connection| timers::due(connection, now, limit)).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.reading(timers::next_due).await
    }

    async fn rearm(&self, timers: Vec<Rearm>) -> Result<(), StoreError> {
        self.writing(move |tx| timers::rearm(tx, &timers)).await
    }

    async fn pending_intents(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<PendingIntent>, StoreError> {
        self.reading(move |connection| intents::pending(connection, before, limit)).await
    }

    async fn finish_intent(&self, log: LogId, id: u64) -> Result<(), StoreError> {
        self.of_log(log).writing(move |tx| intents::finish(tx, log, id)).await
    }

    async fn conversation(
        &self,
        log: LogId,
        conversation: u64,
    ) -> Result<Option<ConversationRow>, StoreError> {
        self.of_log(log).reading(move |connection| conversations::one(connection, log, conversation)).await
    }

    async fn conversations(
        &self,
        tenant: &TenantId,
        filter: ConversationFilter,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant)
            .reading(move |connection| conversations::list(connection, &tenant, &filter, limit))
            .await
    }

    async fn conversations_labelled(
        &self,
        tenant: &TenantId,
        filter: ConversationFilter,
        labels: LabelFilter,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant)
            .reading(move |connection| labels::list(connection, &tenant, &filter, &labels, limit))
            .await
    }

    async fn conversation_by_call(
        &self,
        tenant: &TenantId,
        call: &CallId,
    ) -> Result<Option<ConversationRow>, StoreError> {
        let (tenant, call) = (tenant.clone(), call.clone());
        self.of_tenant(&tenant)
            .reading(move |connection| conversations::by_call(connection, &tenant, &call))
            .await
    }

    fn epoch(&self) -> u64 {
        self.epoch_number()
    }
}
