//! A chain, or a part of it, as a file of JSON lines.
//!
//! The first line says where it begins, each further one has a record with its hash, and the last one says where it
//! ends. Each line is in canonical form.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::audit::{Break, BreakKind, ChainHash, Expected, Head, Row, Verdict, canonical, genesis, verify};
use crate::id::TenantId;

/// The format that this version writes.
const FORMAT: u64 = 1;

/// Where an export begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportHead {
    /// The format: 1.
    audit: u64,
    /// Whose chain.
    pub tenant: TenantId,
    /// The epoch of the store in which the chain began; as text, because not every language has numbers that large.
    epoch: String,
    /// The record before the first one of the file.
    pub after: Head,
}

impl ExportHead {
    /// The first line of an export of what comes after a head.
    pub fn new(tenant: TenantId, epoch: u64, after: Head) -> Self {
        Self { audit: FORMAT, tenant, epoch: epoch.to_string(), after }
    }

    /// The line, without its end.
    pub fn line(&self) -> String {
        canonical(&json!(self))
    }
}

impl Row {
    /// The line of an export, without its end.
    pub fn line(&self) -> String {
        format!("{{\"hash\":\"{}\",\"record\":{}}}", self.hash, self.body)
    }
}

/// The last line of an export, without its end.
pub fn end_line(last: Head) -> String {
    canonical(&json!({ "end": last }))
}

/// Why a file cannot be examined.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// It is not an export.
    #[error("it is not an export of the audit log: {0}")]
    NotAnExport(String),
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// What a file was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedExport {
    /// Whose chain.
    pub tenant: TenantId,
    /// The record before its first one.
    pub after: Head,
    /// What came of it.
    pub verdict: Verdict,
}

#[derive(Deserialize)]
struct Line {
    hash: ChainHash,
    record: Value,
}

#[derive(Deserialize)]
struct End {
    end: Head,
}

/// Examines an export by itself; `noted` are heads that were noted elsewhere.
pub fn verify_export(
    mut lines: impl Iterator<Item = std::io::Result<String>>,
    noted: &[Head],
) -> Result<VerifiedExport, ExportFault> {
    let not_an_export = |why: String| ExportFault::NotAnExport(why);
    let first = lines.next().ok_or_else(|| not_an_export("it is empty".to_owned()))??;
    let head: ExportHead =
        serde_json::from_str(&first).map_err(|error| not_an_export(format!("its first line: {error}")))?;
    if head.audit != FORMAT {
        return Err(not_an_export(format!("it has format {}, but this program reads {FORMAT}", head.audit)));
    }
    let (tenant, after) = (head.tenant.clone(), head.after);
    let begins = head.epoch.parse().is_ok_and(|epoch| genesis(&tenant, epoch) == after.hash);
    if after.number == 0 && !begins {
        let verdict = Verdict::Broken(Break { number: 0, kind: BreakKind::Changed });
        return Ok(VerifiedExport { tenant, after, verdict });
    }
    let mut end = None;
    let mut last = after.number;
    let rows = std::iter::from_fn(|| {
        let line = match lines.next()? {
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        // What follows the end was never part of it; it is read as a record, which it cannot be.
        if end.is_none()
            && let Ok(found) = serde_json::from_str::<End>(&line)
        {
            end = Some(found.end);
            return lines.next().map(|line| line.map(|line| row(&line, last + 1)));
        }
        let row = row(&line, last + 1);
        last = row.number;
        Some(Ok(row))
    });
    let expected: Vec<_> = noted.iter().map(|head| Expected { head: *head, is_end: false }).collect();
    let mut verdict = verify(&tenant, after, rows, &expected)?;
    if let Verdict::Intact(found) = verdict
        && end != Some(found)
    {
        let through = end.map_or(found.number + 1, |end| end.number);
        let kind = match end {
            Some(end) if end.number <= found.number => BreakKind::Rewritten,
            _ => BreakKind::Truncated { through },
        };
        verdict = Verdict::Broken(Break { number: found.number + 1, kind });
    }
    Ok(VerifiedExport { tenant, after, verdict })
}

/// A line as a record. One that is not in canonical form is not what was written, though it may say the same.
fn row(line: &str, expected: u64) -> Row {
    let spoilt = || Row { number: expected, body: line.to_owned(), hash: ChainHash::from_bytes([0; 32]) };
    let Ok(read) = serde_json::from_str::<Line>(line) else { return spoilt() };
    let number = read.record.get("number").and_then(Value::as_u64).unwrap_or(expected);
    let row = Row { number, body: canonical(&read.record), hash: read.hash };
    if row.line() == line { row } else { spoilt() }
}
