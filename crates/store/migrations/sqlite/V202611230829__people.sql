-- What is told of a sign-in. Those of before were last seen when they began, as far as is known.
ALTER TABLE agent_session ADD COLUMN seen INTEGER;
ALTER TABLE agent_session ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agent_session ADD COLUMN address TEXT;
ALTER TABLE agent_session ADD COLUMN user_agent TEXT;
CREATE INDEX agent_session_agent ON agent_session (tenant, agent);

-- What programs call with, by its SHA-256. The scope is JSON.
CREATE TABLE api_key (
    token      BLOB NOT NULL PRIMARY KEY,
    tenant     TEXT NOT NULL,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    scope      TEXT NOT NULL,
    created    INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires    INTEGER,
    used       INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_tenant ON api_key (tenant, created);

-- The secret is sealed with the store's key. Until it is confirmed it is not asked for.
CREATE TABLE second_factor (
    tenant    TEXT NOT NULL,
    agent     TEXT NOT NULL,
    sealed    TEXT NOT NULL,
    confirmed INTEGER NOT NULL,
    last_step INTEGER NOT NULL,
    PRIMARY KEY (tenant, agent)
) STRICT, WITHOUT ROWID;

-- By their SHA-256; each goes when it is used.
CREATE TABLE recovery_code (
    tenant TEXT NOT NULL,
    agent  TEXT NOT NULL,
    code   BLOB NOT NULL,
    PRIMARY KEY (tenant, agent, code)
) STRICT, WITHOUT ROWID;
