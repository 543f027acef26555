-- Everything as of the first release on PostgreSQL. Whole numbers are BIGINT, times are milliseconds since 1970, what is
-- structured is JSON in TEXT, and text is ordered by its bytes whatever the database's language is.
--
-- Every table of logs begins its key with the log's id, which a cluster distributes rows by.

-- Values of the store itself: its epoch, the sealing key.
CREATE TABLE store_value (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value BYTEA NOT NULL
);

-- Keys that tokens are signed with; the highest position is the newest.
CREATE TABLE signing_key (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id       TEXT COLLATE "C" NOT NULL,
    key      BYTEA NOT NULL
);

-- A log's owner, state and end. Agents' own logs have neither owner nor state. The end (number, at, heads, said,
-- answered) goes along with every entry: updating it in place is what orders those who write to one log at once. There
-- is no index on what changes, and room on each page, so that such an update touches no other page.
CREATE TABLE log (
    id       BYTEA PRIMARY KEY,
    tenant   TEXT COLLATE "C",
    channel  TEXT COLLATE "C",
    user_id  TEXT COLLATE "C",
    name     TEXT COLLATE "C",
    locale   TEXT COLLATE "C",
    -- Whether a page ever brought a signature of who the customer is.
    signed   BOOLEAN NOT NULL DEFAULT FALSE,
    version  BIGINT NOT NULL DEFAULT 0,
    state    TEXT COLLATE "C",
    number   BIGINT NOT NULL DEFAULT 0,
    at       BIGINT NOT NULL DEFAULT 0,
    -- The last entry of each class, in the order of the classes.
    heads    BIGINT[] NOT NULL DEFAULT '{0,0,0,0,0,0}',
    -- When the customer, and when an agent to the customer, last said something.
    said     BIGINT,
    answered BIGINT,
    -- Up to where entries were removed from the front because they had been kept for long enough.
    removed_through BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 60);
CREATE INDEX log_channel ON log (tenant, channel, id) WHERE tenant IS NOT NULL;

-- life: which life of the store it was written in, 0 until the store is put back to an earlier state for the first
-- time. said: 1 if somebody said something with it, 2 if an agent said it to the customer.
CREATE TABLE entry (
    log          BYTEA NOT NULL,
    number       BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    conversation BIGINT NOT NULL,
    audience     BIGINT NOT NULL,
    said         BIGINT NOT NULL,
    life         BIGINT NOT NULL,
    body         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (log, number)
);

-- What was written to an agent's own log, by where it came from, so that it is written once.
CREATE TABLE agent_source (
    log           BYTEA NOT NULL,
    source_log    BYTEA NOT NULL,
    source_number BIGINT NOT NULL,
    number        BIGINT NOT NULL,
    PRIMARY KEY (log, source_log, source_number)
);

CREATE TABLE idempotency (
    log         BYTEA NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    day         BIGINT NOT NULL,
    fingerprint BYTEA NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    -- Where what the request wrote begins.
    first       BIGINT NOT NULL,
    PRIMARY KEY (log, key, day)
);
CREATE INDEX idempotency_day ON idempotency (day);

-- How far devices are. moved tells which of a log's named devices is idle for longest.
CREATE TABLE reader_position (
    log          BYTEA NOT NULL,
    device       TEXT COLLATE "C" NOT NULL,
    acknowledged BIGINT NOT NULL,
    sent_through BIGINT NOT NULL,
    moved        BIGINT NOT NULL,
    PRIMARY KEY (log, device)
) WITH (fillfactor = 70);

CREATE TABLE seen (
    log BYTEA PRIMARY KEY,
    at  BIGINT NOT NULL
) WITH (fillfactor = 70);

-- tenant is the log's, for turns between tenants.
CREATE TABLE timer (
    log    BYTEA PRIMARY KEY,
    tenant TEXT COLLATE "C" NOT NULL,
    due    BIGINT NOT NULL
);
CREATE INDEX timer_due ON timer (due);

-- Ids are never used again: a late "finished" must not hit another intent.
CREATE TABLE intent (
    log    BYTEA NOT NULL,
    id     BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    body   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (log, id)
);
CREATE INDEX intent_id ON intent (id);

