-- What background readers still have to do: after which entry each reads on in a log. There is a row only while
-- something follows it. By channel, because readers work channel by channel.
CREATE TABLE pending (
    purpose TEXT NOT NULL,
    tenant  TEXT NOT NULL,
    channel TEXT NOT NULL,
    log     BLOB NOT NULL,
    after   INTEGER NOT NULL,
    PRIMARY KEY (purpose, tenant, channel, log)
) STRICT, WITHOUT ROWID;

-- The logs of one channel. Agents' own logs have none.
CREATE INDEX log_channel ON log (tenant, channel, id) WHERE tenant IS NOT NULL;

-- The last attempts to push of each channel, without what was pushed.
CREATE TABLE push_attempt (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant  TEXT NOT NULL,
    channel TEXT NOT NULL,
    user    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    after   INTEGER NOT NULL,
    through INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    status  INTEGER,
    error   TEXT,
    millis  INTEGER NOT NULL
) STRICT;
CREATE INDEX push_attempt_channel ON push_attempt (tenant, channel, id);
