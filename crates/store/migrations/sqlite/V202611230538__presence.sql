-- What agents declare: why, and since when.
ALTER TABLE agent_state ADD COLUMN reason TEXT;
ALTER TABLE agent_state ADD COLUMN since INTEGER;
-- When an agent was last heard of, and since when they are not reachable.
ALTER TABLE agent_state ADD COLUMN seen INTEGER;
ALTER TABLE agent_state ADD COLUMN lost INTEGER;