-- One row for each conversation. While it is open, control says who has it: robot, queue or agent. waited_in is the
-- queue that it waits in, or waited in last. labels and participants are JSON, NULL where there is nothing; a normal
-- priority is NULL.
CREATE TABLE conversation (
    log          BYTEA NOT NULL,
    conversation BIGINT NOT NULL,
    tenant       TEXT COLLATE "C" NOT NULL,
    call         TEXT COLLATE "C" NOT NULL,
    opened       BIGINT NOT NULL,
    ended        BIGINT,
    first_entry  BIGINT NOT NULL,
    last_entry   BIGINT,
    control      TEXT COLLATE "C" NOT NULL,
    queue        TEXT COLLATE "C",
    queued_since BIGINT,
    agent        TEXT COLLATE "C",
    served_by    TEXT COLLATE "C",
    waited_in    TEXT COLLATE "C",
    labels       TEXT COLLATE "C",
    priority     BIGINT,
    disposition  TEXT COLLATE "C",
    participants TEXT COLLATE "C",
    PRIMARY KEY (log, conversation)
);
CREATE INDEX conversation_log ON conversation (log, opened);
CREATE INDEX conversation_call ON conversation (tenant, call);
CREATE INDEX conversation_open ON conversation (tenant, opened, log) WHERE ended IS NULL;
CREATE INDEX conversation_ended ON conversation (tenant, opened, log) WHERE ended IS NOT NULL;
CREATE INDEX conversation_held ON conversation (tenant, agent, opened, log) WHERE agent IS NOT NULL;
CREATE INDEX conversation_waiting ON conversation (tenant, queue, queued_since, log) WHERE queue IS NOT NULL;
CREATE INDEX conversation_priority ON conversation (tenant, priority, opened) WHERE priority IS NOT NULL;
CREATE INDEX conversation_disposition ON conversation (tenant, disposition, opened) WHERE disposition IS NOT NULL;

CREATE TABLE conversation_tag (
    log          BYTEA NOT NULL,
    conversation BIGINT NOT NULL,
    tag          TEXT COLLATE "C" NOT NULL,
    tenant       TEXT COLLATE "C" NOT NULL,
    opened       BIGINT NOT NULL,
    PRIMARY KEY (log, conversation, tag)
);
CREATE INDEX conversation_tag_found ON conversation_tag (tenant, tag, opened, log);

-- Agents whom a note mentions: they may see the conversation.
CREATE TABLE conversation_mention (
    log          BYTEA NOT NULL,
    conversation BIGINT NOT NULL,
    agent        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (log, conversation, agent)
);

-- Who takes part in an open conversation beside the agent who has it.
CREATE TABLE participant (
    log          BYTEA NOT NULL,
    conversation BIGINT NOT NULL,
    tenant       TEXT COLLATE "C" NOT NULL,
    agent        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (log, conversation, agent)
);
CREATE INDEX participant_agent ON participant (tenant, agent, log, conversation);

-- What background readers still have to do: after which entry each reads on in a log. There is a row only while
-- something follows it. By channel, because readers work channel by channel.
CREATE TABLE pending (
    log     BYTEA NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    tenant  TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    after   BIGINT NOT NULL,
    PRIMARY KEY (log, purpose)
);
CREATE INDEX pending_channel ON pending (purpose, tenant, channel, log);

-- The last attempts to push of each channel, without what was pushed.
CREATE TABLE push_attempt (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant  TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    after   BIGINT NOT NULL,
    through BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    status  BIGINT,
    error   TEXT COLLATE "C",
    millis  BIGINT NOT NULL
);
CREATE INDEX push_attempt_channel ON push_attempt (tenant, channel, id);

-- What each tenant uses: bytes of the bodies of entries, and of files. Counted in memory and added now and then.
CREATE TABLE tenant_usage (
    tenant      TEXT COLLATE "C" PRIMARY KEY,
    customers   BIGINT NOT NULL,
    entry_bytes BIGINT NOT NULL,
    file_bytes  BIGINT NOT NULL
);

