//! The documentation: every example runs and answers what its page shows, and nothing that there is is left out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod examples {
    mod complete;
    mod expected;
    mod page;
    mod pages;
    mod server;
    mod session;
}
