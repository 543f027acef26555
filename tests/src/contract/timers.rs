//! Positions, presence and timers.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::conversation::Control;
use frontdesk_core::id::{DeviceId, RobotId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Advance, Commit, Position, ReaderClaim, Rearm, Store};
use frontdesk_core::time::Timestamp;

use super::{agent, closed, commit, customer, opened, register, said, tell, write};

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A log with an open conversation, and a timer if one is given.
async fn open_log(store: &dyn Store, user: &str, timer: Option<Timestamp>) -> LogId {
    let log = register(store, user).await;
    let state = store.load(log).await.unwrap().unwrap().state;
    let control = Control::Robot(RobotId::new("r").unwrap());
    let decision = opened(&state, &format!("1-{user}"), 1_000, control);
    store.commit(Commit { timer, ..commit(log, state.version, decision) }).await.unwrap();
    log
}

/// Each device has its own position, and a step back changes nothing, number by number.
pub async fn positions_never_move_back(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let device = |name: &str| DeviceId::new(name).unwrap();
    let position = |acknowledged, sent_through| Position {
        acknowledged: EntryNumber(acknowledged),
        sent_through: EntryNumber(sent_through),
    };
    let step = |name: &str, position| Advance { log, device: device(name), position };
    assert_eq!(store.position(log, &device("a")).await.unwrap(), None);
    store.advance(vec![step("a", position(3, 5)), step("b", position(1, 1))]).await.unwrap();
    store.advance(vec![step("a", position(2, 9)), step("a", position(4, 1))]).await.unwrap();
    store.advance(vec![step("b", position(0, 0))]).await.unwrap();
    assert_eq!(store.position(log, &device("a")).await.unwrap(), Some(position(4, 9)));
    assert_eq!(store.position(log, &device("b")).await.unwrap(), Some(position(1, 1)));
    let unknown = Advance { log: customer("nobody").log(), ..step("a", position(1, 1)) };
    store.advance(vec![unknown, step("b", position(2, 2))]).await.unwrap();
    assert_eq!(store.position(log, &device("b")).await.unwrap(), Some(position(2, 2)));
}

/// Until it gives the right back or has had its time.
pub async fn one_node_at_a_time_answers_a_reader(store: Arc<dyn Store>) {
    let (log, other) = (register(&*store, "ann").await, register(&*store, "bob").await);
    let claim = |node| ReaderClaim { log, node, number: 1 };
    let later = ReaderClaim { number: 2, ..claim(1) };
    let elsewhere = ReaderClaim { log: other, ..claim(2) };
    let takes = async |claim, lasts| store.claim_reader(claim, lasts).await.unwrap();
    let an_hour = Duration::from_hours(1);
    assert!(takes(claim(1), an_hour).await);
    assert!(takes(claim(1), an_hour).await, "it has it already");
    assert!(!takes(claim(u64::MAX), an_hour).await);
    assert!(takes(elsewhere, an_hour).await);
    store.release_readers(vec![claim(u64::MAX)]).await.unwrap();
    assert!(!takes(claim(u64::MAX), an_hour).await, "nobody gives back what is another's");
    assert!(takes(later, an_hour).await);
    store.release_readers(vec![claim(1)]).await.unwrap();
    assert!(!takes(claim(u64::MAX), an_hour).await, "it was taken again since");
    store.release_readers(vec![elsewhere, later]).await.unwrap();
    assert!(takes(claim(u64::MAX), Duration::ZERO).await);
    assert!(takes(claim(1), an_hour).await, "it has had its time");
}

