//! One request for every route, about one subject.

use frontdesk_core::knowledge::question_key;
use frontdesk_server::pages;
use frontdesk_tests::kit::{Answer, CHANNEL, Http};
use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{self, PNG, Subject};

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
    let found = messaging(method, route, subject)
        .or_else(|| gateway(route, subject))
        .or_else(|| people(method, route))
        .or_else(|| native(method, route, subject))
        .or_else(|| customers(method, route, subject))
        .or_else(|| page(route));
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

/// People, their sign-ins and their programs.
fn people(method: &Method, route: &str) -> Option<(String, Value)> {
    const PUBLIC_ID: &str = "5f1c9e0a7b3d2486c0e1a9f4";
    let body = match (method.as_str(), route) {
        ("POST", "/api/v1/agent/password") => {
            json!({ "oldPassword": "demo-101", "newPassword": "a quiet little lamp" })
        }
        ("POST", "/api/v1/agent/totp/confirm") => json!({ "code": "000000" }),
        ("POST", "/api/v1/agent/totp/disable") => json!({ "password": "demo-101", "code": "000000" }),
        ("POST", "/api/v1/keys") => json!({ "name": "an example", "role": "agent" }),
        ("POST", "/api/v1/agent/totp") => json!({ "password": "demo-101" }),
        ("POST", "/api/v1/signin/{tenant}/{provider}/code")
        | (
            "GET",
            "/api/v1/agent/me"
            | "/api/v1/agent/totp"
            | "/api/v1/sessions"
            | "/api/v1/agents/{agent}/sessions"
            | "/api/v1/keys"
            | "/api/v1/signin/{tenant}"
            | "/api/v1/signin/{tenant}/{provider}"
            | "/api/v1/signin/{tenant}/{provider}/callback",
        )
        | (
            "DELETE",
            "/api/v1/sessions"
            | "/api/v1/sessions/{session}"
            | "/api/v1/agents/{agent}/sessions"
            | "/api/v1/agents/{agent}/sessions/{session}"
            | "/api/v1/agents/{agent}/totp"
            | "/api/v1/keys/{apiKey}",
        ) => Value::Null,
        _ => return None,
    };
    let path = route.replace("{session}", PUBLIC_ID).replace("{apiKey}", PUBLIC_ID).replace("{agent}", "101");
    let path = path.replace("{tenant}", "demo").replace("{provider}", "corp");
    Some((path, body))
}

/// What desks of the agent gateway ask for. All of it is done by agent 101; only 102 signs in.
fn gateway(route: &str, subject: &Subject) -> Option<(String, Value)> {
    let rest = route.strip_prefix("/agentgateway/resource/")?;
    let signs_in = rest == "onlineagent/{agentid}" || rest.ends_with("/forcelogin");
    let path = route
        .replace("{agentid}", if signs_in { "102" } else { "101" })
        .replace("{callid}", &subject.call)
        .replace("{flag}", "true")
        .replace("{autoflag}", "true")
        .replace("{reason}", "1")
        .replace("{time}", "60")
        .replace("{restcause}", "0")
        .replace("{workno}", "102");
    let call = &subject.call;
    let body = match rest.rsplit('/').next()? {
        // In wrap-up, so that the agent gets no customers.
        _ if signs_in => json!({ "password": "demo-102", "phonenum": "1", "status": "5" }),
        "answer" => return Some((format!("{path}?callid={call}"), Value::Null)),
        "sendmessage" => json!({ "callid": call, "data": "an example" }),
        "transfer" => json!({ "callid": call, "devicetype": 1, "mode": 0, "address": "support" }),
        "setcallnums" => json!({ "mediaType": "51", "callnums": "60" }),
        "setcallnumsbymediatype" => json!({ "totalCallNum": 60, "agentMediaCallNums": [] }),
        _ => Value::Null,
    };
    Some((path, body))
}

