//! The task of one channel: finds what there is to send, has it sent, and keeps to the schedule.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::directory::Channel;
use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::Purpose;
use frontdesk_core::push::{Push, Retry};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use super::attempt::{Ended, Outcome, attempt};
use super::endpoint::Endpoint;
use super::reach::Reach;
use super::schedule::{Schedule, Try};
use super::service::{ChannelKey, Inbox};
use crate::parts::Parts;

/// How many marks are looked up at once.
const PAGE: usize = 256;
/// How often marks are looked up even if nobody said that there are new ones.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How often it is looked whether this node has become the one that pushes.
const LOOK_FOR_LEAD: Duration = Duration::from_millis(500);
/// How long to wait after the store refused.
const RETRY: Duration = Duration::from_secs(1);
/// How long attempts that are under way may take when the node stops. What is cut off is sent again.
const GRACE: Duration = Duration::from_secs(2);

/// Works for a channel until it has no push any more or the node stops.
pub(super) async fn run(parts: Parts, key: ChannelKey, inbox: Arc<Inbox>) {
    let mut runner = Runner::new(parts.clone(), key, inbox);
    let mut under_way: FuturesUnordered<BoxFuture<'static, Ended>> = FuturesUnordered::new();
    while !parts.shutdown.is_cancelled() {
        runner.look_at_configuration();
        if runner.is_over() && under_way.is_empty() && runner.leave().await {
            return;
        }
        runner.look_at_lead();
        if runner.leads
            && let Some(endpoint) = runner.working_endpoint()
        {
            runner.find().await;
            while let Some(next) = runner.schedule.take(Instant::now()) {
                under_way.push(Box::pin(in_turn(
                    parts.clone(),
                    runner.key.0.clone(),
                    Arc::clone(&endpoint),
                    next,
                )));
            }
        }
        let next_look = runner.next_look();
        tokio::select! {
            Some(ended) = under_way.next() => runner.record(ended),
            () = runner.inbox.news() => {}
            () = tokio::time::sleep_until(next_look) => {}
            () = parts.shutdown.cancelled() => {}
        }
    }
    let rest = async { while under_way.next().await.is_some() {} };
    if tokio::time::timeout(GRACE, rest).await.is_err() {
        tracing::info!(channel = %runner.key.1, "push requests were cut off; they will be made again");
    }
}

/// Makes an attempt once the tenant may have one more under way.
async fn in_turn(parts: Parts, tenant: TenantId, endpoint: Arc<Endpoint>, next: Try) -> Ended {
    let tenant = parts.directory.load().tenant(&tenant).cloned();
    let _lane = match &tenant {
        Some(tenant) => parts.limits.push_lane(tenant).await,
        None => None,
    };
    attempt(parts, endpoint, next).await
}

struct Runner {
    parts: Parts,
    key: ChannelKey,
    inbox: Arc<Inbox>,
    schedule: Schedule,
    /// Whether this node was the one that pushes when the runner last looked.
    leads: bool,
    /// As it was configured when the runner last looked.
    channel: Option<Arc<Channel>>,
    /// The receiver; `None` if its configuration cannot be used.
    endpoint: Option<Arc<Endpoint>>,
    search: Search,
}

/// Where the search for marks is.
struct Search {
    after: Option<LogId>,
    next: Instant,
}

impl Runner {
    fn new(parts: Parts, key: ChannelKey, inbox: Arc<Inbox>) -> Self {
        let settings = &parts.settings;
        let retry = Retry {
            first: Duration::from_millis(settings.push_retry_first_ms),
            longest: Duration::from_millis(settings.push_retry_longest_ms),
        };
        let schedule = Schedule::new(retry, settings.push_at_a_time);
        let search = Search { after: None, next: Instant::now() };
        Self { parts, key, inbox, schedule, leads: false, channel: None, endpoint: None, search }
    }

    fn look_at_configuration(&mut self) {
        let directory = self.parts.directory.load();
        let channel = directory.channel(&self.key.0, &self.key.1);
        let is_same = match (channel, &self.channel) {
            (Some(now), Some(before)) => Arc::ptr_eq(now, before),
            (None, None) => true,
            _ => false,
        };
        if is_same {
            return;
        }
        let push = channel.and_then(|channel| channel.push.as_deref());
        if self.push() != push {
            self.endpoint = push.and_then(|push| self.connect(push));
            self.search.next = Instant::now();
        }
        self.channel = channel.cloned();
    }

