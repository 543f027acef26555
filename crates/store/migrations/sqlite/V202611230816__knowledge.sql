-- Knowledge bases. The draft counts its changes; live is the version from which robots answer, 0 if there is none.
CREATE TABLE knowledge_base (
    tenant    TEXT NOT NULL,
    base      TEXT NOT NULL,
    name      TEXT NOT NULL,
    draft     INTEGER NOT NULL,
    live      INTEGER NOT NULL,
    published INTEGER NOT NULL,
    tests     TEXT NOT NULL,
    PRIMARY KEY (tenant, base)
) STRICT;

-- The groups of the drafts; version is the draft's count when a group was last changed.
CREATE TABLE knowledge_draft (
    tenant  TEXT NOT NULL,
    base    TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (tenant, base, id)
) STRICT;

-- The groups of the versions: each stands in the versions from since up to before until; what is live has none.
CREATE TABLE knowledge_published (
    tenant TEXT NOT NULL,
    base   TEXT NOT NULL,
    id     TEXT NOT NULL,
    since  INTEGER NOT NULL,
    until  INTEGER,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, base, id, since)
) STRICT;

CREATE TABLE knowledge_version (
    tenant  TEXT NOT NULL,
    base    TEXT NOT NULL,
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    author  TEXT NOT NULL,
    note    TEXT NOT NULL,
    groups_ INTEGER NOT NULL,
    repeats INTEGER,
    PRIMARY KEY (tenant, base, version)
) STRICT;

-- When bases that were removed were last published: a new one of the same name is published later.
CREATE TABLE knowledge_removed (
    tenant    TEXT NOT NULL,
    base      TEXT NOT NULL,
    published INTEGER NOT NULL,
    PRIMARY KEY (tenant, base)
) STRICT;

-- What robots were asked and could not answer, or answered badly, by the entry with the question.
CREATE TABLE knowledge_question (
    log          BLOB NOT NULL,
    number       INTEGER NOT NULL,
    tenant       TEXT NOT NULL,
    base         TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    turn         INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    key          TEXT NOT NULL,
    text         TEXT NOT NULL,
    language     TEXT NOT NULL,
    hit          TEXT NOT NULL,
    version      INTEGER NOT NULL,
    candidates   TEXT NOT NULL,
    wanted_agent INTEGER NOT NULL,
    rated_badly  INTEGER NOT NULL,
    comment      TEXT,
    PRIMARY KEY (log, number)
) STRICT;
CREATE INDEX knowledge_question_key ON knowledge_question (tenant, base, key, at);
CREATE INDEX knowledge_question_at ON knowledge_question (tenant, base, at);
CREATE INDEX knowledge_question_rated ON knowledge_question (tenant, base, at) WHERE rated_badly = 1;

CREATE TABLE knowledge_verdict (
    tenant  TEXT NOT NULL,
    base    TEXT NOT NULL,
    key     TEXT NOT NULL,
    verdict TEXT NOT NULL,
    agent   TEXT NOT NULL,
    group_  TEXT,
    PRIMARY KEY (tenant, base, key)
) STRICT;

-- What agents answered to what robots could not, by the entry with the question.
CREATE TABLE knowledge_answer (
    log          BLOB NOT NULL,
    number       INTEGER NOT NULL,
    tenant       TEXT NOT NULL,
    base         TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    key          TEXT NOT NULL,
    question     TEXT NOT NULL,
    answer       TEXT NOT NULL,
    language     TEXT NOT NULL,
    agent        TEXT NOT NULL,
    PRIMARY KEY (log, number)
) STRICT;
CREATE INDEX knowledge_answer_key ON knowledge_answer (tenant, base, key, at);
CREATE INDEX knowledge_answer_at ON knowledge_answer (tenant, base, at);

-- What was decided about suggestions; those without a row are open.
CREATE TABLE knowledge_decision (
    tenant TEXT NOT NULL,
    base   TEXT NOT NULL,
    key    TEXT NOT NULL,
    state  TEXT NOT NULL,
    agent  TEXT NOT NULL,
    group_ TEXT,
    PRIMARY KEY (tenant, base, key)
) STRICT;

-- What there was is version 1. Of groups that had an id and language twice, robots knew the first.
INSERT INTO knowledge_base (tenant, base, name, draft, live, published, tests)
SELECT tenant, base, base, 1, 1, CAST(unixepoch('subsec') * 1000 AS INTEGER), '[]' FROM knowledge;

INSERT INTO knowledge_draft (tenant, base, id, version, body)
SELECT tenant, base, id, 1, json_object(
    'id', id,
    'texts', json_group_array(
        json_object('language', locale, 'questions', json(questions), 'answer', answer) ORDER BY locale))
FROM (
    SELECT k.tenant, k.base, g.value ->> 'id' AS id, g.value ->> 'locale' AS locale,
        g.value ->> 'answer' AS answer, g.value -> 'questions' AS questions,
        row_number() OVER (
            PARTITION BY k.tenant, k.base, g.value ->> 'id', g.value ->> 'locale' ORDER BY g.key) AS nth
    FROM knowledge AS k, json_each(k.body) AS g
    WHERE json_array_length(g.value -> 'questions') > 0)
WHERE nth = 1
GROUP BY tenant, base, id;

INSERT INTO knowledge_published (tenant, base, id, since, until, body)
SELECT tenant, base, id, 1, NULL, body FROM knowledge_draft;

INSERT INTO knowledge_version (tenant, base, version, at, author, note, groups_, repeats)
SELECT b.tenant, b.base, 1, b.published, '', '',
    (SELECT count(*) FROM knowledge_draft AS d WHERE d.tenant = b.tenant AND d.base = b.base), NULL
FROM knowledge_base AS b;

DROP TABLE knowledge;
