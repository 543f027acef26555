//! What a simulation consists of, and what it has done so far.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use frontdesk_core::port::{Heard, Store};
use tokio::sync::{Notify, mpsc};

use super::climate::Climate;
use super::clock::{Timeline, WrongClock};
use super::model::Model;
use super::mutants::Mutant;
use super::node::Node;
use super::streams::Stream;

/// How many of the last steps are shown when something is wrong.
const SHOWN: usize = 120;

/// What a simulation consists of.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) mutant: Option<Mutant>,
    pub(crate) climate: Climate,
    pub(crate) timeline: Arc<Timeline>,
    /// The store that all nodes share, as it is.
    pub(crate) store: Arc<dyn Store>,
    pub(crate) store_clock: Arc<WrongClock>,
    pub(crate) folder: PathBuf,
    pub(crate) seats: Vec<Seat>,
    model: Mutex<Model>,
    trace: Mutex<Trace>,
    storm: AtomicBool,
    quiet: AtomicBool,
    gone: AtomicBool,
    failed: Notify,
    /// Every step is printed, not only the last ones.
    shows_all: bool,
}

/// Where a node runs, again and again.
pub(crate) struct Seat {
    pub(crate) clock: Arc<WrongClock>,
    pub(crate) node: Mutex<Option<Arc<Node>>>,
    pub(crate) leads: AtomicBool,
    pub(crate) inbox: Mutex<Option<mpsc::UnboundedSender<Heard>>>,
}

/// What was done so far.
#[derive(Default)]
struct Trace {
    steps: u64,
    kinds: BTreeMap<&'static str, u64>,
    last: VecDeque<String>,
    hasher: DefaultHasher,
    failure: Option<String>,
}

/// What a simulation came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) steps: u64,
    pub(crate) kinds: BTreeMap<&'static str, u64>,
    /// Two runs that took the same steps have the same.
    pub(crate) print: u64,
    pub(crate) failure: Option<String>,
    pub(crate) last: Vec<String>,
}

/// Plain data that a panic leaves whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(crate) fn new(
        (seed, mutant): (u64, Option<Mutant>),
        timeline: Arc<Timeline>,
        (store, store_clock): (Arc<dyn Store>, Arc<WrongClock>),
        folder: PathBuf,
        model: Model,
    ) -> Arc<Self> {
        let climate = Climate::of(&Stream::of(seed, "climate"));
        let seat = || Seat {
            clock: WrongClock::new(Arc::clone(&timeline)),
            node: Mutex::default(),
            leads: AtomicBool::new(false),
            inbox: Mutex::default(),
        };
        Arc::new(Self {
            seats: std::iter::repeat_with(seat).take(climate.nodes).collect(),
            seed,
            mutant,
            climate,
            timeline,
            store,
            store_clock,
            folder,
            model: Mutex::new(model),
            trace: Mutex::default(),
            storm: AtomicBool::new(false),
            quiet: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            failed: Notify::new(),
            shows_all: std::env::var("FRONTDESK_SIM_TRACE").is_ok(),
        })
    }

    pub(crate) fn stream(&self, source: &str) -> Stream {
        Stream::of(self.seed, source)
    }

    pub(crate) fn is(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    /// Something is done now.
    pub(crate) fn step(&self, kind: &'static str, what: fmt::Arguments<'_>) {
        let passed = self.timeline.passed();
        let mut trace = lock(&self.trace);
        if trace.failure.is_some() {
            return;
        }
        trace.steps += 1;
        *trace.kinds.entry(kind).or_default() += 1;
        let line = format!("{:>8} {:>9} ms  {kind:<8} {what}", trace.steps, passed);
        line.hash(&mut trace.hasher);
        if self.shows_all {
            println!("{line}");
        }
        if trace.last.len() == SHOWN {
            trace.last.pop_front();
        }
        trace.last.push_back(line);
    }

    /// Something is wrong: what comes after it does not count.
    pub(crate) fn fail(&self, what: impl Into<String>) {
        let mut trace = lock(&self.trace);
        trace.failure.get_or_insert(what.into());
        self.failed.notify_waiters();
        self.failed.notify_one();
    }

    pub(crate) fn check(&self, checked: Result<(), String>) {
        if let Err(wrong) = checked {
            self.fail(wrong);
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        lock(&self.trace).failure.is_some()
    }

    /// Resolves when something is wrong.
    pub(crate) async fn failed(&self) {
        while !self.has_failed() {
            self.failed.notified().await;
        }
    }

    pub(crate) fn model(&self) -> MutexGuard<'_, Model> {
        lock(&self.model)
    }

    /// Whether things go wrong now.
    pub(crate) fn storms(&self) -> bool {
        self.storm.load(Ordering::SeqCst)
    }

    pub(crate) fn set_storm(&self, storm: bool) {
        self.step("weather", format_args!("{}", if storm { "a storm begins" } else { "the storm is over" }));
        self.storm.store(storm, Ordering::SeqCst);
    }

    /// Whether customers and agents begin nothing new, so that everything under way can come to its end.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet.load(Ordering::SeqCst)
    }

    pub(crate) fn set_quiet(&self, quiet: bool) {
        self.quiet.store(quiet, Ordering::SeqCst);
    }

    /// Whether the customers' clients are gone for good.
    pub(crate) fn is_deserted(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    pub(crate) fn desert(&self) {
        self.step("weather", format_args!("all customers are gone"));
        self.gone.store(true, Ordering::SeqCst);
    }

    /// A node that runs, by chance; `None` if none does.
    pub(crate) fn some_node(&self, stream: &Stream) -> Option<Arc<Node>> {
        self.node_near(stream.place(self.seats.len()))
    }

    /// The node in a seat, or the next that runs.
    pub(crate) fn node_near(&self, seat: usize) -> Option<Arc<Node>> {
        let seats = self.seats[seat..].iter().chain(&self.seats[..seat]);
        seats.map(|seat| lock(&seat.node).clone()).find(Option::is_some).flatten()
    }

    pub(crate) fn outcome(&self) -> Outcome {
        let trace = lock(&self.trace);
        Outcome {
            steps: trace.steps,
            kinds: trace.kinds.clone(),
            print: trace.hasher.finish(),
            failure: trace.failure.clone(),
            last: trace.last.iter().cloned().collect(),
        }
    }
}
