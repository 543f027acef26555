//! The document itself, and its own route.

use axum::Json;
use frontdesk_api::agentgateway::Failure as GatewayFailure;
use frontdesk_api::messaging::error::ErrorBody;
use frontdesk_api::messaging::survey::SurveyModeRequest;
use frontdesk_api::native::conversation::ConversationScope;
use frontdesk_api::native::knowledge::FileFormat;
use frontdesk_api::native::label::Priority;
use frontdesk_api::native::problem::Problem;
use frontdesk_api::native::report::{ReportFormat, ReportKind, TranscriptFormat};
use frontdesk_api::native::ticket::TicketState;
use utoipa::openapi::{Paths, RefOr, Schema};
use utoipa::{Modify, OpenApi, openapi};

use super::access::Gate;
use crate::route::{
    agent, agentgateway, config, config_file, customers, keys, knowledge, limits, messaging, push, report,
    search, signin,
};

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
        (name = "Tickets", description = "Messages that customers left to be answered later."),
        (name = "Customers", description = "Who customers are over all their channels, and finding what was said."),
        (name = "Agents' files", description = "Files that agents send and receive."),
        (name = "Agent gateway", description = "What desks call that were written against the published CC-Gateway."),
        (name = "Pages", description = "How a page obtains credentials without a secret."),
        (name = "Push", description = "Looking after the push of a channel."),
        (name = "Knowledge", description = "What robots answer from, and what editors do with it."),
        (name = "Configuration", description = "What administrators set up."),
        (name = "Reports", description = "Numbers, what they are made of, and how it stands now."),
        (name = "Audit", description = "Who did what."),
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
        messaging::survey::rate,
        messaging::survey::rate_robot,
        messaging::phrase::query_phrase,
        messaging::click_to_call::check,
        messaging::survey::query_satisfaction,
        messaging::user_info::user_info_by_call_id,
        agent::login::login,
        signin::list,
        signin::start,
        signin::callback,
        signin::code,
        agent::login::logout,
        agent::account::me,
        agent::account::change_password,
        agent::account::totp,
        agent::account::begin_totp,
        agent::account::confirm_totp,
        agent::account::disable_totp,
        agent::account::reset_totp,
        agent::sessions::list,
        agent::sessions::end_others,
        agent::sessions::end,
        agent::sessions::list_of,
        agent::sessions::end_all_of,
        agent::sessions::end_of,
        keys::list,
        keys::make,
        keys::revoke,
        agent::presence::own,
        agent::status::set_status,
        agent::presence::list,
        agent::presence::declare_for,
        agent::after_call::end,
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
        agent::directory::directory,
        agent::participants::invite,
        agent::participants::leave,
        agent::participants::whisper,
        agent::supervision::monitor,
        agent::supervision::stop_monitoring,
        agent::supervision::barge_in,
        agent::supervision::take_over,
        agent::surveys::ask,
        agent::surveys::ratings,
        agent::tickets::list,
        agent::tickets::read,
        agent::tickets::claim,
        agent::tickets::release,
        agent::tickets::answer,
        agent::tickets::close,
        customers::list::list,
        customers::profile::get,
        customers::profile::change,
        customers::timeline::conversations,
        customers::timeline::messages,
        customers::blocking::block,
        customers::blocking::unblock,
        customers::merging::merge,
        customers::merging::unmerge,
        customers::erasing::erase,
        customers::exporting::export,
        search::search,
        agent::files::upload,
        agent::files::download,
        agentgateway::sign_in::login,
        agentgateway::sign_in::force_login,
        agentgateway::sign_in::logout,
        agentgateway::sign_in::force_logout,
        agentgateway::sign_in::force_logout_with_reason,
        agentgateway::sign_in::update_guid,
        agentgateway::sign_in::handshake,
        agentgateway::sign_in::synchronize,
        agentgateway::states::status,
        agentgateway::states::auto_answer,
        agentgateway::states::auto_enter_idle,
        agentgateway::states::say_free,
        agentgateway::states::say_busy,
        agentgateway::states::cancel_busy,
        agentgateway::states::rest,
        agentgateway::states::cancel_rest,
        agentgateway::states::work,
        agentgateway::states::cancel_work,
        agentgateway::skills::reset,
        agentgateway::skills::own,
        agentgateway::skills::of_agent,
        agentgateway::skills::all,
        agentgateway::skills::idle_agents,
        agentgateway::events::poll,
        agentgateway::calls::answer,
        agentgateway::calls::drop_call,
        agentgateway::calls::release,
        agentgateway::calls::info,
        agentgateway::calls::info_by_id,
        agentgateway::calls::info_before_answer,
        agentgateway::media::send_message,
        agentgateway::media::transfer,
        agentgateway::media::set_call_nums,
        agentgateway::media::set_call_nums_by_media_type,
        agentgateway::media::connect_info,
        agentgateway::media::image_capture,
        crate::route::setup::make,
        config::list,
        config::read,
        config::replace,
        config::merge,
        config::remove,
    config::new_secret, config_file::read, config_file::write, limits::limits,
        push::deliveries,
        push::pause,
        push::resume,
        push::replay,
        push::test,
    report::live::live, report::stream::stream_live, report::export::conversations, report::export::episodes, report::summary::report, agent::transcripts::transcript, knowledge::bases::list, knowledge::bases::read, knowledge::bases::put, knowledge::bases::remove, knowledge::groups::list, knowledge::groups::read, knowledge::groups::put, knowledge::groups::remove, knowledge::files::import, knowledge::files::export, knowledge::versions::diff, knowledge::versions::list, knowledge::versions::publish, knowledge::versions::roll_back, knowledge::versions::discard, knowledge::bench::ask, knowledge::bench::tests, knowledge::bench::put_tests, knowledge::bench::run, knowledge::learning::unanswered, knowledge::learning::dismiss, knowledge::learning::reopen, knowledge::learning::take, knowledge::learning::badly_rated, knowledge::learning::suggestions, knowledge::learning::approve, knowledge::learning::reject, crate::route::audit::list, crate::route::audit::export,
        document,
    ),
    // What is referred to without its type being named by a handler's attribute.
    components(schemas(ConversationScope, ErrorBody, FileFormat, GatewayFailure, ReportFormat, ReportKind, TranscriptFormat, Priority, Problem, SurveyModeRequest, TicketState)),
    modifiers(&OtherSpelling, &Gate, &Tolerance, &Unused),
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

/// The agent gateway's answers have their results written out in them; the schemas of these that are collected as well
/// are referred to by nobody.
struct Unused;

impl Modify for Unused {
    fn modify(&self, document: &mut openapi::OpenApi) {
        loop {
            let text = serde_json::to_string(document).unwrap_or_default();
            let Some(components) = &mut document.components else { return };
            let before = components.schemas.len();
            components.schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
            if components.schemas.len() == before {
                return;
            }
        }
    }
}
