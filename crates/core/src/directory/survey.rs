//! What customers are asked at the end.

use serde::{Deserialize, Serialize};

/// What customers are asked at the end of a conversation with an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// Whether they are asked at all (`surveyType` `WEB` or `NO`).
    pub enabled: bool,
    /// What they are asked, in this order.
    pub questions: Vec<SurveyQuestion>,
}

impl Default for Survey {
    fn default() -> Self {
        Self { enabled: true, questions: vec![SurveyQuestion::Csat] }
    }
}

/// A survey's question; names as on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SurveyQuestion {
    /// Was it solved at first contact?
    Fcr,
    /// Would you recommend us?
    Nps,
    /// How satisfied are you?
    Csat,
}
