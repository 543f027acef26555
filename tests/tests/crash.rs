//! The crash suite: the real binary, killed and stopped under load, and used as a user uses it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod crash {
    mod actors;
    mod administration;
    mod checker;
    mod command_line;
    mod interrupted;
    mod kills;
    mod lives;
    mod load;
    mod stop;
}
