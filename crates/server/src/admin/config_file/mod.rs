//! A tenant's configuration as one file: written, compared and applied.
//!
//! - `text`: values as TOML, one line for each wherever it can be.
//! - `write`: the file, with its comments, and the lines of one item.
//! - `source`: a file as it was read, with the line of everything in it.
//! - `wanted`: the items that a file asks for, and everything that is wrong with it.
//! - `apply`: what would change, and changing it.
//!
//! All of it works on the stored form of the items, and what it knows of their kinds stands in
//! [`KINDS`](frontdesk_core::directory::KINDS).

mod apply;
mod source;
#[cfg(test)]
mod tests;
mod text;
mod wanted;
mod write;

pub use apply::{apply, judge};
pub use write::export;
