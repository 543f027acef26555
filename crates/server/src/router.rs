//! Every route: method, path, who may call it, handler. One line each.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use frontdesk_core::access::Permission;
use http::{HeaderMap, HeaderValue, Method, header};

use crate::audit::{self, rules::Rule};
use crate::cors;
use crate::error::ApiError;
use crate::extract::authenticate;
use crate::gateway::GatewayError;
use crate::parts::Parts;
use crate::route::{
    agent, agentgateway, audit as audit_log, config, config_file, customers, keys, knowledge, limits,
    messaging, openapi, page, push, report, search, setup, signin, widget,
};

use Access::{
    App, Customer, CustomerStream, Enrolling, GatewayAgent, GatewaySignIn, May, MayAny, NativePublic, Page,
    Person, Public, SignedIn, Visitor,
};
use Permission::{
    AgentsRead, AgentsSupervise, AuditRead, ConfigRead, ConfigWrite, ConversationsAnswer, ConversationsRead,
    ConversationsSupervise, CustomersErase, CustomersExport, CustomersManage, CustomersRead, KeysManage,
    KnowledgeManage, KnowledgePublish, KnowledgeRead, PeopleManage, PushManage, ReportsExport, ReportsRead,
    Search, SessionsManage, TicketsHandle, TicketsRead, TranscriptsExport,
};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, in the messaging API's family.
    Public,
    /// Anybody, in the native API's family.
    NativePublic,
    /// The same, also from pages of other origins; the handler asks the channel which.
    Visitor,
    /// Anybody: what browsers load.
    Page,
    /// An integrator's back end: an `AccessToken` of scope server and its app key.
    App,
    /// A customer's client: `AccessToken`, app key and ccmessaging-token.
    Customer,
    /// The same, where the three may also stand in the query or in a WebSocket's subprotocols.
    CustomerStream,
    /// Somebody who is signed in, also if they have to set up a second factor first.
    Enrolling,
    /// Somebody who is signed in, whatever they may do.
    SignedIn,
    /// Somebody who is signed in and has a permission: what a program cannot do.
    Person(Permission),
    /// Whoever has a permission: somebody who is signed in, or a program with an API key.
    May(Permission),
    /// Whoever has one of several permissions; the handler asks for which of them.
    MayAny(&'static [Permission]),
    /// Anybody, in the agent gateway's family: it signs in.
    GatewaySignIn,
    /// An agent whose Guid belongs to the number in the path.
    GatewayAgent,
}

/// The families of routes: their errors look different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// The documented CC-Messaging interfaces.
    Messaging,
    /// `/api/v1`.
    Native,
    /// The agent gateway: `/agentgateway/resource`.
    Gateway,
    /// What browsers load. It is no interface, and is not in the OpenAPI document.
    Page,
}

impl Family {
    /// A failure as the clients of the family see it.
    pub(crate) fn answer(self, error: ApiError) -> Response {
        match self {
            Self::Messaging | Self::Page => error.into_messaging(),
            Self::Native => error.into_native(),
            Self::Gateway => GatewayError::from(error).into_response(),
        }
    }
}

impl Access {
    /// The family that routes with this access belong to.
    pub const fn family(self) -> Family {
        match self {
            Self::Public | Self::App | Self::Customer | Self::CustomerStream => Family::Messaging,
            Self::NativePublic
            | Self::Visitor
            | Self::Enrolling
            | Self::SignedIn
            | Self::Person(_)
            | Self::May(_)
            | Self::MayAny(_) => Family::Native,
            Self::GatewaySignIn | Self::GatewayAgent => Family::Gateway,
            Self::Page => Family::Page,
        }
    }

    /// Whether no credentials are asked for.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::NativePublic | Self::Visitor | Self::Page | Self::GatewaySignIn)
    }

    /// The permissions of which it wants one; empty if it wants none.
    pub fn permissions(self) -> Vec<Permission> {
        match self {
            Self::Person(permission) | Self::May(permission) => vec![permission],
            Self::GatewayAgent => vec![ConversationsAnswer],
            Self::MayAny(permissions) => permissions.to_vec(),
            Self::Public
            | Self::NativePublic
            | Self::Visitor
            | Self::Page
            | Self::App
            | Self::Customer
            | Self::CustomerStream
            | Self::Enrolling
            | Self::SignedIn
            | Self::GatewaySignIn => Vec::new(),
        }
    }

    /// Whether it is for those who work for the tenant, and their programs.
    pub const fn is_staff(self) -> bool {
        self.is_for_people() || matches!(self, Self::May(_) | Self::MayAny(_))
    }

    /// Whether it is for people alone, and not for their programs.
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Enrolling | Self::SignedIn | Self::Person(_))
    }
}

