//! What came of the checks.

use std::fmt;
use std::future::Future;

use serde::Serialize;

use super::verdict::Verdict;

/// How much of an answer a line of the table shows, in characters.
const SHOWN: usize = 300;

/// What came of all checks, in the order in which they ran. Displayed as a table.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// One for each check.
    pub checks: Vec<Check>,
}

/// What came of one check.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// The part of the contract it belongs to.
    pub group: &'static str,
    /// What should be so.
    pub name: &'static str,
    /// Whether it is.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Whether a server does what it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// It does.
    Passed,
    /// It does not.
    Failed {
        /// What it does.
        seen: String,
        /// What it should do.
        expected: String,
    },
    /// It was not tried.
    Skipped {
        /// Why not.
        reason: String,
    },
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } => "failed",
            Self::Skipped { .. } => "skipped",
        }
    }
}

impl Report {
    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| matches!(check.outcome, Outcome::Failed { .. }))
    }

    /// Whether nothing failed; what was skipped does not count.
    pub fn is_conformant(&self) -> bool {
        self.failed().next().is_none()
    }

    fn count(&self, word: &str) -> usize {
        self.checks.iter().filter(|check| check.outcome.word() == word).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |name: fn(&Check) -> &str| self.checks.iter().map(|check| name(check).len()).max();
        let group = width(|check| check.group).unwrap_or_default();
        let name = width(|check| check.name).unwrap_or_default();
        for check in &self.checks {
            let word = check.outcome.word();
            writeln!(out, "{:group$}  {:name$}  {word}", check.group, check.name)?;
            match &check.outcome {
                Outcome::Passed => {}
                Outcome::Failed { seen, expected } => {
                    writeln!(out, "{:group$}    seen:     {}", "", shortened(seen))?;
                    writeln!(out, "{:group$}    expected: {}", "", shortened(expected))?;
                }
                Outcome::Skipped { reason } => writeln!(out, "{:group$}    {reason}", "")?,
            }
        }
        let [passed, failed, skipped] = ["passed", "failed", "skipped"].map(|word| self.count(word));
        write!(out, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// One line of a text, cut where it gets long; control characters, which a server chose, are escaped.
fn shortened(text: &str) -> String {
    let line: String = text
        .chars()
        .take(SHOWN)
        .flat_map(|letter| {
            let control = letter.is_control();
            letter.escape_default().filter(move |_| control).chain((!control).then_some(letter))
        })
        .collect();
    if text.chars().nth(SHOWN).is_some() { format!("{line}…") } else { line }
}

/// The checks of one part of the contract, as they are run.
pub(super) struct Group {
    name: &'static str,
    checks: Vec<Check>,
}

impl Group {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, checks: Vec::new() }
    }

    /// Runs one check.
    pub(super) async fn check(&mut self, name: &'static str, check: impl Future<Output = Verdict>) {
        let outcome = match check.await {
            Ok(()) => Outcome::Passed,
            Err(mismatch) => Outcome::Failed { seen: mismatch.seen, expected: mismatch.expected },
        };
        self.checks.push(Check { group: self.name, name, outcome });
    }

    /// Notes that one check is not run.
    pub(super) fn skip(&mut self, name: &'static str, reason: &str) {
        let outcome = Outcome::Skipped { reason: reason.to_owned() };
        self.checks.push(Check { group: self.name, name, outcome });
    }

    pub(super) fn done(self) -> Vec<Check> {
        self.checks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_table_tells_what_was_seen_and_what_was_expected() {
        let mut group = Group::new("send");
        group.check("good", async { Ok(()) }).await;
        group.check("bad", async { super::super::verdict::same(1, 2) }).await;
        group.skip("other", "no agent");
        let report = Report { checks: group.done() };
        assert_eq!(
            report.to_string(),
            "send  good   passed\nsend  bad    failed\n        seen:     1\n        expected: 2\n\
             send  other  skipped\n        no agent\n1 passed, 1 failed, 1 skipped"
        );
        assert!(!report.is_conformant());
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["checks"][1]["outcome"], "failed");
        assert_eq!(json["checks"][1]["seen"], "1");
    }

    #[test]
    fn what_a_server_says_stays_on_its_line() {
        assert_eq!(shortened("a\n\u{1b}[2J\"ü"), "a\\n\\u{1b}[2J\"ü");
        assert_eq!(shortened(&"x".repeat(400)).chars().count(), SHOWN + 1);
    }
}
