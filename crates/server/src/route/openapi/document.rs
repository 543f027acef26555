//! The document itself, and its own route.

use axum::Json;
use frontdesk_api::messaging::error::ErrorBody;
use frontdesk_api::messaging::survey::SurveyModeRequest;
use frontdesk_api::native::conversation::ConversationScope;
use frontdesk_api::native::label::Priority;
use frontdesk_api::native::problem::Problem;
use utoipa::openapi::{Paths, RefOr, Schema};
use utoipa::{Modify, OpenApi, openapi};

use super::access::Gate;
use crate::route::{agent, config, messaging, push};

const SEND_ASYNC: &str = "/apiaccess/ccmessaging/sendAsync";
const SEND_SYNC: &str = "/apiaccess/ccmessaging/sendSync";

/// The OpenAPI document of every route.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Frontdesk",
        version = env!("CARGO_PKG_VERSION"),
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        description = "A self-hosted contact-centre messaging server.\n\nTwo families of interfaces: CC-Messaging for \
            customers and integrators, under the paths, names and texts that it is published with, and the native API \
            for agents, under `/api/v1`. What CC-Messaging calls a failure of business is an answer with status 200 \
            and a `resultCode` other than `0`. Every other failure has a stable code and one sentence: in the native \
            API as a problem of RFC 9457.",
    ),
    tags(
        (name = "Tokens", description = "How an integrator's back end obtains credentials."),
        (name = "Messages", description = "What a customer's client sends, receives and asks."),
        (name = "Files", description = "Files that customers send and receive."),
        (name = "Surveys", description = "What customers are asked, and what they answer."),
        (name = "Integration", description = "What an integrator's back end reads."),
        (name = "Agents", description = "Signing in, being available, and hearing what happens."),
        (name = "Conversations", description = "What agents see of conversations and do with them."),
        (name = "Supervision", description = "What supervisors do with a conversation that an agent has."),
        (name = "Agents' files", description = "Files that agents send and receive."),
        (name = "Pages", description = "How a page obtains credentials without a secret."),
        (name = "Push", description = "Looking after the push of a channel."),
        (name = "Configuration", description = "What administrators set up."),
        (name = "Document", description = "This document."),
    ),
    paths(
        crate::route::widget::session,
        messaging::token::token_by_ak_sk,
        messaging::token::apply_token,
        messaging::send::send,
        messaging::send::send_async,
        messaging::poll::poll,
        messaging::stream::stream,
        messaging::stream::websocket,
        messaging::stream::acknowledge,
        messaging::file::upload,
        messaging::file::download,
        messaging::queue::query_queue_info,
        messaging::history::query_history,
        messaging::leave_message::do_leave_message,
        messaging::survey::survey_mode,
        messaging::survey::save_satisfaction,
        messaging::survey::rate_robot,
        messaging::phrase::query_phrase,
        messaging::click_to_call::check,
        messaging::survey::query_satisfaction,
        messaging::user_info::user_info_by_call_id,
        agent::login::login,
        agent::login::logout,
        agent::status::set_status,
        agent::feed::feed,
        agent::hours::hours,
        agent::conversations::list,
        agent::labels::get,
        agent::labels::change,
        agent::notes::list,
        agent::notes::write,
        agent::messages::list,
        agent::messages::send,
        agent::messages::recall,
        agent::messages::typing,
        agent::messages::mark_read,
        agent::offers::accept,
        agent::offers::reject,
        agent::conversations::transfer,
        agent::conversations::end,
        agent::canned::list,
        agent::participants::invite,
        agent::participants::leave,
        agent::participants::whisper,
        agent::supervision::monitor,
        agent::supervision::stop_monitoring,
        agent::supervision::barge_in,
        agent::supervision::take_over,
        agent::files::upload,
        agent::files::download,
        config::list,
        config::read,
        config::replace,
        config::merge,
        config::remove,
        push::deliveries,
        push::pause,
        push::resume,
        push::replay,
        push::test,
        document,
    ),
    // What is referred to without its type being named by a handler's attribute.
    components(schemas(ConversationScope, ErrorBody, Priority, Problem, SurveyModeRequest)),
    modifiers(&OtherSpelling, &Gate, &Tolerance),
)]
pub struct Document;

/// Gives this document.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    operation_id = "getDocument",
    tag = "Document",
    responses(
        (status = 200, description = "The document.", body = Object, content_type = "application/json"),
    ),
)]
pub async fn document() -> Json<openapi::OpenApi> {
    Json(Document::openapi())
}

/// sendSync, as English pages spell sendAsync: the same handler, so the same operation.
struct OtherSpelling;

impl Modify for OtherSpelling {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let Paths { paths, .. } = &mut document.paths;
        let Some(mut item) = paths.get(SEND_ASYNC).cloned() else { return };
        if let Some(operation) = &mut item.post {
            operation.operation_id = Some("sendSync".to_owned());
            operation.summary =
                Some("The same as sendAsync, which English pages spell so (sendSync).".to_owned());
        }
        paths.insert(SEND_SYNC.to_owned(), item);
    }
}

/// Defaults are how the wire types forgive what is missing, and nothing that a client should rely on.
struct Tolerance;

impl Modify for Tolerance {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let schemas = document.components.iter_mut().flat_map(|components| components.schemas.values_mut());
        for schema in schemas {
            if let RefOr::T(Schema::Object(object)) = schema {
                object.properties.values_mut().for_each(forget_default);
            }
        }
    }
}

fn forget_default(property: &mut RefOr<Schema>) {
    match property {
        RefOr::Ref(reference) => reference.default = None,
        RefOr::T(Schema::Object(object)) => object.default = None,
        RefOr::T(Schema::Array(array)) => array.default = None,
        RefOr::T(Schema::OneOf(one)) => one.default = None,
        RefOr::T(Schema::AllOf(all)) => all.default = None,
        RefOr::T(Schema::AnyOf(any)) => any.default = None,
        RefOr::T(_) => {}
    }
}
