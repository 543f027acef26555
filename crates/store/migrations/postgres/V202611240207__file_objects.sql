-- The object with a file's bytes, where they are in S3-compatible storage; NULL where they lie in the folder of files.
ALTER TABLE file ADD COLUMN object TEXT COLLATE "C";

-- Objects that may be there although no file is known of them yet, and since when: an upload that was cut off is made up for.
CREATE TABLE expected_object (
    name  TEXT COLLATE "C" PRIMARY KEY,
    since BIGINT NOT NULL
);
