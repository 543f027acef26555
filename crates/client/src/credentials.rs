//! What a customer's client shows the server, and where it gets it.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use frontdesk_api::Secret;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Everything that a customer's client needs in order to call. In JSON it can travel from an integrator's back end to
/// the client.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerCredentials {
    /// The app's public key (`x-app-key`).
    pub app_key: String,
    /// The `AccessToken` (`Authorization: Bearer …`). It lives ten minutes, unless the back end asked for another time.
    pub access_token: Secret,
    /// The `ccmessaging-token`. It lives one hour; the server renews it in answers to calls, and the client takes the
    /// new one over.
    pub messaging_token: Secret,
    /// The customer's id, as the integrator chose it.
    pub user_id: String,
    /// The channel's Configuration ID.
    pub channel_id: String,
}

/// Obtains credentials when there are none yet, and new ones when the server no longer takes those that there are.
///
/// The app's secret stays with the integrator: an implementation asks the integrator's own back end, which knows who
/// the customer is. A closure that returns a future is one too.
///
/// ```
/// use frontdesk_client::{CredentialsError, CredentialsProvider, CustomerCredentials};
///
/// # async fn ask_our_back_end() -> Result<CustomerCredentials, std::io::Error> {
/// #     Err(std::io::ErrorKind::NotConnected.into())
/// # }
/// fn provider() -> impl CredentialsProvider {
///     || async { ask_our_back_end().await.map_err(CredentialsError::temporary) }
/// }
/// # let _ = provider();
/// ```
#[async_trait]
pub trait CredentialsProvider: Send + Sync {
    /// New credentials, always of the same customer and channel. Never called twice at a time by one client.
    async fn credentials(&self) -> Result<CustomerCredentials, CredentialsError>;
}

#[async_trait]
impl<F, Answer> CredentialsProvider for F
where
    F: Fn() -> Answer + Send + Sync,
    Answer: Future<Output = Result<CustomerCredentials, CredentialsError>> + Send,
{
    async fn credentials(&self) -> Result<CustomerCredentials, CredentialsError> {
        self().await
    }
}

/// Why no credentials could be had. Clones share the cause: all calls that waited for the same attempt get it.
#[derive(Clone)]
pub struct CredentialsError {
    cause: Arc<dyn StdError + Send + Sync>,
    temporary: bool,
}

impl CredentialsError {
    /// They may be had later; a feed tries again.
    pub fn temporary(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { cause: cause.into().into(), temporary: true }
    }

    /// They will not be had: the customer may not come in.
    pub fn refused(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { cause: cause.into().into(), temporary: false }
    }

    /// Whether they may be had later.
    pub fn is_temporary(&self) -> bool {
        self.temporary
    }
}

impl From<Error> for CredentialsError {
    fn from(error: Error) -> Self {
        match error {
            Error::Credentials(error) => error,
            other if other.is_temporary() => Self::temporary(other),
            other => Self::refused(other),
        }
    }
}

impl fmt::Debug for CredentialsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("CredentialsError")
            .field("temporary", &self.temporary)
            .field("cause", &self.cause)
            .finish()
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("no credentials could be had")
    }
}

impl StdError for CredentialsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::credentials;

    #[test]
    fn debug_shows_no_token() {
        let shown = format!("{:?}", credentials("access-1", "messaging-1"));
        assert!(!shown.contains("access-1") && !shown.contains("messaging-1"), "{shown}");
    }

    #[test]
    fn they_travel_as_json() {
        let json = serde_json::to_value(credentials("access-1", "messaging-1")).unwrap();
        assert_eq!(json["messagingToken"], "messaging-1");
        let read: CustomerCredentials = serde_json::from_value(json).unwrap();
        assert_eq!((read.access_token.expose(), read.user_id.as_str()), ("access-1", "u-77"));
    }
}
