-- The queue that a conversation waits in, or waited in last: what it belongs to for those whose rights hold in some
-- queues only. Not known of conversations that were in an agent's hands before.
ALTER TABLE conversation ADD COLUMN waited_in TEXT;
UPDATE conversation SET waited_in = queue;
