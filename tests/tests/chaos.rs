//! The chaos suite: several real servers on one real PostgreSQL, which are killed, restarted and cut off under load.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests own their tasks")]

mod chaos {
    mod agents;
    mod client;
    mod cluster;
    mod customers;
    mod cut_off;
    mod faults;
    mod load;
    mod passing;
    mod storm;
    mod watch;
}
