-- Who did what: one chain of hashes for each tenant. What a record says stands in its body alone; what is looked for is
-- computed from it, so that no column can say anything else.
CREATE TABLE audit (
    tenant      TEXT NOT NULL,
    number      INTEGER NOT NULL,
    body        TEXT NOT NULL,
    hash        BLOB NOT NULL,
    at          INTEGER GENERATED ALWAYS AS (body ->> '$.at') VIRTUAL,
    action      TEXT GENERATED ALWAYS AS (body ->> '$.action') VIRTUAL,
    actor_kind  TEXT GENERATED ALWAYS AS (body ->> '$.actor.kind') VIRTUAL,
    actor       TEXT GENERATED ALWAYS AS (body ->> '$.actor.id') VIRTUAL,
    target_kind TEXT GENERATED ALWAYS AS (body ->> '$.target.kind') VIRTUAL,
    target      TEXT GENERATED ALWAYS AS (body ->> '$.target.id') VIRTUAL,
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_at ON audit (tenant, at, number);
CREATE INDEX audit_action ON audit (tenant, action, number);
CREATE INDEX audit_actor ON audit (tenant, actor, number);
CREATE INDEX audit_target ON audit (tenant, target, number);
-- A second fence: no statement of the store changes or removes a record, and none may.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE tenant = NEW.tenant AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
-- The head of each chain, signed with the key `audit_key` of the store.
CREATE TABLE audit_head (
    tenant TEXT NOT NULL PRIMARY KEY,
    epoch  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    mac    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