    /// Whoever becomes the one that pushes begins with what others left.
    fn look_at_lead(&mut self) {
        let led = std::mem::replace(&mut self.leads, self.parts.nodes.leads());
        if self.leads && !led {
            self.search = Search { after: None, next: Instant::now() };
        }
    }

    fn push(&self) -> Option<&Push> {
        self.channel.as_ref()?.push.as_deref()
    }

    fn connect(&self, push: &Push) -> Option<Arc<Endpoint>> {
        let timeout = Duration::from_millis(self.parts.settings.push_timeout_ms);
        match Endpoint::new(&self.key.1, push, timeout) {
            Ok(endpoint) => {
                self.parts.push.learn(&self.key, Reach::renewed);
                Some(Arc::new(endpoint))
            }
            Err(error) => {
                let now = self.parts.clock.now();
                self.parts.push.learn(&self.key, |reach| reach.cannot_work(now));
                tracing::error!(channel = %self.key.1, %error, "push cannot work with what is configured");
                None
            }
        }
    }

    fn is_over(&self) -> bool {
        self.push().is_none()
    }

    /// The receiver, if something is to be sent to it now.
    fn working_endpoint(&self) -> Option<Arc<Endpoint>> {
        self.endpoint.clone().filter(|endpoint| !endpoint.push().paused)
    }

    /// The channel has no push: what was to be sent no longer is. `false` if it has one again.
    async fn leave(&self) -> bool {
        let (tenant, channel) = &self.key;
        if let Err(error) = self.parts.store.drop_pending(Purpose::Push, (tenant, channel)).await {
            tracing::warn!(%channel, %error, "what was to be pushed could not be dropped");
        }
        self.parts.push.leave(&self.parts, &self.key)
    }

    /// Makes lanes of what others said is new, and of marks in the store.
    async fn find(&mut self) {
        if self.inbox.take(|log| self.schedule.wake(log)) || self.schedule.take_overflow() {
            self.search = Search { after: None, next: Instant::now() };
        }
        while self.search.next <= Instant::now() && self.schedule.has_room() {
            let channel = (&self.key.0, &self.key.1);
            let page = self.parts.store.pending_logs(Purpose::Push, channel, self.search.after, PAGE).await;
            match page {
                Ok(logs) => {
                    for log in &logs {
                        self.schedule.wake(*log);
                    }
                    if logs.len() < PAGE {
                        self.search = Search { after: None, next: Instant::now() + LOOK_AGAIN };
                    } else {
                        self.search.after = logs.last().copied();
                    }
                }
                Err(error) => {
                    tracing::warn!(channel = %self.key.1, %error, "what is to be pushed could not be read");
                    self.search.next = Instant::now() + RETRY;
                }
            }
        }
    }

    fn next_look(&self) -> Instant {
        let later = Instant::now() + LOOK_AGAIN;
        if self.working_endpoint().is_none() {
            return later;
        }
        if !self.leads {
            return Instant::now() + LOOK_FOR_LEAD;
        }
        let search = if self.schedule.has_room() { self.search.next } else { later };
        search.min(self.schedule.next_due().unwrap_or(later))
    }

    fn record(&mut self, ended: Ended) {
        let Ended { log, attempt, outcome } = ended;
        let channel = &self.key.1;
        let was_down = self.schedule.is_down();
        match outcome {
            Outcome::Delivered { more } => {
                count("delivered");
                self.parts.push.learn(&self.key, |reach| reach.took(log));
                self.schedule.succeeded(log, more);
                if was_down {
                    tracing::info!(%channel, "the push receiver is back");
                }
            }
            Outcome::Nothing { more } => {
                self.parts.push.learn(&self.key, |reach| reach.is_up_to_date(log));
                self.schedule.nothing_to_send(log, more);
            }
            Outcome::Failed { through, retry_after, error } => {
                count("failed");
                let now = self.parts.clock.now();
                self.parts.push.learn(&self.key, |reach| reach.refused(log, now));
                let seed = self.parts.random_below(u64::MAX);
                self.schedule.failed(log, through, Instant::now(), seed, retry_after);
                if !was_down && self.schedule.is_down() {
                    tracing::warn!(%channel, %error, "the push receiver takes nothing; it is tried now and then");
                } else if attempt == 1 && !was_down {
                    tracing::warn!(%channel, %log, %error, "a push failed and will be tried again");
                }
            }
            Outcome::Store(error) => {
                tracing::warn!(%channel, %log, %error, "a push could not be read or noted");
                self.schedule.postponed(log, Instant::now() + RETRY);
            }
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("frontdesk_push_attempts_total", "outcome" => outcome).increment(1);
}