-- Customers who wait; agent and claimed are set while an agent's slot is taken and the log does not know yet. declined:
-- agents who did not take the customer and until when they are not asked again, as JSON. look_again: when other agents
-- may be given the customer than before, although nothing else happens.
CREATE TABLE queue_item (
    log          BYTEA PRIMARY KEY,
    tenant       TEXT COLLATE "C" NOT NULL,
    queue        TEXT COLLATE "C" NOT NULL,
    fence        BIGINT NOT NULL,
    since        BIGINT NOT NULL,
    avoid        TEXT COLLATE "C",
    agent        TEXT COLLATE "C",
    claimed      BIGINT,
    conversation BIGINT NOT NULL,
    priority     BIGINT NOT NULL,
    weight       BIGINT NOT NULL,
    locale       TEXT COLLATE "C" NOT NULL,
    prefer       TEXT COLLATE "C",
    prefer_until BIGINT,
    declined     TEXT COLLATE "C",
    look_again   BIGINT,
    offer_until  BIGINT
);
CREATE INDEX queue_item_order ON queue_item (tenant, queue, priority DESC, since, log) WHERE agent IS NULL;
CREATE INDEX queue_item_claimed ON queue_item (claimed) WHERE claimed IS NOT NULL;
CREATE INDEX queue_item_look_again ON queue_item (look_again) WHERE agent IS NULL AND look_again IS NOT NULL;
CREATE INDEX queue_item_offer ON queue_item (offer_until) WHERE offer_until IS NOT NULL;

-- The newest fence under which each customer entered or left a queue, kept for a while after they left: what is
-- carried out again changes nothing.
CREATE TABLE queue_fence (
    log   BYTEA PRIMARY KEY,
    fence BIGINT NOT NULL,
    at    BIGINT NOT NULL
);
CREATE INDEX queue_fence_at ON queue_fence (at);

-- What agents declare, why and since when; when they were last heard of, and since when they are not reachable.
CREATE TABLE agent_state (
    tenant        TEXT COLLATE "C" NOT NULL,
    agent         TEXT COLLATE "C" NOT NULL,
    status        TEXT COLLATE "C" NOT NULL,
    last_assigned BIGINT,
    idle_since    BIGINT,
    reachable     BOOLEAN NOT NULL DEFAULT TRUE,
    reason        TEXT COLLATE "C",
    since         BIGINT,
    seen          BIGINT,
    lost          BIGINT,
    PRIMARY KEY (tenant, agent)
) WITH (fillfactor = 70);

-- One row for each conversation that an agent holds; queue is where the customer was claimed from. fence: under which
-- it was taken; only what came after gives it back. reserved: when it was taken for a transfer, until the transfer is
-- known to have come about. wrap_up: for how many milliseconds it stays taken for after-call work, and wrap_until,
-- once the conversation is over, until when.
CREATE TABLE slot (
    tenant     TEXT COLLATE "C" NOT NULL,
    agent      TEXT COLLATE "C" NOT NULL,
    log        BYTEA NOT NULL,
    fence      BIGINT NOT NULL,
    queue      TEXT COLLATE "C",
    since      BIGINT NOT NULL,
    reserved   BIGINT,
    weight     BIGINT NOT NULL,
    wrap_up    BIGINT NOT NULL DEFAULT 0,
    wrap_until BIGINT,
    PRIMARY KEY (tenant, agent, log)
);
CREATE INDEX slot_reserved ON slot (reserved) WHERE reserved IS NOT NULL;
CREATE INDEX slot_wrap_until ON slot (wrap_until) WHERE wrap_until IS NOT NULL;

-- Moving average of how long conversations of a queue were held, in milliseconds, and of how many.
CREATE TABLE handling (
    tenant TEXT COLLATE "C" NOT NULL,
    queue  TEXT COLLATE "C" NOT NULL,
    mean   BIGINT NOT NULL,
    count  BIGINT NOT NULL,
    PRIMARY KEY (tenant, queue)
);

-- What agents are still to be told of offers. Ids are never used again: an agent's own log knows by them what was told.
CREATE TABLE offer_news (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant       TEXT COLLATE "C" NOT NULL,
    agent        TEXT COLLATE "C" NOT NULL,
    log          BYTEA NOT NULL,
    conversation BIGINT NOT NULL,
    made         BIGINT NOT NULL,
    stored       BIGINT NOT NULL,
    body         TEXT COLLATE "C" NOT NULL
);

-- Everything configured, as JSON. An app key finds its tenant, so no two tenants share one.
CREATE TABLE item (
    tenant TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    id     TEXT COLLATE "C" NOT NULL,
    body   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, kind, id)
);
CREATE UNIQUE INDEX item_app_key ON item (id) WHERE kind = 'app';

