-- What each tenant uses, written down now and then; counting it anew would read everything.
CREATE TABLE tenant_usage (
    tenant      TEXT NOT NULL PRIMARY KEY,
    customers   INTEGER NOT NULL,
    -- Bytes of the bodies of entries, and of files.
    entry_bytes INTEGER NOT NULL,
    file_bytes  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Files that agents uploaded lie in agents' own logs, which do not say whose they are: they count from now on.
INSERT INTO tenant_usage (tenant, customers, entry_bytes, file_bytes)
SELECT
    log.tenant,
    count(*),
    coalesce(sum((SELECT sum(length(CAST(body AS BLOB))) FROM entry WHERE entry.log_key = log.log_key)), 0),
    coalesce(sum((SELECT sum(size) FROM file WHERE file.log = log.id)), 0)
FROM log WHERE log.tenant IS NOT NULL GROUP BY log.tenant;
