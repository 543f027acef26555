//! How long things took, as a histogram.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

const PERCENTILES: [(&str, f64); 5] =
    [("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("p99.9", 99.9), ("max", 100.0)];

/// Latencies of three digits each, between a microsecond and two minutes.
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1_000, 120_000_000_000, 3)?))
    }

    pub(crate) fn record(&mut self, took: Duration) {
        self.0.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }
}

/// A line each: how many there are, and the percentiles in milliseconds.
impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "count {}", self.0.len())?;
        for (name, percentile) in PERCENTILES {
            let took = Duration::from_nanos(self.0.value_at_percentile(percentile));
            writeln!(f, "{name} {:.4}", took.as_secs_f64() * 1_000.0)?;
        }
        Ok(())
    }
}
