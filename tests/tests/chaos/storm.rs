//! Everything goes wrong, one thing after the other, while everybody works.

use std::time::Duration;

use frontdesk_tests::kit::Dice;

use super::cluster::{Cluster, alone};
use super::faults::{Fault, strike};
use super::load::Load;

/// How many rounds of all faults; more for a longer run.
const ROUNDS: &str = "FRONTDESK_TEST_CHAOS_ROUNDS";
/// What chance begins with, to have the same faults in the same order again. What meets what in which moment is another
/// matter: processes and networks are real.
const SEED: &str = "FRONTDESK_TEST_CHAOS_SEED";
/// How long it may take until everybody is served again. Nothing is measured by it.
const SERVED_WITHIN: Duration = Duration::from_secs(30);

fn asked(name: &str) -> Option<u64> {
    let number = |text: String| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}"));
    std::env::var(name).ok().map(number)
}

fn some_seed() -> u64 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).unwrap();
    u32::from_le_bytes(bytes).into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_everybody_goes_on() {
    let _alone = alone().await;
    let seed = asked(SEED).unwrap_or_else(some_seed);
    println!("{SEED}={seed}");
    let dice = Dice::new(seed);
    let mut cluster = Cluster::start(3).await;
    let load = Load::start(&cluster, seed).await;
    let mut faults = Vec::new();
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..asked(ROUNDS).unwrap_or(1) {
        for fault in Fault::round(&dice) {
            dice.pause(300, 1_300).await;
            faults.extend(endure(&mut cluster, &load, fault, &dice).await);
        }
    }
    let watch = std::sync::Arc::clone(&load.watch);
    let found = load.finish().await;
    faults.extend(found.faults.iter().cloned());
    println!("{}", watch.summary());
    println!(
        "acknowledged: {}; received by customers: {}, by agents: {}",
        found.acknowledged(),
        found.received(),
        found.heard
    );
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    // Otherwise nothing was shown.
    assert!(found.acknowledged() > 100 && found.received() > 100 && found.heard > 10);
    cluster.stop().await;
}

/// Has something go wrong, waits until everybody is served again, and tells how long that took.
async fn endure(cluster: &mut Cluster, load: &Load, fault: Fault, dice: &Dice) -> Vec<String> {
    let struck = strike(cluster, fault, dice).await;
    let served = load.watch.everybody_since(struck.healed, SERVED_WITHIN).await;
    // What was under way then is done as well.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let led = struck
        .led_after
        .map(|after| format!("; another leads after {:.1} s", after.as_secs_f64()))
        .unwrap_or_default();
    println!("{fault}{led}: {}", load.watch.report(struck.begun, struck.healed));
    match served {
        Ok(after) => {
            println!("    everybody is served again {:.1} s after", after.as_secs_f64());
            Vec::new()
        }
        Err(waiting) => vec![format!("{fault}: not served again: {waiting:?}")],
    }
}
