//! The audit log as a file that somebody tampers with, and as a server that dies leaves it: through the real binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests own their tasks")]

mod audit {
    mod kills;
    mod place;
    mod tampering;
}
