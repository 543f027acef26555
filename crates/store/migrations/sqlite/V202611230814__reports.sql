-- What is known of each conversation, from which reports are made and the fold goes on; all of it as JSON. Made from the
-- entries, and made anew from them whenever the definitions change.
CREATE TABLE conversation_fact (
    log          BLOB NOT NULL,
    conversation INTEGER NOT NULL,
    tenant       TEXT NOT NULL,
    channel      TEXT NOT NULL,
    ended        INTEGER,
    body         TEXT NOT NULL,
    PRIMARY KEY (log, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_fact_ended ON conversation_fact (tenant, ended, log, conversation) WHERE ended IS NOT NULL;

-- Finds the service episodes by when they ended; what they are stands in their conversation's fact.
CREATE TABLE episode_fact (
    log          BLOB NOT NULL,
    conversation INTEGER NOT NULL,
    episode      INTEGER NOT NULL,
    tenant       TEXT NOT NULL,
    ended        INTEGER NOT NULL,
    PRIMARY KEY (log, conversation, episode)
) STRICT, WITHOUT ROWID;
CREATE INDEX episode_fact_ended ON episode_fact (tenant, ended, log, conversation, episode);

-- What facts add up to, by pieces of time (a quarter of an hour, an hour, a day, eight days; milliseconds) from start on.
CREATE TABLE report_sum (
    tenant  TEXT NOT NULL,
    subject TEXT NOT NULL,
    piece   INTEGER NOT NULL,
    start   INTEGER NOT NULL,
    channel TEXT NOT NULL,
    name    TEXT NOT NULL,
    agent   TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (tenant, subject, piece, start, channel, name, agent)
) STRICT, WITHOUT ROWID;

-- Tenants whose numbers are being made anew: first what there is goes, then every log is marked from its beginning.
CREATE TABLE report_rebuild (
    tenant  TEXT NOT NULL PRIMARY KEY,
    -- The last log that was marked; NULL until everything is gone.
    channel TEXT,
    log     BLOB
) STRICT, WITHOUT ROWID;

-- What agents did, from when to when. Not made from logs. Of after-call work, log is whom it is about.
CREATE TABLE agent_activity (
    tenant TEXT NOT NULL,
    agent  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    since  INTEGER NOT NULL,
    log    BLOB NOT NULL DEFAULT x'',
    until  INTEGER,
    reason TEXT,
    PRIMARY KEY (tenant, agent, kind, since, log)
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_activity_open ON agent_activity (tenant, agent, kind, log) WHERE until IS NULL;
