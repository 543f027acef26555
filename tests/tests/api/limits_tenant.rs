//! What a tenant may have in all.

use std::time::Duration;

use frontdesk_core::limit::Numbers;
use frontdesk_server::admin::AdminCommand;
use frontdesk_server::limit::LimitsConfig;
use frontdesk_server::limit::config::{AddressLimits, CallerLimits, TenantDefaults};
use frontdesk_tests::kit::receivers::{Socket, Wish};
use frontdesk_tests::kit::{
    Agent, Answer, CHANNEL, Reply, Server, ServerOptions, WebHook, eventually, signed_push,
};
use serde_json::{Value, json};

/// Nothing but a default and a maximum for tenants.
fn tenants(default: Numbers, most: Numbers) -> LimitsConfig {
    let none = CallerLimits::default();
    LimitsConfig {
        burst_seconds: 1,
        customer: none,
        app: none,
        address: AddressLimits::default(),
        tenant: TenantDefaults { default, most },
        ..LimitsConfig::default()
    }
}

async fn server(default: Numbers) -> Server {
    let limits = Some(tenants(default, Numbers::default()));
    Server::start_with(ServerOptions { limits, ..ServerOptions::default() }).await
}

async fn administrator(server: &Server) -> Agent {
    server.agent("901").await
}

/// Where a limit stands: what it allows, and what is used.
async fn state(admin: &Agent, name: &str) -> (Value, u64) {
    let answer = admin.http.get("/api/v1/limits").await;
    let limits = answer.json["tenant"].as_array().cloned().unwrap_or_default();
    let found = limits.into_iter().find(|limit| limit["name"] == name).expect("a limit");
    (found["most"].clone(), found["used"].as_u64().unwrap())
}

fn reached(answer: &Answer) -> (u16, &str, Value) {
    assert_eq!(answer.headers.get("retry-after"), None, "waiting does not help");
    (answer.status.as_u16(), answer.json["code"].as_str().unwrap_or_default(), answer.json["limit"].clone())
}

#[tokio::test]
async fn a_new_customer_beyond_the_limit_is_refused_and_a_known_one_never() {
    let server = server(Numbers { customers: 2, ..Numbers::default() }).await;
    let app = server.app().await;
    let known = app.customer("u-1", "en").await;
    app.customer("u-2", "en").await;
    let apply =
        |user: &str| json!({ "userId": user, "userName": user, "channelId": CHANNEL, "locale": "en" });
    let refused = app.http.post("/apiaccess/ccmessaging/applyToken", apply("u-3")).await;
    assert_eq!(
        refused.failure(),
        (
            429,
            "LIMIT_REACHED",
            "The limit `tenant.customers` is 2, and it stands at 2. Waiting does not help."
        )
    );
    assert_eq!(refused.headers.get("retry-after"), None);
    let page = json!({ "channelId": CHANNEL, "tenant": "demo" });
    let page = server.anybody().post("/api/v1/widget/session", page).await;
    assert_eq!(
        reached(&page),
        (429, "LIMIT_REACHED", json!({ "name": "tenant.customers", "most": 2, "used": 2 }))
    );
    app.customer("u-1", "en").await;
    known.sends("CONNECT", "").await;
    assert_eq!(state(&administrator(&server).await, "customers").await, (json!(2), 2));
}

#[tokio::test]
async fn storage_is_counted_and_refused_when_it_is_full_also_after_a_restart() {
    let server = server(Numbers { storage_bytes: 20_000, ..Numbers::default() }).await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let admin = administrator(&server).await;
    let (_, before) = state(&admin, "storage_bytes").await;
    let bytes = vec![b'x'; 15_000];
    let pdf = [b"%PDF-1.7 ".as_slice(), &bytes].concat();
    let upload = admin.http.request(reqwest::Method::POST, "/api/v1/files").body(pdf.clone());
    let stored = admin.http.send(upload).await;
    assert_eq!(stored.status, 201, "{}", stored.text);
    let (_, after) = state(&admin, "storage_bytes").await;
    assert_eq!(after - before, pdf.len() as u64);
    let mut sent = 0;
    let refused = loop {
        let answer = customer.send("CHAT", &"y".repeat(1_000)).await;
        if answer.status != 200 {
            break answer;
        }
        sent += 1;
        assert!(sent < 10, "it is never full");
    };
    assert_eq!(refused.failure().1, "LIMIT_REACHED");
    assert!(refused.failure().2.contains("`tenant.storage_bytes` is 20000"), "{}", refused.text);
    let upload = admin.http.request(reqwest::Method::POST, "/api/v1/files").body(pdf);
    assert_eq!(admin.http.send(upload).await.problem(), (429, "LIMIT_REACHED", None));
    // What is there can be read.
    assert_eq!(customer.poll_with("wait=0").await.code(), "0");
    let (_, full) = state(&admin, "storage_bytes").await;
    let server = server.restart().await;
    let admin = administrator(&server).await;
    assert_eq!(state(&admin, "storage_bytes").await, (json!(20_000), full));
}

