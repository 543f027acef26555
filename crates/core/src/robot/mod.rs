//! The robot: finds the answer to a customer's question in a knowledge base.
//!
//! There is no language model and no network: the robot retrieves answers that a person wrote. A *question
//! group* has one answer and several ways to ask for it; the robot ranks the groups by BM25 over these
//! questions (what stands in the answer counts a little, too) and then decides whether the best one is a
//! [clear hit, a near one or a miss](Reply).
//!
//! - [`terms_of_question`] cuts a question into search terms. It runs once for each question when a knowledge
//!   base is imported, and what it gives is stored with the question.
//! - [`RobotIndex::build`] makes the index from stored terms; it needs no [`Dictionary`].
//! - [`RobotIndex::ask`] answers, [`RobotIndex::look_up`] does so with what the answer was chosen from,
//!   [`RobotIndex::candidates`] and [`RobotIndex::explain`] show the ranking behind an answer, and
//!   [`RobotIndex::suggest`] completes what a customer is typing.
//! - [`split_at_sentences`] cuts an answer that is too long for one message.
//!
//! The same index, text and dictionary always give the same reply.

mod answer;
mod dictionary;
mod explain;
mod finding;
pub(crate) mod fold;
mod index;
mod knowledge;
mod rank;
mod spelling;
mod split;
mod suggest;
mod terms;

pub use answer::{CLEAR_MARGIN, CLEAR_SCORE, CLEAR_SCORE_OF_TWO, NEAR_SCORE, Reply, SIMILAR_LIMIT};
pub use dictionary::{Dictionary, Segmenter};
pub use explain::{Explained, Matched};
pub use finding::{Finding, Found, Hit, Trace, thousandths};
pub use fold::{language_of, normalised};
pub use index::{Candidate, RobotIndex};
pub use knowledge::{Asked, Question, QuestionGroup, Validity};
pub use split::split_at_sentences;
pub use suggest::PHRASE_LIMIT;
pub use terms::terms_of_question;
