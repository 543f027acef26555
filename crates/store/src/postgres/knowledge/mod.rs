//! Knowledge bases, and what is learned for them.
//!
//! - `bases`: the bases themselves; `drafts`: what editors change; `versions`: what was published.
//! - `questions` and `suggestions`: what robots could not answer, and what agents answered instead.
//! - `port`: the ports.
//!
//! Whoever changes a draft or what is live locks the row of the base first.

mod bases;
mod drafts;
mod port;
mod questions;
mod suggestions;
mod versions;
