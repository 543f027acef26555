//! Many seeds, each in a process of its own: whatever a process counts begins anew, and a seed takes the same steps
//! whether it is run alone or among others.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::mutants::Mutant;
use super::run;
use super::world::lock;

const SEED: &str = "FRONTDESK_SIM_SEED";
const MUTANT: &str = "FRONTDESK_SIM_MUTANT";
const SECONDS: &str = "FRONTDESK_SIM_SECONDS";
/// How many seeds are run each time. They are always the same: fresh ones are for `make sim`, whose finder has the time to look.
const FIXED: u64 = 46;
/// Fewest steps of a run of the suite: there are as many seeds as it takes.
const STEPS: u64 = 1_000_000;
/// Most seeds that a mutant may survive.
const SURVIVES: u64 = 12;
/// How a process begins the line that tells what a simulation came to.
const CAME_TO: &str = "simulated: ";

/// What a process told of its simulation.
#[derive(Debug)]
struct Told {
    steps: u64,
    /// Two runs that took the same steps have the same.
    print: String,
    kinds: BTreeMap<String, u64>,
    /// Everything that it printed, if something is wrong.
    wrong: Option<String>,
}

/// Runs one seed in a process of its own.
fn told_of(seed: u64, mutant: Option<Mutant>) -> Told {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "simulation::suite::one_seed", "--ignored", "--nocapture"])
        .env(SEED, seed.to_string());
    command.env("RUST_BACKTRACE", "0");
    if let Some(mutant) = mutant {
        command.env(MUTANT, format!("{mutant:?}"));
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let came_to = text.lines().find_map(|line| line.strip_prefix(CAME_TO)).unwrap_or_default().to_owned();
    let mut words = came_to.split_whitespace();
    let steps = words.next().and_then(|steps| steps.parse().ok()).unwrap_or_default();
    let print = words.next().unwrap_or_default().to_owned();
    let kinds = words
        .filter_map(|word| word.split_once('='))
        .map(|(kind, of)| (kind.to_owned(), of.parse().unwrap()));
    Told { steps, print, kinds: kinds.collect(), wrong: (!output.status.success()).then_some(text) }
}

/// Seeds that differ each time.
fn fresh() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_nanos() % 1_000_000_000_000).unwrap() + 1_000_000
}

/// Runs seeds until there are none, on all processors; fails with the first that shows something wrong.
fn run_all(next: impl Fn(u64, u64) -> Option<u64> + Sync) {
    let (began, steps, seeds) = (Instant::now(), AtomicU64::new(0), AtomicU64::new(0));
    let (place, wrong) = (AtomicU64::new(0), Mutex::new(None));
    let kinds = Mutex::new(BTreeMap::<String, u64>::new());
    let runners = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..runners {
            scope.spawn(|| {
                while lock(&wrong).is_none()
                    && let Some(seed) =
                        next(place.fetch_add(1, Ordering::SeqCst), steps.load(Ordering::SeqCst))
                {
                    let told = told_of(seed, None);
                    steps.fetch_add(told.steps, Ordering::SeqCst);
                    seeds.fetch_add(1, Ordering::SeqCst);
                    for (kind, count) in told.kinds {
                        *lock(&kinds).entry(kind).or_default() += count;
                    }
                    if let Some(text) = told.wrong {
                        lock(&wrong).get_or_insert((seed, text));
                    }
                }
            });
        }
    });
    let (steps, seeds) = (steps.into_inner(), seeds.into_inner());
    println!("{seeds} seeds, {steps} steps, {} s: {:?}", began.elapsed().as_secs(), lock(&kinds));
    if let Some((seed, text)) = lock(&wrong).take() {
        panic!("seed {seed} shows something wrong; `make sim SEED={seed}` does it again\n{text}");
    }
}

/// The seeds that are always the same.
#[test]
fn the_rules_hold() {
    run_all(|place, steps| (place < FIXED || steps < STEPS).then_some(place + 1));
}

/// `make sim`: goes on for as long as it is told.
#[test]
#[ignore = "it goes on for as long as it is told"]
fn the_rules_hold_for_long() {
    let seconds = std::env::var(SECONDS).ok().map_or(600, |seconds| seconds.parse().unwrap());
    let (until, fresh) = (Instant::now() + Duration::from_secs(seconds), fresh());
    println!("seeds from {fresh} on, for {seconds} s");
    run_all(|place, _| (Instant::now() < until).then_some(fresh + place));
}

#[test]
fn a_seed_takes_the_same_steps_each_time() {
    for seed in [3, 5] {
        let (first, second) = (told_of(seed, None), told_of(seed, None));
        assert!(first.steps > 0 && first.wrong.is_none(), "{:?}", first.wrong);
        assert_eq!((first.steps, first.print), (second.steps, second.print), "seed {seed}");
    }
}

/// What runs in a process of its own, and `make sim SEED=…`.
#[test]
#[ignore = "the seed is chosen from outside"]
fn one_seed() {
    let seed = std::env::var(SEED).expect("FRONTDESK_SIM_SEED is a number").parse().unwrap();
    let mutant = std::env::var(MUTANT).ok().map(|name| Mutant::named(&name).expect("a mutant of that name"));
    let outcome = run::run(seed, mutant);
    let kinds: Vec<_> = outcome.kinds.iter().map(|(kind, count)| format!("{kind}={count}")).collect();
    println!("\n{CAME_TO}{} {:016x} {}", outcome.steps, outcome.print, kinds.join(" "));
    if let Some(failure) = outcome.failure {
        for line in &outcome.last {
            println!("{line}");
        }
        panic!("seed {seed}, step {}: {failure}", outcome.steps);
    }
}

/// The simulation notices that a rule is broken.
fn is_caught(mutant: Mutant) {
    for seed in 1..=SURVIVES {
        let told = told_of(seed, Some(mutant));
        if let Some(text) = told.wrong {
            let unspoilt = told_of(seed, mutant.unspoilt()).wrong;
            assert_eq!(unspoilt, None, "seed {seed} shows something wrong without a mutant, too");
            let why = text.lines().find(|line| line.starts_with("seed ")).unwrap_or_default();
            assert!(told.steps > 0, "the process failed by itself: {text}");
            println!("{mutant:?} is caught by {why}");
            return;
        }
    }
    panic!("{mutant:?} survives {SURVIVES} seeds");
}

macro_rules! mutants {
    ($($name:ident: $mutant:ident,)+) => {$(
        #[test]
        fn $name() {
            is_caught(Mutant::$mutant);
        }
    )+};
}

mutants! {
    a_version_that_is_ignored_is_noticed: VersionIgnored,
    a_fence_that_is_ignored_is_noticed: FenceIgnored,
    an_acknowledgement_before_the_commit_is_noticed: AcknowledgedTooSoon,
    an_entry_that_is_left_out_is_noticed: EntrySkipped,
    time_that_stands_still_is_noticed: TimeStandsStill,
    a_position_that_is_too_far_is_noticed: CursorTooFar,
    a_timer_that_is_forgotten_is_noticed: TimerForgotten,
    a_second_conversation_is_noticed: TwoConversations,
    a_capacity_that_is_ignored_is_noticed: CapacityIgnored,
    hints_that_nobody_misses_are_noticed: HintsLost,
    a_queue_that_loses_somebody_is_noticed: QueueRowLost,
    a_request_that_counts_twice_is_noticed: RepeatsForgotten,
    intents_that_nobody_finds_again_are_noticed: IntentsForgotten,
    claims_that_nobody_finds_again_are_noticed: ClaimsForgotten,
    reservations_that_nobody_finds_again_are_noticed: ReservationsForgotten,
}
