-- When a device last moved: of a log's named devices the longest idle is forgotten first.
ALTER TABLE position ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
