//! Finding what was said: how texts are cut into what an index holds, and what a question asks for.
//!
//! - [`tokens`] cuts a text, [`Phrase`] is what is looked for in the same pieces, [`findable`] says which text an entry has.
//! - [`Query`] reads what somebody typed.
//! - [`snippet`] shows where it was found.

mod query;
mod snippet;
mod text;
mod tokens;

pub use query::{From, Query, QueryError};
pub use snippet::{Snippet, snippet};
pub use text::{Findable, Involved, Speaker, findable};
pub use tokens::{Phrase, Token, tokens};

/// A text without the differences that people do not mean: width, case, accents.
pub fn folded(text: &str) -> String {
    crate::robot::fold::fold(text)
}
