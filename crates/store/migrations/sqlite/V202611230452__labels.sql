-- What agents put on a conversation: labels is all of it as JSON, NULL where there is nothing. What lists are filtered
-- by also stands in columns of its own; a normal priority is NULL.
ALTER TABLE conversation ADD COLUMN labels TEXT;
ALTER TABLE conversation ADD COLUMN priority INTEGER;
ALTER TABLE conversation ADD COLUMN disposition TEXT;
CREATE INDEX conversation_ended ON conversation (tenant, opened) WHERE ended IS NOT NULL;
CREATE INDEX conversation_priority ON conversation (tenant, priority, opened) WHERE priority IS NOT NULL;
CREATE INDEX conversation_disposition ON conversation (tenant, disposition, opened) WHERE disposition IS NOT NULL;

CREATE TABLE conversation_tag (
    log_key      INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    tag          TEXT NOT NULL,
    tenant       TEXT NOT NULL,
    opened       INTEGER NOT NULL,
    PRIMARY KEY (log_key, conversation, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tag_found ON conversation_tag (tenant, tag, opened);

-- Agents whom a note mentions: they may see the conversation.
CREATE TABLE conversation_mention (
    log_key      INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    agent        TEXT NOT NULL,
    PRIMARY KEY (log_key, conversation, agent)
) STRICT, WITHOUT ROWID;

-- Where what the request wrote begins, so that it can be shown again.
ALTER TABLE idempotency ADD COLUMN first INTEGER NOT NULL DEFAULT 0;
