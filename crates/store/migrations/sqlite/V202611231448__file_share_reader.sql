-- Whose files are looked for when a customer is erased.
CREATE INDEX file_share_reader ON file_share (reader);
