use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::dictionary::Segmenter;
use super::fold::{fold, language_of};
use super::knowledge::QuestionGroup;
use super::spelling::Vocabulary;
use super::terms::{Kind, Term, cut, kind_of_stored};

/// BM25's saturation: how much a term counts that stands in a question more than once. Questions are short, so the
/// usual value serves.
const K1: f64 = 1.2;
/// BM25's length normalisation. Below the usual 0.75, since a long way to ask is no worse than a short one.
const B: f64 = 0.4;
/// The share of a score that the best single question has; the rest is how much of the text the questions of its group
/// hold together. Customers mix the words of several ways to ask.
const BEST_QUESTION_SHARE: f64 = 0.5;
/// How much of a question's own score hangs on being covered by the text: "how do I use a gift card" should not be taken
/// for "do you sell gift cards" because of the cards alone.
const QUESTION_SHARE: f64 = 0.5;
/// A single Han character is part of many words, so it tells less than a word.
const CHARACTER_WEIGHT: f64 = 0.6;
/// A pair of characters across two words is only a hint that they stand together.
const BIGRAM_WEIGHT: f64 = 0.5;
/// A word that frames many questions tells less than its rarity says in a small knowledge base.
const FRAME_WEIGHT: f64 = 0.5;
/// What a word counts that was read by correcting it.
const CORRECTED_WEIGHT: f64 = 0.8;
/// What a word counts that no question holds: it speaks against every group, but customers also tell stories.
const UNKNOWN_WORD_WEIGHT: f64 = 0.5;
/// The same for pairs and characters, which are unknown more often than not.
const UNKNOWN_PIECE_WEIGHT: f64 = 0.1;
/// From here on, text and question are made of the same terms, but for rounding.
const VERBATIM_SCORE: f64 = 0.999;
/// How fast a term counts fully that comes back in several questions of a group.
const GROUP_K: f64 = 0.5;
/// No text has more unknown words looked up than this.
const CORRECTIONS: usize = 32;

/// A search index over the questions of a knowledge base.
///
/// It holds texts, answers and postings of its own; a changed knowledge base gets a new index.
#[derive(Clone, Debug, Default)]
pub struct RobotIndex {
    pub(super) groups: Vec<Group>,
    pub(super) questions: Vec<IndexedQuestion>,
    postings: HashMap<String, Posting>,
    vocabulary: Vocabulary,
    average_length: f64,
    unknown_rarity: f64,
}

#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) locale: String,
    pub(super) language: Option<String>,
    pub(super) answer: String,
    /// Place of the canonical question.
    first_question: usize,
}

#[derive(Clone, Debug)]
pub(super) struct IndexedQuestion {
    /// Place of its group.
    pub(super) group: usize,
    pub(super) text: String,
    pub(super) folded: String,
    /// Sum of the weights of its terms.
    length: f64,
    /// Sum of its terms' weights times their rarities.
    substance: f64,
}

#[derive(Clone, Debug, Default)]
struct Posting {
    /// Places of the questions that hold the term, ascending, and how often.
    questions: Vec<(usize, f64)>,
    groups: usize,
    rarity: f64,
}

/// A group that may be what a text asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The group's id.
    pub group: String,
    /// The group's locale.
    pub locale: String,
    /// The group's canonical question.
    pub question: String,
    /// From 0 (nothing in common) to 1 (asked in the same words).
    pub score: f64,
}

/// The place of a group and its score.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    pub(super) group: usize,
    pub(super) score: f64,
}

/// A term of the text that is looked for.
struct Wanted<'a> {
    posting: Option<&'a Posting>,
    /// Rarity times trust.
    weight: f64,
    /// Its part of the text's length.
    length: f64,
}

