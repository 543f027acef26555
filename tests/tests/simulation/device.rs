//! Customers' devices: one that acknowledges what it has received, and one that polls as documented.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::entry::Audience;
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::LogId;
use frontdesk_server::deliver::{
    AcknowledgedPoll, ClassicPoll, Start, Wanted, poll_acknowledged, poll_classic,
};
use frontdesk_server::error::ApiError;
use frontdesk_server::listen::{Outcome, Settlement};
use tokio::sync::oneshot;

use super::network::Network;
use super::node::Node;
use super::streams::Stream;
use super::world::World;

/// The device that acknowledges.
pub(crate) const PHONE: &str = "phone";
/// The device without a name.
pub(crate) const PAGE: &str = "page";
/// How long a client waits for an answer beyond the time that it lets its poll be held.
const PATIENCE: Duration = Duration::from_secs(15);

/// A device: whose, and how it fares.
struct Device {
    world: Arc<World>,
    log: LogId,
    name: &'static str,
    wishes: Stream,
    network: Network,
    /// Where it goes as long as there is a node; without, anywhere.
    home: Option<usize>,
    /// It has everything up to here.
    place: u64,
}

impl Device {
    fn new(world: Arc<World>, number: usize, log: LogId, name: &'static str) -> Self {
        let called = format!("{name} of customer {number}");
        let (wishes, network) = (world.stream(&called), Network::of(&world, &called));
        let (has_home, seat) = (wishes.chance(600), wishes.place(world.seats.len()));
        Self { world, log, name, wishes, network, home: has_home.then_some(seat), place: 0 }
    }

    /// The next node to ask, after a pause; `None` if the simulation is over for customers.
    async fn next_node(&self) -> Option<Arc<Node>> {
        loop {
            tokio::time::sleep(self.wishes.millis(0, 300)).await;
            if self.world.is_deserted() {
                return None;
            }
            let anywhere = self.world.some_node(&self.wishes);
            if let Some(node) = self.home.map_or(anywhere, |home| self.world.node_near(home)) {
                return Some(node);
            }
        }
    }

    /// What was given must go on where the device is, or before.
    fn check(&self, given: &[(u64, i64)]) -> Result<(), String> {
        let model = self.world.model();
        let Some((first, _)) = given.first() else { return Ok(()) };
        let log = model.log(self.log);
        let before = log.for_customer_after(0).take_while(|written| written.number < *first).last();
        let after = before.map_or(0, |written| written.number);
        if after > self.place {
            return Err(format!(
                "{} of {} has {} and was given {first} after {after}",
                self.name, log.name, self.place
            ));
        }
        model.gave(self.log, after, given)
    }

    /// It has everything up to a number. Nothing that was not given may lie before it.
    fn reach(&mut self, given: &[(u64, i64)], through: u64) -> Result<(), String> {
        let last = given.last().map_or(self.place, |(number, _)| (*number).max(self.place));
        let mut model = self.world.model();
        let skipped = model.log(self.log).for_customer_after(last).next().copied();
        if let Some(skipped) = skipped.filter(|skipped| skipped.number <= through) {
            return Err(format!(
                "{} of {} was taken to {through}, past {skipped:?}",
                self.name,
                model.log(self.log).name
            ));
        }
        self.place = self.place.max(through);
        model.reached(self.log, self.name, self.place);
        Ok(())
    }
}

/// Polls with cursors until the customers are gone.
pub(crate) async fn acknowledging(world: Arc<World>, number: usize, log: LogId) {
    let mut device = Device::new(world, number, log, PHONE);
    let mut cursor = String::new();
    while let Some(node) = device.next_node().await {
        let (forgets, limit, hold) =
            (device.wishes.chance(25), device.wishes.between(1, 12), device.wishes.millis(0, 6_000));
        let poll = AcknowledgedPoll {
            log,
            device: DeviceId::new(PHONE).unwrap(),
            start: Start::parse(if forgets { "" } else { &cursor }),
            wanted: Wanted::default(),
            limit: usize::try_from(limit).unwrap(),
            hold,
        };
        let answer = within(&node, hold, poll_acknowledged(&node.parts, poll)).await;
        let answer = match answer {
            Some(Ok(answer)) => answer,
            Some(Err(error @ (ApiError::CursorAhead | ApiError::CursorInvalid))) => {
                let name = device.world.model().log(log).name.clone();
                device
                    .world
                    .fail(format!("{PHONE} of {name} presents the cursor of {}: {error}", device.place));
                return;
            }
            Some(Err(_)) | None => continue,
        };
        if let Some(gap) = &answer.gap {
            device.world.fail(format!("a gap out of nothing: {gap:?}"));
        }
        let given: Vec<_> =
            answer.downlink_messages.iter().map(|message| (message.seq, message.message.timestamp)).collect();
        device.world.step("answer", format_args!("{PHONE} of {number} at {}: {given:?}", device.place));
        let checked = device.check(&given);
        device.world.check(checked);
        if device.network.loses_answer() {
            continue;
        }
        if let Some(place) = node.parts.sealer.open_cursor(log, &answer.next_cursor) {
            // An empty cursor may have led back: what lies before is known.
            let reached = device.reach(&given, place.number.0);
            device.world.check(reached);
            cursor = answer.next_cursor;
        }
    }
}

/// Polls as documented until the customers are gone.
pub(crate) async fn classic(world: Arc<World>, number: usize, log: LogId) {
    let mut device = Device::new(world, number, log, PAGE);
    while let Some(node) = device.next_node().await {
        let (limit, hold, settles) =
            (device.wishes.between(1, 12), device.wishes.millis(0, 6_000), device.wishes.millis(0, 200));
        let limit = usize::try_from(limit).unwrap();
        let poll = ClassicPoll { log, audience: Audience::DOWNLINK, limit, hold };
        let answer = within(&node, hold, poll_classic(&node.parts, &poll)).await;
        let Some(Ok(Some(batch))) = answer else { continue };
        let given: Vec<_> =
            batch.entries.iter().map(|entry| (entry.number.0, entry.at.as_millis())).collect();
        device.world.step("answer", format_args!("{PAGE} of {number} at {}: {given:?}", device.place));
        let checked = device.check(&given);
        device.world.check(checked);
        let (outcome, settlement) = oneshot::channel();
        batch.settle(&node.parts, Settlement::from(settlement));
        if device.network.loses_answer() {
            let _ = outcome.send(Outcome::Lost);
            continue;
        }
        let last = given.last().map_or(0, |(number, _)| *number);
        let reached = device.reach(&given, last);
        device.world.check(reached);
        drop(tokio::spawn(async move {
            tokio::time::sleep(settles).await;
            let _ = outcome.send(Outcome::Delivered);
        }));
    }
}

/// What a node answers, unless it dies or takes too long.
async fn within<T>(node: &Node, hold: Duration, answer: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = node.life.cancelled() => None,
        answer = answer => Some(answer),
        () = tokio::time::sleep(hold + PATIENCE) => None,
    }
}
