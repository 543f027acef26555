//! What a crash of the machine leaves beyond what was promised: half a frame, a frame of another time, pages that were
//! written by half. Whatever was acknowledged was synced before, so all of it is there again.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use frontdesk_tests::kit::Dice;

use super::kills::kills;
use super::lives::Lives;
use super::senders::Senders;
use super::write_ahead::WriteAhead;

fn beside(lives: &Lives, end: &str) -> PathBuf {
    lives.data().join(format!("frontdesk.db{end}"))
}

fn rubbish(dice: &Dice, length: usize) -> Vec<u8> {
    (0..length).map(|_| u8::try_from(dice.below(256)).unwrap()).collect()
}

/// What can stand behind the last commit of a log.
fn torn_tail(log: &WriteAhead, kind: u64, dice: &Dice) -> Vec<u8> {
    let frame = log.a_frame().map_or_else(|| rubbish(dice, log.frame()), <[u8]>::to_vec);
    match kind % 5 {
        // Cut off where the last commit ends.
        0 => Vec::new(),
        // Whatever was there before on the disk.
        1 => rubbish(dice, usize::try_from(dice.below(20_000)).unwrap()),
        // A frame whose second half never arrived.
        2 => [&frame[..frame.len() / 2], &vec![0; frame.len() / 2]].concat(),
        // The same, cut off.
        3 => frame[..frame.len() / 3].to_vec(),
        // Frames that would be valid at another place.
        _ => frame.repeat(3),
    }
}

/// Spoils everything that a crash of the machine may spoil.
fn tear(lives: &Lives, kind: u64, dice: &Dice) {
    let path = beside(lives, "-wal");
    let log = WriteAhead::read(std::fs::read(&path).unwrap());
    std::fs::write(&path, [log.committed(), &torn_tail(&log, kind, dice)].concat()).unwrap();
    // The index of the log is not kept safe at all.
    let index = beside(lives, "-shm");
    let length = std::fs::metadata(&index).map_or(32 << 10, |known| known.len());
    std::fs::write(&index, rubbish(dice, usize::try_from(length).unwrap())).unwrap();
    // A checkpoint was under way.
    let database = OpenOptions::new().write(true).open(beside(lives, "")).unwrap();
    let length = database.metadata().unwrap().len();
    for half in log.half_pages().into_iter().filter(|half| half.end <= length) {
        let bytes = rubbish(dice, usize::try_from(half.end - half.start).unwrap());
        database.write_all_at(&bytes, half.start).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn torn_pages_take_nothing_that_was_acknowledged() {
    let mut lives = Lives::begin().await;
    let senders = Senders::start(&lives, 8).await;
    let dice = Dice::new(77);
    let times = u64::from(kills() / 2);
    for kind in 0..times {
        senders.are_heard(20 + usize::try_from(dice.below(100)).unwrap()).await;
        lives.kill();
        tear(&lives, kind, &dice);
        lives.restart().await;
    }
    senders.are_heard(20).await;
    println!("torn {times} times, acknowledged {}", senders.acknowledged());
    let faults = senders.finish(&lives).await;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    let report = integrity(&beside(&lives, ""));
    assert_eq!(report, "ok");
    lives.terminate().await;
}

fn integrity(database: &Path) -> String {
    let database = rusqlite::Connection::open(database).unwrap();
    database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}

/// Otherwise the test above would prove nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_torn_away_is_noticed() {
    let mut lives = Lives::begin().await;
    let senders = Senders::start(&lives, 8).await;
    senders.are_heard(100).await;
    let path = beside(&lives, "-wal");
    loop {
        senders.are_heard(30).await;
        lives.kill();
        let log = WriteAhead::read(std::fs::read(&path).unwrap());
        if let Some(shorter) = log.without_last(20) {
            std::fs::write(&path, shorter).unwrap();
            break;
        }
        // The log has just begun anew.
        lives.restart().await;
    }
    lives.restart().await;
    let faults = senders.finish(&lives).await;
    assert!(faults.iter().any(|fault| fault.contains("Acknowledged, but 0 times")), "{faults:?}");
    lives.terminate().await;
}
