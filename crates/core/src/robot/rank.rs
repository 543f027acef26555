//! How well the groups of an index fit a text.

use std::cmp::Ordering;

use super::dictionary::Segmenter;
use super::fold::{bare, fold, is_han};
use super::index::{IndexedQuestion, Posting, RobotIndex, trust};
use super::knowledge::Asked;
use super::terms::{Kind, Term, cut};

/// BM25's saturation: how much a term counts that stands in a question more than once. Questions are short,
/// so the usual value serves.
const K1: f64 = 1.2;
/// BM25's length normalisation. Below the usual 0.75, since a long way to ask is no worse than a short one.
const B: f64 = 0.4;
/// The share of a score that the best single question has; the rest is how much of the text the questions of
/// its group hold together. Customers mix the words of several ways to ask.
const BEST_QUESTION_SHARE: f64 = 0.5;
/// How much of a question's own score hangs on being covered by the text: "how do I use a gift card" should
/// not be taken for "do you sell gift cards" because of the cards alone.
const QUESTION_SHARE: f64 = 0.5;
/// How fast a term counts fully that comes back in several questions of a group.
const GROUP_K: f64 = 0.3;
/// What a term counts for a group whose answer holds it. Answers use many words that nobody asks with.
const ANSWER_WEIGHT: f64 = 0.3;
/// What a word counts that was read by correcting it.
const CORRECTED_WEIGHT: f64 = 0.8;
/// What a word counts that no question holds: it speaks against every group, but customers also tell stories.
const UNKNOWN_WORD_WEIGHT: f64 = 0.5;
/// The same for pairs and characters, which are unknown more often than not.
const UNKNOWN_PIECE_WEIGHT: f64 = 0.1;
/// No text has more unknown words looked up than this, so that a long one costs no more.
const CORRECTIONS: usize = 32;

/// The place of a group and how well it fits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    pub(super) group: usize,
    /// From 0 to 1; 1 only if the text is one of the group's questions.
    pub(super) score: f64,
    /// How many words of the text, and no mere pieces or frames, the group's questions hold.
    pub(super) evidence: usize,
}

/// A term of the text that is looked for.
pub(super) struct Wanted<'a> {
    /// What stands in the text.
    pub(super) asked: &'a str,
    /// What is looked for: the same, or what it was corrected to.
    pub(super) term: &'a str,
    pub(super) posting: Option<&'a Posting>,
    /// Rarity times trust.
    pub(super) weight: f64,
    /// Its part of the text's length.
    length: f64,
    /// Whether it is a word that says what the text is about.
    pub(super) telling: bool,
}

/// What the terms of a text add up to, for each question or group by place.
struct Tally {
    /// BM25 divided by what a question would score that is made of the same terms as the text.
    questions: Vec<f64>,
    /// The part of the question that the text covers.
    covered: Vec<f64>,
    /// The part of the text that the group's questions and answer cover.
    groups: Vec<f64>,
    evidence: Vec<usize>,
}

impl RobotIndex {
    /// All groups that hold at the time and have something in common with what is asked, best first; those that score
    /// the same in the order of locale and id.
    pub(super) fn rank(&self, asked: Asked<'_>, segmenter: &dyn Segmenter) -> Vec<Ranked> {
        let Asked { text, now, .. } = asked;
        let tally = self.tally(&self.wanted(&cut(text, segmenter)));
        let text = bare(&fold(text));
        let mut best_question = vec![0.0_f64; self.groups.len()];
        for (place, question) in self.questions.iter().enumerate() {
            let covered = 1.0 - QUESTION_SHARE * (1.0 - tally.covered[place].min(1.0));
            let score = tally.questions[place].min(1.0) * covered;
            best_question[question.group] = best_question[question.group].max(score);
        }
        let mut ranked: Vec<Ranked> = (0..self.groups.len())
            .map(|group| {
                let (best, all) = (best_question[group], tally.groups[group].min(1.0));
                let score = BEST_QUESTION_SHARE * best + (1.0 - BEST_QUESTION_SHARE) * all;
                Ranked { group, score: score.min(0.99), evidence: tally.evidence[group] }
            })
            .collect();
        for question in self.questions.iter().filter(|question| !text.is_empty() && question.bare == text) {
            ranked[question.group].score = 1.0;
        }
        ranked.retain(|ranked| ranked.score > 0.0 && self.groups[ranked.group].valid.holds(now));
        ranked.sort_by(|left, right| self.order(left, right));
        ranked
    }

