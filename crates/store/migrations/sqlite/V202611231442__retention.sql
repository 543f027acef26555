-- Up to where entries were removed from the front because they had been kept for long enough.
ALTER TABLE log ADD COLUMN removed_through INTEGER NOT NULL DEFAULT 0;

-- Whose a file is: those that agents uploaded lie in agents' own logs, which do not say it.
ALTER TABLE file ADD COLUMN tenant TEXT;
UPDATE file SET tenant = coalesce(
    (SELECT log.tenant FROM log WHERE log.id = file.log),
    (SELECT log.tenant FROM file_share AS share JOIN log ON log.id = share.reader
     WHERE share.log = file.log AND share.number = file.number AND log.tenant IS NOT NULL LIMIT 1));
CREATE INDEX file_age ON file (tenant, at, log, number);

-- Up to where each chain was removed from the front, signed with the key `audit_key` of the store. What is not behind it
-- is not removed.
CREATE TABLE audit_cut (
    tenant TEXT NOT NULL PRIMARY KEY,
    epoch  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    mac    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
DROP TRIGGER audit_is_not_removed;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
WHEN OLD.number > coalesce((SELECT number FROM audit_cut WHERE tenant = OLD.tenant), 0)
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;

-- Facts of conversations whose entries were removed are never made anew; 1 for those.
ALTER TABLE conversation_fact ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE episode_fact ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
CREATE INDEX conversation_fact_kept ON conversation_fact (tenant, ended, log, conversation) WHERE kept = 1;
CREATE INDEX conversation_fact_made ON conversation_fact (tenant) WHERE kept = 0;
CREATE INDEX episode_fact_made ON episode_fact (tenant) WHERE kept = 0;

-- What kept facts add up to, in quarters of an hour: where sums are made anew, they begin with it. It outlasts the facts.
CREATE TABLE report_kept (
    id      INTEGER PRIMARY KEY,
    tenant  TEXT NOT NULL,
    subject TEXT NOT NULL,
    start   INTEGER NOT NULL,
    channel TEXT NOT NULL,
    name    TEXT NOT NULL,
    agent   TEXT NOT NULL,
    body    BLOB NOT NULL,
    UNIQUE (tenant, subject, start, channel, name, agent)
) STRICT;
CREATE INDEX report_kept_order ON report_kept (tenant, id);
-- The last row of it that was added again.
ALTER TABLE report_rebuild ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
