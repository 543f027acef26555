//! From sending a message until the held poll of whom it is for is answered.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep_until;

use crate::latency::Latencies;
use crate::pace::{Load, Schedule};
use crate::subject::{Subject, event_of, text_of};
use crate::wire::{Address, Wire};

/// How long it takes at most until all polls are held.
const BEFORE: Duration = Duration::from_secs(2);
/// How long after the last message everything must have arrived.
const AFTER: Duration = Duration::from_secs(20);

/// What has arrived.
struct Arrivals {
    schedule: Schedule,
    known: Mutex<Known>,
    complete: Notify,
}

struct Known {
    missing: HashSet<u64>,
    latencies: Latencies,
}

impl Arrivals {
    fn of(schedule: Schedule) -> anyhow::Result<Self> {
        let known = Known { missing: (0..schedule.events).collect(), latencies: Latencies::new()? };
        Ok(Self { schedule, known: Mutex::new(known), complete: Notify::new() })
    }

    fn arrived(&self, text: &str, at: Instant) -> anyhow::Result<()> {
        let event = event_of(text).with_context(|| format!("nobody sent {text:?}"))?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(known.missing.remove(&event), "message {event} came twice");
        if let Some(took) = self.schedule.took(event, at) {
            known.latencies.record(took);
        }
        if known.missing.is_empty() {
            self.complete.notify_one();
        }
        Ok(())
    }

    fn missing(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).missing.len()
    }
}

/// Holds a poll for each customer and sends to them in turn. Everything must arrive, once.
pub(crate) async fn measure<S: Subject>(
    subject: S,
    address: &Address,
    customers: usize,
    load: Load,
) -> anyhow::Result<Latencies> {
    ensure!(customers > 0, "there must be somebody to send to");
    let subject = Arc::new(subject);
    let mut wires = Vec::with_capacity(customers);
    for _ in 0..customers {
        wires.push(Wire::connect(address).await?);
    }
    let schedule = load.from(Instant::now() + BEFORE);
    let arrivals = Arc::new(Arrivals::of(schedule)?);
    let mut tasks = JoinSet::new();
    for (customer, wire) in wires.into_iter().enumerate() {
        tasks.spawn(hold(Arc::clone(&subject), customer, wire, Arc::clone(&arrivals)));
    }
    let due = schedule.strike();
    for _ in 0..load.senders.get() {
        let wire = Wire::connect(address).await?;
        tasks.spawn(send(Arc::clone(&subject), customers, wire, due.clone()));
    }
    tokio::select! {
        () = arrivals.complete.notified() => {}
        failed = first_failure(&mut tasks) => return Err(failed),
        () = sleep_until((schedule.end() + AFTER).into()) => {
            bail!("{} of {} messages did not arrive", arrivals.missing(), schedule.events);
        }
    }
    tasks.shutdown().await;
    let arrivals = Arc::into_inner(arrivals).context("somebody still polls")?;
    Ok(arrivals.known.into_inner().unwrap_or_else(PoisonError::into_inner).latencies)
}

async fn hold<S: Subject>(
    subject: Arc<S>,
    customer: usize,
    mut wire: Wire,
    arrivals: Arc<Arrivals>,
) -> anyhow::Result<()> {
    let mut place = S::Place::default();
    loop {
        let answer = wire.ask(subject.poll(customer, &place)?).await?;
        let at = Instant::now();
        let (texts, next) = subject.received(&answer)?;
        for text in texts {
            arrivals.arrived(&text, at)?;
        }
        place = next;
    }
}

async fn send<S: Subject>(
    subject: Arc<S>,
    customers: usize,
    mut wire: Wire,
    due: flume::Receiver<u64>,
) -> anyhow::Result<()> {
    while let Ok(event) = due.recv_async().await {
        let customer = usize::try_from(event)? % customers;
        wire.ask(subject.send(customer, &text_of(event))?).await?;
    }
    Ok(())
}

/// Waits until a task fails. One that has done its work is no failure.
async fn first_failure(tasks: &mut JoinSet<anyhow::Result<()>>) -> anyhow::Error {
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return error,
            Err(error) => return error.into(),
        }
    }
    anyhow::anyhow!("nobody is left")
}
