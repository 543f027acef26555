-- Which node answers a customer's classic polls just now. Nothing is lost with it: messages come again.
CREATE UNLOGGED TABLE reader_claim (
    log     BYTEA PRIMARY KEY,
    node    BIGINT NOT NULL,
    number  BIGINT NOT NULL,
    expires BIGINT NOT NULL
) WITH (fillfactor = 70);
