//! PostgreSQL's side of a move: a database that takes in everything that another store has.
//!
//! - `target`: how far the move is, which is kept in the database itself, and what comes at its end.
//! - `rows`: writing rows, and reading them again; `values`: their values.
//! - `tables`: what is in the database before, and whether all its tables are known.

mod rows;
mod tables;
mod target;
mod values;

pub(super) use rows::Rows;
pub(crate) use target::{Found, Target};
