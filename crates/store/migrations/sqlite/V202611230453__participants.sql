-- Who takes part in an open conversation beside the agent who has it: as JSON, or NULL for nobody.
ALTER TABLE conversation ADD COLUMN participants TEXT;

-- The same by agent, to find what somebody takes part in.
CREATE TABLE participant (
    tenant       TEXT NOT NULL,
    agent        TEXT NOT NULL,
    log_key      INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (tenant, agent, log_key, conversation)
) STRICT, WITHOUT ROWID;