impl RobotIndex {
    /// Builds the index from the stored terms. A group without a question, or with an id and locale that came before,
    /// is left out.
    pub fn build<'a>(groups: impl IntoIterator<Item = &'a QuestionGroup>) -> Self {
        let mut index = Self::default();
        let mut seen = HashMap::new();
        for group in groups {
            if !group.questions.is_empty() && seen.insert((&group.id, &group.locale), ()).is_none() {
                index.add(group);
            }
        }
        let lengths: f64 = index.questions.iter().map(|question| question.length).sum();
        index.average_length = (lengths / count(index.questions.len().max(1))).max(1.0);
        index.weigh_terms();
        let terms = index.postings.iter().map(|(term, posting)| (term.as_str(), posting.groups));
        index.vocabulary = Vocabulary::new(terms);
        index
    }

    fn add(&mut self, group: &QuestionGroup) {
        let place = self.groups.len();
        self.groups.push(Group {
            id: group.id.clone(),
            locale: group.locale.clone(),
            language: language_of(&group.locale),
            answer: group.answer.clone(),
            first_question: self.questions.len(),
        });
        for question in &group.questions {
            for term in &question.terms {
                self.post(term, place);
            }
            let length = question.terms.iter().map(|term| trust(kind_of_stored(term))).sum();
            let folded = fold(&question.text);
            self.questions.push(IndexedQuestion { group: place, text: question.text.clone(), folded, length, substance: 0.0 });
        }
    }

    /// Notes that the question which is about to be added to `group` holds `term`.
    fn post(&mut self, term: &str, group: usize) {
        let question = self.questions.len();
        let posting = match self.postings.get_mut(term) {
            Some(posting) => posting,
            None => self.postings.entry(term.to_owned()).or_default(),
        };
        match posting.questions.last_mut() {
            Some((last, times)) if *last == question => *times += 1.0,
            last => {
                if last.is_none_or(|(last, _)| self.questions[*last].group != group) {
                    posting.groups += 1;
                }
                posting.questions.push((question, 1.0));
            }
        }
    }

    /// BM25's inverse document frequency. It is counted in groups, since a word that all ways to ask share is still
    /// rare, and among the groups of the languages that have the term, since the words of one language say nothing
    /// about how common a word of another is.
    fn weigh_terms(&mut self) {
        let mut populations: HashMap<Option<&str>, usize> = HashMap::new();
        for group in &self.groups {
            *populations.entry(group.language.as_deref()).or_default() += 1;
        }
        self.unknown_rarity = rarity(0, populations.values().copied().max().unwrap_or(0));
        for posting in self.postings.values_mut() {
            let group_of = |(question, _): &(usize, f64)| self.questions[*question].group;
            let languages: HashSet<Option<&str>> =
                posting.questions.iter().map(group_of).map(|group| self.groups[group].language.as_deref()).collect();
            let population = languages.iter().filter_map(|language| populations.get(language)).sum();
            posting.rarity = rarity(posting.groups, population);
        }
        for (term, posting) in &self.postings {
            for (question, times) in &posting.questions {
                self.questions[*question].substance += times * trust(kind_of_stored(term)) * posting.rarity;
            }
        }
    }

    /// Whether there is no group to find.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// How many groups there are, each language counted on its own.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// The groups that have something in common with `text`, best first, at most `limit`. Groups that score the same
    /// stand in the order of locale and id.
    pub fn candidates(&self, text: &str, segmenter: &dyn Segmenter, limit: usize) -> Vec<Candidate> {
        let mut ranked = self.rank(text, segmenter);
        ranked.truncate(limit);
        ranked.into_iter().map(|ranked| self.candidate(ranked)).collect()
    }

    fn candidate(&self, ranked: Ranked) -> Candidate {
        let group = &self.groups[ranked.group];
        Candidate {
            group: group.id.clone(),
            locale: group.locale.clone(),
            question: self.canonical_question(ranked.group).to_owned(),
            score: ranked.score,
        }
    }

    pub(super) fn canonical_question(&self, group: usize) -> &str {
        &self.questions[self.groups[group].first_question].text
    }

    /// All groups that have something in common with `text`, best first.
    ///
    /// A score is BM25 divided by what a question would score that is made of the same terms as the text.
    pub(super) fn rank(&self, text: &str, segmenter: &dyn Segmenter) -> Vec<Ranked> {
        let wanted = self.wanted(&cut(text, segmenter));
        let length: f64 = wanted.iter().map(|term| term.length).sum();
        let weights: f64 = wanted.iter().map(|term| term.weight).sum();
        let ideal = weights * self.saturated(1.0, length);
        let mut by_question = vec![0.0; self.questions.len()];
        let mut covered = vec![0.0; self.questions.len()];
        let mut by_group = vec![0.0; self.groups.len()];
        for Wanted { posting, weight, .. } in &wanted {
            let mut in_group: Option<(usize, f64)> = None;
            for &(question, times) in posting.iter().flat_map(|posting| &posting.questions) {
                let IndexedQuestion { group, length, substance, .. } = self.questions[question];
                covered[question] += times * weight / substance;
                by_question[question] += weight * self.saturated(times, length) / ideal;
                let before = in_group.filter(|(last, _)| *last == group).map_or(0.0, |(_, times)| times);
                let gained = repeated(before + times) - repeated(before);
                by_group[group] += weight / weights * gained;
                in_group = Some((group, before + times));
            }
        }
        let mut best_question = vec![0.0_f64; self.groups.len()];
        for ((question, score), covered) in self.questions.iter().zip(by_question).zip(covered) {
            let covered: f64 = covered;
            let score = score.min(1.0) * (QUESTION_SHARE * (covered.min(1.0) - 1.0) + 1.0);
            best_question[question.group] = best_question[question.group].max(score);
        }
        let mut ranked: Vec<Ranked> = (0..self.groups.len())
            .map(|group| {
                let best = best_question[group];
                let mixed = by_group[group] + BEST_QUESTION_SHARE * (best - by_group[group]);
                let score = if best >= VERBATIM_SCORE { 1.0 } else { mixed.clamp(0.0, 1.0) };
                Ranked { group, score }
            })
            .filter(|ranked| ranked.score > 0.0)
            .collect();
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

    /// What to look for, with words that no question holds corrected where possible.
    fn wanted(&self, terms: &[Term]) -> Vec<Wanted<'_>> {
        let mut wanted = Vec::with_capacity(terms.len());
        let mut corrections = 0;
        for (place, Term { text, kind }) in terms.iter().enumerate() {
            if terms[..place].iter().any(|earlier| earlier.text == *text) {
                continue;
            }
            if let Some(posting) = self.postings.get(text) {
                wanted.push(known(posting, trust(*kind)));
                continue;
            }
            corrections += 1;
            let meant = if corrections <= CORRECTIONS { self.vocabulary.meant_by(text) } else { Vec::new() };
            for posting in meant.iter().filter_map(|word| self.postings.get(*word)) {
                wanted.push(known(posting, CORRECTED_WEIGHT));
            }
            if meant.is_empty() {
                let weight = if *kind == Kind::Word { UNKNOWN_WORD_WEIGHT } else { UNKNOWN_PIECE_WEIGHT };
                wanted.push(Wanted { posting: None, weight: weight * self.unknown_rarity, length: trust(*kind) });
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

fn known(posting: &Posting, trust: f64) -> Wanted<'_> {
    Wanted { posting: Some(posting), weight: trust * posting.rarity, length: trust }
}

/// BM25's inverse document frequency of a term that `groups` of `all` groups have.
fn rarity(groups: usize, all: usize) -> f64 {
    let (with, without) = (count(groups), count(all - groups));
    (1.0 + (without + 0.5) / (with + 0.5)).ln()
}

fn trust(kind: Kind) -> f64 {
    match kind {
        Kind::Word => 1.0,
        Kind::Frame => FRAME_WEIGHT,
        Kind::Bigram => BIGRAM_WEIGHT,
        Kind::Character => CHARACTER_WEIGHT,
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of groups and questions are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}