fn native(method: &Method, route: &str, subject: &Subject) -> Option<(String, Value)> {
    let learned = if route.ends_with("/reject") { stage::ASKED_IN_VAIN_TOO } else { stage::ASKED_IN_VAIN };
    // One that a robot answers from stays.
    let base = if method == Method::DELETE && route.ends_with("{base}") { "spare" } else { "shop" };
    let path = route
        .replace("{base}", base)
        .replace("{group}", "an-example")
        .replace("unanswered/{id}", &format!("unanswered/{}", question_key(learned)))
        .replace("suggestions/{id}", &format!("suggestions/{}", question_key(learned)))
        .replace("{kind}/{id}", "queues/spare")
        .replace("apps/{id}", &format!("apps/spare-{}", subject.tenant))
        .replace("{kind}", "queues")
        .replace("{id}", &subject.conversation)
        .replace("{key}", &subject.file)
        .replace("{message}", &subject.message)
        .replace("{ticket}", &subject.ticket)
        .replace("{channel}", CHANNEL)
        .replace("{agentId}", "102")
        .replace("{agent}", "101");
    let is_ranged = route.starts_with("/api/v1/reports/");
    let of_queue =
        if route.ends_with("{kind}") { format!("&queue=support&channel={CHANNEL}") } else { String::new() };
    let path = if is_ranged { format!("{path}?from=2027-01-01&to=2027-01-31{of_queue}") } else { path };
    let path = if route.ends_with("/import") { format!("{path}?format=csv") } else { path };
    let path = if route == "/api/v1/hours" { format!("{path}?queue=support") } else { path };
    let body = if takes_nothing(method, route) { Value::Null } else { body_of(method, route, subject)? };
    Some((path, body))
}

fn body_of(method: &Method, route: &str, subject: &Subject) -> Option<Value> {
    let body = match (method.as_str(), route) {
        ("POST", "/api/v1/agent/login") => {
            json!({ "tenant": "demo", "agentId": "102", "password": "demo-102" })
        }
        ("POST", "/api/v1/setup") => json!({
            "code": "setup_example", "tenant": "example", "agentId": "901", "password": "a quiet little lamp",
        }),
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
        ("POST", "/api/v1/config/apps/{id}/secret") => json!({ "keepOldFor": 2_592_000 }),
        ("POST", "/api/v1/config-file") => json!(format!("[tenant]\nid = \"{}\"\n", subject.tenant)),
        ("PUT", "/api/v1/knowledge/{base}") => json!({ "name": "Web shop" }),
        ("PUT", "/api/v1/knowledge/{base}/groups/{group}") => json!({
            "texts": [{ "language": "en", "questions": ["What is an example?"], "answer": "This." }],
        }),
        ("POST", "/api/v1/knowledge/{base}/import") => json!("question,answer\nWhat is an example?,This.\n"),
        ("POST", "/api/v1/knowledge/{base}/publish") => json!({ "note": "an example" }),
        ("POST", "/api/v1/knowledge/{base}/rollback") => json!({ "version": 1 }),
        ("POST", "/api/v1/knowledge/{base}/ask") => json!({ "text": "an example" }),
        ("PUT", "/api/v1/knowledge/{base}/tests") => {
            json!({ "tests": [{ "question": "an example" }] })
        }
        (
            "POST",
            "/api/v1/knowledge/{base}/unanswered/{id}/take"
            | "/api/v1/knowledge/{base}/suggestions/{id}/approve",
        ) => {
            json!({ "answer": "an example" })
        }
        ("POST", "/api/v1/files") => json!("%PDF-1.7 an example"),
        _ => return None,
    };
    Some(body)
}

