//! The suite of files in S3-compatible storage: the front door on a real storage, and what happens where that fails.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a line of the tests lives as long as its test")]

mod object_storage {
    mod backups;
    mod doctor;
    mod front_door;
    mod line;
    mod moving;
    mod outages;
    mod removal;
    mod storage;
}
