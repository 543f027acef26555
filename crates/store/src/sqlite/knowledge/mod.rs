//! Knowledge bases, and what is learned for them.
//!
//! - `bases`: the bases themselves; `drafts`: what editors change; `versions`: what was published.
//! - `questions` and `suggestions`: what robots could not answer, and what agents answered instead.
//! - `port`: the ports.

mod bases;
mod drafts;
mod port;
mod questions;
mod suggestions;
mod versions;

#[cfg(test)]
mod tests;
