//! Numbers: reports, exports of what they are made of, and how it stands now.

pub mod export;
pub mod live;
pub mod stream;
pub mod summary;

mod asked;
mod table;

pub(super) use asked::{calendar, known_only};
pub(super) use table::{Cell, CsvLine};
