//! What customers are asked at the end, and when.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::entry::EndReason;

/// What customers are asked at the end of a conversation with an agent, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// Whether they are asked unless an agent asks for it (`surveyType` `WEB` or `NO`).
    pub enabled: bool,
    /// What they are asked, in this order.
    pub questions: Vec<SurveyQuestion>,
    /// After which ends of a conversation they are asked; without it, after each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<EndReason>>,
    /// Seconds after the end in which an answer is taken.
    #[serde(default = "Survey::default_window", skip_serializing_if = "Survey::is_default_window")]
    pub window: u64,
    /// Seconds in which one customer is asked at most once; 0 for after every conversation.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub at_most_every: u64,
    /// Ask only about conversations in which an agent said something.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_answered: bool,
}

impl Default for Survey {
    fn default() -> Self {
        Self {
            enabled: true,
            questions: vec![SurveyQuestion::Csat],
            after: None,
            window: Self::DEFAULT_WINDOW,
            at_most_every: 0,
            only_answered: false,
        }
    }
}

impl Survey {
    /// Seconds after the end in which an answer is taken unless configured otherwise: a day.
    pub const DEFAULT_WINDOW: u64 = 86_400;

    /// How long after the end an answer is taken.
    pub const fn window(&self) -> Duration {
        Duration::from_secs(self.window)
    }

    /// How long a customer is not asked again.
    pub const fn at_most_every(&self) -> Duration {
        Duration::from_secs(self.at_most_every)
    }

    /// Whether they are asked after an end of this kind.
    pub fn is_after(&self, reason: EndReason) -> bool {
        self.after.as_ref().is_none_or(|reasons| reasons.contains(&reason))
    }

    const fn default_window() -> u64 {
        Self::DEFAULT_WINDOW
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    const fn is_default_window(window: &u64) -> bool {
        *window == Self::DEFAULT_WINDOW
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_zero(seconds: &u64) -> bool {
    *seconds == 0
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
