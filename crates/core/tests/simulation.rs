//! Simulated queues against what is known of them.
#![expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a test stops at the first surprise")]

use std::sync::Mutex;
use std::time::Duration;

use frontdesk_core::directory::{Escalation, Overflow, Patience, Queue, SkillLevel, SkillNeeded, Strategy};
use frontdesk_core::id::QueueId;
use frontdesk_core::port::Random;
use frontdesk_core::simulation::{
    Arrival, Options, QueueReport, Report, Scenario, ScenarioError, Shape, Shift, Span, Staff, Traffic,
    arrivals, simulate,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

#[derive(Debug)]
struct Seeded(Mutex<ChaCha8Rng>);

impl Seeded {
    fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}

const OPTIONS: Options = Options { threshold: Duration::from_secs(20), stretch: Duration::from_mins(15) };

fn id(name: &str) -> QueueId {
    QueueId::new(name).unwrap()
}

fn exponential(mean: f64) -> Span {
    Span { mean, shape: Shape::Exponential, variation: 1.0 }
}

fn staff(id: &str, count: u32, queues: &[&str]) -> Staff {
    let queues = queues.iter().map(|name| self::id(name)).collect();
    Staff { id: id.to_owned(), count, capacity: 1, queues, skills: vec![], languages: vec![], shifts: vec![] }
}

fn traffic(queue: &str, per_hour: f64, lasts: u64, handling: f64) -> Traffic {
    Traffic {
        queue: id(queue),
        per_hour: vec![per_hour],
        lasts,
        handling: exponential(handling),
        patience: None,
        weight: 1,
        locale: None,
    }
}

/// One queue, agents who take one customer at a time, and nobody who gives up waiting.
fn scenario(agents: u32, traffic: Traffic) -> Scenario {
    Scenario {
        start: jiff::Timestamp::UNIX_EPOCH,
        locale: "en".to_owned(),
        queues: vec![Queue::new(id("support"), "Support")],
        staff: vec![staff("agent", agents, &["support"])],
        patience: Patience { queue_wait: 100_000_000, ..Patience::default() },
        traffic: vec![traffic],
    }
}

fn run(scenario: &Scenario) -> Report {
    let seeds: Vec<Seeded> = (1..).map(Seeded::new).take(scenario.traffic.len()).collect();
    let randomness: Vec<&dyn Random> = seeds.iter().map(|seed| seed as &dyn Random).collect();
    simulate(scenario, &arrivals(scenario, &randomness).unwrap(), OPTIONS).unwrap()
}

fn of<'a>(report: &'a Report, queue: &str) -> &'a QueueReport {
    &report.queues[queue]
}

/// Mean wait of M/M/c, in units of the mean handling time, by Erlang's formula C.
fn erlang_c(agents: u32, offered: f64) -> f64 {
    let blocked = (1..=agents).fold(1.0, |blocked, n| offered * blocked / (f64::from(n) + offered * blocked));
    let agents = f64::from(agents);
    let waits = blocked / (1.0 - offered / agents * (1.0 - blocked));
    waits / (agents - offered)
}

/// What each customer waits where the first who is free serves whoever has waited longest: the recursion of Kiefer and
/// Wolfowitz, in milliseconds.
fn waits_in_order(arrivals: &[Arrival], agents: usize) -> Vec<u128> {
    let mut free = vec![0_u128; agents];
    let wait = |arrival: &Arrival| {
        let came = arrival.at.as_millis();
        let first = free.iter_mut().min().unwrap();
        let begins = came.max(*first);
        *first = begins + arrival.handling.as_millis();
        begins - came
    };
    arrivals.iter().map(wait).collect()
}

/// Part of the customers of M/M/c+M who give up (Erlang A); patience is in units of the mean handling time.
fn erlang_a(agents: u32, offered: f64, patience: f64) -> f64 {
    let (mut weight, mut sum, mut waiting) = (1.0_f64, 1.0_f64, 0.0_f64);
    for n in 1..10_000_u32 {
        let behind = f64::from(n.saturating_sub(agents));
        weight *= offered / (f64::from(n.min(agents)) + behind / patience);
        sum += weight;
        waiting += weight * behind;
    }
    waiting / sum / patience / offered
}

