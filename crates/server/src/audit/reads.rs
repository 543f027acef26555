//! What was read a moment ago.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use frontdesk_core::audit::{Actor, Draft, Target};
use frontdesk_core::id::TenantId;
use frontdesk_core::time::Timestamp;

/// For how long reading the same again is the same read.
const ONE_READ: Duration = Duration::from_mins(10);
/// After how many reads those are forgotten that are no longer needed.
const MANY: usize = 10_000;

type Read = (TenantId, Actor, Option<Target>);

/// Who read what, and when. In memory: after a restart, reading the same again is recorded again.
#[derive(Debug, Default)]
pub(crate) struct Reads(Mutex<HashMap<Read, Timestamp>>);

impl Reads {
    fn key(draft: &Draft) -> Read {
        (draft.tenant.clone(), draft.actor.clone(), draft.target.clone())
    }

    /// Whether this read is part of one that was recorded.
    pub(super) fn is_recorded(&self, draft: &Draft, now: Timestamp) -> bool {
        let reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reads.get(&Self::key(draft)).is_some_and(|at| now < at.plus(ONE_READ))
    }

    /// A read was recorded.
    pub(super) fn note(&self, draft: &Draft, now: Timestamp) {
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if reads.len() >= MANY {
            reads.retain(|_, at| now < at.plus(ONE_READ));
        }
        reads.insert(Self::key(draft), now);
    }
}
