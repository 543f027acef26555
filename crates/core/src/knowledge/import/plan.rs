//! What an import changes in a base.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Content, Extras, Part, Piece};
use crate::id::GroupId;
use crate::knowledge::group::{MAX_GROUPS, PlainGroup, PlainText, is_same_language};
use crate::robot::{language_of, normalised};

/// What becomes of what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Its group is new.
    Added,
    /// Its group changes.
    Changed,
    /// Its group is so already.
    Same,
    /// It cannot be taken.
    Refused,
    /// The group is in the base, not in the file, and goes.
    Removed,
}

/// What becomes of one thing that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Which it is in the file, from 1; `None` for a group that goes.
    pub item: Option<usize>,
    /// The line that it begins in, where that is known.
    pub line: Option<usize>,
    /// The group, if it is known.
    pub group: Option<GroupId>,
    /// The question, or the first of several; empty if there is none.
    pub question: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why it is refused, or what else is to be known.
    pub note: Option<String>,
}

/// What an import changes in a base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What becomes of each thing that was read, in the order of the file.
    pub report: Vec<Reported>,
    /// Groups that are new or change, as they will be.
    pub put: Vec<PlainGroup>,
    /// Groups that go.
    pub removed: Vec<GroupId>,
}

/// Plans an import into a base that has these groups. With `replace`, groups that are not in the file go.
///
/// A row that names no group belongs to the group that has its question already, or else to the one to which the file
/// gave the same answer, or else to a new one.
pub fn plan(existing: &[PlainGroup], pieces: Vec<Piece>, replace: bool) -> Plan {
    let mut planning = Planning::new(existing);
    for (place, piece) in pieces.into_iter().enumerate() {
        planning.take(place + 1, piece);
    }
    planning.finish(replace)
}

/// A language and a normalised text.
type Key = (Option<String>, String);

fn key(language: &str, text: &str) -> Key {
    (language_of(language), normalised(text))
}

struct Planning {
    before: BTreeMap<GroupId, PlainGroup>,
    after: BTreeMap<GroupId, PlainGroup>,
    /// Which group has a question.
    questions: HashMap<Key, GroupId>,
    /// Which group the file gave an answer to, where it named none.
    answers: HashMap<(Option<String>, String), GroupId>,
    /// The groups that the file is about; where it named them, with the languages that it has begun anew.
    named: BTreeMap<GroupId, Vec<String>>,
    /// Where the file gave a group its answer.
    answered: HashMap<(GroupId, Option<String>), usize>,
    whole: BTreeSet<GroupId>,
    report: Vec<Reported>,
}

impl Planning {
    fn new(existing: &[PlainGroup]) -> Self {
        let mut questions = HashMap::new();
        for group in existing {
            for (language, question) in group.questions() {
                questions.entry(key(language, question)).or_insert_with(|| group.id.clone());
            }
        }
        let before: BTreeMap<_, _> = existing.iter().map(|group| (group.id.clone(), group.clone())).collect();
        Self {
            after: before.clone(),
            before,
            questions,
            answers: HashMap::new(),
            named: BTreeMap::new(),
            answered: HashMap::new(),
            whole: BTreeSet::new(),
            report: Vec::new(),
        }
    }

    fn take(&mut self, item: usize, piece: Piece) {
        let mut reported = Reported {
            item: Some(item),
            line: piece.line,
            group: None,
            question: String::new(),
            outcome: Outcome::Refused,
            note: None,
        };
        let taken = piece.content.and_then(|content| match content {
            Content::Whole(group) => {
                reported.group = Some(group.id.clone());
                reported.question =
                    group.questions().next().map(|(_, text)| text.to_owned()).unwrap_or_default();
                self.take_whole(*group)
            }
            Content::Part(part) => {
                let id = self.group_of(&part);
                let is_known = part.id.is_some() || self.after.contains_key(&id);
                reported.group = is_known.then(|| id.clone());
                reported.question = part.questions.first().cloned().unwrap_or_default();
                self.take_part(item, id, &part)
            }
        });
        match taken {
            Ok((group, note)) => {
                reported.group = Some(group);
                reported.note = note;
                // What it is in the end is known at the end.
                reported.outcome = Outcome::Same;
            }
            Err(why) => reported.note = Some(why),
        }
        self.report.push(reported);
    }