/// Of a thousand named devices the last twenty that moved are remembered; readers of the server's own and the unnamed
/// device neither count nor go.
pub async fn the_longest_idle_device_goes(store: Arc<dyn Store>) {
    let (log, other) = (register(&*store, "ann").await, register(&*store, "bob").await);
    let device = |name: &str| DeviceId::new(name).unwrap();
    let position = Position { acknowledged: EntryNumber(1), sent_through: EntryNumber(1) };
    let step = |device, number| Advance {
        log,
        device,
        position: Position { sent_through: EntryNumber(number), ..position },
    };
    let agents = ["101", "102", "103"].map(|name| DeviceId::of_agent(&agent(name)));
    let own = agents.iter().cloned().chain([DeviceId::unnamed()]);
    store.advance(own.clone().map(|device| step(device, 1)).collect()).await.unwrap();
    store.advance(vec![Advance { log: other, device: device("0"), position }]).await.unwrap();
    let twenty: Vec<DeviceId> = (0..20).map(|number: u32| device(&number.to_string())).collect();
    for device in &twenty {
        store.advance(vec![step(device.clone(), 1)]).await.unwrap();
    }
    // The first has moved since, so the second is idle for longest.
    store.advance(vec![step(twenty[0].clone(), 2)]).await.unwrap();
    store.advance(vec![step(twenty[1].clone(), 1)]).await.unwrap();
    store.advance(vec![step(device("one more"), 1)]).await.unwrap();
    let known = async |device: &DeviceId| store.position(log, device).await.unwrap().is_some();
    assert!(known(&twenty[0]).await && !known(&twenty[1]).await && known(&twenty[2]).await);

    let thousand: Vec<DeviceId> = (0..1_000).map(|number: u32| device(&format!("d{number}"))).collect();
    store.advance(thousand.iter().map(|device| step(device.clone(), 3)).collect()).await.unwrap();
    for (index, device) in thousand.iter().enumerate() {
        assert_eq!(known(device).await, index >= 980, "{index}");
    }
    assert!(!known(&twenty[0]).await);
    for device in own {
        assert!(known(&device).await, "{device:?}");
    }
    assert!(store.position(other, &twenty[0]).await.unwrap().is_some(), "every log has its own");
}

/// An older sighting changes nothing.
pub async fn the_time_a_client_was_seen_never_moves_back(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    assert_eq!(store.last_seen(ann).await.unwrap(), None);
    store.mark_seen(vec![(ann, at(50)), (bob, at(60))]).await.unwrap();
    store.mark_seen(vec![(ann, at(40)), (bob, at(70))]).await.unwrap();
    assert_eq!(store.last_seen(ann).await.unwrap(), Some(at(50)));
    assert_eq!(store.last_seen(bob).await.unwrap(), Some(at(70)));
}

/// What has run out is found, earliest first; what has not is not.
pub async fn timers_run_out_in_order(store: Arc<dyn Store>) {
    assert_eq!(store.next_due().await.unwrap(), None);
    let late = open_log(&*store, "late", Some(at(300))).await;
    let early = open_log(&*store, "early", Some(at(100))).await;
    let middle = open_log(&*store, "middle", Some(at(200))).await;
    open_log(&*store, "none", None).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(100)));
    assert_eq!(store.due(at(99), 10).await.unwrap(), []);
    assert_eq!(store.due(at(200), 10).await.unwrap(), [(early, at(100)), (middle, at(200))]);
    assert_eq!(store.due(at(999), 2).await.unwrap(), [(early, at(100)), (middle, at(200))]);
    assert_eq!(store.due(at(999), 10).await.unwrap().pop(), Some((late, at(300))));
}

/// A message leaves the timer as it is, another timer replaces it, the end takes it away.
pub async fn a_timer_goes_with_its_conversation(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", Some(at(100))).await;
    store.commit(commit(log, 1, tell(vec![said("hello")]))).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(100)));
    let decision = tell(vec![said("still there")]);
    store.commit(Commit { timer: Some(at(200)), ..commit(log, 1, decision) }).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(200)));
    write(&*store, log, closed).await;
    assert_eq!(store.next_due().await.unwrap(), None);
    let late = Commit { timer: Some(at(300)), ..commit(log, 2, tell(vec![said("bye")])) };
    store.commit(late).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), None, "nothing can run out when none is open");
}

/// Timers are set and taken away together; one that was set anew meanwhile stays, and a conversation that ended in the
/// meantime gets none.
pub async fn timers_are_set_anew(store: Arc<dyn Store>) {
    let ann = open_log(&*store, "ann", Some(at(100))).await;
    let bob = open_log(&*store, "bob", Some(at(100))).await;
    let cat = open_log(&*store, "cat", Some(at(150))).await;
    let over = open_log(&*store, "over", Some(at(100))).await;
    write(&*store, over, closed).await;
    let unknown = customer("nobody").log();
    let rearm = |log, next| Rearm { log, was: at(100), next };
    let timers = vec![
        rearm(ann, Some(at(400))),
        rearm(bob, None),
        rearm(cat, None),
        rearm(over, Some(at(200))),
        rearm(unknown, Some(at(1))),
    ];
    store.rearm(timers).await.unwrap();
    assert_eq!(store.due(at(999), 10).await.unwrap(), [(cat, at(150)), (ann, at(400))]);
}
