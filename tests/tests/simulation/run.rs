//! One simulation, from its seed to its outcome.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::port::Store;
use frontdesk_store::{DataDir, Options, SqliteStore};

use super::agent::{self, Agent};
use super::climate::Climate;
use super::clock::{Timeline, WrongClock};
use super::model::Model;
use super::mutants::Mutant;
use super::node::Node;
use super::streams::Stream;
use super::world::{Outcome, World};
use super::{calm, customer, device, setting, weather};

/// How many storms there are, each with a calm after it.
const STORMS: usize = 3;
/// How long everything goes on after a storm before it is looked at.
const AFTER_STORM: Duration = Duration::from_secs(4);

/// Runs a simulation in a thread of its own, so that nothing of another one is left over in it.
pub(crate) fn run(seed: u64, mutant: Option<Mutant>) -> Outcome {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let name = format!("frontdesk-simulation-{}-", std::process::id());
    let folder = tempfile::Builder::new().prefix(&name).tempdir_in(parent).unwrap();
    let path = folder.path().to_owned();
    let simulated = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(simulate((seed, mutant), &path))
    });
    simulated.join().unwrap()
}

async fn simulate((seed, mutant): (u64, Option<Mutant>), folder: &Path) -> Outcome {
    let timeline = Timeline::begin();
    let store_clock = WrongClock::new(Arc::clone(&timeline));
    let directory = DataDir::open(&folder.join("data")).unwrap();
    let (keys, options) = (Stream::of(seed, "keys"), Options { readers: 1, ..Options::default() });
    let store = SqliteStore::open(directory, Arc::clone(&store_clock) as _, &keys, options).unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let customers = Climate::of(&Stream::of(seed, "climate")).customers;
    let logs = setting::found(&store, customers);
    let named = logs.iter().enumerate().map(|(number, log)| (*log, setting::customer(number).name));
    let capacities = setting::agents().into_iter().map(|agent| (agent.id, agent.capacity)).collect();
    let model = Model::new(named, capacities);
    let world = World::new((seed, mutant), timeline, (store, store_clock), folder.to_owned(), model);
    world.step("weather", format_args!("{:?}", world.climate));
    let agents: Vec<_> = setting::agents().into_iter().map(|agent| Agent::new(&world, agent.id)).collect();
    tokio::select! {
        biased;
        () = world.failed() => {}
        () = live(&world, &logs, &agents) => {}
    }
    world.outcome()
}

async fn live(world: &Arc<World>, logs: &[frontdesk_core::log::LogId], agents: &[Arc<Agent>]) {
    for number in 0..world.seats.len() {
        Node::start(world, number, 0).await;
    }
    let go = |task: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| drop(tokio::spawn(task));
    go(Box::pin(weather::leads(Arc::clone(world))));
    go(Box::pin(weather::crashes(Arc::clone(world))));
    go(Box::pin(weather::clocks(Arc::clone(world))));
    go(Box::pin(weather::news(Arc::clone(world))));
    for (number, log) in logs.iter().enumerate() {
        go(Box::pin(customer::live(Arc::clone(world), number, *log)));
        go(Box::pin(device::acknowledging(Arc::clone(world), number, *log)));
        go(Box::pin(device::classic(Arc::clone(world), number, *log)));
    }
    for agent in agents {
        go(Box::pin(agent::listen(Arc::clone(agent))));
        go(Box::pin(agent::work(Arc::clone(agent))));
    }
    for _ in 0..STORMS {
        world.set_quiet(false);
        world.set_storm(true);
        tokio::time::sleep(Duration::from_millis(world.climate.storm)).await;
        world.set_storm(false);
        weather::set_clocks_right(world);
        weather::until_whole(world).await;
        tokio::time::sleep(AFTER_STORM).await;
        world.set_quiet(true);
        calm::settles(world, agents).await;
    }
    world.desert();
    calm::empties(world).await;
}