fn close(measured: f64, expected: f64, what: &str) {
    let off = (measured / expected - 1.0).abs();
    assert!(off < 0.05, "{what}: measured {measured:.4}, expected {expected:.4}, {:.1} % off", off * 100.0);
}

#[test]
fn waits_are_those_of_erlang_c() {
    const HANDLING: f64 = 180.0;
    for (agents, load, customers) in [(1, 0.5, 200_000.0), (2, 0.6, 300_000.0), (3, 0.5, 300_000.0)] {
        let offered = f64::from(agents) * load;
        let per_hour = offered / HANDLING * 3_600.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a run")]
        let lasts = (customers / per_hour * 3_600.0) as u64;
        let report = run(&scenario(agents, traffic("support", per_hour, lasts, HANDLING)));
        let support = of(&report, "support");
        assert_eq!(support.answered, support.offered, "nobody is lost");
        close(support.mean_wait, erlang_c(agents, offered) * HANDLING, &format!("{agents} agents at {load}"));
        let load_seen: f64 = report.agents.values().map(|agent| agent.load).sum::<f64>() / f64::from(agents);
        close(load_seen, load, "load of the agents");
    }
}

#[test]
fn every_customer_waits_as_long_as_the_order_of_coming_says() {
    let scenario = scenario(12, traffic("support", 12.0 * 0.95 * 20.0, 360_000, 180.0));
    let seed = Seeded::new(7);
    let who_comes = arrivals(&scenario, &[&seed]).unwrap();
    let expected = waits_in_order(&who_comes, 12);
    let sum: u128 = expected.iter().sum();
    let support = of(&simulate(&scenario, &who_comes, OPTIONS).unwrap(), "support").clone();
    assert_eq!(support.offered, who_comes.len());
    let mean = sum as f64 / 1_000.0 / who_comes.len() as f64;
    assert!((support.mean_wait - mean).abs() < 1e-6, "measured {}, expected {mean}", support.mean_wait);
    let longest = *expected.iter().max().unwrap() as f64 / 1_000.0;
    assert!((support.longest_wait - longest).abs() < 1e-6);
}

#[test]
fn abandonment_is_that_of_erlang_a() {
    const HANDLING: f64 = 180.0;
    for (agents, load, patience) in [(5, 0.9, 120.0), (10, 1.1, 180.0), (20, 1.0, 60.0)] {
        let offered = f64::from(agents) * load;
        let per_hour = offered / HANDLING * 3_600.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a run")]
        let lasts = (100_000.0 / per_hour * 3_600.0) as u64;
        let impatient = Traffic {
            patience: Some(exponential(patience)),
            ..traffic("support", per_hour, lasts, HANDLING)
        };
        let report = run(&scenario(agents, impatient));
        let support = of(&report, "support");
        assert_eq!(support.answered + support.abandoned, support.offered, "everybody is served or leaves");
        let expected = erlang_a(agents, offered, patience / HANDLING);
        close(support.abandonment, expected, &format!("{agents} agents at {load}"));
    }
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let scenario = scenario(3, traffic("support", 60.0, 36_000, 120.0));
    assert_eq!(run(&scenario), run(&scenario));
}

#[test]
fn a_wider_queue_takes_whoever_waits_too_long() {
    let mut scenario = scenario(1, traffic("support", 60.0, 36_000, 300.0));
    let alone = run(&scenario);
    scenario.queues[0].escalation = vec![Escalation { after: 60, then: Overflow::Queue(id("everybody")) }];
    scenario.queues.push(Queue::new(id("everybody"), "Everybody"));
    scenario.staff.push(staff("helper", 6, &["everybody"]));
    let helped = run(&scenario);
    let (alone, support) = (of(&alone, "support"), of(&helped, "support"));
    assert!(alone.mean_wait > 1_000.0, "{alone:?}");
    assert!(support.mean_wait < 120.0 && support.longest_wait < 1_000.0, "{support:?}");
    assert!(helped.agents["helper-1"].answered > 0);
    assert_eq!(support.answered, support.offered);
}

