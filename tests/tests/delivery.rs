//! The delivery suite: one log, one cursor, every way of receiving.

mod delivery {
    mod acknowledged;
    mod gaps;
    mod matrix;
    mod moving;
    mod scene;
}
