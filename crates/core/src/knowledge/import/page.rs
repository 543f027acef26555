//! Pages: what on them is a question, and what is its answer.

use serde_json::Value;

use super::tree::{Node, Tree, parse};
use super::{Part, Piece, ReadError};

/// The attribute that carries an element's line where the page was made from something else.
pub(super) const LINE: &str = "data-frontdesk-line";

/// Elements whose contents are no text of the page.
const SILENT: [&str; 15] = [
    "button", "footer", "form", "iframe", "input", "link", "meta", "nav", "noscript", "script", "select",
    "style", "svg", "template", "title",
];
/// Elements that begin on a line of their own.
const BLOCKS: [&str; 27] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
];

/// Reads a page. Questions are headings that end with a question mark, and all headings of the second and third level;
/// what stands below them, up to the next heading, is the answer. So are summaries of details, terms of definition
/// lists, and questions that are marked up as such (schema.org), with what belongs to them.
pub(super) fn read(page: &str, language: &str) -> Result<Vec<Piece>, ReadError> {
    read_tree(&parse(page)?, language, true)
}

/// Reads a page that was made from something else, whose lines stand in [`LINE`].
pub(super) fn read_rendered(page: &str, language: &str) -> Result<Vec<Piece>, ReadError> {
    read_tree(&parse(page)?, language, false)
}

fn read_tree(tree: &Tree, language: &str, has_lines: bool) -> Result<Vec<Piece>, ReadError> {
    let mut reading = Reading { tree, language, has_lines, pieces: Vec::new(), section: None };
    reading.walk(0);
    reading.end_section();
    if reading.pieces.is_empty() {
        return Err(ReadError::Malformed("the page has nothing that looks like a question".to_owned()));
    }
    Ok(reading.pieces)
}

/// A heading, and what was found below it so far.
struct Section {
    line: Option<usize>,
    question: String,
    answer: Words,
}

struct Reading<'a> {
    tree: &'a Tree,
    language: &'a str,
    has_lines: bool,
    pieces: Vec<Piece>,
    section: Option<Section>,
}

impl<'a> Reading<'a> {
    fn walk(&mut self, place: usize) {
        let node: &'a Node = self.tree.node(place);
        match node.name.as_str() {
            "" if !node.text.is_empty() => {
                if let Some(section) = &mut self.section {
                    section.answer.say(&node.text);
                }
                return;
            }
            "script" if node.attribute("type") == Some("application/ld+json") => {
                return self.linked_data(node);
            }
            name if SILENT.contains(&name) => return,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => return self.heading(place, node),
            "details" => return self.details(node),
            "dl" => return self.definitions(place),
            _ if node
                .attribute("itemtype")
                .is_some_and(|kind| kind.trim_end_matches('/').ends_with("schema.org/Question")) =>
            {
                return self.marked_up(place, node);
            }
            _ => {}
        }
        let is_block = self.begin_block(node);
        for child in &node.children {
            self.walk(*child);
        }
        if is_block && let Some(section) = &mut self.section {
            section.answer.end_line();
        }
    }

    fn begin_block(&mut self, node: &Node) -> bool {
        let is_block = BLOCKS.contains(&node.name.as_str());
        if let Some(section) = &mut self.section {
            section.answer.enter(node, is_block);
        }
        is_block
    }

    fn line(&self, node: &Node) -> Option<usize> {
        let given = node.attribute(LINE).and_then(|line| line.parse().ok());
        given.or_else(|| self.has_lines.then_some(node.line))
    }

    fn heading(&mut self, place: usize, node: &Node) {
        let question = self.words_of(place).replace('\n', " ");
        let is_section = matches!(node.name.as_str(), "h2" | "h3");
        let begins = !question.is_empty() && (is_section || is_question(&question));
        if begins || node.name == "h1" {
            self.end_section();
        }
        if begins {
            let line = self.line(node);
            self.section = Some(Section { line, question, answer: Words::default() });
        } else if let Some(section) = &mut self.section {
            section.answer.end_line();
            section.answer.say(&question);
            section.answer.end_line();
        }
    }

    /// A heading without a text below it only divides the page.
    fn end_section(&mut self) {
        if let Some(Section { line, question, answer }) = self.section.take() {
            self.push(line, vec![question], &answer.finish());
        }
    }

    fn details(&mut self, node: &Node) {
        let (mut question, mut answer) = (String::new(), Words::default());
        for child in &node.children {
            if self.tree.node(*child).name == "summary" {
                question = self.words_of(*child).replace('\n', " ");
            } else {
                self.collect(*child, &mut answer);
            }
        }
        if !question.is_empty() {
            self.push(self.line(node), vec![question], &answer.finish());
        }
    }

