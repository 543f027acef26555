//! The file beside the database that says what the heads of the chains were.
//!
//! It is written after a commit, by a thread of its own and at most once in [`PACE`]: so it may be behind, after a crash,
//! but never ahead of the database. Whoever takes records from the end of a chain, or puts an older database back, is
//! found out by it; the server looks when it starts, before it writes the file anew.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use frontdesk_core::audit::Anchor;
use frontdesk_core::id::TenantId;

use crate::{DataDir, OpenError, durable};

/// How often the file is written at most.
const PACE: Duration = Duration::from_secs(1);

/// What the file says; `None` if there is none.
pub(super) fn read(directory: &Path) -> Result<Option<BTreeMap<TenantId, Anchor>>, OpenError> {
    let path = DataDir::audit_anchors_of(directory);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::io(&path)(error)),
    };
    // One that cannot be understood is as good as none.
    let anchors: Option<Vec<Anchor>> = serde_json::from_slice(&bytes).ok();
    Ok(anchors.map(|anchors| {
        anchors.into_iter().map(|anchor| (anchor.tenant.clone(), anchor)).collect::<BTreeMap<_, _>>()
    }))
}

pub(super) fn write<'a>(
    directory: &DataDir,
    anchors: impl Iterator<Item = &'a Anchor>,
) -> std::io::Result<()> {
    durable::replace(&directory.audit_anchors(), &serde_json::to_vec(&anchors.collect::<Vec<_>>())?)
}

/// Notes the heads of a database that was put into its place on purpose.
pub(crate) fn write_heads(directory: &DataDir, heads: &[Anchor]) -> std::io::Result<()> {
    write(directory, heads.iter())
}

/// Heads on their way into the file, on the thread that writes the database.
pub(in crate::sqlite) struct Anchors {
    /// Those of the group that is being written.
    staged: Vec<Anchor>,
    committed: flume::Sender<Vec<Anchor>>,
}

impl Anchors {
    /// The heads of the group that is being written.
    pub(in crate::sqlite) const fn staged(&mut self) -> &mut Vec<Anchor> {
        &mut self.staged
    }

    /// The group was committed.
    pub(in crate::sqlite) fn committed(&mut self) {
        if !self.staged.is_empty() {
            // Not bounded by the disk: a head of a few hundred bytes for each group that was written.
            let _ = self.committed.send(std::mem::take(&mut self.staged));
        }
    }

    /// The group was lost.
    pub(in crate::sqlite) fn lost(&mut self) {
        self.staged.clear();
    }
}

/// Starts the thread that writes the file. It ends with the [`Anchors`].
pub(in crate::sqlite) fn start(
    directory: DataDir,
    known: Vec<Anchor>,
) -> std::io::Result<(Anchors, JoinHandle<()>)> {
    let (committed, receiver) = flume::unbounded::<Vec<Anchor>>();
    let thread = std::thread::Builder::new().name("store-audit".to_owned()).spawn(move || {
        let mut anchors: BTreeMap<_, _> =
            known.into_iter().map(|anchor| (anchor.tenant.clone(), anchor)).collect();
        let take = |heads: Vec<Anchor>, anchors: &mut BTreeMap<TenantId, Anchor>| {
            anchors.extend(heads.into_iter().map(|anchor| (anchor.tenant.clone(), anchor)));
        };
        while let Ok(first) = receiver.recv() {
            take(first, &mut anchors);
            loop {
                receiver.try_iter().for_each(|more| take(more, &mut anchors));
                store(&directory, &anchors);
                let (next, mut is_stale) = (Instant::now() + PACE, false);
                while let Ok(more) = receiver.recv_deadline(next) {
                    take(more, &mut anchors);
                    is_stale = true;
                }
                if !is_stale {
                    break;
                }
            }
        }
    })?;
    Ok((Anchors { staged: Vec::new(), committed }, thread))
}

fn store(directory: &DataDir, anchors: &BTreeMap<TenantId, Anchor>) {
    if let Err(error) = write(directory, anchors.values()) {
        tracing::warn!(%error, "the heads of the audit log could not be noted beside the database");
    }
}
