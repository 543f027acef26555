//! `kill -9`, again and again, under load.

use std::time::Duration;

use frontdesk_tests::kit::{Agent, Dice};

use super::actors::CAPACITY;
use super::lives::{Lives, PATIENCE};
use super::load::Load;

/// How many times the server is killed; more for a longer run.
const KILLS: &str = "FRONTDESK_TEST_KILLS";

#[expect(clippy::disallowed_methods, reason = "a longer run is asked for by a variable")]
pub(super) fn kills() -> u32 {
    std::env::var(KILLS).map_or(20, |kills| kills.parse().expect("a number of kills"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_survives_kill_9() {
    let mut lives = Lives::begin().await;
    let load = Load::start(&lives, 14).await;
    let dice = Dice::new(9);
    for _ in 0..kills() {
        tokio::time::sleep(Duration::from_millis(100 + dice.below(900))).await;
        lives.kill();
        lives.restart().await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let found = load.finish(&lives).await;
    let (customers, agents) = (found.acknowledged(false), found.acknowledged(true));
    let (queued, connected) = (found.received("Queuing..."), found.received("Connected Agent"));
    println!(
        "acknowledged: {customers} of customers, {agents} of agents; queued {queued}, served {connected}"
    );
    found.must_be_fine();
    // Otherwise nothing was shown.
    assert!(customers > 100 && agents > 20 && queued > 0 && connected > 0);
    no_slot_is_lost(&lives).await;
    lives.terminate().await;
    found.must_not_be_in(&lives.logs);
}

/// After all of it both agents can hold as many as before, and no more.
async fn no_slot_is_lost(lives: &Lives) {
    let app = lives.app().await;
    let mut waiting = Vec::new();
    for number in 0..=2 * CAPACITY {
        let customer = app.customer(&format!("after-{number}"), "en").await;
        assert_eq!(customer.send("CONNECT", "").await.code(), "0");
        assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "0");
        waiting.push(customer);
    }
    for agent in ["101", "102"] {
        let agent = Agent::sign_in(&lives.anybody(), "demo", agent, &format!("demo-{agent}")).await;
        let held = tokio::time::timeout(PATIENCE, async {
            loop {
                let held = agent.held().await;
                if held.len() >= CAPACITY {
                    return held.len();
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        assert_eq!(held.await.expect("a slot was lost"), CAPACITY);
    }
    let last = waiting.pop().unwrap().drain_texts().await;
    assert_eq!(last.last().map(String::as_str), Some("Queuing..."), "{last:?}");
}