-- By the SHA-256 of the token.
CREATE TABLE agent_session (
    token         BYTEA PRIMARY KEY,
    tenant        TEXT COLLATE "C" NOT NULL,
    agent         TEXT COLLATE "C" NOT NULL,
    created       BIGINT NOT NULL,
    expires       BIGINT NOT NULL,
    seen          BIGINT NOT NULL,
    second_factor BOOLEAN NOT NULL,
    address       TEXT COLLATE "C",
    user_agent    TEXT COLLATE "C",
    provider      TEXT COLLATE "C"
);
CREATE INDEX agent_session_expires ON agent_session (expires);
CREATE INDEX agent_session_agent ON agent_session (tenant, agent);

-- What programs call with, by its SHA-256. The scope is JSON.
CREATE TABLE api_key (
    token      BYTEA PRIMARY KEY,
    tenant     TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    scope      TEXT COLLATE "C" NOT NULL,
    created    BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    expires    BIGINT,
    used       BIGINT
);
CREATE INDEX api_key_tenant ON api_key (tenant, created);

-- The secret is sealed with the store's key. Until it is confirmed it is not asked for.
CREATE TABLE second_factor (
    tenant    TEXT COLLATE "C" NOT NULL,
    agent     TEXT COLLATE "C" NOT NULL,
    sealed    TEXT COLLATE "C" NOT NULL,
    confirmed BOOLEAN NOT NULL,
    last_step BIGINT NOT NULL,
    PRIMARY KEY (tenant, agent)
);

-- By their SHA-256; each goes when it is used.
CREATE TABLE recovery_code (
    tenant TEXT COLLATE "C" NOT NULL,
    agent  TEXT COLLATE "C" NOT NULL,
    code   BYTEA NOT NULL,
    PRIMARY KEY (tenant, agent, code)
);

-- tenant: whose it is; those that agents uploaded lie in agents' own logs, which do not say it.
CREATE TABLE file (
    log       BYTEA NOT NULL,
    number    BIGINT NOT NULL,
    file_type TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C",
    size      BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    tenant    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (log, number)
);
CREATE INDEX file_age ON file (tenant, at, log, number);

CREATE TABLE file_share (
    log    BYTEA NOT NULL,
    number BIGINT NOT NULL,
    reader BYTEA NOT NULL,
    PRIMARY KEY (log, number, reader)
);
-- Whose files are looked for when a customer is erased.
CREATE INDEX file_share_reader ON file_share (reader);

-- Messages that were left to be answered later, by the entry with which they were; what was left stays in the log. No
-- two changes of a tenant share their time: whoever has seen one has seen all before it.
CREATE TABLE ticket (
    log     BYTEA NOT NULL,
    number  BIGINT NOT NULL,
    tenant  TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    queue   TEXT COLLATE "C",
    caller  TEXT COLLATE "C" NOT NULL,
    opened  BIGINT NOT NULL,
    state   TEXT COLLATE "C" NOT NULL,
    agent   TEXT COLLATE "C",
    answer  BIGINT,
    changed BIGINT NOT NULL,
    PRIMARY KEY (log, number)
);
CREATE INDEX ticket_opened ON ticket (tenant, opened, log, number);
CREATE INDEX ticket_state ON ticket (tenant, state, opened, log, number);
CREATE UNIQUE INDEX ticket_changed ON ticket (tenant, changed);

-- Who customers are: one row for each log. Those of one person name the same root, which is the row that hangs below no
-- other; root and active follow from above and last_seen, for lists. folded and folded_name are id and name as they are
-- searched.
CREATE TABLE profile (
    log            BYTEA PRIMARY KEY,
    root           BYTEA NOT NULL,
    above          BYTEA,
    merged_at      BIGINT,
    merged_by      TEXT COLLATE "C",
    tenant         TEXT COLLATE "C" NOT NULL,
    channel        TEXT COLLATE "C" NOT NULL,
    user_id        TEXT COLLATE "C" NOT NULL,
    folded         TEXT COLLATE "C" NOT NULL,
    first_seen     BIGINT,
    last_seen      BIGINT,
    active         BIGINT NOT NULL DEFAULT 0,
    name           TEXT COLLATE "C",
    folded_name    TEXT COLLATE "C",
    note           TEXT COLLATE "C",
    attributes     TEXT COLLATE "C",
    blocked_at     BIGINT,
    blocked_until  BIGINT,
    blocked_by     TEXT COLLATE "C",
    blocked_reason TEXT COLLATE "C"
);
CREATE INDEX profile_active ON profile (tenant, active, log) WHERE above IS NULL;
CREATE INDEX profile_user ON profile (tenant, user_id);
CREATE INDEX profile_root ON profile (root);
CREATE INDEX profile_blocked ON profile (root) WHERE blocked_at IS NOT NULL;