#[test]
fn what_cannot_be_served_is_refused_diverted_or_timed_out() {
    let mut scenario = scenario(1, traffic("support", 120.0, 7_200, 600.0));
    scenario.queues[0].max_waiting = Some(3);
    let full = run(&scenario);
    let support = of(&full, "support");
    assert!(support.refused > 100 && support.answered + support.refused == support.offered, "{support:?}");
    scenario.queues[0].when_full = Overflow::LeaveMessage;
    let support = of(&run(&scenario), "support").clone();
    assert!(support.diverted > 100 && support.refused == 0, "{support:?}");
    scenario.queues[0].max_waiting = None;
    scenario.patience.queue_wait = 120;
    let support = of(&run(&scenario), "support").clone();
    assert!(support.timed_out > 100 && support.longest_wait <= 120.0, "{support:?}");
}

#[test]
fn nobody_who_lacks_the_skill_is_asked_and_the_strategy_shares_the_work() {
    let mut scenario = scenario(1, traffic("support", 30.0, 36_000, 60.0));
    scenario.queues[0].needs = vec![SkillNeeded { skill: "cars".to_owned(), level: 3 }];
    scenario.queues[0].strategy = Strategy::RoundRobin;
    let skilled = |level| vec![SkillLevel { skill: "cars".to_owned(), level }];
    scenario.staff = vec![
        Staff { skills: skilled(3), ..staff("skilled", 2, &["support"]) },
        Staff { skills: skilled(2), ..staff("learner", 2, &["support"]) },
    ];
    let report = run(&scenario);
    let answered = |agent: &str| report.agents[agent].answered;
    assert_eq!((answered("learner-1"), answered("learner-2")), (0, 0));
    let (one, two) = (answered("skilled-1"), answered("skilled-2"));
    assert!(one.abs_diff(two) * 10 < one + two, "{one} and {two}");
}

#[test]
fn shifts_after_call_work_and_weights_take_their_part_of_the_time() {
    let mut scenario = scenario(2, traffic("support", 40.0, 14_400, 60.0));
    scenario.staff[0].shifts = vec![Shift { from: 3_600, to: 7_200 }, Shift { from: 10_800, to: 18_000 }];
    scenario.queues[0].no_agents = Overflow::Wait;
    let report = run(&scenario);
    assert!(of(&report, "support").longest_wait > 3_000.0, "nobody is there for the first hour");
    scenario.staff[0].shifts = vec![];
    let before = run(&scenario).agents["agent-1"].load;
    scenario.queues[0].wrap_up = 60;
    let after = run(&scenario).agents["agent-1"].load;
    assert!(after > before * 1.5, "{before} and {after}");
    scenario.queues[0].wrap_up = 0;
    scenario.staff[0].capacity = 4;
    scenario.traffic[0].weight = 2;
    let heavy = run(&scenario).agents["agent-1"].load;
    scenario.traffic[0].weight = 1;
    let light = run(&scenario).agents["agent-1"].load;
    assert!(
        (heavy / light - 2.0).abs() < 0.01,
        "half the weight takes half of the time: {light} and {heavy}"
    );
}

#[test]
fn what_cannot_be_simulated_says_why() {
    let refused = |change: fn(&mut Scenario)| {
        let mut scenario = scenario(1, traffic("support", 60.0, 3_600, 60.0));
        change(&mut scenario);
        let seed = Seeded::new(1);
        let made = arrivals(&scenario, &[&seed]);
        made.and_then(|made| simulate(&scenario, &made, OPTIONS)).unwrap_err().to_string()
    };
    let no_traffic = refused(|scenario| scenario.traffic.clear());
    assert_eq!(no_traffic, ScenarioError::NoTraffic.to_string());
    assert_eq!(
        refused(|scenario| scenario.traffic[0].queue = id("nowhere")),
        "traffic[0].queue: there is no queue \"nowhere\""
    );
    assert_eq!(refused(|scenario| scenario.staff[0].capacity = 0), "staff[0].capacity: must be at least 1");
    assert_eq!(
        refused(|scenario| scenario.traffic[0].handling.mean = 0.0),
        "traffic[0].handling: must have a mean above 0 and a variation that is not negative"
    );
    assert_eq!(
        refused(|scenario| scenario.traffic[0].per_hour = vec![f64::NAN]),
        "traffic[0].per_hour: must be numbers that are not negative, at least one"
    );
    let twice = refused(|scenario| {
        let again = scenario.staff[0].clone();
        scenario.staff.push(again);
    });
    assert_eq!(twice, "staff[1].id: \"agent\" is there twice");
}
