//! The access suite: every route × every kind of caller, and what one caller holds of another's.

mod access {
    mod callers;
    mod every_route;
    mod examples;
    mod others;
    mod stage;
}
