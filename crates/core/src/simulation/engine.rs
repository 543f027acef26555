//! The run: one event after the other, in the order of time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use crate::conversation::{Clocks, Command, LogState};
use crate::directory::{Channel, Patience, Queue, Robot, SlaPolicy, Survey};
use crate::id::{AgentId, ChannelId, IdError, QueueId, RobotId, SlaPolicyId};
use crate::simulation::report::{Fate, Report, Visit};
use crate::simulation::scenario::{Arrival, Scenario, ScenarioError};
use crate::simulation::worker::Worker;
use crate::texts::Overrides;
use crate::time::Timestamp;

/// How a run is measured.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Within which time a customer is to be answered.
    pub threshold: Duration,
    /// How long the stretches are that the time is cut into.
    pub stretch: Duration,
}

/// How long after the last customer came the run ends at the latest.
const LATEST_END: Duration = Duration::from_hours(24);
/// Longer than any run.
const FOREVER: u64 = 315_360_000;

/// Simulates a scenario with customers who come in order of time.
pub fn simulate(
    scenario: &Scenario,
    arrivals: &[Arrival],
    options: Options,
) -> Result<Report, ScenarioError> {
    let mut run = Run::new(scenario, arrivals)?;
    let end = run.go();
    let loads = run.workers.iter_mut().map(|worker| (worker.agent.id.clone(), worker.load(end))).collect();
    let visits: Vec<Visit> =
        run.customers.iter().map(|customer| customer.visit(scenario.start(), end)).collect();
    Ok(Report::of(&visits, loads, options.threshold, options.stretch))
}

/// Something that happens; a customer or an agent by their place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    ShiftBegins(usize),
    ShiftEnds(usize),
    Came(usize),
    Done(usize),
    WrappedUp(usize, u32),
    Timer(usize),
    Left(usize),
    Look(usize),
}

#[derive(Debug)]
pub(super) struct Customer<'a> {
    pub(super) arrival: &'a Arrival,
    pub(super) channel: Arc<Channel>,
    pub(super) state: LogState,
    pub(super) came: Timestamp,
    /// When it was known what became of them, and what.
    pub(super) fate: Option<(Timestamp, Fate)>,
    pub(super) agent: Option<AgentId>,
    /// The queue that they were answered from.
    pub(super) from: Option<QueueId>,
    /// When the log is to be looked at.
    pub(super) timer: Option<Timestamp>,
}

impl Customer<'_> {
    fn visit(&self, start: Timestamp, end: Timestamp) -> Visit {
        let (at, fate) = self.fate.unwrap_or((end, Fate::Waiting));
        Visit {
            came: self.came.since(start),
            queue: self.arrival.queue.clone(),
            waited: at.since(self.came),
            fate,
            agent: self.agent.clone(),
        }
    }
}

pub(super) struct Run<'a> {
    pub(super) queues: HashMap<QueueId, Arc<Queue>>,
    /// The queues by number, so that an event can name one.
    pub(super) order: Vec<QueueId>,
    pub(super) workers: Vec<Worker>,
    pub(super) customers: Vec<Customer<'a>>,
    /// Who waits where, the next to be served first: priority does not differ within a queue, so it is age.
    pub(super) lines: BTreeMap<QueueId, Vec<usize>>,
    pub(super) events: BinaryHeap<Reverse<(Timestamp, u64, Event)>>,
    pub(super) events_so_far: u64,
    pub(super) robot: Robot,
    /// Nobody is promised anything here.
    pub(super) sla: HashMap<SlaPolicyId, Arc<SlaPolicy>>,
    pub(super) texts: Overrides,
    pub(super) start: Timestamp,
    pub(super) now: Timestamp,
}

impl<'a> Run<'a> {
    fn new(scenario: &Scenario, arrivals: &'a [Arrival]) -> Result<Self, ScenarioError> {
        let mut queues = scenario.queues_by_id();
        // Who waits is told nothing here: it would cost time and change nothing.
        for queue in queues.values_mut() {
            Arc::make_mut(queue).tell_every = 0;
        }
        let start = scenario.start();
        let workers = scenario.agents()?.into_iter();
        let mut run = Self {
            order: scenario.queues.iter().map(|queue| queue.id.clone()).collect(),
            queues,
            workers: workers.map(|(agent, shifts)| Worker::new(agent, shifts, start)).collect(),
            customers: Vec::with_capacity(arrivals.len()),
            lines: BTreeMap::new(),
            events: BinaryHeap::new(),
            events_so_far: 0,
            robot: Robot::new(name(RobotId::new)?),
            sla: HashMap::new(),
            texts: Overrides::new(),
            start,
            now: start,
        };
        run.add_shifts();
        run.add_customers(scenario, arrivals)?;
        Ok(run)
    }

