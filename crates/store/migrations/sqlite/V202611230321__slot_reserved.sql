-- When a slot was reserved for a transfer, until the transfer is known to have come about.
ALTER TABLE slot ADD COLUMN reserved INTEGER;
CREATE INDEX slot_reserved ON slot (reserved) WHERE reserved IS NOT NULL;