/// A route.
#[derive(Debug)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with `{name}` for parts that vary.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    handler: MethodRouter<Parts>,
}

/// Every route of the server.
pub fn routes() -> Vec<Route> {
    let mut all = messaging_routes();
    all.extend(staff_routes());
    all.extend(management_routes());
    all.extend(gateway_routes());
    all
}

/// The customers' interfaces.
#[rustfmt::skip]
fn messaging_routes() -> Vec<Route> {
    vec![
        post("/apigovernance/api/oauth/tokenByAkSk", Public, messaging::token::token_by_ak_sk),
        post("/apiaccess/ccmessaging/applyToken", App, messaging::token::apply_token),
        post("/apiaccess/ccmessaging/send", Customer, messaging::send::send),
        post("/apiaccess/ccmessaging/sendAsync", Customer, messaging::send::send_async),
        // English pages spell sendAsync so.
        post("/apiaccess/ccmessaging/sendSync", Customer, messaging::send::send_async),
        get("/apiaccess/ccmessaging/poll", Customer, messaging::poll::poll),
        get("/apiaccess/ccmessaging/stream", CustomerStream, messaging::stream::stream),
        get("/apiaccess/ccmessaging/ws", CustomerStream, messaging::stream::websocket),
        post("/apiaccess/ccmessaging/ack", Customer, messaging::stream::acknowledge),
        post("/apiaccess/ccmessaging/uploadFileStream", Customer, messaging::file::upload),
        post("/apiaccess/ccmessaging/downloadFileStream", Customer, messaging::file::download),
        post("/apiaccess/ccmessaging/queryQueueInfo", Customer, messaging::queue::query_queue_info),
        post("/apiaccess/ccmessaging/queryHistoryChatMessage", Customer, messaging::history::query_history),
        post("/apiaccess/ccmessaging/doLeaveMessage", Customer, messaging::leave_message::do_leave_message),
        post("/apiaccess/ccmessaging/getsatisfactionsurveymode", Customer, messaging::survey::survey_mode),
        post("/apiaccess/ccmessaging/saveSatisfaction", Customer, messaging::survey::save_satisfaction),
        post("/apiaccess/ccmessaging/rating", Customer, messaging::survey::rate),
        post("/apiaccess/ccmessaging/v1/robot/feedbacksatisfaction", Customer, messaging::survey::rate_robot),
        post("/apiaccess/ccmessaging/queryPhraseByKeyword", Customer, messaging::phrase::query_phrase),
        get("/apiaccess/ccmessaging/v1/checkClickToCallSupport", Customer, messaging::click_to_call::check),
        post("/apiaccess/rest/cc-management/v1/satisfaction/query", App, messaging::survey::query_satisfaction),
        post("/apiaccess/rest/workbench/v1/getUserInfoBycallId", App, messaging::user_info::user_info_by_call_id),
    ]
}

