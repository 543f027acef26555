//! One request for every route, about one subject.

use frontdesk_server::pages;
use frontdesk_tests::kit::{Answer, CHANNEL, Http};
use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{PNG, Subject};

/// A request that is fine in itself.
#[derive(Debug)]
pub(super) struct Example {
    method: Method,
    pub(super) path: String,
    pub(super) body: Value,
}

impl Example {
    /// Sends it as somebody.
    pub(super) async fn send(&self, caller: &Http) -> Answer {
        let request = caller.request(self.method.clone(), &self.path);
        let request = match &self.body {
            Value::Null if self.path.ends_with("/ws") => request
                .header("connection", "upgrade")
                .header("upgrade", "websocket")
                .header("sec-websocket-version", "13")
                .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            Value::Null => request,
            // A file goes as the body itself.
            Value::String(bytes) => request.body(bytes.clone()),
            body => request.json(body),
        };
        caller.send(request).await
    }

    /// Whether it names its subject in a way that must agree with the token.
    pub(super) fn names(&self, user: &str) -> bool {
        self.path.contains(user) || self.body.to_string().contains(user)
    }
}

/// The request for a route. A route without one fails the suite.
pub(super) fn example(method: &Method, route: &str, subject: &Subject) -> Example {
    let found =
        messaging(method, route, subject).or_else(|| native(method, route, subject)).or_else(|| page(route));
    let (path, body) = found.unwrap_or_else(|| panic!("add a request for {method} {route}"));
    Example { method: method.clone(), path, body }
}

fn messaging(method: &Method, route: &str, subject: &Subject) -> Option<(String, Value)> {
    let user = subject.customer.user.as_str();
    if method == Method::GET {
        let query = match route {
            "/apiaccess/ccmessaging/poll" => format!("receiverId={user}&channel=WEB&wait=0"),
            "/apiaccess/ccmessaging/stream" => format!("receiverId={user}&channel=WEB"),
            "/apiaccess/ccmessaging/ws" => return Some((route.to_owned(), Value::Null)),
            "/apiaccess/ccmessaging/v1/checkClickToCallSupport" => "channel=WEB".to_owned(),
            _ => return None,
        };
        return Some((format!("{route}?{query}"), Value::Null));
    }
    let body = match route {
        "/apigovernance/api/oauth/tokenByAkSk" => {
            json!({ "app_key": "demo-app", "app_secret": "demo-secret" })
        }
        "/apiaccess/ccmessaging/applyToken" => {
            json!({ "userId": user, "userName": user, "channelId": CHANNEL, "locale": "en" })
        }
        "/apiaccess/ccmessaging/send"
        | "/apiaccess/ccmessaging/sendAsync"
        | "/apiaccess/ccmessaging/sendSync" => subject.customer.message("CHAT", "an example"),
        "/apiaccess/ccmessaging/ack" => json!({ "cursor": subject.cursor }),
        "/apiaccess/ccmessaging/uploadFileStream" => {
            json!({ "fileType": "png", "fileStream": PNG, "channel": "WEB" })
        }
        "/apiaccess/ccmessaging/downloadFileStream" => {
            json!({ "fileId": subject.file, "channel": "WEB", "fileType": "png" })
        }
        "/apiaccess/ccmessaging/queryQueueInfo" => {
            json!({ "userId": user, "channelConfigId": CHANNEL, "channel": "WEB" })
        }
        "/apiaccess/ccmessaging/queryHistoryChatMessage" => json!({
            "userId": user, "channelId": CHANNEL, "limit": "20", "offset": "0", "channel": "WEB",
        }),
        "/apiaccess/ccmessaging/doLeaveMessage" => json!({
            "callId": user, "caller": "13800000000", "leaveMessage": "call me back", "channel": "WEB",
        }),
        "/apiaccess/ccmessaging/getsatisfactionsurveymode" => json!({ "language": "en" }),
        "/apiaccess/ccmessaging/saveSatisfaction" => json!({
            "channel": "WEB", "userId": user, "evaluation": "5", "comment": "", "channelConfigId": CHANNEL,
        }),
        "/apiaccess/ccmessaging/rating" => json!({ "csat": 5, "nps": 10, "solved": true }),
        "/apiaccess/ccmessaging/v1/robot/feedbacksatisfaction" => {
            json!({ "feedback": 1, "from": user, "interIdx": "1" })
        }
        "/apiaccess/ccmessaging/queryPhraseByKeyword" => {
            json!({ "strContent": "deliv", "locale": "en", "channel": "WEB" })
        }
        "/apiaccess/rest/cc-management/v1/satisfaction/query" => {
            json!({ "callId": subject.call, "beginTime": 0, "endTime": 4_000_000_000_000_i64 })
        }
        "/apiaccess/rest/workbench/v1/getUserInfoBycallId" => {
            json!({ "callId": subject.call, "userId": user, "tenantId": subject.tenant })
        }
        _ => return None,
    };
    Some((route.to_owned(), body))
}

