-- "FDsk": tells this file from every other SQLite database.
PRAGMA application_id = 1178891115;

-- Values of the store itself: its epoch, the sealing key.
CREATE TABLE store_value (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Keys that tokens are signed with; the highest position is the newest.
CREATE TABLE signing_key (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL,
    key      BLOB NOT NULL
) STRICT;

-- Maps a log's computed id to a small key, and holds its owner and state. Agents' own logs have neither.
-- The summary describes the log up to summary_through and is written along with the state; what came later is folded
-- onto it when the log is read for the first time.
CREATE TABLE log (
    log_key         INTEGER PRIMARY KEY,
    id              BLOB NOT NULL UNIQUE,
    tenant          TEXT,
    channel         TEXT,
    user            TEXT,
    name            TEXT,
    locale          TEXT,
    state           TEXT,
    summary_through INTEGER NOT NULL DEFAULT 0,
    summary_heads   BLOB,
    summary_said    INTEGER
) STRICT;

-- Clustered by log: reading a stretch of one log reads neighbouring pages.
CREATE TABLE entry (
    log_key      INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    audience     INTEGER NOT NULL,
    said         INTEGER NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (log_key, number)
) STRICT, WITHOUT ROWID;

-- What was written to an agent's own log, by where it came from, so that it is written once.
CREATE TABLE agent_source (
    log_key       INTEGER NOT NULL,
    source_log    BLOB NOT NULL,
    source_number INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    PRIMARY KEY (log_key, source_log, source_number)
) STRICT, WITHOUT ROWID;

-- By day first: old days are removed from the front, without another index.
CREATE TABLE idempotency (
    day         INTEGER NOT NULL,
    log_key     INTEGER NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    outcome     TEXT NOT NULL,
    PRIMARY KEY (day, log_key, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE position (
    log_key      INTEGER NOT NULL,
    device       TEXT NOT NULL,
    acknowledged INTEGER NOT NULL,
    sent_through INTEGER NOT NULL,
    PRIMARY KEY (log_key, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (
    log_key INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT;

CREATE TABLE timer (
    log_key INTEGER PRIMARY KEY,
    due     INTEGER NOT NULL
) STRICT;
CREATE INDEX timer_due ON timer (due);

-- Ids are never used again: a late "finished" must not hit another intent.
CREATE TABLE intent (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    log_key INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    stored  INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;

-- One row for each conversation. While it is open, control says who has it: robot, queue or agent.
CREATE TABLE conversation (
    log_key      INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    tenant       TEXT NOT NULL,
    call         TEXT NOT NULL,
    opened       INTEGER NOT NULL,
    ended        INTEGER,
    first_entry  INTEGER NOT NULL,
    last_entry   INTEGER,
    control      TEXT NOT NULL,
    queue        TEXT,
    queued_since INTEGER,
    agent        TEXT,
    served_by    TEXT,
    PRIMARY KEY (log_key, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_call ON conversation (tenant, call);
CREATE INDEX conversation_open ON conversation (tenant, opened) WHERE ended IS NULL;
CREATE INDEX conversation_held ON conversation (tenant, agent, opened) WHERE agent IS NOT NULL;
CREATE INDEX conversation_waiting ON conversation (tenant, queue, queued_since) WHERE queue IS NOT NULL;

-- Customers who wait; agent and claimed are set while an agent's slot is taken and the log does not know yet.
CREATE TABLE queue_item (
    log     BLOB NOT NULL PRIMARY KEY,
    tenant  TEXT NOT NULL,
    queue   TEXT NOT NULL,
    fence   INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    avoid   TEXT,
    agent   TEXT,
    claimed INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_item_waiting ON queue_item (tenant, queue, since, log) WHERE agent IS NULL;
CREATE INDEX queue_item_claimed ON queue_item (claimed) WHERE claimed IS NOT NULL;

-- The newest fence under which each customer entered or left a queue, kept for a while after they left: what is
-- carried out again changes nothing.
CREATE TABLE queue_fence (
    log   BLOB NOT NULL PRIMARY KEY,
    fence INTEGER NOT NULL,
    at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_fence_at ON queue_fence (at);

CREATE TABLE agent_state (
    tenant        TEXT NOT NULL,
    agent         TEXT NOT NULL,
    status        TEXT NOT NULL,
    last_assigned INTEGER,
    PRIMARY KEY (tenant, agent)
) STRICT, WITHOUT ROWID;

-- One row for each conversation that an agent holds; queue is where the customer was claimed from.
CREATE TABLE slot (
    tenant TEXT NOT NULL,
    agent  TEXT NOT NULL,
    log    BLOB NOT NULL,
    -- The fence under which it was taken; only what came after gives it back.
    fence  INTEGER NOT NULL,
    queue  TEXT,
    since  INTEGER NOT NULL,
    PRIMARY KEY (tenant, agent, log)
) STRICT, WITHOUT ROWID;

-- Moving average of how long conversations of a queue were held, in milliseconds.
CREATE TABLE handling (
    tenant TEXT NOT NULL,
    queue  TEXT NOT NULL,
    mean   INTEGER NOT NULL,
    PRIMARY KEY (tenant, queue)
) STRICT, WITHOUT ROWID;

-- Everything configured, as JSON.
CREATE TABLE item (
    tenant TEXT NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT, WITHOUT ROWID;
-- An app key finds its tenant, so no two tenants share one.
CREATE UNIQUE INDEX item_app_key ON item (id) WHERE kind = 'app';

CREATE TABLE knowledge (
    tenant TEXT NOT NULL,
    base   TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, base)
) STRICT, WITHOUT ROWID;

-- By the SHA-256 of the token.
CREATE TABLE agent_session (
    token   BLOB NOT NULL PRIMARY KEY,
    tenant  TEXT NOT NULL,
    agent   TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_session_expires ON agent_session (expires);

CREATE TABLE file (
    log       BLOB NOT NULL,
    number    INTEGER NOT NULL,
    file_type TEXT NOT NULL,
    name      TEXT,
    size      INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (log, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE file_share (
    log    BLOB NOT NULL,
    number INTEGER NOT NULL,
    reader BLOB NOT NULL,
    PRIMARY KEY (log, number, reader)
) STRICT, WITHOUT ROWID;
