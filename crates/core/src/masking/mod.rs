//! Masking: what must not be kept is taken out of what people write before anything is done with it.
//!
//! A tenant says what: [`Masking`]. [`Masker`] does it, and knows nothing but the text: the same text always becomes the
//! same. What is masked stands as asterisks, one for each letter or digit, so a text never becomes longer.

mod command;
mod config;
mod identifiers;
mod mail;
mod masker;
mod numbers;
mod pattern;
mod reading;
#[cfg(test)]
mod tests;

pub use config::{MaskRule, Masking, MaskingPattern};
pub use masker::Masker;
pub use pattern::PatternError;
