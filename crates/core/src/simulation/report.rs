//! What a simulation measured.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::id::{AgentId, QueueId};

/// What became of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// An agent answered.
    Answered,
    /// The customer left while waiting.
    Abandoned,
    /// The channel's longest wait was over.
    TimedOut,
    /// Sent to the robot, or asked to leave a message.
    Diverted,
    /// Told that nobody could be had.
    Refused,
    /// Still waiting when the run ended.
    Waiting,
}

/// A customer's way through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// When they came, since the start.
    pub came: Duration,
    /// Where they wanted to go.
    pub queue: QueueId,
    /// How long they waited, until whatever became of them.
    pub waited: Duration,
    /// What became of them.
    pub fate: Fate,
    /// Who answered.
    pub agent: Option<AgentId>,
}

/// Numbers of one queue. Customers count for the queue that they came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct QueueReport {
    /// How many came.
    pub offered: usize,
    /// How many were answered.
    pub answered: usize,
    /// How many left while waiting.
    pub abandoned: usize,
    /// How many waited for as long as the channel allows.
    pub timed_out: usize,
    /// How many were sent to the robot or asked for a message.
    pub diverted: usize,
    /// How many were told that nobody could be had.
    pub refused: usize,
    /// How many still waited at the end.
    pub waiting: usize,
    /// Mean wait of everybody who waited or was answered at once, in seconds.
    pub mean_wait: f64,
    /// Median wait of those who were answered, in seconds.
    pub median_wait: f64,
    /// Nineteen of twenty who were answered waited at most so long, in seconds.
    pub p95_wait: f64,
    /// Longest wait, in seconds.
    pub longest_wait: f64,
    /// Part of those who came who were answered within the threshold, 0 to 1.
    pub service_level: f64,
    /// Part of those who came who left while waiting, 0 to 1.
    pub abandonment: f64,
}

/// Numbers of one agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AgentReport {
    /// How many customers the agent answered.
    pub answered: usize,
    /// Part of the capacity that was in use while the agent was online, after-call work included.
    pub load: f64,
}

/// Numbers of a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stretch {
    /// When it begins, in seconds since the start.
    pub from: u64,
    /// How many came.
    pub offered: usize,
    /// Mean wait of those who came, in seconds.
    pub mean_wait: f64,
    /// Part of those who came who were answered within the threshold; 1 if nobody came.
    pub service_level: f64,
}

/// What a simulation measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Seconds within which a customer is to be answered.
    pub threshold: u64,
    /// Every queue that somebody came to.
    pub queues: BTreeMap<String, QueueReport>,
    /// Every agent.
    pub agents: BTreeMap<String, AgentReport>,
    /// The time, in equal stretches.
    pub stretches: Vec<Stretch>,
}

impl Report {
    /// Counts what became of everybody. Times are cut into stretches of `stretch`.
    pub(super) fn of(
        visits: &[Visit],
        loads: Vec<(AgentId, f64)>,
        threshold: Duration,
        stretch: Duration,
    ) -> Self {
        let mut by_queue: BTreeMap<String, Vec<&Visit>> = BTreeMap::new();
        for visit in visits {
            by_queue.entry(visit.queue.to_string()).or_default().push(visit);
        }
        let queues =
            by_queue.into_iter().map(|(queue, visits)| (queue, of_queue(&visits, threshold))).collect();
        let mut agents: BTreeMap<String, AgentReport> = loads
            .into_iter()
            .map(|(agent, load)| (agent.to_string(), AgentReport { answered: 0, load }))
            .collect();
        for agent in visits.iter().filter_map(|visit| visit.agent.as_ref()) {
            if let Some(report) = agents.get_mut(agent.as_str()) {
                report.answered += 1;
            }
        }
        Self {
            threshold: threshold.as_secs(),
            queues,
            agents,
            stretches: stretches(visits, threshold, stretch),
        }
    }
}

fn of_queue(visits: &[&Visit], threshold: Duration) -> QueueReport {
    let count = |fate| visits.iter().filter(|visit| visit.fate == fate).count();
    let mut answered: Vec<Duration> =
        visits.iter().filter(|visit| visit.fate == Fate::Answered).map(|visit| visit.waited).collect();
    answered.sort_unstable();
    let waits = || visits.iter().filter(|visit| visit.fate != Fate::Refused).map(|visit| visit.waited);
    QueueReport {
        offered: visits.len(),
        answered: answered.len(),
        abandoned: count(Fate::Abandoned),
        timed_out: count(Fate::TimedOut),
        diverted: count(Fate::Diverted),
        refused: count(Fate::Refused),
        waiting: count(Fate::Waiting),
        mean_wait: mean(waits()),
        median_wait: quantile(&answered, 50),
        p95_wait: quantile(&answered, 95),
        longest_wait: waits().max().unwrap_or_default().as_secs_f64(),
        service_level: part(answered_within(visits.iter().copied(), threshold), visits.len()),
        abandonment: part(count(Fate::Abandoned), visits.len()),
    }
}

fn stretches(visits: &[Visit], threshold: Duration, stretch: Duration) -> Vec<Stretch> {
    let width = stretch.as_secs().max(1);
    let mut by_stretch: BTreeMap<u64, Vec<&Visit>> = BTreeMap::new();
    for visit in visits {
        by_stretch.entry(visit.came.as_secs() / width).or_default().push(visit);
    }
    let last = by_stretch.last_key_value().map_or(0, |(number, _)| number + 1);
    let of = |number: u64| {
        let came = by_stretch.get(&number).map(Vec::as_slice).unwrap_or_default();
        Stretch {
            from: number * width,
            offered: came.len(),
            mean_wait: mean(came.iter().map(|visit| visit.waited)),
            service_level: if came.is_empty() {
                1.0
            } else {
                part(answered_within(came.iter().copied(), threshold), came.len())
            },
        }
    };
    (0..last).map(of).collect()
}

fn answered_within<'a>(visits: impl Iterator<Item = &'a Visit>, threshold: Duration) -> usize {
    visits.filter(|visit| visit.fate == Fate::Answered && visit.waited <= threshold).count()
}

#[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
fn part(some: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { some as f64 / all as f64 }
}

fn mean(spans: impl Iterator<Item = Duration>) -> f64 {
    let (sum, count) = spans.fold((0.0, 0.0), |(sum, count), span| (sum + span.as_secs_f64(), count + 1.0));
    if count == 0.0 { 0.0 } else { sum / count }
}

/// The smallest that so many of a hundred do not exceed.
fn quantile(sorted: &[Duration], of_hundred: usize) -> f64 {
    let place = (sorted.len() * of_hundred).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default().as_secs_f64()
}
