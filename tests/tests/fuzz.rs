//! Rubbish for every parser of outside bytes. `make fuzz` goes on for longer and with other numbers each time.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "how long it runs, and on which numbers, is chosen from outside"
)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use frontdesk_tests::fuzz::{Draws, TARGETS, Target, mutate};

/// Inputs for each target, where no time is given.
const INPUTS: usize = 1_000;
/// No input of at most 64 KiB takes so long, unless it never ends.
const HANGS: Duration = Duration::from_mins(2);

/// Names the input that is looked at for too long, and ends the process.
struct Watch(Arc<Mutex<(Instant, Vec<u8>)>>);

impl Watch {
    fn start(name: &'static str, seed: u64) -> Self {
        let current = Arc::new(Mutex::new((Instant::now(), Vec::new())));
        let watched = Arc::downgrade(&current);
        std::thread::spawn(move || {
            while let Some(current) = watched.upgrade() {
                let (begun, input) = current.lock().unwrap().clone();
                drop(current);
                if begun.elapsed() > HANGS {
                    eprintln!("{name} with FUZZ_SEED={seed} does not end: {}", input.escape_ascii());
                    std::process::exit(1);
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        Self(current)
    }

    fn look_at(&self, input: &[u8]) {
        *self.0.lock().unwrap() = (Instant::now(), input.to_vec());
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// The seed that was asked for; without, always the same, or, where it runs for a time, another one each time.
fn seed(runs_for: Option<Duration>) -> u64 {
    let given = std::env::var("FUZZ_SEED").ok().map(|text| text.parse().expect("FUZZ_SEED is a number"));
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    given.unwrap_or_else(|| runs_for.map_or(1, |_| u64::try_from(now() % u128::from(u64::MAX)).unwrap()))
}

fn run(target: &Target) {
    let seconds = std::env::var("FUZZ_SECONDS").ok();
    let runs_for = seconds.map(|text| Duration::from_secs(text.parse().expect("FUZZ_SECONDS is a number")));
    let seed = seed(runs_for);
    let examples = [corpus(target.name), (target.made)()].concat();
    assert!(examples.len() > 1, "{}: too few examples", target.name);

    let mut draws = Draws::new(seed);
    let begin = Instant::now();
    let mut inputs = 0;
    let watch = Watch::start(target.name, seed);
    let mut feed = |input: &[u8]| {
        watch.look_at(input);
        let holds = catch_unwind(AssertUnwindSafe(|| (target.check)(input))).is_ok();
        assert!(holds, "{} with FUZZ_SEED={seed}, input {inputs}: {}", target.name, input.escape_ascii());
        inputs += 1;
    };
    for example in &examples {
        feed(example);
    }
    let mut rounds = 0;
    while runs_for.map_or(rounds < INPUTS, |time| begin.elapsed() < time) {
        feed(&mutate(&mut draws, &examples, target.words));
        rounds += 1;
    }
    println!("{}: {inputs} inputs in {} s, seed {seed}", target.name, begin.elapsed().as_secs());
}

#[test]
fn every_parser_survives_rubbish_and_believes_nothing_forged() {
    let only = std::env::var("FUZZ_TARGET").ok();
    for target in TARGETS.iter().filter(|target| only.as_ref().is_none_or(|only| only == target.name)) {
        run(target);
    }
}

/// A harness that finds nothing may be one that looks at nothing.
#[test]
fn what_is_wrong_is_found() {
    let broken = Target {
        name: "wire",
        check: |bytes| assert!(serde_json::from_slice::<serde_json::Value>(bytes).is_ok(), "no JSON"),
        made: Vec::new,
        words: &[],
    };
    assert!(catch_unwind(|| run(&broken)).is_err());
}