CREATE TABLE profile_tag (
    log    BYTEA NOT NULL,
    tag    TEXT COLLATE "C" NOT NULL,
    tenant TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (log, tag)
);
CREATE INDEX profile_tag_found ON profile_tag (tenant, tag);

-- The search index: the words of each entry and what searches are narrowed by, no texts; those of each tenant are words
-- of their own. Places grow with the time of the entry, so that reading backwards gives the newest first.
CREATE TABLE search_entry (
    tenant TEXT COLLATE "C" NOT NULL,
    log    BYTEA NOT NULL,
    number BIGINT NOT NULL,
    place  BIGINT NOT NULL,
    words  TSVECTOR NOT NULL,
    PRIMARY KEY (tenant, log, number)
);
CREATE UNIQUE INDEX search_entry_place ON search_entry (tenant, place);
CREATE INDEX search_entry_words ON search_entry USING gin (words);

-- The places of one entry of some thousands: they bound how far one look goes.
CREATE TABLE search_landmark (
    tenant TEXT COLLATE "C" NOT NULL,
    place  BIGINT NOT NULL,
    PRIMARY KEY (tenant, place)
);

-- Bytes of erased files that are still there: a crash between both is made up for.
CREATE TABLE erased_blob (
    name TEXT COLLATE "C" PRIMARY KEY
);

-- What is known of each conversation, from which reports are made and the fold goes on; all of it as JSON. Made from the
-- entries, and made anew from them whenever the definitions change; those of conversations whose entries were removed
-- are kept and never made anew.
CREATE TABLE conversation_fact (
    log          BYTEA NOT NULL,
    conversation BIGINT NOT NULL,
    tenant       TEXT COLLATE "C" NOT NULL,
    channel      TEXT COLLATE "C" NOT NULL,
    ended        BIGINT,
    body         TEXT COLLATE "C" NOT NULL,
    kept         BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (log, conversation)
);
CREATE INDEX conversation_fact_ended ON conversation_fact (tenant, ended, log, conversation) WHERE ended IS NOT NULL;
CREATE INDEX conversation_fact_kept ON conversation_fact (tenant, ended, log, conversation) WHERE kept;
CREATE INDEX conversation_fact_made ON conversation_fact (tenant) WHERE NOT kept;

-- Finds the service episodes by when they ended; what they are stands in their conversation's fact.
CREATE TABLE episode_fact (
    log          BYTEA NOT NULL,
    conversation BIGINT NOT NULL,
    episode      BIGINT NOT NULL,
    tenant       TEXT COLLATE "C" NOT NULL,
    ended        BIGINT NOT NULL,
    kept         BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (log, conversation, episode)
);
CREATE INDEX episode_fact_ended ON episode_fact (tenant, ended, log, conversation, episode);
CREATE INDEX episode_fact_made ON episode_fact (tenant) WHERE NOT kept;

-- What facts add up to, by pieces of time (a quarter of an hour, an hour, a day, eight days; milliseconds) from start on.
CREATE TABLE report_sum (
    tenant  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    piece   BIGINT NOT NULL,
    start   BIGINT NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    agent   TEXT COLLATE "C" NOT NULL,
    body    BYTEA NOT NULL,
    PRIMARY KEY (tenant, subject, piece, start, channel, name, agent)
);

-- What kept facts add up to, in quarters of an hour: where sums are made anew, they begin with it. It outlasts the facts.
CREATE TABLE report_kept (
    tenant  TEXT COLLATE "C" NOT NULL,
    id      BIGINT GENERATED ALWAYS AS IDENTITY,
    subject TEXT COLLATE "C" NOT NULL,
    start   BIGINT NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    agent   TEXT COLLATE "C" NOT NULL,
    body    BYTEA NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, subject, start, channel, name, agent)
);

