use std::collections::HashMap;

use super::dictionary::Segmenter;
use super::finding::{Finding, Found};
use super::fold::language_of;
use super::index::RobotIndex;
use super::knowledge::Asked;
use super::rank::Ranked;

/// The least score of a clear hit that rests on a single telling word.
///
/// One word in common may be chance: "what time is it in Tokyo?" and "what is the delivery time?". Chosen on
/// the development set (`tests/data/development.toml`) as the lowest multiple of 0.05 at which none of its 44
/// questions without an answer was taken for a clear hit; at 0.45 two were.
pub const CLEAR_SCORE: f64 = 0.5;

/// The least score of a clear hit that shares at least two telling words with the text.
///
/// Two words are rarely in common by chance, so it may be lower. Chosen on the development set: going down
/// from 0.4 gave right answers and no wrong ones, going below 0.35 changed nothing more.
pub const CLEAR_SCORE_OF_TWO: f64 = 0.35;

/// How far a clear hit is ahead of the second best group. Below it two groups fit alike, and asking back is
/// better than guessing.
///
/// Chosen on the development set: a gap of 0.08 turned five right answers into near hits to keep one wrong
/// one back.
pub const CLEAR_MARGIN: f64 = 0.05;

/// The least score of a near hit. Below it the common ground is a stray word, and questions shown for it
/// would look absurd.
///
/// Chosen on the development set: 0.2 would have shown the right question in 2 more of 129 cases, and
/// something absurd in 6 more of 44.
pub const NEAR_SCORE: f64 = 0.25;

/// A near hit shows at most this many similar questions, as the wire documents.
pub const SIMILAR_LIMIT: usize = 5;

/// A similar question is shown only if it scores at least this share of the best one.
const SIMILAR_SHARE: f64 = 0.5;

/// What the robot has to say to a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// One group is what the customer asks for.
    Clear {
        /// The group's id.
        group: String,
        /// The group's locale.
        locale: String,
        /// The group's canonical question.
        question: String,
        /// What to say.
        answer: String,
        /// From [`CLEAR_SCORE_OF_TWO`] to 1.
        score: f64,
    },
    /// Some groups may be meant.
    Near {
        /// The canonical questions of these groups, best first and all in the language of the best: 1 to
        /// [`SIMILAR_LIMIT`]. Each of them, asked in turn, is a clear hit, unless another group has the same
        /// question.
        similar: Vec<String>,
        /// Score of the best group, from [`NEAR_SCORE`] to 1.
        score: f64,
    },
    /// The knowledge base has nothing on this.
    Miss,
}

impl RobotIndex {
    /// Answers a text. The dictionary, or another `segmenter`, is asked only if the text has Han characters.
    pub fn ask<'a>(&self, asked: impl Into<Asked<'a>>, segmenter: &dyn Segmenter) -> Reply {
        let asked = asked.into();
        self.reply(&self.rivals(self.rank(asked, segmenter), asked))
    }

    /// Answers a text, with what the answer was chosen from.
    pub fn look_up<'a>(&self, asked: impl Into<Asked<'a>>, segmenter: &dyn Segmenter) -> Finding {
        let asked = asked.into();
        let ranked = self.rivals(self.rank(asked, segmenter), asked);
        let best = ranked.iter().take(Finding::MOST_CANDIDATES);
        let candidates = best.map(|ranked| Found::of(self.candidate(*ranked))).collect();
        Finding { reply: self.reply(&ranked), candidates }
    }

    /// Each group once: in the language in which it fits best, in that of whoever asks if it fits alike in several. A
    /// group is no rival of itself.
    pub(super) fn rivals(&self, ranked: Vec<Ranked>, asked: Asked<'_>) -> Vec<Ranked> {
        let language = language_of(asked.locale);
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut rivals: Vec<Ranked> = Vec::with_capacity(ranked.len());
        for ranked in ranked {
            let group = &self.groups[ranked.group];
            if let Some(&place) = places.get(group.id.as_str()) {
                let kept = rivals[place];
                let is_alike = kept.score <= ranked.score + f64::EPSILON;
                let is_better = |of: &Ranked| self.groups[of.group].language == language;
                if is_alike && is_better(&ranked) && !is_better(&kept) {
                    rivals[place] = ranked;
                }
            } else {
                places.insert(&group.id, rivals.len());
                rivals.push(ranked);
            }
        }
        rivals
    }

    fn reply(&self, ranked: &[Ranked]) -> Reply {
        let Some(&best) = ranked.first().filter(|best| best.score >= NEAR_SCORE) else {
            return Reply::Miss;
        };
        let second = ranked.get(1).map_or(0.0, |second| second.score);
        // A customer who picks one of the similar questions sends it word by word.
        let verbatim = best.score >= 1.0 && second < 1.0;
        let least = if best.evidence >= 2 { CLEAR_SCORE_OF_TWO } else { CLEAR_SCORE };
        if verbatim || (best.score >= least && best.score - second >= CLEAR_MARGIN) {
            self.clear(best)
        } else {
            self.near(best, ranked)
        }
    }

    fn clear(&self, best: Ranked) -> Reply {
        let group = &self.groups[best.group];
        Reply::Clear {
            group: group.id.clone(),
            locale: group.locale.clone(),
            question: self.canonical_question(best.group).to_owned(),
            answer: group.answer.clone(),
            score: best.score,
        }
    }

    fn near(&self, best: Ranked, ranked: &[Ranked]) -> Reply {
        let language = &self.groups[best.group].language;
        let similar = ranked
            .iter()
            .filter(|ranked| ranked.score >= best.score * SIMILAR_SHARE)
            .filter(|ranked| self.groups[ranked.group].language == *language)
            .take(SIMILAR_LIMIT)
            .map(|ranked| self.canonical_question(ranked.group).to_owned())
            .collect();
        Reply::Near { similar, score: best.score }
    }
}