/// What people and programs of a company do with conversations, customers and one another.
#[rustfmt::skip]
fn staff_routes() -> Vec<Route> {
    vec![
        post("/api/v1/agent/login", NativePublic, agent::login::login),
        get("/api/v1/signin/{tenant}", NativePublic, signin::list),
        get("/api/v1/signin/{tenant}/{provider}", NativePublic, signin::start),
        get("/api/v1/signin/{tenant}/{provider}/callback", NativePublic, signin::callback),
        post("/api/v1/signin/{tenant}/{provider}/code", NativePublic, signin::code),
        post("/api/v1/agent/logout", Enrolling, agent::login::logout),
        get("/api/v1/agent/me", Enrolling, agent::account::me),
        post("/api/v1/agent/password", SignedIn, agent::account::change_password),
        get("/api/v1/agent/totp", Enrolling, agent::account::totp),
        post("/api/v1/agent/totp", Enrolling, agent::account::begin_totp),
        post("/api/v1/agent/totp/confirm", Enrolling, agent::account::confirm_totp),
        post("/api/v1/agent/totp/disable", SignedIn, agent::account::disable_totp),
        delete("/api/v1/agents/{agent}/totp", May(PeopleManage), agent::account::reset_totp),
        get("/api/v1/sessions", SignedIn, agent::sessions::list),
        delete("/api/v1/sessions", SignedIn, agent::sessions::end_others),
        delete("/api/v1/sessions/{session}", SignedIn, agent::sessions::end),
        get("/api/v1/agents/{agent}/sessions", May(SessionsManage), agent::sessions::list_of),
        delete("/api/v1/agents/{agent}/sessions", May(SessionsManage), agent::sessions::end_all_of),
        delete("/api/v1/agents/{agent}/sessions/{session}", May(SessionsManage), agent::sessions::end_of),
        get("/api/v1/keys", May(KeysManage), keys::list),
        post("/api/v1/keys", May(KeysManage), keys::make),
        delete("/api/v1/keys/{apiKey}", May(KeysManage), keys::revoke),
        get("/api/v1/agent/status", SignedIn, agent::presence::own),
        put("/api/v1/agent/status", Person(ConversationsAnswer), agent::status::set_status),
        get("/api/v1/agents", May(AgentsRead), agent::presence::list),
        put("/api/v1/agents/{agent}/status", May(AgentsSupervise), agent::presence::declare_for),
        get("/api/v1/agent/feed", Person(ConversationsRead), agent::feed::feed),
        get("/api/v1/agent/conversations", May(ConversationsRead), agent::conversations::list),
        get("/api/v1/agent/conversations/{id}", May(ConversationsRead), agent::labels::get),
        patch("/api/v1/agent/conversations/{id}", Person(ConversationsAnswer), agent::labels::change),
        get("/api/v1/agent/conversations/{id}/notes", May(ConversationsRead), agent::notes::list),
        post("/api/v1/agent/conversations/{id}/notes", Person(ConversationsAnswer), agent::notes::write),
        get("/api/v1/agent/conversations/{id}/messages", May(ConversationsRead), agent::messages::list),
        post("/api/v1/agent/conversations/{id}/messages", Person(ConversationsAnswer), agent::messages::send),
        post("/api/v1/agent/conversations/{id}/messages/{message}/recall", Person(ConversationsAnswer), agent::messages::recall),
        post("/api/v1/agent/conversations/{id}/typing", Person(ConversationsAnswer), agent::messages::typing),
        post("/api/v1/agent/conversations/{id}/read", Person(ConversationsAnswer), agent::messages::mark_read),
        post("/api/v1/agent/conversations/{id}/accept", Person(ConversationsAnswer), agent::offers::accept),
        post("/api/v1/agent/conversations/{id}/reject", Person(ConversationsAnswer), agent::offers::reject),
        post("/api/v1/agent/conversations/{id}/transfer", Person(ConversationsAnswer), agent::conversations::transfer),
        post("/api/v1/agent/conversations/{id}/end", Person(ConversationsAnswer), agent::conversations::end),
        post("/api/v1/agent/conversations/{id}/wrap-up/end", Person(ConversationsAnswer), agent::after_call::end),
        get("/api/v1/hours", SignedIn, agent::hours::hours),
        get("/api/v1/agent/canned-replies", Person(ConversationsAnswer), agent::canned::list),
        get("/api/v1/agent/directory", May(ConversationsRead), agent::directory::directory),
        post("/api/v1/agent/conversations/{id}/participants", Person(ConversationsAnswer), agent::participants::invite),
        delete("/api/v1/agent/conversations/{id}/participants/{agentId}", Person(ConversationsAnswer), agent::participants::leave),
        post("/api/v1/agent/conversations/{id}/whisper", Person(ConversationsAnswer), agent::participants::whisper),
        post("/api/v1/agent/conversations/{id}/monitor", Person(ConversationsSupervise), agent::supervision::monitor),
        delete("/api/v1/agent/conversations/{id}/monitor", Person(ConversationsSupervise), agent::supervision::stop_monitoring),
        post("/api/v1/agent/conversations/{id}/barge", Person(ConversationsSupervise), agent::supervision::barge_in),
        post("/api/v1/agent/conversations/{id}/take-over", Person(ConversationsSupervise), agent::supervision::take_over),
        post("/api/v1/agent/conversations/{id}/survey", Person(ConversationsAnswer), agent::surveys::ask),
        get("/api/v1/agent/conversations/{id}/ratings", May(ConversationsRead), agent::surveys::ratings),
        get("/api/v1/agent/tickets", May(TicketsRead), agent::tickets::list),
        get("/api/v1/agent/tickets/{ticket}", May(TicketsRead), agent::tickets::read),
        post("/api/v1/agent/tickets/{ticket}/claim", Person(TicketsHandle), agent::tickets::claim),
        post("/api/v1/agent/tickets/{ticket}/release", Person(TicketsHandle), agent::tickets::release),
        post("/api/v1/agent/tickets/{ticket}/answer", Person(TicketsHandle), agent::tickets::answer),
        post("/api/v1/agent/tickets/{ticket}/close", Person(TicketsHandle), agent::tickets::close),
        post("/api/v1/files", Person(ConversationsAnswer), agent::files::upload),
        get("/api/v1/files/{key}", May(ConversationsRead), agent::files::download),
        get("/api/v1/customers", Person(CustomersRead), customers::list::list),
        get("/api/v1/customers/{customer}", Person(CustomersRead), customers::profile::get),
        patch("/api/v1/customers/{customer}", Person(ConversationsAnswer), customers::profile::change),
        get("/api/v1/customers/{customer}/conversations", Person(CustomersRead), customers::timeline::conversations),
        get("/api/v1/customers/{customer}/messages", Person(CustomersRead), customers::timeline::messages),
        post("/api/v1/customers/{customer}/block", Person(CustomersManage), customers::blocking::block),
        post("/api/v1/customers/{customer}/unblock", Person(CustomersManage), customers::blocking::unblock),
        post("/api/v1/customers/{customer}/merge", Person(CustomersManage), customers::merging::merge),
        post("/api/v1/customers/{customer}/unmerge", Person(CustomersManage), customers::merging::unmerge),
        post("/api/v1/customers/{customer}/erase", Person(CustomersErase), customers::erasing::erase),
        get("/api/v1/customers/{customer}/export", Person(CustomersExport), customers::exporting::export),
        get("/api/v1/search", Person(Search), search::search),
        post("/api/v1/widget/session", Visitor, widget::session),
        get("/api/v1/push/{channel}/deliveries", May(PushManage), push::deliveries),
        post("/api/v1/push/{channel}/pause", May(PushManage), push::pause),
        post("/api/v1/push/{channel}/resume", May(PushManage), push::resume),
        post("/api/v1/push/{channel}/replay", May(PushManage), push::replay),
        post("/api/v1/push/{channel}/test", May(PushManage), push::test),
        get("/api/v1/config/{kind}", MayAny(&[ConfigRead, PeopleManage]), config::list),
        put("/api/v1/config/{kind}/{id}", MayAny(&[ConfigWrite, PeopleManage]), config::replace),
        get("/api/v1/config/{kind}/{id}", MayAny(&[ConfigRead, PeopleManage]), config::read),
        patch("/api/v1/config/{kind}/{id}", MayAny(&[ConfigWrite, PeopleManage]), config::merge),
        delete("/api/v1/config/{kind}/{id}", MayAny(&[ConfigWrite, PeopleManage]), config::remove),
    ]
}