    /// Several terms before one definition are several ways to ask.
    fn definitions(&mut self, list: usize) {
        let mut found: Vec<(Option<usize>, Vec<String>, Words)> = Vec::new();
        let mut waiting: Vec<usize> = self.tree.node(list).children.iter().rev().copied().collect();
        while let Some(place) = waiting.pop() {
            let node = self.tree.node(place);
            match node.name.as_str() {
                "dt" => {
                    let term = self.words_of(place).replace('\n', " ");
                    match found.last_mut().filter(|(_, _, answer)| answer.is_empty()) {
                        Some((_, terms, _)) => terms.push(term),
                        None => found.push((self.line(node), vec![term], Words::default())),
                    }
                }
                "dd" => {
                    if let Some((_, _, answer)) = found.last_mut() {
                        answer.end_line();
                        self.collect(place, answer);
                    }
                }
                name if SILENT.contains(&name) => {}
                _ => waiting.extend(node.children.iter().rev()),
            }
        }
        for (line, terms, answer) in found {
            self.push(line, terms, &answer.finish());
        }
    }

    /// Microdata: `itemprop="name"` and `itemprop="text"`, or all of `acceptedAnswer`.
    fn marked_up(&mut self, question: usize, node: &Node) {
        let (mut name, mut accepted, mut text) = (None, None, None);
        let mut waiting = vec![question];
        while let Some(place) = waiting.pop() {
            let node = self.tree.node(place);
            let slot = match node.attribute("itemprop") {
                Some("name") => &mut name,
                Some("acceptedAnswer" | "suggestedAnswer") => &mut accepted,
                Some("text") => &mut text,
                _ => {
                    waiting.extend(node.children.iter().rev());
                    continue;
                }
            };
            if slot.is_none() {
                *slot = Some(node.attribute("content").map_or_else(|| self.words_of(place), str::to_owned));
            }
            waiting.extend(node.children.iter().rev());
        }
        if let Some(name) = name {
            let answer = text.or(accepted).unwrap_or_default();
            self.push(self.line(node), vec![name.replace('\n', " ")], &answer);
        }
    }

    /// JSON-LD of a page of questions. What is in it may be HTML.
    fn linked_data(&mut self, node: &Node) {
        let text: String = node.children.iter().map(|child| self.tree.node(*child).text.as_str()).collect();
        let Ok(data) = serde_json::from_str::<Value>(&text) else { return };
        let line = self.line(node);
        let mut waiting = vec![&data];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Array(values) => waiting.extend(values.iter().rev()),
                Value::Object(fields) if fields.get("@type").is_some_and(|kind| kind == "Question") => {
                    let words = |value: Option<&Value>| {
                        plain_words(value.and_then(Value::as_str).unwrap_or_default())
                    };
                    let answer = fields.get("acceptedAnswer").map(|answer| answer.get(0).unwrap_or(answer));
                    let answer = words(answer.and_then(|answer| answer.get("text")));
                    self.push(line, vec![words(fields.get("name")).replace('\n', " ")], &answer);
                }
                Value::Object(fields) => waiting.extend(fields.values()),
                _ => {}
            }
        }
    }

    fn push(&mut self, line: Option<usize>, questions: Vec<String>, answer: &str) {
        let questions: Vec<String> = questions
            .into_iter()
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .collect();
        if questions.is_empty() || answer.trim().is_empty() {
            return;
        }
        let (language, answer) = (self.language.to_owned(), answer.trim().to_owned());
        let part = Part { language, questions, answer, ..Part::default() };
        self.pieces.push(Piece::part(line, part));
    }

    fn words_of(&self, place: usize) -> String {
        let mut words = Words::default();
        self.collect(place, &mut words);
        words.finish()
    }

    fn collect(&self, place: usize, words: &mut Words) {
        collect(self.tree, place, words);
    }
}

fn collect(tree: &Tree, place: usize, words: &mut Words) {
    let node = tree.node(place);
    if SILENT.contains(&node.name.as_str()) {
        return;
    }
    words.say(&node.text);
    let is_block = BLOCKS.contains(&node.name.as_str());
    words.enter(node, is_block);
    for child in &node.children {
        collect(tree, *child, words);
    }
    if is_block {
        words.end_line();
    }
}

/// A text that may be HTML, as words.
fn plain_words(text: &str) -> String {
    let Ok(tree) = parse(text) else { return String::new() };
    let mut words = Words::default();
    collect(&tree, 0, &mut words);
    words.finish()
}

fn is_question(text: &str) -> bool {
    text.trim_end().ends_with(['?', '？'])
}

/// Words as a chat shows them: blanks folded, blocks on lines of their own.
#[derive(Default)]
struct Words {
    text: String,
    has_gap: bool,
}

impl Words {
    fn say(&mut self, text: &str) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.has_gap = true;
                continue;
            }
            if self.has_gap && !self.text.is_empty() && !self.text.ends_with(['\n', ' ']) {
                self.text.push(' ');
            }
            self.has_gap = false;
            self.text.push(character);
        }
    }

    fn enter(&mut self, node: &Node, is_block: bool) {
        if is_block || node.name == "br" {
            self.end_line();
        }
        match node.name.as_str() {
            "li" => self.text.push_str("- "),
            "td" | "th" if !self.text.ends_with('\n') && !self.text.is_empty() => self.has_gap = true,
            _ => {}
        }
    }

    fn end_line(&mut self) {
        self.has_gap = false;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn finish(self) -> String {
        self.text.trim().to_owned()
    }
}
