//! The connection that nodes hear each other over, and that the leader's lock is bound to.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use frontdesk_core::port::{Heard, Hint};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};

use super::Shared;
use super::ears::{Ears, SILENCE};
use super::notice::{CONFIGURED, Notice, next_payload};
use crate::OpenError;
use crate::postgres::connect::Place;
use crate::postgres::fault::in_full;

/// How long hints are collected before they are sent.
const COLLECT: Duration = Duration::from_millis(2);
/// How often a node gives a sign, and asks whether it leads.
pub(super) const BEAT: Duration = Duration::from_secs(1);
/// How long the database may take to answer on this connection.
pub(super) const ANSWER: Duration = Duration::from_secs(2);
/// How long to wait before connecting again.
pub(super) const RECONNECT: Duration = Duration::from_millis(500);

/// Whoever holds this lock leads: "`FDld`".
pub(in crate::postgres) const LEADER: i64 = 1_178_889_316;

/// The database gives the lock to another as soon as it notices that this node is gone, which must not take it hours. It does
/// by its network; or, if something in between still answers for this node, by hearing nothing, as there is a beat every second.
/// That must take longer than a node takes itself for the leader.
const SETTINGS: &str =
    "SET tcp_keepalives_idle = 1; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 2;
     SET tcp_user_timeout = 3000; SET idle_session_timeout = 4000; LISTEN frontdesk";

/// A connection, and what comes over it.
pub(super) struct Connected {
    client: Client,
    payloads: mpsc::UnboundedReceiver<String>,
    leads: bool,
}

impl Connected {
    pub(super) async fn at(place: &Place) -> Result<Self, OpenError> {
        let (client, payloads) = place.connect_listening().await?;
        client.batch_execute(SETTINGS).await.map_err(|error| place.failed(in_full(&error)))?;
        Ok(Self { client, payloads, leads: false })
    }

    /// Tries until it succeeds.
    pub(super) async fn again(place: Place) -> Self {
        loop {
            tokio::time::sleep(RECONNECT).await;
            if let Ok(Ok(connected)) = tokio::time::timeout(ANSWER, Self::at(&place)).await {
                return connected;
            }
        }
    }
}

/// Keeps one connection at a time.
pub(super) struct Line {
    pub(super) place: Place,
    /// How the store reaches the database.
    pub(super) queries: Place,
    node: u64,
    pub(super) shared: Arc<Shared>,
    heard: mpsc::Sender<Heard>,
    ears: Ears,
    /// How many notifications were sent.
    count: u64,
    /// Something is to be looked at, and could not be told yet.
    pub(super) missed: bool,
    /// Until then there may be others that were not heard yet.
    unsure_until: Instant,
}

/// Why a connection is no longer used.
enum End {
    Stopped,
    Lost(String),
}

impl Line {
    pub(super) fn new(
        (place, queries): (Place, Place),
        node: u64,
        shared: Arc<Shared>,
        heard: mpsc::Sender<Heard>,
    ) -> Self {
        let (ears, unsure_until) = (Ears::default(), Instant::now());
        Self { place, queries, node, shared, heard, ears, count: 0, missed: false, unsure_until }
    }

    /// Runs until the nodes are left.
    pub(super) async fn run(
        mut self,
        first: Connected,
        mut to_send: mpsc::Receiver<Hint>,
        mut stopped: watch::Receiver<bool>,
    ) {
        let mut connected = first;
        loop {
            let end = self.serve(connected, &mut to_send, &mut stopped).await;
            self.shared.give_up_lead();
            match end {
                End::Stopped => return,
                End::Lost(why) => tracing::warn!(%why, "the connection to the other nodes was lost"),
            }
            self.ears.forget();
            let Some(again) = self.be_deaf(&mut to_send, &mut stopped).await else { return };
            connected = again;
            self.missed = true;
            self.unsure_until = Instant::now() + SILENCE;
            tracing::info!("the other nodes can be heard again");
        }
    }

