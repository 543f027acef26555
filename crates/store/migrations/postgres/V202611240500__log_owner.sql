-- Whose each log is, for lists. Where Citus distributes the logs it is a table of its own, so that no list has to ask every
-- node of the cluster.
CREATE VIEW log_owner AS
    SELECT id, tenant, channel, user_id, name, locale, signed FROM log WHERE tenant IS NOT NULL;
