//! What can go wrong, from PostgreSQL's words into ours.

use deadpool_postgres::PoolError;
use frontdesk_core::port::StoreError;
use tokio_postgres::error::SqlState;

/// A [`StoreError`] on its way up, and whether the same work may succeed if it is done again.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) error: StoreError,
    /// Another transaction was in the way: nothing was written.
    pub(super) is_conflict: bool,
}

/// What a piece of work on a connection gives.
pub(super) type Worked<T> = Result<T, Fault>;

impl Fault {
    /// Something has changed since it was looked at: the work is to be done again.
    pub(super) const fn conflict() -> Self {
        Self { error: StoreError::Busy, is_conflict: true }
    }

    /// What was stored cannot be understood.
    pub(super) fn damaged(what: impl std::fmt::Display) -> Self {
        StoreError::Damaged(what.to_string()).into()
    }
}

impl Fault {
    /// What the end of a transaction failed with: whoever was cut off then does not know whether it was written.
    pub(super) fn of_commit(self) -> Self {
        match self.error {
            StoreError::Unavailable(text) => StoreError::Unanswered(text).into(),
            error => Self { error, ..self },
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        fault.error
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self { error, is_conflict: false }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::damaged(error)
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code() else {
            return of_connection(&error).into();
        };
        let is_conflict =
            [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(state);
        Self { error: of_state(state, &error), is_conflict }
    }
}

/// The server itself has said nothing.
fn of_connection(error: &tokio_postgres::Error) -> StoreError {
    let text = in_full(error);
    // Columns that do not have the type that was asked for are the only ones that a lost connection does not explain.
    if text.contains("deserializing column") || text.contains("invalid column") {
        StoreError::Damaged(text)
    } else if text.contains("serializing parameter") {
        StoreError::Failed(text)
    } else {
        StoreError::Unavailable(text)
    }
}

fn of_state(state: &SqlState, error: &tokio_postgres::Error) -> StoreError {
    let text = in_full(error);
    let is_of = |class: &str| state.code().starts_with(class);
    if is_of("40") || is_of("55P03") || is_of("57014") || is_of("53300") || is_of("25P03") {
        // Somebody was in the way, it took too long, or there are no connections left.
        StoreError::Busy
    } else if is_of("08") || is_of("53") || is_of("57P") || is_of("58") || is_of("25006") {
        // No connection, no room, shutting down, no disk, or a server that only reads.
        StoreError::Unavailable(text)
    } else {
        StoreError::Failed(text)
    }
}

/// The error and what it came from, in one line.
pub(super) fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl From<PoolError> for Fault {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(_) => StoreError::Busy.into(),
            PoolError::Backend(error) => error.into(),
            PoolError::Closed => StoreError::Unavailable("the store is closed".to_owned()).into(),
            PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                StoreError::Unavailable(in_full(&error)).into()
            }
        }
    }
}
