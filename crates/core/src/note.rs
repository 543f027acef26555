//! Notes: what agents write to each other about a conversation. Customers never see them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::AgentId;

/// Something that an agent noted about a conversation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who noted it.
    pub agent: AgentId,
    /// The agent's name.
    pub nickname: String,
    /// What they noted.
    pub text: String,
    /// Agents who are told of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<AgentId>,
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Contents never reach a log line.
        f.debug_struct("Note")
            .field("agent", &self.agent)
            .field("bytes", &self.text.len())
            .field("mentions", &self.mentions)
            .finish_non_exhaustive()
    }
}
