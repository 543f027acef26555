//! Credentials of customers' clients that were verified before.
//!
//! A client presents the same three with every request, and verifying them anew took a third of what an empty poll
//! cost the processor: two signatures, and the JSON in them. What counts for one moment only is looked at each time: the
//! lifetimes, the keys, the configuration and the origin.

use std::sync::Arc;

use frontdesk_core::time::Timestamp;
use frontdesk_core::token::{MessagingClaims, Signer};
use quick_cache::sync::Cache;

use super::caller::CustomerCaller;
use super::credentials::Credentials;
use crate::parts::Parts;

/// How many are remembered: about a kibibyte each.
const MOST: usize = 4_096;

/// What three credentials prove.
#[derive(Debug)]
pub(super) struct Verified {
    /// Whose they are.
    pub(super) caller: CustomerCaller,
    /// What the ccmessaging-token says.
    pub(super) claims: MessagingClaims,
    /// When the AccessToken ends.
    pub(super) access_ends: Timestamp,
    /// The keys that they were verified with.
    pub(super) signer: Arc<Signer>,
}

/// The credentials that were verified last, by the ccmessaging-token.
#[derive(Debug)]
pub struct VerifiedCredentials(Cache<Box<str>, Remembered>);

#[derive(Clone, Debug)]
struct Remembered {
    /// The app key and the AccessToken that came with it.
    beside: Arc<(Box<str>, Box<str>)>,
    verified: Arc<Verified>,
}

impl Default for VerifiedCredentials {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl VerifiedCredentials {
    /// What the three prove, if it is known and still so.
    pub(super) fn recall(
        &self,
        parts: &Parts,
        credentials: &Credentials<'_>,
        now: Timestamp,
    ) -> Option<Arc<Verified>> {
        let Remembered { beside, verified } = self.0.get(&*credentials.ccmessaging_token)?;
        let is_same = *beside.0 == *credentials.app_key && *beside.1 == *credentials.access_token;
        // Both are replaced whole whenever anything in them changes.
        let is_same_configuration = || {
            let directory = parts.directory.load();
            let tenant = directory.tenant(&verified.caller.tenant.tenant.id);
            tenant.is_some_and(|tenant| Arc::ptr_eq(tenant, &verified.caller.tenant))
                && Arc::ptr_eq(&parts.signer.load(), &verified.signer)
        };
        let is_live = now < verified.access_ends && verified.claims.is_live(now);
        (is_same && is_live && is_same_configuration()).then_some(verified)
    }

    pub(super) fn remember(&self, credentials: &Credentials<'_>, verified: &Arc<Verified>) {
        let beside = Arc::new((Box::from(&*credentials.app_key), Box::from(&*credentials.access_token)));
        let remembered = Remembered { beside, verified: Arc::clone(verified) };
        self.0.insert(Box::from(&*credentials.ccmessaging_token), remembered);
    }

    /// Forgets all, so that configuration that was replaced does not stay in memory.
    pub(crate) fn forget(&self) {
        self.0.clear();
    }
}
