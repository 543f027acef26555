//! The delivery suite: one log, one cursor, every way of receiving.

mod delivery {
    mod acknowledged;
    mod cuts;
    mod devices;
    mod events;
    mod gaps;
    mod holding;
    mod matrix;
    mod moving;
    mod scene;
    mod secrets;
    mod sockets;
    mod time;
}
