//! The conformance checks: this server passes all of them, and a server that is wrong in one thing fails for it.

mod conformance {
    mod altering_proxy;
    mod checks;
}
