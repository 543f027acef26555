//! What everybody's waiting came to.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What takes longer than this is not as always.
const USUAL: Duration = Duration::from_secs(1);
/// How often it is looked whether everybody was served.
const LOOK: Duration = Duration::from_millis(20);

/// Something that somebody waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    /// What for.
    pub(super) what: &'static str,
    begun: Instant,
    done: Instant,
}

impl Wait {
    fn took(&self) -> Duration {
        self.done.duration_since(self.begun)
    }
}

/// Takes note of who waits how long.
#[derive(Debug, Default)]
pub(super) struct Watch {
    waits: Mutex<Vec<Wait>>,
    /// What everybody was served: when they had asked for it, and when they had it.
    served: Mutex<HashMap<String, Vec<(Instant, Instant)>>>,
    /// What is said and not yet heard, by its words.
    under_way: Mutex<HashMap<String, Instant>>,
    /// The longest that any server took to answer, whatever it answered.
    slowest: Mutex<Duration>,
    /// Requests that were refused with 503, and those that were given up.
    pub(super) refused: AtomicU64,
    pub(super) given_up: AtomicU64,
}

impl Watch {
    /// Somebody got what they had asked for.
    pub(super) fn served(&self, who: &str, begun: Instant) {
        let mut served = self.served.lock().unwrap();
        served.entry(who.to_owned()).or_default().push((begun, Instant::now()));
    }

    /// A server answered, whatever it was.
    pub(super) fn answered(&self, took: Duration) {
        let mut slowest = self.slowest.lock().unwrap();
        *slowest = took.max(*slowest);
    }

    /// Somebody waited for something until now.
    pub(super) fn waited(&self, what: &'static str, begun: Instant) {
        self.waits.lock().unwrap().push(Wait { what, begun, done: Instant::now() });
    }

    /// Somebody begins to say something.
    pub(super) fn says(&self, words: &str) {
        self.under_way.lock().unwrap().insert(words.to_owned(), Instant::now());
    }

    /// Nobody is to hear it.
    pub(super) fn unsaid(&self, words: &str) {
        self.under_way.lock().unwrap().remove(words);
    }

    /// It was heard.
    pub(super) fn heard(&self, what: &'static str, words: &str) {
        let begun = self.under_way.lock().unwrap().remove(words);
        if let Some(begun) = begun {
            self.waited(what, begun);
        }
    }

    /// Waits until everybody was served who asked after a moment; how long after it the last one was. Otherwise the names
    /// of those who were not in all that time.
    pub(super) async fn everybody_since(
        &self,
        moment: Instant,
        patience: Duration,
    ) -> Result<Duration, Vec<String>> {
        loop {
            let (last, waiting) = self.served_since(moment);
            if waiting.is_empty() {
                return Ok(last.saturating_duration_since(moment));
            }
            if moment.elapsed() > patience {
                return Err(waiting);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// When the last one was served who asked after a moment, and who was not yet.
    fn served_since(&self, moment: Instant) -> (Instant, Vec<String>) {
        let (mut last, mut waiting) = (moment, Vec::new());
        for (who, served) in &*self.served.lock().unwrap() {
            match served.iter().find(|(begun, _)| *begun >= moment) {
                Some((_, done)) => last = last.max(*done),
                None => waiting.push(who.clone()),
            }
        }
        (last, waiting)
    }

    /// What somebody who was there between two moments waited for, in words. `healed` is when the trouble was over.
    pub(super) fn report(&self, begun: Instant, healed: Instant) -> String {
        let waits = self.waits.lock().unwrap();
        let there: Vec<&Wait> = waits.iter().filter(|wait| wait.done >= begun).collect();
        let late: Vec<&&Wait> = there.iter().filter(|wait| wait.took() > USUAL).collect();
        let Some(longest) = late.iter().max_by_key(|wait| wait.took()) else {
            return format!("{} waits, none longer than 1 s", there.len());
        };
        let last = late.iter().map(|wait| wait.done).max().unwrap_or(healed);
        format!(
            "{} waits, {} longer than 1 s, at most {:.1} s (for {}); the last of these over {:.1} s after",
            there.len(),
            late.len(),
            longest.took().as_secs_f64(),
            longest.what,
            last.saturating_duration_since(healed).as_secs_f64(),
        )
    }

    /// All of it, by what was waited for.
    pub(super) fn summary(&self) -> String {
        let mut by_kind: HashMap<&str, Vec<Duration>> = HashMap::new();
        for wait in self.waits.lock().unwrap().iter() {
            by_kind.entry(wait.what).or_default().push(wait.took());
        }
        let mut lines: Vec<String> = by_kind.into_iter().map(|(what, took)| line(what, took)).collect();
        lines.sort();
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        lines.push(format!("  answered 503: {}; given up: {}", of(&self.refused), of(&self.given_up)));
        let slowest = self.slowest.lock().unwrap().as_secs_f64();
        lines.push(format!("  the slowest answer of any server, 503 or not: {slowest:.1} s"));
        lines.join("\n")
    }
}

fn line(what: &str, mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let part = |hundredths: usize| took[(took.len() - 1) * hundredths / 100].as_secs_f64() * 1_000.0;
    format!(
        "  {what}: {} times, half within {:.0} ms, 99 % within {:.0} ms, at most {:.0} ms",
        took.len(),
        part(50),
        part(99),
        part(100),
    )
}
