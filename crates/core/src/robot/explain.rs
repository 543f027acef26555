use super::answer::{CLEAR_SCORE, CLEAR_SCORE_OF_TWO};
use super::dictionary::Segmenter;
use super::index::{Candidate, RobotIndex};
use super::knowledge::Asked;
use super::rank::{Ranked, Wanted};
use super::terms::cut;

/// Why a group is a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The group and its score.
    pub candidate: Candidate,
    /// How many telling words of the text its questions hold.
    pub telling: usize,
    /// The least score with which it would be a clear hit.
    pub clear_from: f64,
    /// What it has in common with the text, the most telling first.
    pub matched: Vec<Matched>,
}

/// A term that text and group share.
#[derive(Clone, Debug, PartialEq)]
pub struct Matched {
    /// What stands in the text, without endings.
    pub asked: String,
    /// What stands in the group: the same, or what it was corrected to.
    pub term: String,
    /// Whether it stands in a question, and not only in the answer.
    pub in_question: bool,
    /// How much it counts: the rarer a term is in the base, the more.
    pub weight: f64,
}

impl RobotIndex {
    /// The groups that may be what is asked for, best first, at most `limit`, and why. Each group stands there once, as
    /// in the ranking behind an answer.
    pub fn explain<'a>(
        &self,
        asked: impl Into<Asked<'a>>,
        segmenter: &dyn Segmenter,
        limit: usize,
    ) -> Vec<Explained> {
        let asked = asked.into();
        let terms = cut(asked.text, segmenter);
        let wanted = self.wanted(&terms);
        let ranked = self.rivals(self.rank(asked, segmenter), asked);
        ranked.into_iter().take(limit).map(|ranked| self.reasons(ranked, &wanted)).collect()
    }

    fn reasons(&self, ranked: Ranked, wanted: &[Wanted<'_>]) -> Explained {
        let mut matched: Vec<Matched> =
            wanted.iter().filter_map(|wanted| self.matched(ranked.group, wanted)).collect();
        matched.sort_by(|left, right| right.weight.total_cmp(&left.weight));
        let clear_from = if ranked.evidence >= 2 { CLEAR_SCORE_OF_TWO } else { CLEAR_SCORE };
        Explained { candidate: self.candidate(ranked), telling: ranked.evidence, clear_from, matched }
    }

    fn matched(&self, group: usize, wanted: &Wanted<'_>) -> Option<Matched> {
        let posting = wanted.posting?;
        let in_question = posting.questions.iter().any(|(place, _)| self.questions[*place].group == group);
        (in_question || posting.answers.contains(&group)).then(|| Matched {
            asked: wanted.asked.to_owned(),
            term: wanted.term.to_owned(),
            in_question,
            weight: wanted.weight,
        })
    }
}
