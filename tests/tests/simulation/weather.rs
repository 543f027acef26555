//! What befalls nodes: crashes, clocks that jump, the lead that goes from one to another, news of the configuration.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use frontdesk_core::port::Heard;

use super::node::Node;
use super::streams::Stream;
use super::world::{World, lock};

/// Kills nodes in storms, and starts them again.
pub(crate) async fn crashes(world: Arc<World>) {
    let fates = world.stream("crashes");
    for nth in 1_u64.. {
        let (pause, which) = (fates.millis(200, world.climate.crashes_every), fates.place(world.seats.len()));
        let (down, noticed_after) = (fates.millis(20, 6_000), fates.millis(1_000, 3_000));
        tokio::time::sleep(pause).await;
        if world.storms() && Node::kill(&world, which, noticed_after) {
            pass_the_lead(&world, &fates, which);
            tokio::time::sleep(down).await;
            Node::start(&world, which, nth).await;
        }
    }
}

/// Somebody else leads soon, if there is somebody.
fn pass_the_lead(world: &Arc<World>, fates: &Stream, from: usize) {
    let (seat, soon) = (fates.place(world.seats.len()), fates.millis(10, 4_000));
    if world.seats[from].leads.swap(false, Ordering::SeqCst) {
        let world = Arc::clone(world);
        drop(tokio::spawn(async move {
            tokio::time::sleep(soon).await;
            lead(&world, seat);
        }));
    }
}

fn lead(world: &World, seat: usize) {
    world.step("node", format_args!("node {seat} leads"));
    world.seats[seat].leads.store(true, Ordering::SeqCst);
}

/// The lead goes over to another node now and then, and for a moment both take themselves for it.
pub(crate) async fn leads(world: Arc<World>) {
    let fates = world.stream("lead");
    lead(&world, 0);
    loop {
        let (pause, to, both) =
            (fates.millis(3_000, 60_000), fates.place(world.seats.len()), fates.millis(0, 600));
        tokio::time::sleep(pause).await;
        let leads = |seat: &usize| world.seats[*seat].leads.load(Ordering::SeqCst);
        let before: Vec<usize> = (0..world.seats.len()).filter(leads).collect();
        // While nobody leads, somebody will soon.
        if before.is_empty() || before.contains(&to) || !world.storms() {
            continue;
        }
        lead(&world, to);
        tokio::time::sleep(both).await;
        for seat in before {
            world.seats[seat].leads.store(false, Ordering::SeqCst);
        }
    }
}

/// Sets clocks wrong in storms, those of nodes and the store's.
pub(crate) async fn clocks(world: Arc<World>) {
    let fates = world.stream("clocks");
    loop {
        let (pause, which, off) = (
            fates.millis(500, 15_000),
            fates.place(world.seats.len() + 1),
            fates.between(0, 2 * world.climate.clocks_off + 1),
        );
        tokio::time::sleep(pause).await;
        if !world.storms() {
            continue;
        }
        let off = i64::try_from(off).unwrap() - i64::try_from(world.climate.clocks_off).unwrap();
        let clock = world.seats.get(which).map_or(&world.store_clock, |seat| &seat.clock);
        clock.set_off(off);
        let whose = if which < world.seats.len() { format!("node {which}") } else { "the store".to_owned() };
        world.step("clock", format_args!("the clock of {whose} is off by {off} ms"));
    }
}

/// All clocks are right again.
pub(crate) fn set_clocks_right(world: &World) {
    world.step("clock", format_args!("all clocks are right"));
    world.store_clock.set_off(0);
    for seat in &world.seats {
        seat.clock.set_off(0);
    }
}

/// Tells nodes now and then to read the configuration again.
pub(crate) async fn news(world: Arc<World>) {
    let fates = world.stream("news");
    loop {
        let (pause, which) = (fates.millis(2_000, 40_000), fates.place(world.seats.len()));
        tokio::time::sleep(pause).await;
        let inbox = lock(&world.seats[which].inbox).clone();
        if let Some(inbox) = inbox {
            world.step("hint", format_args!("node {which} is told that the configuration changed"));
            drop(inbox.send(Heard::Configured));
        }
    }
}

/// Waits until every node runs and one leads.
pub(crate) async fn until_whole(world: &World) {
    loop {
        let runs = world.seats.iter().all(|seat| lock(&seat.node).is_some());
        if runs && world.seats.iter().any(|seat| seat.leads.load(Ordering::SeqCst)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
