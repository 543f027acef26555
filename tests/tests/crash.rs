//! The crash suite: the real binary, killed and stopped under load, and used as a user uses it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod crash {
    mod actors;
    mod administration;
    mod backups;
    mod command_line;
    mod doctor;
    mod full_disk;
    mod interrupted;
    mod kills;
    mod lives;
    mod load;
    mod senders;
    mod stop;
    mod torn;
    mod write_ahead;
}