-- Tenants whose numbers are being made anew: first what there is goes, then what is kept is added again, then every log is
-- marked from the beginning of what is left of it. kept is the last row of report_kept that was added. channel and log are
-- the last log that was marked; NULL until then.
CREATE TABLE report_rebuild (
    tenant  TEXT COLLATE "C" PRIMARY KEY,
    channel TEXT COLLATE "C",
    log     BYTEA,
    kept    BIGINT NOT NULL DEFAULT 0
);

-- What agents did, from when to when. Not made from logs. Of after-call work, log is whom it is about.
CREATE TABLE agent_activity (
    tenant TEXT COLLATE "C" NOT NULL,
    agent  TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    since  BIGINT NOT NULL,
    log    BYTEA NOT NULL DEFAULT '',
    until  BIGINT,
    reason TEXT COLLATE "C",
    PRIMARY KEY (tenant, agent, kind, since, log)
);
CREATE INDEX agent_activity_open ON agent_activity (tenant, agent, kind, log) WHERE until IS NULL;

-- Desks that are signed in over the agent gateway, one of an agent at most. sessions: hashes of 32 bytes, one after the
-- other, the newest first.
CREATE TABLE gateway_desk (
    tenant      TEXT COLLATE "C" NOT NULL,
    agent       TEXT COLLATE "C" NOT NULL,
    sessions    BYTEA NOT NULL,
    cursor      TEXT COLLATE "C",
    auto_answer BOOLEAN NOT NULL,
    auto_idle   BOOLEAN NOT NULL,
    in_wrap_up  BOOLEAN NOT NULL,
    most_calls  BIGINT,
    opened      BIGINT NOT NULL,
    PRIMARY KEY (tenant, agent)
);

-- Knowledge bases. The draft counts its changes; live is the version from which robots answer, 0 if there is none.
CREATE TABLE knowledge_base (
    tenant    TEXT COLLATE "C" NOT NULL,
    base      TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    draft     BIGINT NOT NULL,
    live      BIGINT NOT NULL,
    published BIGINT NOT NULL,
    tests     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, base)
);

-- The groups of the drafts; version is the draft's count when a group was last changed.
CREATE TABLE knowledge_draft (
    tenant  TEXT COLLATE "C" NOT NULL,
    base    TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    body    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, base, id)
);

-- The groups of the versions: each stands in the versions from since up to before until; what is live has none.
CREATE TABLE knowledge_published (
    tenant TEXT COLLATE "C" NOT NULL,
    base   TEXT COLLATE "C" NOT NULL,
    id     TEXT COLLATE "C" NOT NULL,
    since  BIGINT NOT NULL,
    until  BIGINT,
    body   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, base, id, since)
);

CREATE TABLE knowledge_version (
    tenant  TEXT COLLATE "C" NOT NULL,
    base    TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    author  TEXT COLLATE "C" NOT NULL,
    note    TEXT COLLATE "C" NOT NULL,
    groups_ BIGINT NOT NULL,
    repeats BIGINT,
    PRIMARY KEY (tenant, base, version)
);

-- When bases that were removed were last published: a new one of the same name is published later.
CREATE TABLE knowledge_removed (
    tenant    TEXT COLLATE "C" NOT NULL,
    base      TEXT COLLATE "C" NOT NULL,
    published BIGINT NOT NULL,
    PRIMARY KEY (tenant, base)
);

-- What robots were asked and could not answer, or answered badly, by the entry with the question.
CREATE TABLE knowledge_question (
    log          BYTEA NOT NULL,
    number       BIGINT NOT NULL,
    tenant       TEXT COLLATE "C" NOT NULL,
    base         TEXT COLLATE "C" NOT NULL,
    conversation BIGINT NOT NULL,
    turn         BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    key          TEXT COLLATE "C" NOT NULL,
    text         TEXT COLLATE "C" NOT NULL,
    language     TEXT COLLATE "C" NOT NULL,
    hit          TEXT COLLATE "C" NOT NULL,
    version      BIGINT NOT NULL,
    candidates   TEXT COLLATE "C" NOT NULL,
    wanted_agent BOOLEAN NOT NULL,
    rated_badly  BOOLEAN NOT NULL,
    comment      TEXT COLLATE "C",
    PRIMARY KEY (log, number)
);
CREATE INDEX knowledge_question_key ON knowledge_question (tenant, base, key, at);
CREATE INDEX knowledge_question_at ON knowledge_question (tenant, base, at);
CREATE INDEX knowledge_question_rated ON knowledge_question (tenant, base, at) WHERE rated_badly;

