//! The agent gateway's interfaces. Beneath are the rules of the native ones; what is done by a route there, is done here
//! by the same function.

pub mod calls;
pub mod events;
pub mod media;
pub mod sign_in;
pub mod skills;
pub mod states;

mod call;

use axum::Json;
use frontdesk_api::agentgateway::{Answer, Nothing};

use crate::gateway::GatewayError;

/// What handlers give.
type Answered<T> = Result<Json<Answer<T>>, GatewayError>;

/// The answer to an act.
fn done() -> Json<Answer<Nothing>> {
    Json(Answer::done(Nothing {}))
}

/// The answer to a question.
fn told<T>(result: T) -> Json<Answer<T>> {
    Json(Answer::of(result))
}
