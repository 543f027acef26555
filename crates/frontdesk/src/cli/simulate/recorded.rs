//! Traffic that was recorded.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use frontdesk_core::id::QueueId;
use frontdesk_core::simulation::{Arrival, Scenario};
use serde::Deserialize;

/// A line of a file. Times are seconds; `at` counts from any moment.
#[derive(Debug, Deserialize)]
struct Line {
    at: f64,
    queue: QueueId,
    handling: f64,
    patience: Option<f64>,
    locale: Option<String>,
    weight: Option<u32>,
}

/// Reads a file. The customers may stand in any order; the first comes at the start.
pub(super) fn read(file: &Path, scenario: &Scenario) -> anyhow::Result<Vec<Arrival>> {
    let mut reader =
        csv::Reader::from_path(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut lines: Vec<Line> = Vec::new();
    for line in reader.deserialize() {
        lines.push(line.with_context(|| format!("{} is no recorded traffic", file.display()))?);
    }
    lines.sort_by(|a, b| a.at.total_cmp(&b.at));
    let Some(first) = lines.first().map(|line| line.at) else {
        bail!("{} has no customers", file.display());
    };
    lines.into_iter().map(|line| arrival(line, first, scenario)).collect()
}

fn arrival(line: Line, first: f64, scenario: &Scenario) -> anyhow::Result<Arrival> {
    let span = |name: &str, seconds: f64| {
        Duration::try_from_secs_f64(seconds).with_context(|| format!("{name} {seconds} is no span of time"))
    };
    Ok(Arrival {
        at: span("at", line.at - first)?,
        queue: line.queue,
        locale: line.locale.unwrap_or_else(|| scenario.locale.clone()),
        weight: line.weight.unwrap_or(1).max(1),
        handling: span("handling", line.handling)?,
        patience: line.patience.map(|seconds| span("patience", seconds)).transpose()?,
    })
}
