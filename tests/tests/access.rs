//! The access suite: every route × every kind of caller, and what one caller holds of another's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access {
    mod callers;
    mod every_route;
    mod examples;
    mod existence;
    mod identifiers;
    mod others;
    mod roles;
    mod stage;
    mod tenants;
}
