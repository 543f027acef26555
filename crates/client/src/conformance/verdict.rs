//! How a check compares.

use std::fmt::{Debug, Display};

/// What a check finds.
pub(super) type Verdict = Result<(), Mismatch>;

/// What was seen is not what was expected.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub(super) seen: String,
    pub(super) expected: String,
}

impl Mismatch {
    pub(super) fn new(seen: impl Display, expected: impl Display) -> Self {
        Self { seen: seen.to_string(), expected: expected.to_string() }
    }
}

/// The two must be equal.
#[expect(clippy::needless_pass_by_value, reason = "what was seen is mostly a passing value")]
pub(super) fn same<Seen: Debug + PartialEq<Expected>, Expected: Debug>(
    seen: Seen,
    expected: Expected,
) -> Verdict {
    if seen == expected {
        Ok(())
    } else {
        Err(Mismatch { seen: format!("{seen:?}"), expected: format!("{expected:?}") })
    }
}

/// Something must be so; otherwise this was seen, and that expected.
pub(super) fn holds(so: bool, seen: impl Display, expected: impl Display) -> Verdict {
    if so { Ok(()) } else { Err(Mismatch::new(seen, expected)) }
}
