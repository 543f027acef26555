//! What making a write durable costs on a disk.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;

use crate::latency::Latencies;

const BLOCK: usize = 4_096;
/// The file stays as long as it is, as a log that is used again and again does: no sync has to write how long it is.
const BLOCKS: u64 = 1_024;
const WRITES: u64 = 1_000;

/// Writes block after block, each followed by fdatasync.
pub(crate) fn measure(directory: &Path) -> anyhow::Result<Latencies> {
    let path = directory.join("frontdesk-bench.sync");
    let measured = write(&path);
    fs::remove_file(&path).with_context(|| path.display().to_string())?;
    measured
}

fn write(path: &Path) -> anyhow::Result<Latencies> {
    let file = File::create(path).with_context(|| path.display().to_string())?;
    let block = [0x5a; BLOCK];
    for number in 0..BLOCKS {
        file.write_all_at(&block, number * BLOCK as u64)?;
    }
    file.sync_all()?;
    let mut latencies = Latencies::new()?;
    for number in 0..WRITES {
        let before = Instant::now();
        file.write_all_at(&block, number % BLOCKS * BLOCK as u64)?;
        file.sync_data()?;
        latencies.record(before.elapsed());
    }
    Ok(latencies)
}
