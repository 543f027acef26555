//! Push: what reaches a company's own server, in which order, and what happens when it does not.

mod push {
    mod auth_v2;
    mod delivery;
    mod failure;
    mod operation;
    mod receiver;
    mod set_up;
    mod signature;
}