CREATE TABLE knowledge_verdict (
    tenant  TEXT COLLATE "C" NOT NULL,
    base    TEXT COLLATE "C" NOT NULL,
    key     TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    agent   TEXT COLLATE "C" NOT NULL,
    group_  TEXT COLLATE "C",
    PRIMARY KEY (tenant, base, key)
);

-- What agents answered to what robots could not, by the entry with the question.
CREATE TABLE knowledge_answer (
    log          BYTEA NOT NULL,
    number       BIGINT NOT NULL,
    tenant       TEXT COLLATE "C" NOT NULL,
    base         TEXT COLLATE "C" NOT NULL,
    conversation BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    key          TEXT COLLATE "C" NOT NULL,
    question     TEXT COLLATE "C" NOT NULL,
    answer       TEXT COLLATE "C" NOT NULL,
    language     TEXT COLLATE "C" NOT NULL,
    agent        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (log, number)
);
CREATE INDEX knowledge_answer_key ON knowledge_answer (tenant, base, key, at);
CREATE INDEX knowledge_answer_at ON knowledge_answer (tenant, base, at);

-- What was decided about suggestions; those without a row are open.
CREATE TABLE knowledge_decision (
    tenant TEXT COLLATE "C" NOT NULL,
    base   TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    state  TEXT COLLATE "C" NOT NULL,
    agent  TEXT COLLATE "C" NOT NULL,
    group_ TEXT COLLATE "C",
    PRIMARY KEY (tenant, base, key)
);

-- Who did what: one chain of hashes for each tenant. What a record says stands in its body alone; what is looked for is
-- computed from it, so that no column can say anything else.
CREATE TABLE audit (
    tenant      TEXT COLLATE "C" NOT NULL,
    number      BIGINT NOT NULL,
    body        TEXT COLLATE "C" NOT NULL,
    hash        BYTEA NOT NULL,
    at          BIGINT GENERATED ALWAYS AS (CAST(CAST(body AS JSON) ->> 'at' AS BIGINT)) STORED,
    action      TEXT COLLATE "C" GENERATED ALWAYS AS (CAST(body AS JSON) ->> 'action') STORED,
    actor_kind  TEXT COLLATE "C" GENERATED ALWAYS AS (CAST(body AS JSON) -> 'actor' ->> 'kind') STORED,
    actor       TEXT COLLATE "C" GENERATED ALWAYS AS (CAST(body AS JSON) -> 'actor' ->> 'id') STORED,
    target_kind TEXT COLLATE "C" GENERATED ALWAYS AS (CAST(body AS JSON) -> 'target' ->> 'kind') STORED,
    target      TEXT COLLATE "C" GENERATED ALWAYS AS (CAST(body AS JSON) -> 'target' ->> 'id') STORED,
    PRIMARY KEY (tenant, number)
);
CREATE INDEX audit_at ON audit (tenant, at, number);
CREATE INDEX audit_action ON audit (tenant, action, number);
CREATE INDEX audit_actor ON audit (tenant, actor, number);
CREATE INDEX audit_target ON audit (tenant, target, number);

-- Up to where each chain was removed from the front, signed with the key `audit_key` of the store.
CREATE TABLE audit_cut (
    tenant TEXT COLLATE "C" PRIMARY KEY,
    epoch  BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hash   BYTEA NOT NULL,
    mac    BYTEA NOT NULL
);

-- A second fence: no statement of the store changes a record or removes one that is not behind a cut, and none may.
CREATE FUNCTION audit_is_only_appended_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only appended to';
END
$$;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_appended_to();
CREATE FUNCTION audit_is_removed_from_the_front() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number > coalesce((SELECT cut.number FROM audit_cut AS cut WHERE cut.tenant = OLD.tenant), 0) THEN
        RAISE EXCEPTION 'the audit log is only appended to';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_removed_from_the_front();

-- The head of each chain, signed with the key `audit_key` of the store; whoever adds to a chain locks its row.
CREATE TABLE audit_head (
    tenant TEXT COLLATE "C" PRIMARY KEY,
    epoch  BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hash   BYTEA NOT NULL,
    mac    BYTEA NOT NULL
);
