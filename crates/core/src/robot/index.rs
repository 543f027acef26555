use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::dictionary::{NoWords, Segmenter};
use super::fold::{bare, fold, language_of};
use super::knowledge::{Asked, QuestionGroup, Validity};
use super::rank::Ranked;
use super::spelling::Vocabulary;
use super::terms::{Kind, cut, kind_of_stored};

/// A single Han character is part of many words, so it tells less than a word.
const CHARACTER_WEIGHT: f64 = 0.6;
/// A pair of characters across two words is only a hint that they stand together.
const BIGRAM_WEIGHT: f64 = 0.5;
/// A word that frames many questions tells less than its rarity says in a small knowledge base.
const FRAME_WEIGHT: f64 = 0.5;

/// A search index over the questions of a knowledge base.
///
/// It holds texts, answers and postings of its own; a changed knowledge base gets a new index.
#[derive(Clone, Debug, Default)]
pub struct RobotIndex {
    pub(super) groups: Vec<Group>,
    pub(super) questions: Vec<IndexedQuestion>,
    pub(super) postings: BTreeMap<String, Posting>,
    pub(super) vocabulary: Vocabulary,
    /// Of the questions, in the measure of [`trust`]; at least 1.
    pub(super) average_length: f64,
    /// The rarity of a term that no group has.
    pub(super) unknown_rarity: f64,
}

#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) locale: String,
    pub(super) language: Option<String>,
    pub(super) answer: String,
    pub(super) valid: Validity,
    /// Place of the canonical question.
    first_question: usize,
}

#[derive(Clone, Debug)]
pub(super) struct IndexedQuestion {
    /// Place of its group.
    pub(super) group: usize,
    pub(super) text: String,
    /// The text without case, accents and punctuation.
    pub(super) bare: String,
    /// How far each of its terms is to be trusted, added up.
    pub(super) length: f64,
    /// The weights of its terms, added up.
    pub(super) substance: f64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Posting {
    /// Places of the questions that hold the term, ascending, and how often.
    pub(super) questions: Vec<(usize, f64)>,
    /// Places of the groups whose answer holds it.
    pub(super) answers: Vec<usize>,
    /// How many groups have it in a question or in the answer.
    groups: usize,
    pub(super) rarity: f64,
    /// Rarity times trust.
    pub(super) weight: f64,
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

impl RobotIndex {
    /// Builds the index from the stored terms. A group without a question, or with an id and locale that came
    /// before, is left out.
    pub fn build<'a>(groups: impl IntoIterator<Item = &'a QuestionGroup>) -> Self {
        let mut index = Self::default();
        let mut seen = BTreeSet::new();
        for group in groups {
            if !group.questions.is_empty() && seen.insert((&group.id, &group.locale)) {
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
            valid: group.valid,
            first_question: self.questions.len(),
        });
        for term in cut(&group.answer, &NoWords) {
            let answers = &mut self.postings.entry(term.text).or_default().answers;
            if answers.last() != Some(&place) {
                answers.push(place);
            }
        }
        for question in &group.questions {
            for term in &question.terms {
                self.post(term);
            }
            let length = question.terms.iter().map(|term| trust(kind_of_stored(term))).sum();
            let bare = bare(&fold(&question.text));
            let text = question.text.clone();
            self.questions.push(IndexedQuestion { group: place, text, bare, length, substance: 0.0 });
        }
    }

    /// Notes that the question which is about to be added holds `term`.
    fn post(&mut self, term: &str) {
        let question = self.questions.len();
        let posting = match self.postings.get_mut(term) {
            Some(posting) => posting,
            None => self.postings.entry(term.to_owned()).or_default(),
        };
        match posting.questions.last_mut() {
            Some((last, times)) if *last == question => *times += 1.0,
            _ => posting.questions.push((question, 1.0)),
        }
    }

    /// BM25's inverse document frequency. It is counted in groups, since a word that all ways to ask share is
    /// still rare, and among the groups of the languages that have the term, since the words of one language
    /// say nothing about how common a word of another is.
    fn weigh_terms(&mut self) {
        let mut populations: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for group in &self.groups {
            *populations.entry(group.language.as_deref()).or_default() += 1;
        }
        self.unknown_rarity = rarity(0, populations.values().copied().max().unwrap_or(0));
        for (term, posting) in &mut self.postings {
            let by_question = posting.questions.iter().map(|(question, _)| self.questions[*question].group);
            let groups: BTreeSet<usize> = by_question.chain(posting.answers.iter().copied()).collect();
            let languages: BTreeSet<Option<&str>> =
                groups.iter().map(|group| self.groups[*group].language.as_deref()).collect();
            let population = languages.iter().filter_map(|language| populations.get(language)).sum();
            posting.groups = groups.len();
            posting.rarity = rarity(posting.groups, population);
            posting.weight = trust(kind_of_stored(term)) * posting.rarity;
        }
        for posting in self.postings.values() {
            for (question, times) in &posting.questions {
                self.questions[*question].substance += times * posting.weight;
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

    /// The groups that have something in common with what is asked, best first, at most `limit`. Groups that score
    /// the same stand in the order of locale and id.
    pub fn candidates<'a>(
        &self,
        asked: impl Into<Asked<'a>>,
        segmenter: &dyn Segmenter,
        limit: usize,
    ) -> Vec<Candidate> {
        let mut ranked = self.rank(asked.into(), segmenter);
        ranked.truncate(limit);
        ranked.into_iter().map(|ranked| self.candidate(ranked)).collect()
    }

    pub(super) fn candidate(&self, ranked: Ranked) -> Candidate {
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
}

pub(super) fn trust(kind: Kind) -> f64 {
    match kind {
        Kind::Word => 1.0,
        Kind::Frame => FRAME_WEIGHT,
        Kind::Bigram => BIGRAM_WEIGHT,
        Kind::Character => CHARACTER_WEIGHT,
    }
}

/// BM25's inverse document frequency of a term that `groups` of `all` groups have.
fn rarity(groups: usize, all: usize) -> f64 {
    let (with, without) = (count(groups), count(all - groups));
    (1.0 + (without + 0.5) / (with + 0.5)).ln()
}

#[expect(clippy::cast_precision_loss, reason = "numbers of groups and questions are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}