    fn take_whole(&mut self, group: PlainGroup) -> Result<(GroupId, Option<String>), String> {
        let group = group.checked().map_err(|error| error.to_string())?;
        if self.named.contains_key(&group.id) {
            return Err("the group stands in the file twice".to_owned());
        }
        self.must_have_room(&group.id)?;
        let mut note = None;
        for (language, question) in group.questions() {
            let owner = self.questions.entry(key(language, question)).or_insert_with(|| group.id.clone());
            if *owner != group.id && note.is_none() {
                note = Some(format!(
                    "{question:?} is also a question of the group {owner:?}",
                    owner = owner.as_str()
                ));
            }
        }
        let id = group.id.clone();
        self.named.insert(id.clone(), Vec::new());
        self.whole.insert(id.clone());
        self.after.insert(id.clone(), group);
        Ok((id, note))
    }

    fn take_part(
        &mut self,
        item: usize,
        id: GroupId,
        part: &Part,
    ) -> Result<(GroupId, Option<String>), String> {
        if self.whole.contains(&id) {
            return Err("the group stands in the file twice".to_owned());
        }
        let language = language_of(&part.language);
        let mut group = self.after.get(&id).cloned().unwrap_or_else(|| empty(id.clone()));
        // A file that names its groups holds all questions of theirs.
        let is_first_named = part.id.is_some()
            && !self
                .named
                .get(&id)
                .is_some_and(|begun| begun.iter().any(|it| is_same_language(it, &part.language)));
        let is_first = !self.named.contains_key(&id);
        let kept = group.texts.iter().position(|text| is_same_language(&text.language, &part.language));
        let place = kept.unwrap_or_else(|| {
            let language = part.language.clone();
            group.texts.push(PlainText { language, questions: Vec::new(), answer: String::new() });
            group.texts.len() - 1
        });
        let text = &mut group.texts[place];
        let earlier = self.answered.get(&(id.clone(), language.clone()));
        if let Some(earlier) = earlier.filter(|_| !part.answer.is_empty() && text.answer != part.answer) {
            return Err(format!("entry {earlier} gives the group another answer"));
        }
        if is_first_named {
            text.questions.clear();
        }
        if !part.answer.is_empty() {
            text.answer.clone_from(&part.answer);
        }
        let mut note = None;
        for question in &part.questions {
            if text.questions.iter().any(|known| normalised(known) == normalised(question)) {
                continue;
            }
            if let Some(owner) =
                self.questions.get(&key(&part.language, question)).filter(|owner| **owner != id)
            {
                let owner = owner.as_str();
                note = Some(format!("{question:?} is also a question of the group {owner:?}"));
            }
            text.questions.push(question.clone());
        }
        take_extras(&mut group, &part.extras, is_first && part.id.is_some());
        let group = group.checked().map_err(|error| error.to_string())?;
        self.must_have_room(&id)?;
        self.keep(item, part, is_first_named, group);
        Ok((id, note))
    }

    fn keep(&mut self, item: usize, part: &Part, is_first_named: bool, group: PlainGroup) {
        let id = group.id.clone();
        for question in &part.questions {
            self.questions.entry(key(&part.language, question)).or_insert_with(|| id.clone());
        }
        if !part.answer.is_empty() {
            let language = language_of(&part.language);
            self.answered.entry((id.clone(), language.clone())).or_insert(item);
            if part.id.is_none() {
                self.answers.entry((language, part.answer.clone())).or_insert_with(|| id.clone());
            }
        }
        let begun = self.named.entry(id.clone()).or_default();
        if is_first_named {
            begun.push(part.language.clone());
        }
        self.after.insert(id, group);
    }