/// Numbers, configuration, knowledge, and what is not for anybody in particular.
#[rustfmt::skip]
fn management_routes() -> Vec<Route> {
    vec![
        get("/api/v1/live", May(ReportsRead), report::live::live),
        get("/api/v1/live/stream", May(ReportsRead), report::stream::stream_live),
        get("/api/v1/reports/conversations", May(ReportsExport), report::export::conversations),
        get("/api/v1/reports/episodes", May(ReportsExport), report::export::episodes),
        get("/api/v1/reports/{kind}", May(ReportsRead), report::summary::report),
        get("/api/v1/conversations/{id}/transcript", May(TranscriptsExport), agent::transcripts::transcript),
        post("/api/v1/config/apps/{id}/secret", May(ConfigWrite), config::new_secret),
        get("/api/v1/config-file", May(ConfigRead), config_file::read),
        post("/api/v1/config-file", May(ConfigWrite), config_file::write),
        get("/api/v1/limits", May(ConfigRead), limits::limits),
        get("/api/v1/knowledge", May(KnowledgeRead), knowledge::bases::list),
        put("/api/v1/knowledge/{base}", May(KnowledgeManage), knowledge::bases::put),
        get("/api/v1/knowledge/{base}", May(KnowledgeRead), knowledge::bases::read),
        delete("/api/v1/knowledge/{base}", May(KnowledgePublish), knowledge::bases::remove),
        get("/api/v1/knowledge/{base}/groups", May(KnowledgeRead), knowledge::groups::list),
        put("/api/v1/knowledge/{base}/groups/{group}", May(KnowledgeManage), knowledge::groups::put),
        get("/api/v1/knowledge/{base}/groups/{group}", May(KnowledgeRead), knowledge::groups::read),
        delete("/api/v1/knowledge/{base}/groups/{group}", May(KnowledgeManage), knowledge::groups::remove),
        post("/api/v1/knowledge/{base}/import", May(KnowledgeManage), knowledge::files::import),
        get("/api/v1/knowledge/{base}/export", May(KnowledgeRead), knowledge::files::export),
        get("/api/v1/knowledge/{base}/diff", May(KnowledgeRead), knowledge::versions::diff),
        get("/api/v1/knowledge/{base}/versions", May(KnowledgeRead), knowledge::versions::list),
        post("/api/v1/knowledge/{base}/publish", May(KnowledgePublish), knowledge::versions::publish),
        post("/api/v1/knowledge/{base}/rollback", May(KnowledgePublish), knowledge::versions::roll_back),
        post("/api/v1/knowledge/{base}/discard", May(KnowledgeManage), knowledge::versions::discard),
        post("/api/v1/knowledge/{base}/ask", May(KnowledgeRead), knowledge::bench::ask),
        get("/api/v1/knowledge/{base}/tests", May(KnowledgeRead), knowledge::bench::tests),
        put("/api/v1/knowledge/{base}/tests", May(KnowledgeManage), knowledge::bench::put_tests),
        post("/api/v1/knowledge/{base}/tests/run", May(KnowledgeRead), knowledge::bench::run),
        get("/api/v1/knowledge/{base}/unanswered", Person(KnowledgeManage), knowledge::learning::unanswered),
        post("/api/v1/knowledge/{base}/unanswered/{id}/dismiss", Person(KnowledgeManage), knowledge::learning::dismiss),
        post("/api/v1/knowledge/{base}/unanswered/{id}/reopen", Person(KnowledgeManage), knowledge::learning::reopen),
        post("/api/v1/knowledge/{base}/unanswered/{id}/take", Person(KnowledgeManage), knowledge::learning::take),
        get("/api/v1/knowledge/{base}/badly-rated", Person(KnowledgeManage), knowledge::learning::badly_rated),
        get("/api/v1/knowledge/{base}/suggestions", Person(KnowledgeManage), knowledge::learning::suggestions),
        post("/api/v1/knowledge/{base}/suggestions/{id}/approve", Person(KnowledgeManage), knowledge::learning::approve),
        post("/api/v1/knowledge/{base}/suggestions/{id}/reject", Person(KnowledgeManage), knowledge::learning::reject),
        get("/api/v1/audit", May(AuditRead), audit_log::list),
        get("/api/v1/audit/export", May(AuditRead), audit_log::export),
        post("/api/v1/setup", NativePublic, setup::make),
        get("/api/v1/openapi.json", NativePublic, openapi::document),

        get("/widget.js", Page, page::loader),
        get("/widget/assets/{name}", Page, page::widget_asset),
        get("/", Page, page::home),
        get("/demo", Page, page::shop),
        get("/demo/{name}", Page, page::shop_asset),
        get("/desk", Page, page::desk_home),
        get("/desk/", Page, page::desk),
        get("/desk/{*name}", Page, page::desk_page),
    ]
}