    async fn serve(
        &mut self,
        mut connected: Connected,
        to_send: &mut mpsc::Receiver<Hint>,
        stopped: &mut watch::Receiver<bool>,
    ) -> End {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                () = told_to_stop(stopped) => return End::Stopped,
                payload = connected.payloads.recv() => match payload {
                    Some(payload) => {
                        self.hear(&payload);
                        Ok(())
                    }
                    None => Err("it was closed".to_owned()),
                },
                Some(hint) = to_send.recv() => self.send(&connected.client, hint, to_send).await,
                _ = beat.tick() => self.beat(&mut connected).await,
            };
            if let Err(why) = done {
                return End::Lost(why);
            }
        }
    }

    fn hear(&mut self, payload: &str) {
        if payload == CONFIGURED {
            return self.pass_on(Some(Heard::Configured));
        }
        let Some(notice) = Notice::parse(payload) else {
            self.missed = true;
            return self.pass_on(None);
        };
        if notice.node == self.node {
            return;
        }
        self.missed |= self.ears.hear(notice.node, notice.count, Instant::now());
        self.shared.has_others.store(true, Ordering::Relaxed);
        let Some(hints) = notice.hints else {
            self.missed = true;
            return self.pass_on(None);
        };
        self.pass_on((!hints.is_empty()).then_some(Heard::Hints(hints)));
    }

    /// Whoever is behind with listening has missed something.
    pub(super) fn pass_on(&mut self, heard: Option<Heard>) {
        if self.missed {
            self.missed = self.heard.try_send(Heard::Missed).is_err();
        }
        if let Some(heard) = heard {
            self.missed |= self.heard.try_send(heard).is_err();
        }
    }

    async fn send(
        &mut self,
        client: &Client,
        first: Hint,
        to_send: &mut mpsc::Receiver<Hint>,
    ) -> Result<(), String> {
        if !self.ears.has_others() {
            while to_send.try_recv().is_ok() {}
            // Somebody may have come just now and not been heard yet.
            self.shared.lost.store(true, Ordering::Relaxed);
            return Ok(());
        }
        self.tell(client, first, to_send).await
    }

    /// Tells the others this hint and those that come soon after it.
    pub(super) async fn tell(
        &mut self,
        client: &Client,
        first: Hint,
        to_send: &mut mpsc::Receiver<Hint>,
    ) -> Result<(), String> {
        tokio::time::sleep(COLLECT).await;
        let mut hints = vec![first];
        while let Ok(hint) = to_send.try_recv() {
            hints.push(hint);
        }
        while !hints.is_empty() {
            self.notify(client, &mut hints).await?;
        }
        Ok(())
    }

    pub(super) async fn notify(&mut self, client: &Client, hints: &mut Vec<Hint>) -> Result<(), String> {
        // A number that nobody sends is a hole that everybody notices.
        self.count += 1 + u64::from(self.shared.lost.swap(false, Ordering::Relaxed));
        let Some(payload) = next_payload(self.node, self.count, hints) else { return Ok(()) };
        let values: &[(&(dyn ToSql + Sync), Type)] = &[(&payload, Type::TEXT)];
        in_time(client.execute_typed("SELECT pg_notify('frontdesk', $1)", values)).await.map(drop)
    }

    async fn beat(&mut self, connected: &mut Connected) -> Result<(), String> {
        let asked = Instant::now();
        self.notify(&connected.client, &mut Vec::new()).await?;
        if !connected.leads {
            let row =
                in_time(connected.client.query_one("SELECT pg_try_advisory_lock($1)", &[&LEADER])).await?;
            connected.leads = row.try_get(0).map_err(|error| in_full(&error))?;
            if connected.leads {
                tracing::info!("this node does what one does for all");
            }
        }
        if connected.leads {
            // The session still answers, so the lock that is bound to it is still held.
            self.shared.confirm_lead(asked);
        }
        let now = Instant::now();
        self.missed |= self.ears.fell_silent(now);
        self.shared.has_others.store(self.ears.has_others() || now < self.unsure_until, Ordering::Relaxed);
        self.pass_on(None);
        Ok(())
    }
}

pub(super) async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn in_time<T>(asking: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, String> {
    match tokio::time::timeout(ANSWER, asking).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(in_full(&error)),
        Err(_) => Err("the database does not answer".to_owned()),
    }
}
