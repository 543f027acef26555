//! The sign-in suite: identity providers, against a real one in a process of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod signin {
    mod browser;
    mod configuring;
    mod failing;
    mod forging;
    mod groups;
    mod identity_provider;
    mod people;
    mod scene;
    mod second_factor;
    mod signing_in;
}