/// The interfaces of the agent gateway.
#[rustfmt::skip]
fn gateway_routes() -> Vec<Route> {
    vec![
        put("/agentgateway/resource/onlineagent/{agentid}", GatewaySignIn, agentgateway::sign_in::login),
        put("/agentgateway/resource/onlineagent/{agentid}/forcelogin", GatewaySignIn, agentgateway::sign_in::force_login),
        delete("/agentgateway/resource/onlineagent/{agentid}/logout", GatewayAgent, agentgateway::sign_in::logout),
        delete("/agentgateway/resource/onlineagent/{agentid}/forcelogout", GatewayAgent, agentgateway::sign_in::force_logout),
        delete("/agentgateway/resource/onlineagent/{agentid}/forcelogoutwithreason/{reason}", GatewayAgent, agentgateway::sign_in::force_logout_with_reason),
        put("/agentgateway/resource/onlineagent/{agentid}/updateGuid", GatewayAgent, agentgateway::sign_in::update_guid),
        post("/agentgateway/resource/onlineagent/{agentid}/handshake", GatewayAgent, agentgateway::sign_in::handshake),
        post("/agentgateway/resource/onlineagent/{agentid}/syncagentinfo", GatewayAgent, agentgateway::sign_in::synchronize),
        get("/agentgateway/resource/onlineagent/{agentid}/agentstatus", GatewayAgent, agentgateway::states::status),
        post("/agentgateway/resource/onlineagent/{agentid}/autoanswer/{flag}", GatewayAgent, agentgateway::states::auto_answer),
        post("/agentgateway/resource/onlineagent/{agentid}/autoenteridle/{flag}", GatewayAgent, agentgateway::states::auto_enter_idle),
        post("/agentgateway/resource/onlineagent/{agentid}/sayfree", GatewayAgent, agentgateway::states::say_free),
        post("/agentgateway/resource/onlineagent/{agentid}/saybusy", GatewayAgent, agentgateway::states::say_busy),
        post("/agentgateway/resource/onlineagent/{agentid}/cancelbusy", GatewayAgent, agentgateway::states::cancel_busy),
        post("/agentgateway/resource/onlineagent/{agentid}/rest/{time}/{restcause}", GatewayAgent, agentgateway::states::rest),
        post("/agentgateway/resource/onlineagent/{agentid}/cancelrest", GatewayAgent, agentgateway::states::cancel_rest),
        post("/agentgateway/resource/onlineagent/{agentid}/work", GatewayAgent, agentgateway::states::work),
        post("/agentgateway/resource/onlineagent/{agentid}/cancelwork", GatewayAgent, agentgateway::states::cancel_work),
        post("/agentgateway/resource/onlineagent/{agentid}/resetskill/{autoflag}", GatewayAgent, agentgateway::skills::reset),
        get("/agentgateway/resource/onlineagent/{agentid}/agentskills", GatewayAgent, agentgateway::skills::own),
        get("/agentgateway/resource/onlineagent/{agentid}/agentskillsbyworkno/{workno}", GatewayAgent, agentgateway::skills::of_agent),
        get("/agentgateway/resource/queuedevice/{agentid}/agentvdnskill", GatewayAgent, agentgateway::skills::all),
        get("/agentgateway/resource/agentgroup/{agentid}/idleagent", GatewayAgent, agentgateway::skills::idle_agents),
        get("/agentgateway/resource/agentevent/{agentid}", GatewayAgent, agentgateway::events::poll),
        put("/agentgateway/resource/voicecall/{agentid}/answer", GatewayAgent, agentgateway::calls::answer),
        post("/agentgateway/resource/voicecall/{agentid}/dropcall/{callid}", GatewayAgent, agentgateway::calls::drop_call),
        delete("/agentgateway/resource/voicecall/{agentid}/release", GatewayAgent, agentgateway::calls::release),
        get("/agentgateway/resource/calldata/{agentid}/callinfo", GatewayAgent, agentgateway::calls::info),
        get("/agentgateway/resource/calldata/{agentid}/callinfobycallid/{callid}", GatewayAgent, agentgateway::calls::info_by_id),
        get("/agentgateway/resource/calldata/{agentid}/callinfobeforeanswer", GatewayAgent, agentgateway::calls::info_before_answer),
        post("/agentgateway/resource/mediacall/{agentid}/sendmessage", GatewayAgent, agentgateway::media::send_message),
        post("/agentgateway/resource/mediacall/{agentid}/transfer", GatewayAgent, agentgateway::media::transfer),
        post("/agentgateway/resource/mediacall/{agentid}/setcallnums", GatewayAgent, agentgateway::media::set_call_nums),
        post("/agentgateway/resource/mediacall/{agentid}/setcallnumsbymediatype", GatewayAgent, agentgateway::media::set_call_nums_by_media_type),
        post("/agentgateway/resource/mediacall/{agentid}/getconnectinfo", GatewayAgent, agentgateway::media::connect_info),
        post("/agentgateway/resource/mediacall/{agentid}/imagecapture", GatewayAgent, agentgateway::media::image_capture),
    ]
}

