//! The names of things: distinct types, so that a queue can never be passed where an agent is meant.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest id that is accepted anywhere, in characters.
///
/// The public pages disagree (24 or 32 characters) and show samples of 41; 64 accepts them all.
pub const MAX_ID_CHARS: usize = 64;

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty.
    #[error("must not be empty")]
    Empty,
    /// The text has more than [`MAX_ID_CHARS`] characters.
    #[error("must have at most {MAX_ID_CHARS} characters")]
    TooLong,
    /// The text has a control character.
    #[error("must not contain control characters")]
    Control,
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > MAX_ID_CHARS && text.chars().count() > MAX_ID_CHARS {
        return Err(IdError::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(IdError::Control);
    }
    Ok(())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and takes a text from outside: 1 to 64 characters, none of them a control character.
            pub fn new(text: &str) -> Result<Self, IdError> {
                check(text)?;
                Ok(Self(text.into()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A company that is served, apart from every other.
    TenantId,
    /// The public half of an app's credentials (`app_key`, `x-app-key`).
    AppKey,
    /// A channel's configuration id: the `channelId` of applyToken, the `to` of send.
    ChannelId,
    /// A customer's id within a tenant, chosen by the company.
    UserId,
    /// A robot of a tenant.
    RobotId,
    /// A queue of a tenant, where customers wait for an agent.
    QueueId,
    /// What customers of a tenant are promised (a service level agreement).
    SlaPolicyId,
    /// An agent of a tenant: the name that the agent signs in with.
    AgentId,
    /// A role: a name for what somebody may do.
    RoleId,
    /// Where people of a tenant sign in with an account that they have elsewhere.
    IdentityProviderId,
    /// The `callId` of one conversation, in the documented shape `{epoch seconds}-{number}`.
    CallId,
    /// What can come of a conversation: one of a tenant's list.
    DispositionId,
    /// A knowledge base of a tenant, from which robots answer.
    BaseId,
    /// A matter of a knowledge base: an answer and the ways to ask for it.
    GroupId,
    /// A text of a tenant that agents send instead of typing it.
    CannedReplyId,
    /// One of a customer's devices; each has its own place in the log.
    DeviceId,
}

impl DeviceId {
    /// How many named devices of one customer are remembered. When one more appears, the one that has been idle for
    /// longest is forgotten.
    pub const MOST_LIVE: usize = 20;

    /// The place of an agent who reads along. No customer's device has a line break in its name.
    pub fn of_agent(agent: &AgentId) -> Self {
        Self(format!("agent\n{agent}").into())
    }

    /// The device of clients that do not name theirs.
    pub fn unnamed() -> Self {
        static UNNAMED: std::sync::LazyLock<Arc<str>> = std::sync::LazyLock::new(|| "".into());
        Self(Arc::clone(&UNNAMED))
    }

    /// Whether a customer's client made it up: neither a reader of the server's own nor the unnamed device.
    pub fn is_named_by_client(&self) -> bool {
        !self.0.is_empty() && !self.0.contains('\n')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_counted_in_characters_not_bytes() {
        assert!(UserId::new(&"顾".repeat(64)).is_ok());
        assert_eq!(UserId::new(&"顾".repeat(65)), Err(IdError::TooLong));
        assert_eq!(UserId::new(""), Err(IdError::Empty));
        assert_eq!(UserId::new("a\nb"), Err(IdError::Control));
    }
}
