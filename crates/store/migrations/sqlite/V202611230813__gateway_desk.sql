-- Desks that are signed in over the agent gateway, one of an agent at most.
CREATE TABLE gateway_desk (
    tenant      TEXT NOT NULL,
    agent       TEXT NOT NULL,
    -- Hashes of 32 bytes, one after the other, the newest first.
    sessions    BLOB NOT NULL,
    cursor      TEXT,
    auto_answer INTEGER NOT NULL,
    auto_idle   INTEGER NOT NULL,
    in_wrap_up  INTEGER NOT NULL,
    most_calls  INTEGER,
    opened      INTEGER NOT NULL,
    PRIMARY KEY (tenant, agent)
) STRICT, WITHOUT ROWID;
