//! Knowledge bases as their editors see them.
//!
//! A base has a *draft*, which editors change, and *versions*, which were published; robots answer from the newest
//! version alone. A [`Group`] is one matter: the ways to ask for it and the answer, in one or more languages.
//!
//! - [`PlainGroup::checked`] says whether a group can be meant; [`Group::cut`] makes it searchable.
//! - [`differences`] compares the draft with a version, or two versions.
//! - [`import`] reads tables, JSON and pages, and plans what they change; [`export_json`] and [`export_csv`] write what
//!   it reads.
//! - [`lessons`] finds in a conversation what the robot could not answer, and what an agent answered instead.
//! - [`run_tests`] asks a base a list of questions and compares what it finds with what it should.

mod adopt;
mod bench;
mod differences;
mod export;
mod group;
pub mod import;
mod lessons;

pub use adopt::{Adoption, adopt};
pub use bench::{MAX_TESTS, TestOutcome, TestQuestion, check_tests, run_tests};
pub use differences::{Difference, DifferenceKind, differences};
pub use export::{export_csv, export_json};
pub use group::{
    Group, GroupError, GroupText, MAX_ANSWER_CHARACTERS, MAX_GROUPS, MAX_LABEL_CHARACTERS, MAX_LANGUAGES,
    MAX_QUESTION_CHARACTERS, MAX_QUESTIONS, MAX_TAGS, PlainGroup, PlainText, index_of,
};
pub use lessons::{AnsweredByAgent, AskedInVain, Lessons, MAX_LESSON_CHARACTERS, lessons, question_key};
