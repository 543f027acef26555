//! A commit with everything already put into words, as both stores take it.

use frontdesk_core::conversation::{Intent, LogState};
use frontdesk_core::id::AgentId;
use frontdesk_core::labels::Labels;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Commit, CommitError, Idempotency, Purpose, Repeated, StoreError};
use frontdesk_core::time::Timestamp;

use crate::new_entry::NewEntry;
use crate::value::words;

/// Bytes of text that cost about as much as a row.
const PAGE: usize = 4_096;

/// A commit with everything already put into words, so that the writer thread does not have to.
pub(crate) struct Prepared {
    pub(crate) log: LogId,
    pub(crate) version: u64,
    pub(crate) conversation: u64,
    pub(crate) entries: Vec<NewEntry>,
    pub(crate) amend: Option<(EntryNumber, String)>,
    pub(crate) unless_newer: Option<EntryNumber>,
    pub(crate) label: Option<(Labels, String)>,
    pub(crate) mentioned: Vec<AgentId>,
    pub(crate) is_afterthought: bool,
    pub(crate) state: Option<(LogState, String)>,
    pub(crate) intents: Vec<(Intent, String)>,
    pub(crate) timer: Option<Timestamp>,
    pub(crate) idempotency: Option<(Idempotency, String)>,
    pub(crate) mark: Option<Purpose>,
}

/// Why nothing was written, other than failure.
pub(crate) enum Refused {
    Conflict,
    NoLog,
    Repeated(Repeated),
}

impl From<Refused> for CommitError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Conflict => Self::Conflict,
            Refused::NoLog => Self::NoLog,
            Refused::Repeated(repeated) => Self::Repeated(repeated),
        }
    }
}

fn with_words<T: serde::Serialize>(value: T) -> Result<(T, String), StoreError> {
    let text = words(&value)?;
    Ok((value, text))
}

impl Prepared {
    pub(crate) fn new(commit: Commit) -> Result<Self, StoreError> {
        let Commit { log, version, decision, timer, idempotency, mark } = commit;
        let entries = decision.entries.into_iter().map(NewEntry::new).collect::<Result<_, _>>()?;
        let amend = match decision.amend {
            Some((number, body)) => Some((number, words(&body)?)),
            None => None,
        };
        let state = match decision.state {
            Some(state) => Some(with_words(state)?),
            None => None,
        };
        let intents = decision.intents.into_iter().map(with_words).collect::<Result<_, _>>()?;
        let idempotency = match idempotency {
            Some(key) => {
                let outcome = words(&key.outcome)?;
                Some((key, outcome))
            }
            None => None,
        };
        let label = match decision.labels {
            Some(labels) => Some(with_words(labels)?),
            None => None,
        };
        Ok(Self {
            log,
            version,
            conversation: decision.conversation,
            entries,
            amend,
            unless_newer: decision.unless_newer,
            label,
            mentioned: decision.mentioned,
            is_afterthought: decision.is_afterthought,
            state,
            intents,
            timer,
            idempotency,
            mark,
        })
    }

    /// Whether it writes entries and what is remembered of them, and nothing that has to fit the log's state beyond
    /// its version.
    pub(crate) const fn is_message(&self) -> bool {
        !self.entries.is_empty()
            && self.amend.is_none()
            && self.label.is_none()
            && self.mentioned.is_empty()
            && !self.is_afterthought
            && self.state.is_none()
            && self.intents.is_empty()
            && self.timer.is_none()
    }

    /// The log that it writes.
    pub(crate) const fn log(&self) -> LogId {
        self.log
    }

    /// What it costs to write, in rows; a row of many pages counts for several.
    pub(crate) fn cost(&self) -> u32 {
        let text: usize = self.entries.iter().map(NewEntry::len).sum();
        let rows = self.entries.len()
            + self.intents.len()
            + self.mentioned.len()
            + usize::from(self.state.is_some())
            + usize::from(self.idempotency.is_some())
            + usize::from(self.timer.is_some())
            + usize::from(self.mark.is_some());
        u32::try_from(rows + text / PAGE).unwrap_or(u32::MAX)
    }
}
