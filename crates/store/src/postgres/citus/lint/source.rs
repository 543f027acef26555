//! The texts of the source of this store that are SQL.

use std::fs;
use std::path::{Path, PathBuf};

/// A text in the source. Texts that a `concat!` joins are one.
pub(super) struct Text {
    /// The file, from the folder of the store.
    pub(super) file: String,
    pub(super) line: usize,
    /// With single spaces.
    pub(super) words: String,
}

pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/postgres")
}

/// All texts but those of tests.
pub(super) fn texts() -> Vec<Text> {
    let (mut files, mut folders) = (Vec::new(), vec![folder()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("citus/lint") {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut texts = Vec::new();
    for path in files {
        let file = path.strip_prefix(folder()).unwrap().display().to_string();
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (line, text) in of(source) {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            texts.push(Text { file: file.clone(), line, words });
        }
    }
    texts
}

/// The texts of a source, each with the line on which it begins.
fn of(source: &str) -> Vec<(usize, String)> {
    let mut reader = Reader { rest: source, line: 1 };
    let (mut texts, mut joined, mut depth) = (Vec::new(), None::<(usize, String)>, 0_usize);
    while let Some(next) = reader.rest.chars().next() {
        let line = reader.line;
        if reader.rest.starts_with("//") {
            reader.skip(reader.rest.find('\n').unwrap_or(reader.rest.len()));
        } else if reader.rest.starts_with("concat!(") && joined.is_none() {
            reader.skip("concat!(".len());
            (joined, depth) = (Some((line, String::new())), 1);
        } else if let Some(text) = reader.text() {
            match &mut joined {
                Some((_, all)) => *all += &text,
                None => texts.push((line, text)),
            }
        } else {
            match next {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            reader.skip(next.len_utf8());
            if depth == 0 {
                texts.extend(joined.take());
            }
        }
    }
    texts
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Reader<'_> {
    fn skip(&mut self, bytes: usize) {
        let (gone, rest) = self.rest.split_at(bytes);
        self.line += gone.matches('\n').count();
        self.rest = rest;
    }

    /// The text that begins here. A character that looks like the beginning of one is passed over.
    fn text(&mut self) -> Option<String> {
        if self.rest.starts_with("'\"'") || self.rest.starts_with("'\\") {
            self.skip(2);
            return None;
        }
        if let Some(rest) = self.rest.strip_prefix('r') {
            let marks = rest.len() - rest.trim_start_matches('#').len();
            if rest[marks..].starts_with('"') {
                let end = format!("\"{}", "#".repeat(marks));
                let begin = 2 + marks;
                let length = self.rest[begin..].find(&end)?;
                let text = self.rest[begin..begin + length].to_owned();
                self.skip(begin + length + end.len());
                return Some(text);
            }
        }
        let rest = self.rest.strip_prefix('"')?;
        let (mut text, mut escaped) = (String::new(), false);
        for (place, next) in rest.char_indices() {
            match next {
                _ if escaped => {
                    text.push(if next == 'n' || next == '\n' { ' ' } else { next });
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.skip(place + 2);
                    return Some(text);
                }
                _ => text.push(next),
            }
        }
        None
    }
}

#[test]
fn texts_are_read_as_the_compiler_does() {
    let source = concat!(
        "// \"no\"\n const A: &str = \"SELECT \\\"a\\\" \\\n FROM b\"; let c = '\"'; fn f<'a>(x: &'a str) {}\n",
        "concat!(\"one \", database_now!(), \"two\", inner!(\"three\")) r#\"raw \"text\"\"# \"last\"",
    );
    let found: Vec<String> = of(source).into_iter().map(|(_, text)| text).collect();
    let found: Vec<String> =
        found.iter().map(|one| one.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(found, ["SELECT \"a\" FROM b", "one twothree", "raw \"text\"", "last"]);
}
