//! Values as TOML. Each leaf has a line of its own, under its path; only lists of tables are longer.

use std::fmt::Write as _;

use serde_json::Value;

/// The leaves of a table with their paths, as `(path, value)`: everything but tables with something in them. What is
/// null is left out.
pub(super) fn leaves(value: &Value) -> Vec<(Vec<String>, &Value)> {
    let mut found = Vec::new();
    collect(&mut Vec::new(), value, &mut found);
    found
}

fn collect<'a>(path: &mut Vec<String>, value: &'a Value, found: &mut Vec<(Vec<String>, &'a Value)>) {
    match value {
        Value::Null => {}
        Value::Object(values) if path.is_empty() || !values.is_empty() => {
            for (name, value) in values {
                path.push(name.clone());
                collect(path, value, found);
                path.pop();
            }
        }
        leaf => found.push((path.clone(), leaf)),
    }
}

/// `path = value` and the end of the line.
pub(super) fn assignment(path: &[String], value: &Value) -> String {
    let path: Vec<String> = path.iter().map(|name| key(name)).collect();
    let mut line = format!("{} = ", path.join("."));
    match value {
        Value::Array(list) if list.iter().any(Value::is_object) => {
            line.push_str("[\n");
            for value in list {
                let _infallible = writeln!(line, "    {},", inline(value));
            }
            line.push(']');
        }
        Value::String(text) if text.contains('\n') => line.push_str(&long_text(text)),
        value => line.push_str(&inline(value)),
    }
    line.push('\n');
    line
}

/// A key, in quotes if it needs them.
pub(super) fn key(name: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { short_text(name) }
}

fn inline(value: &Value) -> String {
    match value {
        // Nothing can be said of it but that it is not there.
        Value::Null => "{}".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => short_text(text),
        Value::Array(list) => {
            let list: Vec<String> = list.iter().map(inline).collect();
            format!("[{}]", list.join(", "))
        }
        Value::Object(values) => {
            let given = values.iter().filter(|(_, value)| !value.is_null());
            let pairs: Vec<String> =
                given.map(|(name, value)| format!("{} = {}", key(name), inline(value))).collect();
            if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
        }
    }
}

fn short_text(text: &str) -> String {
    let mut written = String::from("\"");
    text.chars().for_each(|letter| escape(letter, &mut written));
    written.push('"');
    written
}

/// Text of several lines. Its first line begins on the next, so that nothing is indented.
fn long_text(text: &str) -> String {
    let mut written = String::from("\"\"\"\n");
    for letter in text.chars() {
        if letter == '\n' {
            written.push('\n');
        } else {
            escape(letter, &mut written);
        }
    }
    written.push_str("\"\"\"");
    written
}

fn escape(letter: char, written: &mut String) {
    match letter {
        '"' => written.push_str("\\\""),
        '\\' => written.push_str("\\\\"),
        '\n' => written.push_str("\\n"),
        '\r' => written.push_str("\\r"),
        '\t' => written.push_str("\\t"),
        letter if letter.is_control() => {
            let _infallible = write!(written, "\\u{:04X}", u32::from(letter));
        }
        letter => written.push(letter),
    }
}
