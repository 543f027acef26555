//! Notices that the database was put back to an earlier state.
//!
//! Clients hold cursors into the logs. If the operator copies older files back, numbers that were given out are given
//! out again, for other messages: the store must get a new epoch, so that clients with older cursors are told. A small
//! file beside the database, the *witness*, says what was last seen of the database; the database is counted on:
//!
//! - The database has a *generation*, which grows when the store is opened, when it is closed, and while it is written
//!   to, at most every [`PACE`], as part of a group that is committed anyway.
//! - The witness has the epoch and the newest generation. It is written after the generation was committed, by a thread
//!   of its own, so it may be behind, after a crash, but never ahead: a crash raises no false alarm, and no commit
//!   waits for it.
//! - It also knows the database by its inode, when the file was made, and the moment of its last change. A copy is
//!   another file, made later; it may well get the inode of the one that was removed for it.
//!
//! The files were put back if the witness has a newer generation or another epoch than the database, if it is gone, or
//! if the database is another file that was made since.
//!
//! What is not noticed: a copy that was taken within the last [`PACE`] of writing before a crash, since no generation
//! lies between (an orderly stop ends a generation); and the whole directory put back with the same inodes and the
//! witness in it, as a snapshot of the disk or of the machine is, or by writing into the same files. For those there
//! is `frontdesk restore`, which always gives a new epoch. A directory that was moved to another disk counts as put
//! back, because nothing tells such a copy from an old one; that costs clients a gap report.

use std::io::ErrorKind;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, UNIX_EPOCH};

use frontdesk_core::log::Life;
use frontdesk_core::port::Random;
use frontdesk_core::time::Timestamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::error::{Fault, Worked};
use crate::sqlite::directory;
use crate::sqlite::writer::Tx;
use crate::{DataDir, OpenError, durable};

/// How often a generation ends while the store is written to.
const PACE: Duration = Duration::from_secs(5);

/// What was last seen of the database.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Witness {
    epoch: u64,
    generation: u64,
    file: Option<FileMark>,
}

/// What tells a file from its copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileMark {
    inode: u64,
    /// Seconds and nanoseconds of the last change of its content, name or rights.
    changed: (i64, i64),
    /// When it was made, since 1970, where the file system knows.
    #[serde(default)]
    made: Option<Duration>,
}

impl FileMark {
    /// To be taken before the database is opened, which may change it.
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let data = path.metadata().ok()?;
        let made = data.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok());
        Some(Self { inode: data.ino(), changed: (data.ctime(), data.ctime_nsec()), made })
    }

    #[cfg(not(unix))]
    pub(super) fn of(_path: &Path) -> Option<Self> {
        None
    }

    /// Whether this is another file than the one that was seen.
    fn is_other_than(self, seen: Self) -> bool {
        let made = self.made.zip(seen.made).is_some_and(|(found, seen)| found != seen);
        // Some file systems number their files anew at each mount, but do not touch them.
        (made || self.inode != seen.inode) && self.changed != seen.changed
    }
}

impl Witness {
    fn of(directory: &DataDir, epoch: u64, generation: u64) -> Self {
        Self { epoch, generation, file: FileMark::of(&directory.database()) }
    }

    fn write(&self, directory: &DataDir) -> std::io::Result<()> {
        durable::replace(&directory.witness(), &serde_json::to_vec(self)?)
    }

    /// `None` if there is none, or none that can be understood.
    fn read(directory: &DataDir) -> Result<Option<Self>, OpenError> {
        let path = directory.witness();
        match std::fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(OpenError::io(&path)(error)),
        }
    }

    /// What says that the database is not the one that was seen last; `None` if it is.
    fn contradicts(&self, found: &Self) -> Option<&'static str> {
        let is_copy = found.file.zip(self.file).is_some_and(|(found, seen)| found.is_other_than(seen));
        if self.epoch != found.epoch {
            Some("the database is another one than before")
        } else if self.generation > found.generation {
            Some("the database is older than it was")
        } else if is_copy {
            Some("the database is a copy")
        } else {
            None
        }
    }
}

/// What a store is opened as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) epoch: u64,
    pub(super) generation: u64,
    pub(super) life: Life,
}

