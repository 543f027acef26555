//! What an examination found, as people and programs are told it.

use std::fmt;

use serde::Serialize;

/// What is to be thought of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// As it should be.
    Well,
    /// It works, but not for ever, or not for everybody.
    Warning,
    /// A server does not start like this, or does not serve.
    Wrong,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Well => "well",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        })
    }
}

/// What was found in one examination.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    /// What was examined: a word that stays the same.
    check: &'static str,
    state: State,
    /// What was found, for people.
    found: String,
    /// What to do about it; `None` if it is well.
    advice: Option<String>,
}

impl Finding {
    pub(super) fn well(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, state: State::Well, found: found.into(), advice: None }
    }

    pub(super) fn warning(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, state: State::Warning, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn wrong(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, state: State::Wrong, found: found.into(), advice: Some(advice.into()) }
    }
}

/// What stands before advice.
const NOTHING: &str = "";

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The version of this program.
    version: &'static str,
    /// Whether nothing is wrong; there may be warnings.
    well: bool,
    findings: Vec<Finding>,
}

impl Report {
    pub(super) fn of(findings: Vec<Finding>) -> Self {
        let well = findings.iter().all(|finding| finding.state != State::Wrong);
        Self { version: env!("CARGO_PKG_VERSION"), well, findings }
    }

    /// What is wrong, by name.
    pub(super) fn wrong(&self) -> Vec<&'static str> {
        let wrong = self.findings.iter().filter(|finding| finding.state == State::Wrong);
        wrong.map(|finding| finding.check).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { check, state, found, advice } in &self.findings {
            writeln!(f, "{state:<9}{check:<16}{found}")?;
            if let Some(advice) = advice {
                writeln!(f, "{NOTHING:25}→ {advice}")?;
            }
        }
        Ok(())
    }
}
