//! The target `auth-v2` of `frontdesk_tests::fuzz`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frontdesk_fuzz::check("auth-v2", bytes));
