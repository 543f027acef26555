//! As much of a statement as it takes to see which logs it names.

use std::collections::BTreeSet;

/// Words after a table that are not another name of it.
const NO_NAMES: &[&str] = &[
    "where",
    "set",
    "join",
    "left",
    "right",
    "inner",
    "cross",
    "on",
    "using",
    "order",
    "group",
    "for",
    "limit",
    "union",
    "returning",
    "values",
    "select",
    "window",
    "do",
    "lateral",
    "from",
    "with",
];

/// A statement, word by word.
pub(super) struct Statement {
    words: Vec<String>,
    /// For each word, in which of the nested queries it stands.
    scopes: Vec<usize>,
    uses: Vec<Use>,
}

/// A table that is read or written.
struct Use {
    table: String,
    name: String,
    scope: usize,
    /// The columns that an insert names.
    columns: Vec<String>,
}

impl Statement {
    pub(super) fn parse(sql: &str) -> Self {
        let words = words(sql);
        let scopes = scopes(&words);
        let uses = uses(&words, &scopes);
        Self { words, scopes, uses }
    }

    /// The tables that it names.
    pub(super) fn tables(&self) -> BTreeSet<&str> {
        self.uses.iter().map(|one| one.table.as_str()).collect()
    }

    /// The tables of logs that it uses without saying which logs. `column` is the one that names the log in such a table.
    pub(super) fn unanchored(&self, column: impl Fn(&str) -> Option<&'static str>) -> Vec<String> {
        let uses: Vec<(&Use, &str)> =
            self.uses.iter().filter_map(|one| Some((one, column(&one.table)?))).collect();
        let mut named: Vec<bool> = uses
            .iter()
            .map(|(one, key)| one.columns.iter().any(|known| known == key) || self.names(one, key))
            .collect();
        // What is the same log as one that is named is named.
        for _ in 0..uses.len() {
            for (place, (one, key)) in uses.iter().enumerate() {
                let is_same = |(other, (second, theirs)): (usize, &(&Use, &str))| {
                    named[other] && other != place && self.are_same((one, key), (second, theirs))
                };
                let found = uses.iter().enumerate().any(is_same);
                named[place] |= found;
            }
        }
        uses.iter().zip(named).filter(|(_, named)| !named).map(|((one, _), _)| one.table.clone()).collect()
    }

    /// Whether a condition says which logs: `log = $1` or `log = ANY ($1)`, and no other condition does instead of it.
    fn names(&self, one: &Use, key: &str) -> bool {
        let full = format!("{}.{key}", one.name);
        self.words.iter().enumerate().any(|(place, word)| {
            let is_column = *word == full || word == key && self.scopes[place] == one.scope;
            let next = |ahead: usize| self.words.get(place + ahead).map_or("", String::as_str);
            let value = if next(2) == "any" { next(4) } else { next(2) };
            is_column && next(1) == "=" && value.starts_with('$') && !self.has_other_ways(place)
        })
    }

    /// Whether the condition at a place is one of several of which one must hold.
    fn has_other_ways(&self, place: usize) -> bool {
        let mut depth = 0_i32;
        let ahead = self.words[place..].iter().any(|word| step(&mut depth, word, 1));
        depth = 0;
        ahead || self.words[..place].iter().rev().any(|word| step(&mut depth, word, -1))
    }

    fn are_same(&self, (one, key): (&Use, &str), (other, theirs): (&Use, &str)) -> bool {
        let (a, b) = (format!("{}.{key}", one.name), format!("{}.{theirs}", other.name));
        self.words.windows(3).any(|three| {
            three[1] == "=" && (three[0] == a && three[2] == b || three[0] == b && three[2] == a)
        })
    }
}

/// Whether an `OR` is met, going one way from a condition, before what it belongs to ends.
fn step(depth: &mut i32, word: &str, way: i32) -> bool {
    match word {
        "(" => *depth += way,
        ")" => *depth -= way,
        _ => {}
    }
    if *depth < 0
        || *depth == 0 && ["where", "on", "returning", "union", "order", "group", "conflict"].contains(&word)
    {
        *depth = i32::MIN / 2;
    }
    *depth == 0 && word == "or"
}

/// Names with their dots, numbers of values, and signs; all in small letters.
fn words(sql: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_word = false;
    for sign in sql.to_lowercase().chars() {
        let goes_on = sign.is_alphanumeric() || "_.$".contains(sign);
        match words.last_mut() {
            Some(last) if goes_on && is_word => last.push(sign),
            _ if sign.is_whitespace() => {}
            _ => words.push(sign.to_string()),
        }
        is_word = goes_on;
    }
    words
}

/// Each bracket with a query in it is a scope of its own, and so is each query of a union.
fn scopes(words: &[String]) -> Vec<usize> {
    let (mut last, mut open, mut scopes) = (0, vec![0], Vec::new());
    for (place, word) in words.iter().enumerate() {
        match word.as_str() {
            "(" => {
                let is_query = words.get(place + 1).is_some_and(|next| {
                    ["select", "with", "insert", "update", "delete"].contains(&next.as_str())
                });
                if is_query {
                    last += 1;
                }
                let scope = if is_query { last } else { open.last().copied().unwrap_or_default() };
                open.push(scope);
            }
            ")" => drop(open.pop()),
            "union" => {
                last += 1;
                if let Some(here) = open.last_mut() {
                    *here = last;
                }
            }
            _ => {}
        }
        scopes.push(open.last().copied().unwrap_or_default());
    }
    scopes
}

fn uses(words: &[String], scopes: &[usize]) -> Vec<Use> {
    let mut uses = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let begins = ["from", "join", "update", "into", "using"].contains(&word.as_str());
        let Some(table) = words.get(place + 1).filter(|_| begins) else { continue };
        let is_name = table.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
        let is_called = word != "into" && words.get(place + 2).is_some_and(|next| next == "(");
        if !is_name || is_called || NO_NAMES.contains(&table.as_str()) {
            continue;
        }
        let next = |ahead: usize| words.get(place + 2 + ahead).map_or("", String::as_str);
        let other = if next(0) == "as" { next(1) } else { next(0) };
        let has_other = other.starts_with(|sign: char| sign.is_alphabetic()) && !NO_NAMES.contains(&other);
        let after = if !has_other {
            0
        } else if next(0) == "as" {
            2
        } else {
            1
        };
        assert!(next(after) != ",", "a list of tables is not understood: {}", words.join(" "));
        let columns = if word == "into" && next(after) == "(" {
            let from = place + 2 + after + 1;
            words[from..].iter().take_while(|word| *word != ")").cloned().collect()
        } else {
            Vec::new()
        };
        let name = if has_other { other.to_owned() } else { table.clone() };
        uses.push(Use { table: table.clone(), name, scope: scopes[place], columns });
    }
    uses
}
