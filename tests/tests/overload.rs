//! More than the real binary can serve: it sheds readably, goes on for whoever is moderate, keeps its memory bounded,
//! and loses nothing that it acknowledged.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod overload {
    mod bodies;
    mod flood;
    mod place;
    mod sockets;
    mod websockets;
}
