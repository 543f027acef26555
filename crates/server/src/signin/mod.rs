//! Signing in: what somebody proves, what they get for it, and how a browser keeps it.
//!
//! [`begin`] is what every way of proving who one is ends in: passwords, and identity providers ([`oidc`]).

mod begin;
pub mod cookie;
pub mod oidc;
mod origin;
mod password;
pub mod second_factor;

pub use begin::{Begun, Proof, SignInFrom, TOKEN_PREFIX, begin};
pub use origin::{must_be_own_page, must_be_same_origin};
pub use password::{hashed, note_wrong, prove, set_password, strengthen, verify};

use std::sync::{Mutex, PoisonError};

use frontdesk_core::signin::{Attempt, Attempts};
use frontdesk_core::time::Timestamp;

use crate::error::ApiError;

/// The failures of late, on this node.
#[derive(Debug, Default)]
pub struct Failures(Mutex<Attempts>);

impl Failures {
    /// Counts a try as a failure until it is [given back](Self::give_back).
    pub fn take(&self, attempt: &Attempt<'_>, now: Timestamp) -> Result<(), ApiError> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take(attempt, now);
        taken.map_err(|wait| ApiError::TooManyAttempts { seconds: wait.as_secs().max(1) })
    }

    /// The try was no failure.
    pub fn give_back(&self, attempt: &Attempt<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).give_back(attempt);
    }
}