/// Opens a generation of the database, with a new epoch and life if it was put back; `file` is the database before it
/// was opened.
pub(super) fn open_generation(
    connection: &Connection,
    directory: &DataDir,
    file: Option<FileMark>,
    random: &dyn Random,
) -> Result<Opened, OpenError> {
    let path = directory.database();
    let failed = |fault: Fault| OpenError::Failed { path: path.clone(), reason: fault.0.to_string() };
    let epoch = directory::found(connection, random).map_err(failed)?;
    let stored = directory::number(connection, "generation").map_err(failed)?.unwrap_or(0);
    let found = Witness { epoch, generation: stored, file };
    let seen = Witness::read(directory)?;
    let contradiction = match &seen {
        Some(seen) => seen.contradicts(&found),
        // A store that was never open has none yet.
        None => (stored > 0).then_some("the file frontdesk.witness is gone"),
    };
    let epoch = if contradiction.is_some() { directory::new_epoch(random) } else { epoch };
    let generation = seen.as_ref().map_or(0, |seen| seen.generation).max(stored) + 1;
    if let Some(why) = contradiction {
        tracing::warn!(
            path = %directory.path().display(),
            "the data directory was put back to an earlier state or moved: {why}. Messages written since that state \
             was copied are not in it. The store has a new epoch: every client is told once that there may be a gap"
        );
    } else if seen.is_none() {
        // From here on a missing witness means something.
        found.write(directory).map_err(OpenError::io(&directory.witness()))?;
    }
    let is_new = contradiction.is_some();
    keep(connection, epoch, generation, is_new).map_err(failed)?;
    let life = Life(directory::number(connection, "life").map_err(failed)?.unwrap_or(Life::FIRST.0));
    Witness::of(directory, epoch, generation)
        .write(directory)
        .map_err(OpenError::io(&directory.witness()))?;
    Ok(Opened { epoch, generation, life })
}

/// A new epoch begins a new life.
fn keep(connection: &Connection, epoch: u64, generation: u64, is_new: bool) -> Worked<()> {
    let transaction = connection.unchecked_transaction()?;
    directory::set_number(&transaction, "epoch", epoch)?;
    if is_new {
        directory::set_number(&transaction, "life", epoch)?;
    }
    directory::set_number(&transaction, "generation", generation)?;
    transaction.commit()?;
    Ok(())
}

/// The generation that is being written, on the thread that writes.
pub(super) struct Generation {
    number: u64,
    life: Life,
    began: Timestamp,
    /// Something was written since it began.
    is_used: bool,
    /// The next one is part of a group that is not committed yet.
    is_ending: bool,
    written: flume::Sender<u64>,
}

impl Generation {
    /// In which life of the store it is.
    pub(super) const fn life(&self) -> Life {
        self.life
    }

    /// Ends the generation with a group if it is time; `false` if that failed, which only makes it longer.
    pub(super) fn step(&mut self, tx: &Tx<'_>) -> bool {
        self.is_used = true;
        let now = tx.now();
        if now >= self.began && now.since(self.began) < PACE {
            return true;
        }
        match directory::set_number(tx.connection(), "generation", self.number + 1) {
            Ok(()) => self.is_ending = true,
            Err(fault) => tracing::warn!(error = %fault.0, "the store's generation could not be written"),
        }
        self.is_ending
    }

    /// The group was committed.
    pub(super) fn committed(&mut self, now: Timestamp) {
        if std::mem::take(&mut self.is_ending) {
            self.number += 1;
            self.began = now;
            self.is_used = false;
            self.tell();
        }
    }

    /// The group was lost.
    pub(super) const fn lost(&mut self) {
        self.is_ending = false;
    }

    /// Ends the last generation before the connection is closed.
    pub(super) fn finish(&mut self, connection: &Connection) {
        if !self.is_used {
            return;
        }
        match directory::set_number(connection, "generation", self.number + 1) {
            Ok(()) => self.number += 1,
            Err(fault) => tracing::warn!(error = %fault.0, "the store's generation could not be written"),
        }
    }

    /// Has the witness written. Once more after the connection is closed: closing it changes the file.
    pub(super) fn tell(&self) {
        // A full queue is a disk that hangs; a newer number follows.
        let _ = self.written.try_send(self.number);
    }
}

/// Starts the thread that writes the witness. It ends with the [`Generation`].
pub(super) fn start(
    directory: DataDir,
    opened: Opened,
    now: Timestamp,
) -> std::io::Result<(Generation, JoinHandle<()>)> {
    let Opened { epoch, generation: number, life } = opened;
    let (written, receiver) = flume::bounded::<u64>(16);
    let thread = std::thread::Builder::new().name("store-witness".to_owned()).spawn(move || {
        while let Ok(number) = receiver.recv() {
            let newest = receiver.try_iter().last().unwrap_or(number);
            if let Err(error) = Witness::of(&directory, epoch, newest).write(&directory) {
                tracing::warn!(%error, "the witness could not be written; files put back may go unnoticed");
            }
        }
    })?;
    Ok((Generation { number, life, began: now, is_used: false, is_ending: false, written }, thread))
}

/// Gives a database that nobody uses a new epoch and life. Gives the epoch and the generation.
pub(crate) fn renew(connection: &Connection, random: &dyn Random) -> Worked<(u64, u64)> {
    let epoch = directory::new_epoch(random);
    let generation = directory::number(connection, "generation")?.unwrap_or(0) + 1;
    keep(connection, epoch, generation, true)?;
    Ok((epoch, generation))
}

/// Writes the witness of a database that was put into its place on purpose.
pub(crate) fn vouch(directory: &DataDir, epoch: u64, generation: u64) -> std::io::Result<()> {
    Witness::of(directory, epoch, generation).write(directory)
}