/// The router of the public listener.
pub fn router(parts: &Parts) -> Router {
    let (shared, own): (Vec<_>, Vec<_>) =
        routes().into_iter().partition(|route| is_for_other_origins(route.access));
    // The layer stands outside of the check of credentials, so that a page can read why it was refused.
    guarded(shared, parts)
        .layer(cors::layer(parts))
        .merge(guarded(own, parts))
        .fallback(|request: Request| async move { answer(&request, ApiError::NotFound) })
        .layer(middleware::from_fn(add_headers))
        .with_state(parts.clone())
}

/// Pages of other origins may call the messaging API, and ask for the credentials that it takes. What they may load
/// says so itself.
fn is_for_other_origins(access: Access) -> bool {
    access.family() == Family::Messaging || access == Visitor
}

/// Routes behind the access that each of them declares.
fn guarded(declared: Vec<Route>, parts: &Parts) -> Router<Parts> {
    let mut router = Router::new();
    for route in declared {
        let (gate, access) = (parts.clone(), route.access);
        let handler = route.handler.layer(middleware::from_fn(move |request: Request, next: Next| {
            authenticate(gate.clone(), access, request, next)
        }));
        let handler = match audit::rules::rule(&route.method, route.path) {
            Some(Rule::Recorded(recorded)) => {
                let gate = parts.clone();
                // Outside of the check of credentials: what is refused there is recorded too.
                handler.layer(middleware::from_fn(move |request: Request, next: Next| {
                    audit::layer(gate.clone(), recorded, access.family(), request, next)
                }))
            }
            Some(Rule::Unrecorded(_)) | None => handler,
        };
        router = router.route(route.path, handler);
    }
    router.method_not_allowed_fallback(|request: Request| async move {
        answer(&request, ApiError::MethodNotAllowed)
    })
}

