//! Every route: method, path, who may call it, handler. One line each.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::{HeaderValue, Method, header};

use crate::cors;
use crate::error::ApiError;
use crate::extract::authenticate;
use crate::parts::Parts;
use crate::route::{agent, config, messaging, openapi, page, push, widget};

use Access::{
    Administrator, Agent, App, Customer, CustomerStream, NativePublic, Page, Public, Supervisor, Visitor,
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
    /// A signed-in agent, or anybody who may do more.
    Agent,
    /// A signed-in supervisor, or an administrator.
    Supervisor,
    /// A signed-in administrator.
    Administrator,
}

/// The families of routes: their errors look different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The documented CC-Messaging interfaces.
    Messaging,
    /// `/api/v1`.
    Native,
    /// What browsers load. It is no interface, and is not in the OpenAPI document.
    Page,
}

impl Access {
    /// The family that routes with this access belong to.
    pub const fn family(self) -> Family {
        match self {
            Self::Public | Self::App | Self::Customer | Self::CustomerStream => Family::Messaging,
            Self::NativePublic | Self::Visitor | Self::Agent | Self::Supervisor | Self::Administrator => {
                Family::Native
            }
            Self::Page => Family::Page,
        }
    }

    /// Whether no credentials are asked for.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::NativePublic | Self::Visitor | Self::Page)
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
#[rustfmt::skip]
pub fn routes() -> Vec<Route> {
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
        post("/apiaccess/ccmessaging/v1/robot/feedbacksatisfaction", Customer, messaging::survey::rate_robot),
        post("/apiaccess/ccmessaging/queryPhraseByKeyword", Customer, messaging::phrase::query_phrase),
        get("/apiaccess/ccmessaging/v1/checkClickToCallSupport", Customer, messaging::click_to_call::check),
        post("/apiaccess/rest/cc-management/v1/satisfaction/query", App, messaging::survey::query_satisfaction),
        post("/apiaccess/rest/workbench/v1/getUserInfoBycallId", App, messaging::user_info::user_info_by_call_id),

        post("/api/v1/agent/login", NativePublic, agent::login::login),
        post("/api/v1/agent/logout", Agent, agent::login::logout),
        put("/api/v1/agent/status", Agent, agent::status::set_status),
        get("/api/v1/agent/feed", Agent, agent::feed::feed),
        get("/api/v1/agent/conversations", Agent, agent::conversations::list),
        get("/api/v1/agent/conversations/{id}", Agent, agent::labels::get),
        patch("/api/v1/agent/conversations/{id}", Agent, agent::labels::change),
        get("/api/v1/agent/conversations/{id}/notes", Agent, agent::notes::list),
        post("/api/v1/agent/conversations/{id}/notes", Agent, agent::notes::write),
        get("/api/v1/agent/conversations/{id}/messages", Agent, agent::messages::list),
        post("/api/v1/agent/conversations/{id}/messages", Agent, agent::messages::send),
        post("/api/v1/agent/conversations/{id}/messages/{message}/recall", Agent, agent::messages::recall),
        post("/api/v1/agent/conversations/{id}/typing", Agent, agent::messages::typing),
        post("/api/v1/agent/conversations/{id}/read", Agent, agent::messages::mark_read),
        post("/api/v1/agent/conversations/{id}/accept", Agent, agent::offers::accept),
        post("/api/v1/agent/conversations/{id}/reject", Agent, agent::offers::reject),
        post("/api/v1/agent/conversations/{id}/transfer", Agent, agent::conversations::transfer),
        post("/api/v1/agent/conversations/{id}/end", Agent, agent::conversations::end),
        get("/api/v1/hours", Agent, agent::hours::hours),
        get("/api/v1/agent/canned-replies", Agent, agent::canned::list),
        post("/api/v1/agent/conversations/{id}/participants", Agent, agent::participants::invite),
        delete("/api/v1/agent/conversations/{id}/participants/{agentId}", Agent, agent::participants::leave),
        post("/api/v1/agent/conversations/{id}/whisper", Agent, agent::participants::whisper),
        post("/api/v1/agent/conversations/{id}/monitor", Supervisor, agent::supervision::monitor),
        delete("/api/v1/agent/conversations/{id}/monitor", Supervisor, agent::supervision::stop_monitoring),
        post("/api/v1/agent/conversations/{id}/barge", Supervisor, agent::supervision::barge_in),
        post("/api/v1/agent/conversations/{id}/take-over", Supervisor, agent::supervision::take_over),
        post("/api/v1/files", Agent, agent::files::upload),
        get("/api/v1/files/{key}", Agent, agent::files::download),
        post("/api/v1/widget/session", Visitor, widget::session),
        get("/api/v1/push/{channel}/deliveries", Administrator, push::deliveries),
        post("/api/v1/push/{channel}/pause", Administrator, push::pause),
        post("/api/v1/push/{channel}/resume", Administrator, push::resume),
        post("/api/v1/push/{channel}/replay", Administrator, push::replay),
        post("/api/v1/push/{channel}/test", Administrator, push::test),
        get("/api/v1/config/{kind}", Administrator, config::list),
        put("/api/v1/config/{kind}/{id}", Administrator, config::replace),
        get("/api/v1/config/{kind}/{id}", Administrator, config::read),
        patch("/api/v1/config/{kind}/{id}", Administrator, config::merge),
        delete("/api/v1/config/{kind}/{id}", Administrator, config::remove),
        get("/api/v1/openapi.json", NativePublic, openapi::document),

        get("/widget.js", Page, page::loader),
        get("/widget/assets/{name}", Page, page::widget_asset),
        get("/", Page, page::home),
        get("/demo", Page, page::shop),
        get("/demo/{name}", Page, page::shop_asset),
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
    if request.uri().path().starts_with("/api/") { error.into_native() } else { error.into_messaging() }
}

/// Nothing that is served here may be kept by a cache or taken for something else by a browser.
async fn add_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
