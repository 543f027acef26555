//! Finding out whether a chain is what was written.

use std::fmt;

use serde::Deserialize;

use crate::audit::{Head, Row, action};
use crate::id::TenantId;

/// A head that the chain must have, because it was noted elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The head.
    pub head: Head,
    /// The chain ends there.
    pub is_end: bool,
}

/// What came of the examination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The chain is what was written, up to this head.
    Intact(Head),
    /// It is not.
    Broken(Break),
}

/// The first place where a chain is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The number of the record.
    pub number: u64,
    /// What was done to it.
    pub kind: BreakKind,
}

/// What was done to a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakKind {
    /// The record is not the one that was written.
    Changed,
    /// Records are missing, up to this number.
    Missing {
        /// The last that is missing.
        through: u64,
    },
    /// The record stands in another place.
    Reordered,
    /// A record stands there that was never written there.
    Inserted,
    /// A record of another tenant stands there.
    Foreign,
    /// Records are missing at the end, up to this number at least.
    Truncated {
        /// The last that is known to have been written.
        through: u64,
    },
    /// The chain fits together, but is not the one whose head was noted: it was written anew, up to this record at
    /// least.
    Rewritten,
    /// The store's note of the head is gone, or was not made by the store.
    Anchor,
    /// The store's note of what was removed from the front, up to this record, was not made by the store.
    Cut,
    /// The server noticed at a start that the chain was not the one that it had written.
    Noticed,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        match self.kind {
            BreakKind::Changed => write!(f, "changed: record {number} is not what was written"),
            BreakKind::Missing { through } if through == number => write!(f, "missing: record {number}"),
            BreakKind::Missing { through } => write!(f, "missing: records {number} to {through}"),
            BreakKind::Reordered => write!(f, "reordered: record {number} stands in another place"),
            BreakKind::Inserted => write!(f, "inserted: what stands in place {number} was not written there"),
            BreakKind::Foreign => write!(f, "foreign: a record of another tenant stands in place {number}"),
            BreakKind::Truncated { through } => {
                write!(f, "truncated: records {number} to {through} at least are gone")
            }
            BreakKind::Rewritten => {
                write!(f, "rewritten: record {number} has another hash than was noted elsewhere")
            }
            BreakKind::Anchor => {
                write!(f, "anchor: the store's note of the head, record {number}, is gone or not genuine")
            }
            BreakKind::Cut => {
                write!(f, "cut: the store's note that records up to {number} were removed is not genuine")
            }
            BreakKind::Noticed => write!(
                f,
                "noticed: record {number} says that at a start the chain was not the one that had been written"
            ),
        }
    }
}

/// What the examination needs to know of a record.
#[derive(Deserialize)]
struct Named {
    tenant: String,
    number: u64,
    action: String,
}

/// Examines the records after `start`, in the order of their places, and tells the first place that is broken. `Err`
/// is the reader's own.
pub fn verify<E>(
    tenant: &TenantId,
    start: Head,
    rows: impl IntoIterator<Item = Result<Row, E>>,
    expected: &[Expected],
) -> Result<Verdict, E> {
    let mut rows = rows.into_iter();
    let mut head = start;
    if let Some(found) = contradicted(head, expected) {
        return Ok(Verdict::Broken(found));
    }
    while let Some(row) = rows.next() {
        let row = row?;
        let found = match examine(tenant, head, &row) {
            Fit::Fits => None,
            Fit::Broken(kind) => Some(kind),
            Fit::Elsewhere(number) => Some(misplaced(head, number, &mut rows)?),
            Fit::Unhashed => Some(unhashed(head, &mut rows)?),
        };
        if let Some(kind) = found {
            return Ok(Verdict::Broken(Break { number: head.number + 1, kind }));
        }
        head = Head { number: head.number + 1, hash: row.hash };
        if let Some(found) = contradicted(head, expected) {
            return Ok(Verdict::Broken(found));
        }
        if is_notice(&row) {
            return Ok(Verdict::Broken(Break { number: head.number, kind: BreakKind::Noticed }));
        }
    }
    let last = expected.iter().map(|expected| expected.head.number).max().unwrap_or_default();
    if last > head.number {
        let kind = BreakKind::Truncated { through: last };
        return Ok(Verdict::Broken(Break { number: head.number + 1, kind }));
    }
    Ok(Verdict::Intact(head))
}

/// Whether a head that was noted contradicts the one that was found, or the chain goes on past its end.
fn contradicted(head: Head, expected: &[Expected]) -> Option<Break> {
    let other = |expected: &&Expected| expected.head.number == head.number && expected.head.hash != head.hash;
    if expected.iter().find(other).is_some() {
        return Some(Break { number: head.number, kind: BreakKind::Rewritten });
    }
    let past = |expected: &&Expected| expected.is_end && expected.head.number + 1 == head.number;
    expected.iter().find(past).map(|_| Break { number: head.number, kind: BreakKind::Inserted })
}

fn is_notice(row: &Row) -> bool {
    // Most records need not be read for it.
    row.body.contains(action::CONTRADICTED)
        && named(row).is_some_and(|named| named.action == action::CONTRADICTED)
}

fn named(row: &Row) -> Option<Named> {
    serde_json::from_str(&row.body).ok()
}

enum Fit {
    /// It is the next record.
    Fits,
    /// It is not, and that says how.
    Broken(BreakKind),
    /// It is one that belongs in another place.
    Elsewhere(u64),
    /// It says that it is the next record, but its hash does not follow.
    Unhashed,
}

fn examine(tenant: &TenantId, head: Head, row: &Row) -> Fit {
    let Some(named) = named(row) else { return Fit::Broken(BreakKind::Changed) };
    if named.tenant != tenant.as_str() {
        Fit::Broken(BreakKind::Foreign)
    } else if named.number != head.number + 1 {
        Fit::Elsewhere(named.number)
    } else if head.hash.then(&row.body) != row.hash {
        Fit::Unhashed
    } else if row.number != named.number {
        Fit::Broken(BreakKind::Reordered)
    } else {
        Fit::Fits
    }
}

/// The record with this number stands where the one after `head` should.
fn misplaced<E>(
    head: Head,
    number: u64,
    rest: &mut impl Iterator<Item = Result<Row, E>>,
) -> Result<BreakKind, E> {
    if number <= head.number {
        return Ok(BreakKind::Inserted);
    }
    for row in rest {
        if named(&row?).is_some_and(|named| named.number == head.number + 1) {
            return Ok(BreakKind::Reordered);
        }
    }
    Ok(BreakKind::Missing { through: number - 1 })
}

/// If the one behind it is the true one, it was put before that.
fn unhashed<E>(head: Head, rest: &mut impl Iterator<Item = Result<Row, E>>) -> Result<BreakKind, E> {
    let Some(next) = rest.next().transpose()? else { return Ok(BreakKind::Changed) };
    let follows = head.hash.then(&next.body) == next.hash;
    Ok(if follows { BreakKind::Inserted } else { BreakKind::Changed })
}
