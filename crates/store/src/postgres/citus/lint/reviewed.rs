//! Statements that name no log, or that are on both sides, and why they may.

/// What it is that runs such a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing, where the tables are distributed: another statement stands in its place.
    Together,
    /// What goes on by itself.
    Background,
    /// Somebody who administers the installation.
    Administration,
}

use Kind::{Administration, Background, Together};

/// A statement by its file and how it begins.
pub(super) struct Reviewed {
    pub(super) kind: Kind,
    pub(super) file: &'static str,
    pub(super) begins: &'static str,
    pub(super) why: &'static str,
}

const fn one(kind: Kind, file: &'static str, begins: &'static str, why: &'static str) -> Reviewed {
    Reviewed { kind, file, begins, why }
}

/// Those that name no log.
pub(super) const REVIEWED: &[Reviewed] = &[
    one(Together, "log_row.rs", "UPDATE log SET number = new.number", "WRITE_TAILS_THERE"),
    one(Together, "messages.rs", "INSERT INTO pending", "MARK_THERE"),
    one(Together, "positions.rs", "UPDATE reader_position AS known", "MOVE_THERE"),
    one(Together, "positions.rs", "INSERT INTO reader_position", "APPEAR_THERE"),
    one(Together, "repeats.rs", "SELECT DISTINCT ON (log, key)", "LAST_OF_THERE"),
    one(Together, "retention/files.rs", "OR EXISTS (SELECT 1 FROM pending", "OLD_HERE"),
    one(Together, "search/find.rs", "SELECT found.place, log.id", "FIND_PLACES"),
    one(Together, "upkeep.rs", "DELETE FROM idempotency WHERE ctid", "FORGET_KEYS_EVERYWHERE"),
    one(
        Background,
        "intents.rs",
        "SELECT id, log, number, body FROM (",
        "what a crash left behind, once a second",
    ),
    one(
        Background,
        "pending.rs",
        "SELECT tenant, channel, log FROM pending",
        "how background readers find their work",
    ),
    one(Background, "pending.rs", "SELECT log FROM pending", "how background readers find their work"),
    one(Background, "positions.rs", "INSERT INTO seen", "who was there lately, every 30 s"),
    one(Together, "reader_claims.rs", "DELETE FROM reader_claim", "RELEASE_THERE"),
    one(Background, "timers.rs", "DELETE FROM timer USING", "timers that were looked at"),
    one(Background, "timers.rs", "UPDATE timer SET due = new.next", "timers that were looked at"),
    one(Background, "timers.rs", "SELECT log, due FROM (", "which timers are due, twice a second"),
    one(Background, "timers.rs", "SELECT min(due)", "until when nothing is due"),
    one(
        Background,
        "upkeep.rs",
        "DELETE FROM idempotency WHERE (log",
        "keys that have had their time, once a minute",
    ),
    one(
        Administration,
        "search/mod.rs",
        "SELECT (SELECT count(*) FROM log_owner)",
        "`frontdesk admin` asks how far the index is",
    ),
    one(
        Background,
        "reports/rebuild.rs",
        "SELECT channel, id, removed_through FROM log",
        "making numbers anew",
    ),
    one(
        Administration,
        "reports/rebuild.rs",
        "SELECT count(*) AS logs FROM (",
        "how far numbers are behind, beside the numbers",
    ),
    one(Administration, "search/mod.rs", "INSERT INTO pending", "`frontdesk admin` has the index made anew"),
    one(
        Administration,
        "pending.rs",
        "DELETE FROM pending WHERE purpose",
        "a channel's push is switched off",
    ),
    one(
        Administration,
        "citus/distribute.rs",
        "DROP VIEW log_owner",
        "distributing, which no server may meet",
    ),
];

/// Those that are on both sides.
pub(super) const TWO_SIDES: &[(&str, &str, &str)] = &[
    ("citus/distribute.rs", "DROP VIEW log_owner", "before the logs are distributed"),
    (
        "retention/conversations.rs",
        "SELECT min(stays) AS stays FROM (",
        "each side by itself, then the least of both",
    ),
    ("search/find.rs", "SELECT found.place, log.id", "FIND_PLACES stands in its place"),
    ("search/mod.rs", "SELECT (SELECT count(*) FROM log_owner)", "each side by itself"),
];