    fn order(&self, left: &Ranked, right: &Ranked) -> Ordering {
        let name = |ranked: &Ranked| {
            let group = &self.groups[ranked.group];
            (group.locale.as_str(), group.id.as_str())
        };
        right.score.total_cmp(&left.score).then_with(|| name(left).cmp(&name(right)))
    }

    fn tally(&self, wanted: &[Wanted<'_>]) -> Tally {
        let length: f64 = wanted.iter().map(|term| term.length).sum();
        let weights: f64 = wanted.iter().map(|term| term.weight).sum();
        let ideal = weights * self.saturated(1.0, length);
        let (questions, groups) = (self.questions.len(), self.groups.len());
        let mut tally = Tally {
            questions: vec![0.0; questions],
            covered: vec![0.0; questions],
            groups: vec![0.0; groups],
            evidence: vec![0; groups],
        };
        for Wanted { posting, weight, telling, .. } in wanted {
            let Some(posting) = posting else { continue };
            for &group in &posting.answers {
                tally.groups[group] += ANSWER_WEIGHT * weight / weights;
            }
            let mut times_in_group = (usize::MAX, 0.0);
            for &(question, times) in &posting.questions {
                let IndexedQuestion { group, length, substance, .. } = self.questions[question];
                tally.questions[question] += weight * self.saturated(times, length) / ideal;
                tally.covered[question] += times * posting.weight / substance;
                let before = if times_in_group.0 == group { times_in_group.1 } else { 0.0 };
                tally.groups[group] += weight / weights * (repeated(before + times) - repeated(before));
                tally.evidence[group] += usize::from(*telling && times_in_group.0 != group);
                times_in_group = (group, before + times);
            }
        }
        tally
    }

    /// What to look for, with words that no question holds corrected where possible.
    pub(super) fn wanted<'a>(&'a self, terms: &'a [Term]) -> Vec<Wanted<'a>> {
        let mut wanted = Vec::with_capacity(terms.len());
        let mut corrections = 0;
        for (place, Term { text, kind }) in terms.iter().enumerate() {
            if terms[..place].iter().any(|earlier| earlier.text == *text) {
                continue;
            }
            if let Some(posting) = self.postings.get(text) {
                let telling = *kind == Kind::Word && !part_of_another(text, terms);
                wanted.push(known((text, text), posting, trust(*kind), telling));
                continue;
            }
            corrections += 1;
            let meant = if corrections <= CORRECTIONS { self.vocabulary.meant_by(text) } else { Vec::new() };
            for (word, posting) in meant.iter().filter_map(|word| self.postings.get_key_value(*word)) {
                wanted.push(known((text, word), posting, CORRECTED_WEIGHT, false));
            }
            if meant.is_empty() {
                let weight = if *kind == Kind::Word { UNKNOWN_WORD_WEIGHT } else { UNKNOWN_PIECE_WEIGHT };
                let weight = weight * self.unknown_rarity;
                let length = trust(*kind);
                wanted.push(Wanted {
                    asked: text,
                    term: text,
                    posting: None,
                    weight,
                    length,
                    telling: false,
                });
            }
        }
        wanted
    }

    /// BM25's term frequency part, for a term that stands `times` times in a question of the given length.
    fn saturated(&self, times: f64, length: f64) -> f64 {
        times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length / self.average_length))
    }
}

/// What a term counts for a group whose questions hold it so often, from 0 to nearly 1.
fn repeated(times: f64) -> f64 {
    times / (times + GROUP_K)
}

fn known<'a>(
    (asked, term): (&'a str, &'a str),
    posting: &'a Posting,
    trust: f64,
    telling: bool,
) -> Wanted<'a> {
    let weight = if posting.questions.is_empty() { trust * UNKNOWN_WORD_WEIGHT } else { trust };
    Wanted { asked, term, posting: Some(posting), weight: weight * posting.rarity, length: weight, telling }
}

/// Whether `term` is only a part of a longer Chinese word of the text.
fn part_of_another(term: &str, terms: &[Term]) -> bool {
    let longer =
        |other: &Term| other.kind == Kind::Word && other.text.len() > term.len() && other.text.contains(term);
    term.contains(is_han) && terms.iter().any(longer)
}
