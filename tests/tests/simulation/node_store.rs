//! The store as a node has it: slow, failing, and gone when the node is. What was written is looked at after every call.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_core::log::Life;
use frontdesk_tests::kit::store::*;
use frontdesk_tests::store_ports;
use tokio_util::sync::CancellationToken;

use super::lockstep::lockstep;
use super::mutants::Mutant;
use super::streams::Stream;
use super::world::World;

/// The store as a node has it.
pub(crate) struct NodeStore {
    inner: Arc<dyn Store>,
    world: Arc<World>,
    node: usize,
    /// Ends with the node. Nothing of what the node's tasks do then reaches the store, and no answer reaches them.
    life: CancellationToken,
    delays: Stream,
    failures: Stream,
}

impl NodeStore {
    pub(crate) fn new(world: &Arc<World>, node: usize, life: CancellationToken) -> Self {
        Self {
            inner: Arc::clone(&world.store),
            world: Arc::clone(world),
            node,
            life,
            delays: world.stream(&format!("delays of node {node}")),
            failures: world.stream(&format!("failures of the store at node {node}")),
        }
    }

    async fn before(&self, method: &'static str) -> Result<(), StoreError> {
        self.pass().await;
        let fails = self.failures.chance(self.world.climate.fails);
        if fails && self.world.storms() {
            self.world.step("failure", format_args!("node {}: {method} fails", self.node));
            return Err(StoreError::Failed("the simulated store fails".to_owned()));
        }
        self.world.step("store", format_args!("node {}: {method}", self.node));
        Ok(())
    }

    async fn after(&self, method: &'static str) -> Result<(), StoreError> {
        self.pass().await;
        let often = self.world.mutant.and_then(|mutant| mutant.loses_answers(method));
        let loses = self.failures.chance(often.unwrap_or(self.world.climate.loses_answer));
        if loses && self.world.storms() {
            self.world.step("failure", format_args!("node {}: the answer of {method} is lost", self.node));
            return Err(StoreError::Failed("the simulated store's answer is lost".to_owned()));
        }
        Ok(())
    }

    /// Takes its time; never ends if the node does.
    async fn pass(&self) {
        let climate = &self.world.climate;
        let (dice, is_slow) = (self.delays.between(0, 100), self.delays.chance(climate.is_slow));
        let took = self.delays.between(1, 12);
        let took = match dice {
            _ if is_slow && self.world.storms() => self.delays.between(20, climate.slowest.max(21)),
            0..65 => 0,
            65..90 => took % 3 + 1,
            _ => took,
        };
        if took > 0 {
            tokio::time::sleep(Duration::from_millis(took)).await;
        }
        if self.life.is_cancelled() {
            std::future::pending::<()>().await;
        }
    }

    fn mutant(&self, is: impl FnOnce(Mutant) -> bool) -> bool {
        self.world.mutant.is_some_and(is)
    }

    fn load(&self, log: LogId) -> Result<Option<LogView>, StoreError> {
        let mut view = lockstep(self.inner.load(log))?;
        if let (Some(mutant), Some(view)) = (self.world.mutant, &mut view) {
            mutant.spoil_state(&mut view.state);
        }
        Ok(view)
    }

    fn commit(&self, mut commit: Commit) -> Result<Committed, CommitError> {
        if let Some(mutant) = self.world.mutant {
            mutant.spoil_commit(&mut commit);
        }
        if self.world.is(Mutant::AcknowledgedTooSoon) && commit.decision.state.is_none() {
            return Ok(self.commit_later(commit));
        }
        let committed = lockstep(self.inner.commit(commit.clone()));
        if matches!(committed, Err(CommitError::Conflict)) && self.world.is(Mutant::VersionIgnored) {
            let view = lockstep(self.inner.load(commit.log))?.ok_or(CommitError::NoLog)?;
            let forced = Commit { version: view.state.version, ..commit.clone() };
            let committed = lockstep(self.inner.commit(forced))?;
            self.wrote(&commit, &committed);
            return Ok(committed);
        }
        let committed = committed?;
        self.wrote(&commit, &committed);
        Ok(committed)
    }

    fn wrote(&self, commit: &Commit, committed: &Committed) {
        let kinds = commit
            .decision
            .entries
            .iter()
            .map(|body| format!("{body:?}").chars().take(60).collect::<String>());
        let (first, kinds) = (committed.first.0, kinds.collect::<Vec<_>>().join(" | "));
        self.world
            .step("commit", format_args!("node {}: {} from {first} on: {kinds}", self.node, commit.log));
        let view = lockstep(self.inner.load(commit.log)).ok().flatten();
        if let Some(view) = view {
            self.world.check(self.world.model().wrote(commit, committed, &view.state));
        }
    }

