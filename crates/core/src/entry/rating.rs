//! What customers think of the service.

use serde::{Deserialize, Serialize};

use crate::id::AgentId;

/// A customer's rating of the service by an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The agent who is rated.
    pub agent: AgentId,
    /// The service episode that is rated: the hand-over with which it began. Ratings from before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub episode: Option<u64>,
    /// Satisfaction, 1 (very dissatisfied) to 5 (very satisfied), if it was asked.
    pub evaluation: Option<u8>,
    /// What the customer wrote.
    pub comment: String,
    /// Would recommend: 0 to 10, of which documented clients can give 0 to 9.
    pub nps: Option<u8>,
    /// Whether the matter was solved at first contact.
    pub solved: Option<bool>,
}
