//! Pages of the documentation, and the examples in them. The convention is explained in CONTRIBUTING.md.

use std::fs;
use std::path::{Path, PathBuf};

use super::expected::Expected;

/// A page.
pub(super) struct Page {
    /// Its path in the repository.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
}

/// Commands, and what the page says that they print.
#[derive(Debug)]
pub(super) struct Example {
    /// The line that the commands begin after.
    pub(super) line: usize,
    /// The commands.
    pub(super) commands: String,
    /// What they print, if the page shows it.
    pub(super) expected: Option<Expected>,
}

/// The repository's folder.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

impl Page {
    pub(super) fn read(name: &str) -> Self {
        let text = fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), text }
    }

    /// The pages whose examples run.
    pub(super) fn with_examples() -> Vec<Self> {
        let mut names = vec!["README.md".to_owned()];
        names.extend(below("docs/guide", "md"));
        names.iter().map(|name| Self::read(name)).collect()
    }

    /// The examples of the page, in order.
    pub(super) fn examples(&self) -> Result<Vec<Example>, String> {
        let mut examples: Vec<Example> = Vec::new();
        for Block { line, language, text } in self.blocks() {
            let named = |why: &str| format!("{}, line {line}: {why}", self.name);
            let expected = match language {
                "sh" => {
                    examples.push(Example { line, commands: text, expected: None });
                    continue;
                }
                "json" => Expected::json(&text).map_err(|error| named(&error))?,
                "text" => Expected::Text(text),
                // Shown, not run.
                _ => continue,
            };
            match examples.last_mut() {
                Some(Example { expected: nothing @ None, .. }) => *nothing = Some(expected),
                _ => return Err(named("no commands print this: a block that is only shown has no language")),
            }
        }
        Ok(examples)
    }

    fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut open: Option<Block<'_>> = None;
        for (number, line) in (1..).zip(self.text.lines()) {
            match (line.strip_prefix("```"), open.take()) {
                (Some(language), None) => {
                    open = Some(Block { line: number, language: language.trim(), text: String::new() });
                }
                (Some(_), Some(block)) => blocks.push(block),
                (None, Some(mut block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                    open = Some(block);
                }
                (None, None) => {}
            }
        }
        blocks
    }
}

struct Block<'a> {
    line: usize,
    language: &'a str,
    text: String,
}

/// The files below a folder of the repository whose names end so, in order.
pub(super) fn below(folder: &str, extension: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            names.extend(below(&name, extension));
        } else if Path::new(&name).extension().is_some_and(|found| found == extension) {
            names.push(name);
        }
    }
    names.sort();
    names
}
