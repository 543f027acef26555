//! Push: what reaches a company's own server, in which order, and what happens when it does not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "a receiver runs beside the server, and a library looks at the clock"
)]

mod push {
    mod auth_v2;
    mod delivery;
    mod failure;
    mod operation;
    mod presence;
    mod set_up;
    mod signature;
    mod unseen;
}
