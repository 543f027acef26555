-- What a waiting customer asks for, and how long an agent is asked to take them.
ALTER TABLE queue_item ADD COLUMN conversation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue_item ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue_item ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;
ALTER TABLE queue_item ADD COLUMN locale TEXT NOT NULL DEFAULT '';
ALTER TABLE queue_item ADD COLUMN prefer TEXT;
ALTER TABLE queue_item ADD COLUMN prefer_until INTEGER;
-- Agents who did not take the customer and until when they are not asked again, as JSON.
ALTER TABLE queue_item ADD COLUMN declined TEXT;
-- When other agents may be given the customer than before, although nothing else happens.
ALTER TABLE queue_item ADD COLUMN look_again INTEGER;
ALTER TABLE queue_item ADD COLUMN offer_until INTEGER;
CREATE INDEX queue_item_order ON queue_item (tenant, queue, priority DESC, since, log) WHERE agent IS NULL;
CREATE INDEX queue_item_look_again ON queue_item (look_again) WHERE agent IS NULL AND look_again IS NOT NULL;
CREATE INDEX queue_item_offer ON queue_item (offer_until) WHERE offer_until IS NOT NULL;

ALTER TABLE slot ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;
-- How long the slot stays taken for after-call work, in milliseconds, and, once the conversation is over, until when.
ALTER TABLE slot ADD COLUMN wrap_up INTEGER NOT NULL DEFAULT 0;
ALTER TABLE slot ADD COLUMN wrap_until INTEGER;
CREATE INDEX slot_wrap_until ON slot (wrap_until) WHERE wrap_until IS NOT NULL;

ALTER TABLE agent_state ADD COLUMN idle_since INTEGER;
ALTER TABLE agent_state ADD COLUMN reachable INTEGER NOT NULL DEFAULT 1;

-- What agents are still to be told of offers. Ids are never used again: an agent's own log knows by them what was told.
CREATE TABLE offer_news (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant       TEXT NOT NULL,
    agent        TEXT NOT NULL,
    log          BLOB NOT NULL,
    conversation INTEGER NOT NULL,
    made         INTEGER NOT NULL,
    stored       INTEGER NOT NULL,
    body         TEXT NOT NULL
) STRICT;
