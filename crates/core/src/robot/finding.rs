use serde::{Deserialize, Serialize};

use super::answer::Reply;
use super::index::Candidate;
use crate::id::{BaseId, GroupId};

/// A reply, with what it was chosen from.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What the robot has to say.
    pub reply: Reply,
    /// The groups that fit best, best first: at most [`Finding::MOST_CANDIDATES`].
    pub candidates: Vec<Found>,
}

impl Finding {
    /// How many candidates are kept.
    pub const MOST_CANDIDATES: usize = 3;
}

/// How well the best group fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hit {
    /// It was answered.
    Clear,
    /// Similar questions were shown.
    Near,
    /// There was nothing to say.
    Miss,
}

impl Hit {
    /// The name as stored and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Near => "near",
            Self::Miss => "miss",
        }
    }

    /// The hit with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Clear, Self::Near, Self::Miss].into_iter().find(|hit| hit.as_str() == name)
    }
}

impl Reply {
    /// How well the best group fitted.
    pub const fn hit(&self) -> Hit {
        match self {
            Self::Clear { .. } => Hit::Clear,
            Self::Near { .. } => Hit::Near,
            Self::Miss => Hit::Miss,
        }
    }
}

/// A group that was found for a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The group's id.
    pub group: String,
    /// In which of its languages.
    pub locale: String,
    /// How well it fits, in thousandths.
    pub score: u16,
}

impl Found {
    pub(super) fn of(candidate: Candidate) -> Self {
        Self { group: candidate.group, locale: candidate.locale, score: thousandths(candidate.score) }
    }

    /// The group's id, if it is one.
    pub fn id(&self) -> Option<GroupId> {
        GroupId::new(&self.group).ok()
    }
}

/// A score from 0 to 1 in thousandths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is from 0 to 1000 after the clamp"
)]
pub fn thousandths(score: f64) -> u16 {
    (score.clamp(0.0, 1.0) * 1_000.0).round() as u16
}

/// What a robot found for a question, as it stands in the log with what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The knowledge base.
    pub base: BaseId,
    /// Which of its versions.
    pub version: u64,
    /// How well the best group fitted.
    pub hit: Hit,
    /// The groups that fitted best, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Found>,
}
