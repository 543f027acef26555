//! The target `imports` of `frontdesk_tests::fuzz`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frontdesk_fuzz::check("imports", bytes));