/// Routes that are called without a body.
fn takes_nothing(method: &Method, route: &str) -> bool {
    matches!(
        (method.as_str(), route),
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
                | "/api/v1/agent/tickets/{ticket}/close"
                | "/api/v1/knowledge/{base}/discard"
                | "/api/v1/knowledge/{base}/tests/run"
                | "/api/v1/knowledge/{base}/unanswered/{id}/dismiss"
                | "/api/v1/knowledge/{base}/unanswered/{id}/reopen"
                | "/api/v1/knowledge/{base}/suggestions/{id}/reject",
        ) | (
            "DELETE",
            "/api/v1/agent/conversations/{id}/monitor"
                | "/api/v1/agent/conversations/{id}/participants/{agentId}"
                | "/api/v1/config/{kind}/{id}"
                | "/api/v1/knowledge/{base}"
                | "/api/v1/knowledge/{base}/groups/{group}",
        ) | (
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
                | "/api/v1/agent/directory"
                | "/api/v1/agent/conversations/{id}/ratings"
                | "/api/v1/agent/tickets"
                | "/api/v1/agent/tickets/{ticket}"
                | "/api/v1/files/{key}"
                | "/api/v1/push/{channel}/deliveries"
                | "/api/v1/config/{kind}"
                | "/api/v1/config/{kind}/{id}"
                | "/api/v1/live"
                | "/api/v1/live/stream"
                | "/api/v1/reports/conversations"
                | "/api/v1/reports/episodes"
                | "/api/v1/reports/{kind}"
                | "/api/v1/conversations/{id}/transcript"
                | "/api/v1/config-file"
                | "/api/v1/limits"
                | "/api/v1/knowledge"
                | "/api/v1/knowledge/{base}"
                | "/api/v1/knowledge/{base}/groups"
                | "/api/v1/knowledge/{base}/groups/{group}"
                | "/api/v1/knowledge/{base}/export"
                | "/api/v1/knowledge/{base}/diff"
                | "/api/v1/knowledge/{base}/versions"
                | "/api/v1/knowledge/{base}/tests"
                | "/api/v1/knowledge/{base}/unanswered"
                | "/api/v1/knowledge/{base}/badly-rated"
                | "/api/v1/knowledge/{base}/suggestions"
                | "/api/v1/audit"
                | "/api/v1/audit/export"
                | "/api/v1/openapi.json",
        )
    )
}

/// Customers over all their channels, and search.
fn customers(method: &Method, route: &str, subject: &Subject) -> Option<(String, Value)> {
    // Nobody is erased while they talk, nor taken out of what they are not in.
    let customer = match route.rsplit('/').next() {
        Some("erase") => &subject.other_profile,
        Some("unmerge") => &subject.merged_profile,
        _ => &subject.profile,
    };
    let path = route.replace("{customer}", customer);
    let path = if route == "/api/v1/search" { format!("{path}?q=zebra") } else { path };
    let body = match (method.as_str(), route) {
        ("PATCH", "/api/v1/customers/{customer}") => json!({ "tags": ["an example"] }),
        ("POST", "/api/v1/customers/{customer}/block") => json!({ "reason": "an example" }),
        ("POST", "/api/v1/customers/{customer}/merge") => json!({ "into": subject.other_profile }),
        (
            "POST",
            "/api/v1/customers/{customer}/unblock"
            | "/api/v1/customers/{customer}/unmerge"
            | "/api/v1/customers/{customer}/erase",
        )
        | (
            "GET",
            "/api/v1/customers"
            | "/api/v1/customers/{customer}"
            | "/api/v1/customers/{customer}/conversations"
            | "/api/v1/customers/{customer}/messages"
            | "/api/v1/customers/{customer}/export"
            | "/api/v1/search",
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
        "/" | "/demo" | "/desk" | "/desk/" | "/widget.js" => route.to_owned(),
        "/desk/{*name}" => format!("/desk/{}", of("desk/")),
        "/demo/{name}" => format!("/demo/{}", of("demo/")),
        "/widget/assets/{name}" => format!("/widget/assets/{}", of("widget/assets/")),
        _ => return None,
    };
    Some((path, Value::Null))
}
