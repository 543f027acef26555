//! Customers made up by chance.

use std::f64::consts::TAU;
use std::time::Duration;

use crate::port::Random;
use crate::simulation::scenario::{Arrival, Scenario, ScenarioError, Shape, Span, Traffic};

/// Longest run, in seconds: ten years.
const LONGEST: u64 = 315_360_000;
/// Most customers of one run.
const MOST_ARRIVALS: usize = 10_000_000;

/// The customers of a scenario, in the order in which they come. The same randomness gives the same customers, and each
/// kind of traffic has its own stretch of it, so that a change of one leaves the others as they were.
pub fn arrivals(scenario: &Scenario, randomness: &[&dyn Random]) -> Result<Vec<Arrival>, ScenarioError> {
    let mut arrivals = Vec::new();
    for (place, traffic) in scenario.traffic.iter().enumerate() {
        check(scenario, traffic, place)?;
        let random = randomness.get(place).copied();
        let random =
            random.ok_or_else(|| ScenarioError::invalid(format!("traffic[{place}]"), "has no randomness"))?;
        add(&mut arrivals, scenario, traffic, &Chance(random))?;
    }
    if arrivals.is_empty() {
        return Err(ScenarioError::NoTraffic);
    }
    arrivals.sort_by_key(|arrival: &Arrival| arrival.at);
    Ok(arrivals)
}

fn check(scenario: &Scenario, traffic: &Traffic, place: usize) -> Result<(), ScenarioError> {
    let wrong = |field: &str, why: &str| ScenarioError::invalid(format!("traffic[{place}].{field}"), why);
    if !scenario.queues.iter().any(|queue| queue.id == traffic.queue) {
        return Err(wrong("queue", &format!("there is no queue {:?}", traffic.queue.as_str())));
    }
    if traffic.per_hour.is_empty() || traffic.per_hour.iter().any(|rate| !rate.is_finite() || *rate < 0.0) {
        return Err(wrong("per_hour", "must be numbers that are not negative, at least one"));
    }
    if traffic.lasts > LONGEST {
        return Err(wrong("lasts", "must be at most ten years"));
    }
    let spans = [("handling", Some(traffic.handling)), ("patience", traffic.patience)];
    for (field, span) in spans {
        if span.is_some_and(|span| !span.is_sensible()) {
            return Err(wrong(field, "must have a mean above 0 and a variation that is not negative"));
        }
    }
    if traffic.weight == 0 {
        return Err(wrong("weight", "must be at least 1"));
    }
    Ok(())
}

/// Adds the customers of one kind: hour by hour, with spans between them that vary exponentially.
fn add(
    arrivals: &mut Vec<Arrival>,
    scenario: &Scenario,
    traffic: &Traffic,
    chance: &Chance<'_>,
) -> Result<(), ScenarioError> {
    const HOUR: f64 = 3_600.0;
    let lasts = Duration::from_secs(traffic.lasts).as_secs_f64();
    let mut hour = 0.0;
    let mut rates = traffic.per_hour.iter();
    let mut rate = 0.0;
    while hour * HOUR < lasts {
        rate = rates.next().copied().unwrap_or(rate);
        let (mut at, end) = (hour * HOUR, ((hour + 1.0) * HOUR).min(lasts));
        if rate > 0.0 {
            at += chance.exponential(HOUR / rate);
        } else {
            at = end;
        }
        while at < end {
            if arrivals.len() == MOST_ARRIVALS {
                return Err(ScenarioError::invalid(
                    "traffic",
                    format!("makes more than {MOST_ARRIVALS} customers"),
                ));
            }
            arrivals.push(Arrival {
                at: Duration::from_secs_f64(at),
                queue: traffic.queue.clone(),
                locale: traffic.locale.clone().unwrap_or_else(|| scenario.locale.clone()),
                weight: traffic.weight,
                handling: chance.span(traffic.handling),
                patience: traffic.patience.map(|patience| chance.span(patience)),
            });
            at += chance.exponential(HOUR / rate);
        }
        hour += 1.0;
    }
    Ok(())
}

impl Span {
    fn is_sensible(self) -> bool {
        self.mean.is_finite() && self.mean > 0.0 && self.variation.is_finite() && self.variation >= 0.0
    }
}

/// Numbers by chance.
struct Chance<'a>(&'a dyn Random);

impl Chance<'_> {
    /// Above 0, at most 1.
    fn uniform(&self) -> f64 {
        const STEPS: u64 = 1 << 53;
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        let step = u64::from_le_bytes(bytes) >> 11;
        #[expect(
            clippy::cast_precision_loss,
            reason = "both numbers are at most 2^53, which a float holds exactly"
        )]
        let uniform = (step + 1) as f64 / STEPS as f64;
        uniform
    }

    fn exponential(&self, mean: f64) -> f64 {
        -self.uniform().ln() * mean
    }

    fn span(&self, span: Span) -> Duration {
        let seconds = match span.shape {
            Shape::Constant => span.mean,
            Shape::Exponential => self.exponential(span.mean),
            Shape::LogNormal => {
                let variance = (1.0 + span.variation * span.variation).ln();
                let normal = (-2.0 * self.uniform().ln()).sqrt() * (TAU * self.uniform()).cos();
                (span.mean.ln() - variance / 2.0 + variance.sqrt() * normal).exp()
            }
        };
        // A year is longer than anything that is simulated.
        Duration::from_secs_f64(seconds.clamp(0.0, 31_536_000.0))
    }
}
