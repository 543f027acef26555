-- Messages that were left to be answered later, by the entry with which they were; what was left stays in the log.
CREATE TABLE ticket (
    log     BLOB NOT NULL,
    number  INTEGER NOT NULL,
    tenant  TEXT NOT NULL,
    channel TEXT NOT NULL,
    queue   TEXT,
    caller  TEXT NOT NULL,
    opened  INTEGER NOT NULL,
    state   TEXT NOT NULL,
    agent   TEXT,
    answer  INTEGER,
    changed INTEGER NOT NULL,
    PRIMARY KEY (log, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_opened ON ticket (tenant, opened, log, number);
CREATE INDEX ticket_state ON ticket (tenant, state, opened, log, number);
-- No two changes of a tenant share their time: whoever has seen one has seen all before it.
CREATE UNIQUE INDEX ticket_changed ON ticket (tenant, changed);