#[tokio::test]
async fn agents_and_channels_beyond_the_limit_are_refused_and_those_there_can_be_changed() {
    let server = server(Numbers { agents: 7, channels: 2, ..Numbers::default() }).await;
    let admin = administrator(&server).await;
    let (_, agents) = state(&admin, "agents").await;
    for number in agents..7 {
        let made =
            admin.http.put(&format!("/api/v1/config/agents/5{number}"), json!({ "nickname": "Z" })).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let refused = admin.http.put("/api/v1/config/agents/600", json!({ "nickname": "Zoe" })).await;
    assert_eq!(
        reached(&refused),
        (429, "LIMIT_REACHED", json!({ "name": "tenant.agents", "most": 7, "used": 7 }))
    );
    let changed = admin.http.patch("/api/v1/config/agents/101", json!({ "nickname": "Alexa" })).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let made = admin.http.put("/api/v1/config/channels/second", json!({ "name": "Second" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let refused = admin.http.put("/api/v1/config/channels/third", json!({ "name": "Third" })).await;
    assert_eq!(refused.json["limit"]["name"], "tenant.channels", "{}", refused.text);
    assert_eq!(admin.http.delete("/api/v1/config/channels/second").await.status, 204);
    let made = admin.http.put("/api/v1/config/channels/third", json!({ "name": "Third" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

#[tokio::test]
async fn messages_of_customers_and_agents_count_together() {
    let server = server(Numbers { messages_per_second: 4, ..Numbers::default() }).await;
    server.clock.stop();
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.only_conversation().await;
    server.clock.advance(Duration::from_mins(1));
    for _ in 0..2 {
        customer.sends("CHAT", "Where is my order?").await;
        assert_eq!(agent.say(&conversation, "On its way").await.status, 201);
    }
    assert_eq!(state(&administrator(&server).await, "messages_per_second").await, (json!(4), 4));
    let refused = agent.say(&conversation, "Really").await;
    assert_eq!(refused.problem(), (429, "RATE_LIMITED", None), "{}", refused.text);
    assert_eq!(refused.json["limit"]["name"], "tenant.messages_per_second");
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(customer.send("CHAT", "Hello?").await.failure().1, "RATE_LIMITED");
    server.clock.advance(Duration::from_secs(1));
    customer.sends("CHAT", "Hello?").await;
}

#[tokio::test]
async fn held_polls_and_streams_of_a_tenant_are_limited() {
    let server = server(Numbers { connections: 2, ..Numbers::default() }).await;
    let admin = administrator(&server).await;
    let ann = Socket::open(&server.customer("u-1").await, &Wish::default()).await.ok().unwrap();
    let ben = Socket::open(&server.customer("u-2").await, &Wish::default()).await.ok().unwrap();
    assert_eq!(state(&admin, "connections").await, (json!(2), 2));
    let refused = server.customer("u-3").await.poll_with("wait=0").await;
    assert_eq!(refused.failure().1, "RATE_LIMITED");
    assert_eq!(refused.headers["retry-after"], "5");
    let feed = admin.http.get("/api/v1/agent/feed").await;
    assert_eq!(feed.json["limit"]["name"], "tenant.connections", "{}", feed.text);
    drop((ann, ben));
    eventually("places", async || (state(&admin, "connections").await.1 == 0).then_some(())).await;
    server.customer("u-3").await.drain().await;
}

#[tokio::test]
async fn so_many_push_requests_of_a_tenant_are_under_way() {
    const TAKES: Duration = Duration::from_millis(200);
    let server = server(Numbers { push_lanes: 2, ..Numbers::default() }).await;
    let hook = WebHook::start().await;
    hook.answers(|_| Reply { after: TAKES, ..Reply::ok() });
    server.change_channel(|channel| channel.push = Some(Box::new(signed_push(&hook.url())))).await;
    for user in 0..6 {
        server.customer(&format!("u-{user}")).await.sends("CONNECT", "").await;
    }
    let admin = administrator(&server).await;
    hook.wait("six calls", |hook| hook.calls().len() >= 6).await;
    let mut calls: Vec<_> = hook.calls().iter().map(|call| call.at).collect();
    calls.sort();
    for (earlier, later) in calls.iter().zip(calls.iter().skip(2)) {
        assert!(later.duration_since(*earlier) >= TAKES, "a third came before the first was answered");
    }
    assert_eq!(state(&admin, "push_lanes").await.0, 2);
}

#[tokio::test]
async fn the_operator_grants_and_the_administrator_sees() {
    let default = Numbers { agents: 20, ..Numbers::default() };
    let most = Numbers { agents: 50, ..Numbers::default() };
    let limits = Some(tenants(default, most));
    let server = Server::start_with(ServerOptions { limits, ..ServerOptions::default() }).await;
    let admin = administrator(&server).await;
    assert_eq!(state(&admin, "agents").await.0, 20);
    assert_eq!(state(&admin, "channels").await.0, Value::Null, "no limit");
    // What is not theirs to say.
    for change in [json!({ "agents": 30 }), json!({ "agents": 10 }), json!({ "customers": 0 })] {
        let refused = admin.http.patch("/api/v1/config/tenants/demo", json!({ "limits": change })).await;
        assert_eq!(refused.problem(), (400, "BODY_INVALID", Some("limits")), "{}", refused.text);
    }
    let grant = async |agents: Value| {
        let change = json!({ "limits": { "agents": agents } });
        let set =
            AdminCommand::Set { tenant: "demo".into(), kind: "tenant".into(), id: "demo".into(), change };
        server.admin(set).await.unwrap();
    };
    grant(json!(30)).await;
    assert_eq!(state(&admin, "agents").await.0, 30);
    let answer = admin.http.get("/api/v1/limits").await;
    let agents =
        answer.json["tenant"].as_array().unwrap().iter().find(|limit| limit["name"] == "agents").cloned();
    assert_eq!(agents.unwrap()["source"], "tenant");
    let shown = admin.http.get("/api/v1/config/tenants/demo").await;
    assert_eq!(shown.json["item"]["limits"], json!({ "agents": 30 }));
    // What was read can be written back.
    let back = admin.http.put("/api/v1/config/tenants/demo", shown.json["item"].clone()).await;
    assert_eq!(back.status, 200, "{}", back.text);
    grant(json!(1_000)).await;
    assert_eq!(state(&admin, "agents").await.0, 50, "never more than the most");
    grant(Value::Null).await;
    assert_eq!(state(&admin, "agents").await.0, 20);
}

#[tokio::test]
async fn own_wording_is_set_by_language_and_what_is_unknown_is_named() {
    let server = Server::start().await;
    let admin = administrator(&server).await;
    let put = async |texts: Value| {
        admin.http.put("/api/v1/config/tenants/demo", json!({ "locale": "zh", "texts": texts })).await
    };
    let own = json!({ "en": { "transfer-to-agent": "One moment" }, "zh": { "transfer-to-agent": "请稍等" } });
    let set = put(own.clone()).await;
    assert_eq!((set.status.as_u16(), &set.json["item"]["texts"]), (200, &own), "{}", set.text);
    server.online("101").await;
    let told = async |user: &str, locale: &str| {
        let customer = server.app().await.customer(user, locale).await;
        customer.sends("CONNECT", "").await;
        customer.sends("TRANS2AGENT", "").await;
        customer.drain_texts().await[1].clone()
    };
    assert_eq!(told("u-1", "en").await, "One moment");
    assert_eq!(told("u-2", "zh_CN").await, "请稍等");
    assert_eq!(
        told("u-3", "tlh").await,
        "请稍等",
        "in the tenant's language, as there is none of the customer's"
    );
    for (texts, field) in [
        (json!({ "en": { "queueing": "?" } }), "texts.en"),
        (json!({ "en_US": { "queuing": "?" } }), "texts.en_US"),
        (json!({ "en": { "queuing": "" } }), "texts.en.queuing"),
        (json!({ "en": { "queue-place": "{who}" } }), "texts.en.queue-place"),
    ] {
        let refused = put(texts.clone()).await;
        let at = refused.json["field"].as_str().unwrap_or_default();
        assert!(refused.status == 400 && at.starts_with(field), "{texts}: {}", refused.text);
    }
    let cleared = admin.http.patch("/api/v1/config/tenants/demo", json!({ "texts": null })).await;
    assert_eq!(cleared.json["item"].get("texts"), None, "{}", cleared.text);
}

#[tokio::test]
async fn a_file_cannot_give_a_tenant_more_than_the_operator_grants() {
    let server = server(Numbers { channels: 2, ..Numbers::default() }).await;
    let admin = administrator(&server).await;
    let file = admin.http.get("/api/v1/config-file").await.text;
    let apply = async |more: &[&str]| {
        let sections = more.iter().map(|id| format!("\n[channels.{id}]\nname = \"{id}\"\n"));
        let text = sections.fold(file.clone(), |file, section| file + &section);
        let request = admin.http.request(reqwest::Method::POST, "/api/v1/config-file");
        admin.http.send(request.header("content-type", "application/toml").body(text)).await
    };
    let refused = apply(&["second", "third"]).await;
    assert_eq!(refused.json["limit"]["name"], "tenant.channels", "{}", refused.text);
    assert_eq!(state(&admin, "channels").await.1, 1, "all of it or nothing");
    let applied = apply(&["second"]).await;
    assert_eq!(applied.status, 200, "{}", applied.text);
    assert_eq!(state(&admin, "channels").await.1, 2);
}