fn native(method: &Method, route: &str, subject: &Subject) -> Option<(String, Value)> {
    let path = route
        .replace("{kind}/{id}", "queues/spare")
        .replace("{kind}", "queues")
        .replace("{id}", &subject.conversation)
        .replace("{key}", &subject.file)
        .replace("{message}", &subject.message)
        .replace("{ticket}", &subject.ticket)
        .replace("{channel}", CHANNEL)
        .replace("{agentId}", "102")
        .replace("{agent}", "101");
    let path = if route == "/api/v1/hours" { format!("{path}?queue=support") } else { path };
    let body = match (method.as_str(), route) {
        ("POST", "/api/v1/agent/login") => {
            json!({ "tenant": "demo", "agentId": "102", "password": "demo-102" })
        }
        ("POST", "/api/v1/widget/session") => json!({ "channelId": CHANNEL, "tenant": "demo" }),
        ("PUT", "/api/v1/agent/status" | "/api/v1/agents/{agent}/status") => json!({ "status": "busy" }),
        ("POST", "/api/v1/agent/conversations/{id}/messages") => {
            json!({ "mediaType": "TEXT", "content": "an example" })
        }
        ("POST", "/api/v1/agent/conversations/{id}/notes") => {
            json!({ "text": "an example", "mentions": ["101"] })
        }
        ("PATCH", "/api/v1/agent/conversations/{id}") => json!({ "tags": ["an example"] }),
        ("POST", "/api/v1/agent/conversations/{id}/transfer") => json!({ "queue": "support" }),
        ("POST", "/api/v1/agent/conversations/{id}/participants") => {
            json!({ "agentId": "102", "mode": "consult" })
        }
        ("POST", "/api/v1/agent/conversations/{id}/whisper" | "/api/v1/agent/tickets/{ticket}/answer") => {
            json!({ "text": "an example" })
        }
        ("POST", "/api/v1/push/{channel}/replay") => json!({ "since": 4_000_000_000_000_i64 }),
        ("PUT" | "PATCH", "/api/v1/config/{kind}/{id}") => json!({ "name": "Spare" }),
        ("POST", "/api/v1/files") => json!("%PDF-1.7 an example"),
        (
            "POST",
            "/api/v1/agent/logout"
            | "/api/v1/push/{channel}/pause"
            | "/api/v1/push/{channel}/resume"
            | "/api/v1/push/{channel}/test"
            | "/api/v1/agent/conversations/{id}/messages/{message}/recall"
            | "/api/v1/agent/conversations/{id}/typing"
            | "/api/v1/agent/conversations/{id}/read"
            | "/api/v1/agent/conversations/{id}/accept"
            | "/api/v1/agent/conversations/{id}/reject"
            | "/api/v1/agent/conversations/{id}/monitor"
            | "/api/v1/agent/conversations/{id}/barge"
            | "/api/v1/agent/conversations/{id}/take-over"
            | "/api/v1/agent/conversations/{id}/end"
            | "/api/v1/agent/conversations/{id}/wrap-up/end"
            | "/api/v1/agent/conversations/{id}/survey"
            | "/api/v1/agent/tickets/{ticket}/claim"
            | "/api/v1/agent/tickets/{ticket}/release"
            | "/api/v1/agent/tickets/{ticket}/close",
        )
        | (
            "DELETE",
            "/api/v1/agent/conversations/{id}/monitor"
            | "/api/v1/agent/conversations/{id}/participants/{agentId}"
            | "/api/v1/config/{kind}/{id}",
        )
        | (
            "GET",
            "/api/v1/agent/feed"
            | "/api/v1/agent/status"
            | "/api/v1/agents"
            | "/api/v1/agent/conversations"
            | "/api/v1/hours"
            | "/api/v1/agent/conversations/{id}"
            | "/api/v1/agent/conversations/{id}/notes"
            | "/api/v1/agent/conversations/{id}/messages"
            | "/api/v1/agent/canned-replies"
            | "/api/v1/agent/conversations/{id}/ratings"
            | "/api/v1/agent/tickets"
            | "/api/v1/agent/tickets/{ticket}"
            | "/api/v1/files/{key}"
            | "/api/v1/push/{channel}/deliveries"
            | "/api/v1/config/{kind}"
            | "/api/v1/config/{kind}/{id}"
            | "/api/v1/openapi.json",
        ) => Value::Null,
        _ => return None,
    };
    Some((path, body))
}

/// What browsers load. A build without pages has no names of files; any will do then.
fn page(route: &str) -> Option<(String, Value)> {
    let of = |folder: &str| {
        let name = pages::names().find_map(|name| name.strip_prefix(folder)).unwrap_or("any.js");
        name.to_owned()
    };
    let path = match route {
        "/" | "/demo" | "/widget.js" => route.to_owned(),
        "/demo/{name}" => format!("/demo/{}", of("demo/")),
        "/widget/assets/{name}" => format!("/widget/assets/{}", of("widget/assets/")),
        _ => return None,
    };
    Some((path, Value::Null))
}
