//! What customers were promised, and how it stands with it.

use serde::{Deserialize, Serialize};

use crate::named::named;

named! {
    /// What a customer can be promised.
    SlaTarget {
        /// The first word of an agent.
        FirstReply = "firstReply",
        /// The next word of an agent.
        NextReply = "nextReply",
        /// The end of the conversation.
        Resolution = "resolution",
    }
}

named! {
    /// How it stands with a promise.
    SlaStanding {
        /// Its time runs.
        Running = "running",
        /// Its time does not run now.
        Paused = "paused",
        /// Four fifths of the time have passed.
        Warned = "warned",
        /// It was not kept.
        Breached = "breached",
        /// It was kept.
        Met = "met",
    }
}

named! {
    /// What is told of a promise.
    SlaNews {
        /// Four fifths of the time have passed.
        Warned = "warned",
        /// It was not kept.
        Breached = "breached",
    }
}

/// One promise to the customer of an open conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlaClock {
    /// What was promised.
    pub target: SlaTarget,
    /// When it is due, in milliseconds since 1970; absent while its time does not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 1_619_590_480_756_i64))]
    pub due: Option<i64>,
    /// How it stands.
    pub state: SlaStanding,
}
