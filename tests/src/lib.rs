//! What the suites share: the kit, the store's contract and the targets of the fuzzing.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests own the time that they give to the server")]

pub mod contract;
pub mod fuzz;
pub mod kit;
