-- Whether a page ever brought a signature of who the customer is.
ALTER TABLE log ADD COLUMN signed INTEGER NOT NULL DEFAULT 0;

-- Who customers are: one row for each log. Those of one person name the same root, which is the row that hangs below no
-- other; root and active follow from above and last_seen, for lists.
CREATE TABLE profile (
    log            BLOB NOT NULL PRIMARY KEY,
    log_key        INTEGER NOT NULL,
    root           BLOB NOT NULL,
    above          BLOB,
    merged_at      INTEGER,
    merged_by      TEXT,
    tenant         TEXT NOT NULL,
    channel        TEXT NOT NULL,
    user           TEXT NOT NULL,
    -- Name and id as they are searched.
    folded         TEXT NOT NULL,
    first_seen     INTEGER,
    last_seen      INTEGER,
    active         INTEGER NOT NULL DEFAULT 0,
    name           TEXT,
    folded_name    TEXT,
    note           TEXT,
    attributes     TEXT,
    blocked_at     INTEGER,
    blocked_until  INTEGER,
    blocked_by     TEXT,
    blocked_reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_active ON profile (tenant, active, log) WHERE above IS NULL;
CREATE INDEX profile_user ON profile (tenant, user);
CREATE INDEX profile_root ON profile (root);
CREATE INDEX profile_blocked ON profile (root) WHERE blocked_at IS NOT NULL;

CREATE TABLE profile_tag (
    log    BLOB NOT NULL,
    tag    TEXT NOT NULL,
    tenant TEXT NOT NULL,
    PRIMARY KEY (log, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_tag_found ON profile_tag (tenant, tag);

-- Conversations of one log by age.
CREATE INDEX conversation_log ON conversation (log_key, opened);

-- The search index: words alone, no texts; those of each tenant are words of their own. Row ids grow with the time of
-- the entry, so that reading it backwards gives the newest first.
CREATE VIRTUAL TABLE search_text USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'"
);
-- Which entry a row of it is. A row whose log is 0 stands for an entry that was erased.
CREATE TABLE search_entry (
    id      INTEGER PRIMARY KEY,
    log_key INTEGER NOT NULL,
    number  INTEGER NOT NULL
) STRICT;
-- About every 65,536th row, by which the index is gone through in stretches of bounded length.
CREATE TABLE search_landmark (
    id INTEGER PRIMARY KEY
) STRICT;

-- Bytes of erased files that are still there: a crash between both is made up for.
CREATE TABLE erased_blob (
    name TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
