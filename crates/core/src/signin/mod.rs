//! How people prove who they are: passwords, how often they may be tried, and second factors.
//!
//! What signing in ends in, a session, does not depend on how somebody proved who they are: an identity provider is
//! one more way beside these.

mod attempts;
mod device;
mod password;
mod totp;

pub use attempts::{Attempt, Attempts};
pub use device::{KnownDevice, is_known};
pub use password::{PasswordFault, check_password};
pub use totp::{RecoveryCode, TotpSecret};
