//! Two tenants that use the same names for everything: nothing of one can be reached with the credentials of the other,
//! by any kind of identifier.

use std::collections::BTreeMap;

use frontdesk_core::id::TenantId;
use frontdesk_server::router::{Access, routes};
use frontdesk_tests::kit::{CHANNEL, Http};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::examples::example;
use super::stage::{DEMO, PNG, PRIVATE_WORDS, RIVAL, Stage, Subject, text};

/// Every kind of configuration that has ids, with a body that makes one.
const KINDS: [(&str, &str); 7] = [
    ("channels", r#"{"name": "made for one"}"#),
    ("robots", r#"{"nickname": "made for one"}"#),
    ("queues", r#"{"name": "made for one"}"#),
    ("agents", r#"{"nickname": "made for one", "queues": ["support"]}"#),
    ("canned-replies", r#"{"shortcut": "made-for-one", "title": "made for one", "text": "made for one"}"#),
    ("sla-policies", r#"{"name": "made for one", "first_reply": 60}"#),
    (
        "identity-providers",
        r#"{"name": "made for one", "issuer": "https://id.example", "client_id": "x", "client_secret": "y"}"#,
    ),
];

/// Everything that a tenant has, as its own people see it and as it is stored.
async fn everything(stage: &Stage, subject: &Subject) -> BTreeMap<String, String> {
    let tenant = TenantId::new(subject.tenant).unwrap();
    let items = stage.server.parts.store.items().await.unwrap();
    let mut items: Vec<String> =
        items.iter().filter(|(owner, _)| *owner == tenant).map(|(_, item)| format!("{item:?}")).collect();
    items.sort();
    let agent = stage.agent(subject.tenant, "101").await.http;
    let mut seen = BTreeMap::from([
        ("log".to_owned(), stage.log_of(subject).await),
        ("items".to_owned(), items.join("\n")),
        ("usage".to_owned(), format!("{:?}", stage.server.parts.store.usage(&tenant).await.unwrap())),
    ]);
    let conversation = format!("/api/v1/agent/conversations/{}", subject.conversation);
    for path in [
        conversation.clone(),
        format!("{conversation}/messages"),
        format!("{conversation}/notes"),
        "/api/v1/agent/tickets".to_owned(),
        format!("/api/v1/agent/tickets/{}", subject.ticket),
        "/api/v1/agent/canned-replies".to_owned(),
        "/api/v1/agent/status".to_owned(),
    ] {
        let answer = agent.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        seen.insert(path, answer.text);
    }
    seen
}

#[tokio::test]
async fn no_route_reaches_the_other_tenant_by_any_identifier() {
    let stage = Stage::set_up().await;
    let (ann, twin) = (stage.subject(DEMO, "u-77").await, stage.subject(RIVAL, "u-77").await);
    let before = everything(&stage, &ann).await;
    let rivals_app = stage.app_of(RIVAL).await.http;
    let mut tried = 0;
    for route in routes().into_iter().filter(|route| !route.access.is_open()) {
        let example = example(&route.method, route.path, &ann);
        let caller = match route.access {
            Access::App => rivals_app.clone(),
            Access::Customer | Access::CustomerStream => twin.customer.http.clone(),
            // A sign-in of its own each time: one of the routes ends it.
            _ => stage.agent(RIVAL, "901").await.http,
        };
        let what = format!("{} {}", route.method, route.path);
        // An open stream would not end; that it is the twin's own is shown elsewhere.
        if route.access == Access::CustomerStream {
            continue;
        }
        let answer = example.send(&caller).await;
        assert!(answer.status.as_u16() < 500, "{what}: {}", answer.text);
        // Their own audit log tells them what they asked for, and nothing else.
        let is_own_record = route.path.starts_with("/api/v1/audit");
        let told = if is_own_record { without_targets(&answer.text) } else { answer.text.clone() };
        for secret in [&ann.conversation, &ann.file, &ann.message, &ann.ticket, &ann.call] {
            assert!(!told.contains(secret.as_str()), "{what} shows {secret}: {told}");
        }
        tried += 1;
    }
    assert!(tried > 60, "{tried} routes");
    assert_eq!(
        everything(&stage, &ann).await,
        before,
        "something of the one tenant was changed by the other"
    );
}

#[tokio::test]
async fn what_is_configured_under_the_same_name_is_two_things() {
    let stage = Stage::set_up().await;
    let (own, rival) = (stage.agent(DEMO, "901").await.http, stage.agent(RIVAL, "901").await.http);
    for (kind, body) in KINDS {
        let (path, unknown) =
            (format!("/api/v1/config/{kind}/only-one"), format!("/api/v1/config/{kind}/none"));
        let body: Value = serde_json::from_str(body).unwrap();
        let made = own.put(&path, body.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{kind}: {}", made.text);
        let shown = own.get(&path).await.text;
        // It is not there for the other, who may use the name for something else, change it and take it away.
        let missing = rival.get(&unknown).await;
        let foreign = rival.get(&path).await;
        assert_eq!((foreign.status, &foreign.text), (missing.status, &missing.text), "{kind}");
        assert!(!rival.get(&format!("/api/v1/config/{kind}")).await.text.contains("made for one"), "{kind}");
        assert_eq!(rival.delete(&path).await.status, StatusCode::NO_CONTENT, "as of one that is gone");
        let other = rival.put(&path, body.clone()).await;
        assert_eq!(other.status, StatusCode::CREATED, "{kind}: {}", other.text);
        let label = match kind {
            "agents" | "robots" => "nickname",
            "canned-replies" => "title",
            _ => "name",
        };
        let changed = rival.patch(&path, json!({ label: "the rival's" })).await;
        assert_eq!(changed.status, StatusCode::OK, "{kind}: {}", changed.text);
        assert_eq!(own.get(&path).await.text, shown, "{kind}");
        assert_eq!(rival.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(own.get(&path).await.text, shown, "{kind}");
    }
    // A tenant is named by its id, and only its own administrators know it.
    let foreign = rival.get("/api/v1/config/tenants/demo").await;
    let missing = rival.get("/api/v1/config/tenants/nowhere").await;
    assert_eq!((foreign.status, &foreign.text), (StatusCode::NOT_FOUND, &missing.text));
    for (method, body) in [(Method::PUT, json!({ "name": "x" })), (Method::PATCH, json!({ "name": "x" }))] {
        let request = rival.request(method, "/api/v1/config/tenants/demo").json(&body);
        assert_eq!(rival.send(request).await.status, StatusCode::NOT_FOUND);
    }
    let limits = rival.get("/api/v1/limits").await;
    let used = |name: &str| {
        let limits = limits.json["tenant"].as_array().unwrap();
        limits.iter().find(|limit| limit["name"] == name).unwrap()["used"].clone()
    };
    assert_eq!((used("agents"), used("channels"), used("customers")), (json!(3), json!(1), json!(0)));
}

/// Credentials of two tenants do not add up to any.
#[tokio::test]
async fn credentials_of_two_tenants_are_none() {
    let stage = Stage::set_up().await;
    let (ann, twin) = (stage.subject(DEMO, "u-77").await, stage.subject(RIVAL, "u-77").await);
    let poll = "/apiaccess/ccmessaging/poll?wait=0";
    let refused = stage.anybody().get(poll).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let names = ["x-app-key", "authorization", "ccmessaging-token"];
    for mixed in 1..7_u8 {
        // Each of the three is the one's or the other's, but not all of one.
        let mut http = stage.anybody();
        for (place, name) in names.into_iter().enumerate() {
            let of: &Http = if mixed >> place & 1 == 1 { &ann.customer.http } else { &twin.customer.http };
            http = http.with(name, of.header(name).unwrap());
        }
        let answer = http.get(poll).await;
        assert_eq!((answer.status, &answer.text), (refused.status, &refused.text), "{mixed:03b}");
    }
    // An app of one gives no tokens for channels of the other.
    let only = stage.agent(DEMO, "901").await.http;
    let made = only.put("/api/v1/config/channels/only-demo", json!({ "name": "Only" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let rival = stage.app_of(RIVAL).await.http;
    let apply =
        |channel: &str| json!({ "userId": "u-1", "userName": "u-1", "channelId": channel, "locale": "en" });
    let unknown = rival.post("/apiaccess/ccmessaging/applyToken", apply("nowhere")).await;
    let foreign = rival.post("/apiaccess/ccmessaging/applyToken", apply("only-demo")).await;
    assert_eq!((foreign.status, &foreign.text), (unknown.status, &unknown.text));
}

/// What has the same name in both is each one's own.
#[tokio::test]
async fn twins_read_only_what_is_theirs() {
    let stage = Stage::set_up().await;
    let (ann, twin) = (stage.subject(DEMO, "u-77").await, stage.subject(RIVAL, "u-77").await);
    let said = stage.agent(RIVAL, "101").await.say(&twin.conversation, "for the twin alone").await;
    assert_eq!(said.status, StatusCode::CREATED, "{}", said.text);
    let history = |subject: &Subject| {
        let http = subject.customer.http.clone();
        async move {
            let wanted = json!({ "userId": "u-77", "channelId": CHANNEL, "limit": "50", "offset": "0", "channel": "WEB" });
            http.post("/apiaccess/ccmessaging/queryHistoryChatMessage", wanted).await.text
        }
    };
    assert!(history(&twin).await.contains("for the twin alone"));
    assert!(!history(&ann).await.contains("for the twin alone"));
    assert!(!ann.customer.drain_texts().await.contains(&"for the twin alone".to_owned()));
    // Agents of the same name hear of their own customers only.
    for (tenant, foreign) in [(DEMO, &twin), (RIVAL, &ann)] {
        let http = stage.agent(tenant, "101").await.http;
        for path in ["/api/v1/agent/feed", "/api/v1/agent/conversations?scope=mine", "/api/v1/agent/tickets"]
        {
            let seen = http.get(path).await.text;
            for secret in [&foreign.conversation, &foreign.ticket, &foreign.call] {
                assert!(!seen.contains(secret.as_str()), "{path} of {tenant}: {seen}");
            }
        }
        // Nor is what is theirs taken as anything of one's own.
        let sent = json!({ "mediaType": "IMAGE", "content": foreign.file });
        let own = if tenant == DEMO { &ann } else { &twin };
        let path = format!("/api/v1/agent/conversations/{}/messages", own.conversation);
        assert_eq!(http.post(&path, sent).await.status, StatusCode::BAD_REQUEST);
        let file = http.get(&format!("/api/v1/files/{}", foreign.file)).await;
        assert!(file.status == StatusCode::NOT_FOUND && !file.text.contains(PNG), "{}", file.text);
    }
    let queue = json!({ "userId": "u-77", "channelConfigId": CHANNEL, "channel": "WEB" });
    let place = twin.customer.http.post("/apiaccess/ccmessaging/queryQueueInfo", queue).await;
    assert!(!text(&json!(place.text)).contains(PRIVATE_WORDS));
}

/// Records without what they name as their target.
fn without_targets(text: &str) -> String {
    let mut pieces = text.split("\"target\":{");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |told, piece| told + piece.split_once('}').map_or("", |(_, rest)| rest))
}
