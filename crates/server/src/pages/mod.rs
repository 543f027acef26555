//! What browsers load: the chat for the customer's page, the desk, and the demonstration's shop.
//!
//! `make web` builds these files, compresses them and puts them into this crate's folder `pages`; `build.rs` embeds
//! what lies there. A build without Node has none of them, and [`find`] finds nothing.

mod accepted;
mod embedded;
mod file;

pub use embedded::{find, has_any, names};
pub use file::{Keep, PageFile};
