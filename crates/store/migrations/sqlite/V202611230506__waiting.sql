-- When an agent last said something to the customer, as of the summary. Entries of agents have `said` 2 from now on.
ALTER TABLE log ADD COLUMN summary_answered INTEGER;

-- How many conversations the mean is taken from. Means from before count as well remembered.
ALTER TABLE handling ADD COLUMN count INTEGER NOT NULL DEFAULT 64;
