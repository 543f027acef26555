//! The embedded store's side of moving everything that is in a store, table by table.
//!
//! - `source`: reading it. `sink`: taking it in, into a file that is made for it.

mod sink;
mod source;

pub(crate) use sink::Sink;
pub(crate) use source::{Batch, Source};