fn get<H: Handler<T, Parts>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::GET, path, access, handler: on(MethodFilter::GET, handler) }
}

fn post<H: Handler<T, Parts>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::POST, path, access, handler: on(MethodFilter::POST, handler) }
}

fn delete<H: Handler<T, Parts>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::DELETE, path, access, handler: on(MethodFilter::DELETE, handler) }
}

fn put<H: Handler<T, Parts>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::PUT, path, access, handler: on(MethodFilter::PUT, handler) }
}

fn patch<H: Handler<T, Parts>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: Method::PATCH, path, access, handler: on(MethodFilter::PATCH, handler) }
}

fn answer(request: &Request, error: ApiError) -> Response {
    let path = request.uri().path();
    if path.starts_with("/agentgateway/") {
        GatewayError::of_address(error).into_response()
    } else if path.starts_with("/api/") {
        error.into_native()
    } else {
        error.into_messaging()
    }
}

/// Nothing that is served here may be kept by a cache or taken for something else by a browser.
async fn add_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add_common_headers(response.headers_mut());
    keep_inert(response.headers_mut());
    response
}

/// What is no JSON (a file, a table, a stream, a page) may do nothing in a browser unless it was said what: if it is
/// ever shown as a page, it is one without scripts, frames and this server's origin.
fn keep_inert(headers: &mut HeaderMap) {
    const NOTHING: HeaderValue =
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
    if media.is_some_and(|media| !media.contains("json")) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOTHING);
        headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    }
}

/// What every answer says.
pub(crate) fn add_common_headers(headers: &mut HeaderMap) {
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}
