//! What the suites share: the kit and the store's contract.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests own the time that they give to the server")]

pub mod contract;
pub mod kit;
