-- What was written before there were readers that follow every log is for them as well.
INSERT INTO pending (purpose, tenant, channel, log, after)
SELECT purpose.name, log.tenant, log.channel, log.id, 0
FROM log
CROSS JOIN (SELECT 'search' AS name UNION ALL SELECT 'reports') AS purpose
WHERE log.tenant IS NOT NULL
ON CONFLICT DO NOTHING;
