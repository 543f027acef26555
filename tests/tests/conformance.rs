//! The conformance checks: this server passes all of them, and a server that is wrong in one thing fails for it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance {
    mod altering_proxy;
    mod checks;
}
