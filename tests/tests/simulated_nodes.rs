//! The simulation: the whole server but its sockets, several nodes of it on one store, in one thread and in simulated time.
//! What goes wrong, when and in which order is drawn from a seed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "seeds are chosen from outside, and what is simulated are tasks that nobody waits for"
)]

mod simulation {
    mod agent;
    mod calm;
    mod climate;
    mod clock;
    mod customer;
    mod device;
    mod entropy;
    mod line;
    mod lockstep;
    mod model;
    mod mutants;
    mod network;
    mod node;
    mod node_store;
    mod run;
    mod setting;
    mod slots;
    mod streams;
    mod suite;
    mod weather;
    mod world;
}
