-- Which life of the store an entry was written in: 0 until the store is put back to an earlier state for the first time.
-- Numbers given out before that are given out again; number and life together never are.
ALTER TABLE entry ADD COLUMN life INTEGER NOT NULL DEFAULT 0;
