//! Nodes: the whole server but its sockets, started and killed.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use frontdesk_core::port::Heard;
use frontdesk_server::config::Settings;
use frontdesk_server::limit::LimitsConfig;
use frontdesk_server::parts::{self, Parts};
use frontdesk_server::{router, work};
use frontdesk_store::FileBlobs;
use tokio_util::sync::CancellationToken;

use super::line::{self, Line};
use super::mutants::Mutant;
use super::node_store::NodeStore;
use super::world::{World, lock};

/// A server that runs.
pub(crate) struct Node {
    pub(crate) number: usize,
    /// Ends when the node is killed: nobody gets an answer of it any more.
    pub(crate) life: CancellationToken,
    pub(crate) parts: Parts,
    pub(crate) router: Router,
}

impl Node {
    /// Starts a server in a seat. It takes as long as the store takes.
    pub(crate) async fn start(world: &Arc<World>, number: usize, nth: u64) {
        let random = Arc::new(world.stream(&format!("node {number} the {nth}th time")));
        let life = CancellationToken::new();
        loop {
            let seat = &world.seats[number];
            let around = parts::World {
                store: Arc::new(NodeStore::new(world, number, life.clone())),
                blobs: Arc::new(FileBlobs::open(&world.folder.join("blobs")).unwrap()),
                nodes: Arc::new(Line::new(world, number, life.clone())),
                clock: Arc::clone(&seat.clock) as _,
                random: Arc::clone(&random) as _,
                is_demonstration: false,
                limits: LimitsConfig::off(),
            };
            let settings = Settings { agent_vanish_grace_seconds: 20, ..Settings::default() };
            // The first attempts may meet a store that fails.
            let Ok(parts) = Parts::new(settings, around, CancellationToken::new()).await else {
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            work::start(&parts);
            let node = Self { number, life, router: router::router(&parts), parts };
            world.step("node", format_args!("node {number} is there"));
            *lock(&seat.node) = Some(Arc::new(node));
            return;
        }
    }

    /// Kills the server in a seat: whatever its tasks do from now on has no effect. The others notice that it is silent after
    /// a while, as the line between nodes promises.
    pub(crate) fn kill(world: &Arc<World>, number: usize, noticed_after: Duration) -> bool {
        let Some(node) = lock(&world.seats[number].node).take() else { return false };
        world.step("node", format_args!("node {number} is killed"));
        *lock(&world.seats[number].inbox) = None;
        node.life.cancel();
        // So that loops which ask nobody end, too.
        node.parts.shutdown.cancel();
        if !world.is(Mutant::HintsLost) {
            for to in (0..world.seats.len()).filter(|to| *to != number) {
                line::deliver(world, (number, to), noticed_after, Heard::Missed);
            }
        }
        true
    }
}
