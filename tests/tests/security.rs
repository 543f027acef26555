//! The security suite: TLS of the real binary, what logs must not tell, and clients that mean harm.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod security {
    mod abuse;
    mod logs;
    mod rubbish;
    mod tls;
}
