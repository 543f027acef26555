//! What nodes hear of each other: hints that come late, twice, in another order or not at all.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_core::port::{Heard, Hint, Nodes};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::mutants::Mutant;
use super::streams::Stream;
use super::world::{World, lock};

/// A node's line to the others.
pub(crate) struct Line {
    world: Arc<World>,
    node: usize,
    life: CancellationToken,
    heard: Mutex<mpsc::UnboundedReceiver<Heard>>,
    fates: Stream,
}

/// Longest that a node is not told that it may have missed something: what a line promises.
const TOLD_WITHIN: u64 = 2_500;

impl Line {
    pub(crate) fn new(world: &Arc<World>, node: usize, life: CancellationToken) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        *lock(&world.seats[node].inbox) = Some(sender);
        let fates = world.stream(&format!("hints of node {node}"));
        Self { world: Arc::clone(world), node, life, heard: Mutex::new(receiver), fates }
    }

    fn tell_one(&self, to: usize, hint: &Hint) {
        let climate = &self.world.climate;
        let (is_lost, is_late, comes_twice) = (
            self.fates.chance(self.world.mutant.and_then(Mutant::loses_hints).unwrap_or(climate.hint_lost)),
            self.fates.chance(climate.hint_late),
            self.fates.chance(climate.hint_twice),
        );
        let (soon, late) = (self.fates.millis(0, 8), self.fates.millis(100, 4_000));
        let until_missed = self.fates.millis(1, TOLD_WITHIN);
        let storms = self.world.storms();
        if is_lost && storms {
            self.world.step("hint", format_args!("node {} to {to}: lost", self.node));
            if !self.world.is(Mutant::HintsLost) {
                deliver(&self.world, (self.node, to), until_missed, Heard::Missed);
            }
            return;
        }
        let after = if is_late && storms { late } else { soon };
        deliver(&self.world, (self.node, to), after, Heard::Hints(vec![hint.clone()]));
        if comes_twice && storms {
            deliver(&self.world, (self.node, to), after + late, Heard::Hints(vec![hint.clone()]));
        }
    }
}

/// Has a node hear something of another one after a while, if it is there then.
pub(crate) fn deliver(world: &Arc<World>, (from, to): (usize, usize), after: Duration, heard: Heard) {
    let world = Arc::clone(world);
    drop(tokio::spawn(async move {
        tokio::time::sleep(after).await;
        let inbox = lock(&world.seats[to].inbox).clone();
        if let Some(inbox) = inbox {
            let kind = if heard == Heard::Missed { "something is missing" } else { "a hint" };
            world.step("hint", format_args!("node {from} to {to}: {kind}"));
            // A node that is gone hears nothing.
            drop(inbox.send(heard));
        }
    }));
}

#[async_trait]
impl Nodes for Line {
    fn tell(&self, hint: Hint) {
        if self.life.is_cancelled() {
            return;
        }
        for to in (0..self.world.seats.len()).filter(|to| *to != self.node) {
            self.tell_one(to, &hint);
        }
    }

    async fn hear(&self) -> Heard {
        let heard = self.heard.lock().await.recv().await;
        match heard {
            Some(heard) if !self.life.is_cancelled() => heard,
            _ => std::future::pending().await,
        }
    }

    fn leads(&self) -> bool {
        !self.life.is_cancelled() && self.world.seats[self.node].leads.load(Ordering::SeqCst)
    }

    fn has_others(&self) -> bool {
        self.world.seats.len() > 1
    }

    async fn leave(&self) {}
}
