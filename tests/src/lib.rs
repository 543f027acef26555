//! The test kit.

pub mod contract;