    /// Says that it is written before it is.
    fn commit_later(&self, commit: Commit) -> Committed {
        let last = lockstep(self.inner.heads(commit.log)).unwrap_or_default();
        let first = EntryNumber(last.of(frontdesk_core::entry::Audience::ALL).0 + 1);
        let times = vec![Timestamp::ZERO; commit.decision.entries.len()];
        let (world, inner, life) = (Arc::clone(&self.world), Arc::clone(&self.inner), self.life.clone());
        drop(tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(40)).await;
            if !life.is_cancelled()
                && let Ok(committed) = lockstep(inner.commit(commit.clone()))
                && let Ok(Some(view)) = lockstep(inner.load(commit.log))
            {
                world.check(world.model().wrote(&commit, &committed, &view.state));
            }
        }));
        Committed { first, life: Life::FIRST, times, intents: Vec::new() }
    }

    fn read(&self, log: LogId, query: ReadQuery) -> Result<Vec<Entry>, StoreError> {
        let mut entries = lockstep(self.inner.read(log, query))?;
        if self.world.is(Mutant::EntrySkipped) {
            entries.retain(|entry| entry.number.0 % 23 != 11);
        }
        if self.world.is(Mutant::TimeStandsStill) {
            for place in 1..entries.len() {
                entries[place].at = entries[place - 1].at;
            }
        }
        Ok(entries)
    }

    fn advance(&self, mut steps: Vec<Advance>) -> Result<(), StoreError> {
        if self.world.is(Mutant::CursorTooFar) {
            for step in &mut steps {
                step.position.acknowledged.0 += 1;
                step.position.sent_through.0 += 1;
            }
        }
        lockstep(self.inner.advance(steps))
    }

    fn rearm(&self, timers: Vec<Rearm>) -> Result<(), StoreError> {
        if self.world.is(Mutant::TimerForgotten) { Ok(()) } else { lockstep(self.inner.rearm(timers)) }
    }

    fn enqueue(&self, item: QueueItem) -> Result<(), StoreError> {
        if self.mutant(|mutant| mutant.loses(&item)) { Ok(()) } else { lockstep(self.inner.enqueue(item)) }
    }

    fn leave_queue(&self, log: LogId, fence: u64) -> Result<Option<AgentId>, StoreError> {
        let fence = if self.world.is(Mutant::FenceIgnored) { u64::from(u32::MAX) } else { fence };
        lockstep(self.inner.leave_queue(log, fence))
    }

    fn claim(&self, mut request: ClaimRequest) -> Result<Claimed, StoreError> {
        for staff in &mut request.staff {
            staff.capacity += self.world.mutant.map_or(0, Mutant::more_capacity);
        }
        let claimed = lockstep(self.inner.claim(request));
        self.took_slots();
        claimed
    }

    /// No agent may have more slots than they can hold.
    fn took_slots(&self) {
        self.world.check(super::slots::check_capacity(&self.world));
    }
}

/// How each method is carried out: those that are named do it in their own way.
macro_rules! carry_out {
    ($store:ident load($log:ident)) => { $store.load($log) };
    ($store:ident commit($commit:ident)) => { $store.commit($commit) };
    ($store:ident read($log:ident, $query:ident)) => { $store.read($log, $query) };
    ($store:ident advance($steps:ident)) => { $store.advance($steps) };
    ($store:ident rearm($timers:ident)) => { $store.rearm($timers) };
    ($store:ident enqueue($item:ident)) => { $store.enqueue($item) };
    ($store:ident leave_queue($log:ident, $fence:ident)) => { $store.leave_queue($log, $fence) };
    ($store:ident claim($request:ident)) => { $store.claim($request) };
    ($store:ident pending_intents($before:ident, $limit:ident)) => {
        hidden!($store pending_intents($before, $limit))
    };
    ($store:ident stale_reservations($before:ident)) => { hidden!($store stale_reservations($before)) };
    ($store:ident stale_claims($before:ident)) => { hidden!($store stale_claims($before)) };
    ($store:ident reserve($($name:ident),*)) => {{
        let reserved = lockstep($store.inner.reserve($($name),*));
        $store.took_slots();
        reserved
    }};
    ($store:ident $method:ident($($name:ident),*)) => { lockstep($store.inner.$method($($name),*)) };
}

macro_rules! hidden {
    ($store:ident $method:ident($($name:ident),*)) => {
        if $store.mutant(|mutant| mutant.hides_from(stringify!($method))) {
            Ok(Vec::new())
        } else {
            lockstep($store.inner.$method($($name),*))
        }
    };
}

macro_rules! pass_on {
    ($port:ident $({ $($rest:tt)* })?; $(fn $method:ident($($name:ident: [$($type:tt)*]),*) -> [$($result:tt)*];)*) => {
        #[async_trait]
        impl $port for NodeStore {
            $(
                async fn $method(&self, $($name: $($type)*),*) -> $($result)* {
                    self.before(stringify!($method)).await?;
                    let result = carry_out!(self $method($($name),*));
                    self.after(stringify!($method)).await?;
                    result
                }
            )*
            $($($rest)*)?
        }
    };
}

store_ports!(pass_on);

#[async_trait]
impl Store for NodeStore {
    async fn check(&self) -> Result<(), StoreError> {
        lockstep(self.inner.check())
    }

    async fn close(&self) {}
}