    fn add_shifts(&mut self) {
        let shifts: Vec<_> = self.workers.iter().map(|worker| worker.shifts.clone()).collect();
        for (worker, shifts) in shifts.into_iter().enumerate() {
            for shift in shifts {
                self.at(self.start.plus(Duration::from_secs(shift.from)), Event::ShiftBegins(worker));
                self.at(self.start.plus(Duration::from_secs(shift.to)), Event::ShiftEnds(worker));
            }
        }
    }

    fn add_customers(&mut self, scenario: &Scenario, arrivals: &'a [Arrival]) -> Result<(), ScenarioError> {
        let mut channels: HashMap<(&QueueId, u32), Arc<Channel>> = HashMap::new();
        for (place, arrival) in arrivals.iter().enumerate() {
            if !self.queues.contains_key(&arrival.queue) {
                let why = format!("there is no queue {:?}", arrival.queue.as_str());
                return Err(ScenarioError::invalid(format!("arrivals[{place}].queue"), why));
            }
            let door = (&arrival.queue, arrival.weight);
            let channel = if let Some(known) = channels.get(&door) {
                Arc::clone(known)
            } else {
                let new = Arc::new(channel(scenario, arrival)?);
                channels.insert(door, Arc::clone(&new));
                new
            };
            let came = self.start.plus(arrival.at);
            self.customers.push(Customer {
                arrival,
                channel,
                state: LogState::default(),
                came,
                fate: None,
                agent: None,
                from: None,
                timer: None,
            });
            self.at(came, Event::Came(place));
        }
        Ok(())
    }

    pub(super) fn at(&mut self, at: Timestamp, event: Event) {
        self.events_so_far += 1;
        self.events.push(Reverse((at, self.events_so_far, event)));
    }

    /// Until nothing happens any more; the moment of the last event.
    fn go(&mut self) -> Timestamp {
        let last = self.customers.last().map_or(self.start, |customer| customer.came);
        while let Some(Reverse((at, _, event))) = self.events.pop() {
            if at > last.plus(LATEST_END) {
                break;
            }
            self.now = at;
            self.happens(event);
        }
        self.now
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::ShiftBegins(worker) => {
                self.workers[worker].set_online(true, self.now);
                self.is_free(worker);
            }
            Event::ShiftEnds(worker) => self.workers[worker].set_online(false, self.now),
            Event::Came(customer) => self.came(customer),
            Event::Done(customer) => {
                if let Some(agent) = self.customers[customer].agent.clone() {
                    self.carry_out(customer, Command::AgentEnds { agent });
                }
            }
            Event::WrappedUp(worker, weight) => {
                self.workers[worker].give_back(weight, self.now);
                self.is_free(worker);
            }
            Event::Timer(customer) => {
                if self.customers[customer].timer == Some(self.now) {
                    let now = self.now;
                    self.carry_out(
                        customer,
                        Command::CheckTimers(Clocks { seen: now, said: now, answered: now }),
                    );
                    self.set_timer(customer);
                }
            }
            Event::Left(customer) => {
                if self.customers[customer].fate.is_none() {
                    self.carry_out(customer, Command::Disconnect);
                }
            }
            Event::Look(queue) => {
                if let Some(queue) = self.order.get(queue).cloned() {
                    self.match_queue(&queue);
                }
            }
        }
    }
}

/// The channel through which a customer comes: who is there all the while is never taken to be gone.
fn channel(scenario: &Scenario, arrival: &Arrival) -> Result<Channel, ScenarioError> {
    Ok(Channel {
        queue: Some(arrival.queue.clone()),
        weight: arrival.weight,
        patience: Patience { session_silence: FOREVER, ..scenario.patience.clone() },
        survey: Survey { enabled: false, ..Survey::default() },
        ..Channel::new(name(ChannelId::new)?, "simulated")
    })
}

fn name<T>(new: impl Fn(&str) -> Result<T, IdError>) -> Result<T, ScenarioError> {
    new("simulated").map_err(|error| ScenarioError::invalid("", error.to_string()))
}
