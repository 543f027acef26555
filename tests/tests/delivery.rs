//! The delivery suite: one log, one cursor, every way of receiving.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test owns the tasks that it starts")]

mod delivery {
    mod acknowledged;
    mod cuts;
    mod devices;
    mod events;
    mod gaps;
    mod holding;
    mod matrix;
    mod moving;
    mod rust_sdk;
    mod scene;
    mod secrets;
    mod sockets;
    mod time;
    mod unseen;
}
