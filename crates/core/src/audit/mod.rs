//! The audit log: who did what to a tenant, in one chain of hashes for each.
//!
//! A record is kept as its *canonical text*: JSON without spaces, the keys of every object in the order of their code
//! points, whole numbers alone, and nothing escaped but what JSON demands (`"`, `\` and control characters; `\b \f \n
//! \r \t` in their short forms, the others as `\u00xx`). What Python's
//! `json.dumps(record, sort_keys=True, separators=(',', ':'), ensure_ascii=False)` writes is the same text.
//!
//! The hash of a record is SHA-256 of the 32 bytes of the hash before it, followed by its canonical text in UTF-8. The
//! hash before the first is that of the text `frontdesk audit 1\n{tenant}\n{epoch}`, where the epoch is that of the
//! store in which the chain began, in decimal. The record has its tenant and its number in it, so that no record can
//! stand in another place or in another tenant's chain.
//!
//! - [`Draft`]: what is to be recorded. [`Record`]: what was.
//! - [`verify`]: finds the first place where a chain is broken, and how.
//! - [`Anchor`]: the head of a chain, signed with a key of the store.
//! - [`Cut`]: where the front of a chain was removed because it had been kept for long enough.
//! - [`ExportHead`] and [`verify_export`]: a chain, or a part of it, as a file.

mod anchor;
mod canonical;
mod chain;
mod changes;
mod cut;
mod export;
mod noted;
mod record;
mod verify;

pub use anchor::{Anchor, AnchorKey};
pub use canonical::canonical;
pub use chain::{ChainHash, Head, HeadError, Row, genesis};
pub use changes::changes;
pub use cut::Cut;
pub use export::{ExportFault, ExportHead, VerifiedExport, end_line, verify_export};
pub use noted::Noted;
pub use record::{Actor, ActorKind, Draft, Outcome, Record, Target, action};
pub use verify::{Break, BreakKind, Expected, Verdict, verify};
