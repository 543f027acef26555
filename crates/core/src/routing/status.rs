//! What agents declare of themselves.

use serde::{Deserialize, Serialize};

/// What an agent declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentStatus {
    /// Takes customers.
    Online,
    /// Signed in, but takes no more customers.
    Busy,
    /// Signed in, but not at the desk.
    Away,
    /// Not signed in.
    #[default]
    Offline,
}

impl AgentStatus {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Busy => "busy",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// The status with this name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Online, Self::Busy, Self::Away, Self::Offline]
            .into_iter()
            .find(|status| status.as_str() == name)
    }

    /// Whether the agent counts as signed in.
    pub const fn is_signed_in(self) -> bool {
        !matches!(self, Self::Offline)
    }
}