    fn group_of(&self, part: &Part) -> GroupId {
        if let Some(id) = &part.id {
            return id.clone();
        }
        let by_question =
            part.questions.iter().find_map(|text| self.questions.get(&key(&part.language, text)));
        let by_answer = || self.answers.get(&(language_of(&part.language), part.answer.clone()));
        by_question.or_else(by_answer).cloned().unwrap_or_else(|| self.new_id(part))
    }

    fn new_id(&self, part: &Part) -> GroupId {
        let question = part.questions.first().map(String::as_str).unwrap_or_default();
        fresh_id(question, |id| self.after.contains_key(id))
    }

    fn must_have_room(&self, id: &GroupId) -> Result<(), String> {
        if self.after.contains_key(id) || self.after.len() < MAX_GROUPS {
            return Ok(());
        }
        Err(format!("a base has at most {MAX_GROUPS} groups"))
    }

    fn finish(mut self, replace: bool) -> Plan {
        for reported in self.report.iter_mut().filter(|reported| reported.outcome != Outcome::Refused) {
            let Some(id) = &reported.group else { continue };
            reported.outcome = match self.before.get(id) {
                None => Outcome::Added,
                Some(before) if self.after.get(id) == Some(before) => Outcome::Same,
                Some(_) => Outcome::Changed,
            };
        }
        let mut removed = Vec::new();
        if replace {
            // What the file names stays, also if it names it in a way that is refused.
            let mentioned: BTreeSet<&GroupId> =
                self.report.iter().filter_map(|it| it.group.as_ref()).collect();
            removed.extend(self.before.keys().filter(|id| !mentioned.contains(*id)).cloned());
            self.report.extend(removed.iter().map(|id| Reported {
                item: None,
                line: None,
                group: Some(id.clone()),
                question: String::new(),
                outcome: Outcome::Removed,
                note: None,
            }));
        }
        let (before, named) = (&self.before, &self.named);
        let put = self
            .after
            .into_values()
            .filter(|group| named.contains_key(&group.id) && before.get(&group.id) != Some(group))
            .collect();
        Plan { report: self.report, put, removed }
    }
}

/// An id that is free and reads like a question.
pub(in crate::knowledge) fn fresh_id(question: &str, is_taken: impl Fn(&GroupId) -> bool) -> GroupId {
    let key = normalised(question);
    let short: String = key.chars().filter(|it| !it.is_control()).take(40).collect();
    let short = short.trim().replace([' ', '/', '?', '#', '%'], "-");
    let stem = if short.is_empty() { "group".to_owned() } else { short };
    let mut names = std::iter::once(stem.clone()).chain((2..).map(|number| format!("{stem}-{number}")));
    let free = names.find_map(|name| GroupId::new(&name).ok().filter(|id| !is_taken(id)));
    free.unwrap_or_else(|| unreachable!("numbers do not end"))
}

pub(in crate::knowledge) fn empty(id: GroupId) -> PlainGroup {
    PlainGroup {
        id,
        enabled: true,
        category: None,
        tags: Vec::new(),
        from: None,
        until: None,
        texts: Vec::new(),
    }
}

/// The first row that names a group says all of it; a later one adds to that.
fn take_extras(group: &mut PlainGroup, extras: &Extras, says_all: bool) {
    if says_all && *extras != Extras::default() {
        group.enabled = extras.enabled.unwrap_or(true);
        group.category.clone_from(&extras.category);
        group.tags = extras.tags.clone().unwrap_or_default();
        (group.from, group.until) = (extras.from, extras.until);
        return;
    }
    group.enabled = extras.enabled.unwrap_or(group.enabled);
    if extras.category.is_some() {
        group.category.clone_from(&extras.category);
    }
    if let Some(tags) = &extras.tags {
        group.tags.clone_from(tags);
    }
    group.from = extras.from.or(group.from);
    group.until = extras.until.or(group.until);
}
