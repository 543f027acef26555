//! What one caller holds of another's: identifiers that leaked open nothing.

use frontdesk_server::router::{Access, Family, Route, routes};
use frontdesk_tests::kit::{Answer, CHANNEL, Http, eventually};
use reqwest::StatusCode;
use serde_json::json;

use super::every_route::least;
use super::examples::{Example, example};
use super::stage::{DEMO, PNG, PRIVATE_WORDS, RIVAL, Stage, Subject, text};

/// Fails if an answer shows anything of somebody's.
pub(super) fn shows_nothing(answer: &Answer, subject: &Subject, what: &str) {
    for secret in [PRIVATE_WORDS, PNG, subject.call.as_str(), subject.conversation.as_str()] {
        assert!(!answer.text.contains(secret), "{what} shows {secret}: {}", answer.text);
    }
}

fn customer_routes(subject: &Subject) -> Vec<(String, Example)> {
    let of_customers = routes().into_iter().filter(|route| route.access == Access::Customer);
    of_customers
        .map(|route| {
            let example = example(&route.method, route.path, subject);
            (format!("{} {}", route.method, route.path), example)
        })
        .collect()
}

#[tokio::test]
async fn another_customer_of_the_same_tenant() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    let ben = stage.app_of(DEMO).await.customer("ben", "en").await;
    assert_eq!(ben.send("CONNECT", "").await.code(), "0");
    let before = stage.log_of(&ann).await;
    for (what, example) in customer_routes(&ann) {
        let answer = example.send(&ben.http).await;
        shows_nothing(&answer, &ann, &what);
        if example.names(&ann.customer.user) {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}: {}", answer.text);
            assert_eq!(answer.json["errorCode"], "RECEIVER_MISMATCH", "{what}");
        } else if example.body["cursor"] == ann.cursor.as_str() {
            assert_eq!(answer.json["errorCode"], "CURSOR_INVALID", "{what}");
        } else {
            assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.text);
        }
    }
    assert_eq!(stage.log_of(&ann).await, before, "ben wrote into ann's log");
    // What ann has not received yet is still hers, all of it.
    assert_eq!(
        ann.customer.drain_texts().await,
        ["Welcome,welcome", "Transfer to manual labor", "Connected Agent", "an agent's words"]
    );
}

#[tokio::test]
async fn a_file_of_another_customer_looks_like_none() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    let ben = stage.subject(DEMO, "ben").await;
    let rivals_ann = stage.subject(RIVAL, "u-77").await;
    let fetch = |http: Http, file: String| async move {
        let body = json!({ "fileId": file, "channel": "WEB", "fileType": "png" });
        http.post("/apiaccess/ccmessaging/downloadFileStream", body).await
    };
    let own = fetch(ann.customer.http.clone(), ann.file.clone()).await;
    assert_eq!((own.code(), own.json["fileStream"].as_str()), ("0", Some(PNG)));
    let none = fetch(ben.customer.http.clone(), "made-up".to_owned()).await;
    assert_eq!(none.code(), "401");
    for (name, other) in [("ben", &ben), ("another tenant's ann", &rivals_ann)] {
        for file in [ann.file.clone(), format!("local/{}", ann.file), ann.conversation.clone()] {
            let answer = fetch(other.customer.http.clone(), file).await;
            assert_eq!((answer.status, &answer.text), (none.status, &none.text), "{name}");
        }
    }
    // Having it in a message of one's own opens it neither.
    let message = json!({
        "channel": "WEB", "from": "ben", "to": CHANNEL, "sourceType": "CUSTOMER",
        "mediaType": "IMAGE", "controlType": "CHAT", "content": ann.file,
    });
    ben.customer.http.post("/apiaccess/ccmessaging/send", message).await;
    let answer = fetch(ben.customer.http.clone(), ann.file.clone()).await;
    assert_eq!(answer.text, none.text);
}

#[tokio::test]
async fn a_customer_of_the_same_name_in_another_tenant() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    let before = stage.log_of(&ann).await;
    let other = stage.app_of(RIVAL).await.customer("u-77", "en").await;
    for (what, example) in customer_routes(&ann) {
        shows_nothing(&example.send(&other.http).await, &ann, &what);
    }
    assert_eq!(other.drain_texts().await, [] as [&str; 0]);
    assert_eq!(stage.log_of(&ann).await, before, "one ann wrote into the other's log");
}

#[tokio::test]
async fn a_conversation_of_another_tenant_looks_like_none_to_an_app() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    let (own, rival) = (stage.app_of(DEMO).await.http, stage.app_of(RIVAL).await.http);
    let who = "/apiaccess/rest/workbench/v1/getUserInfoBycallId";
    let ask = |tenant: &str, call: &str| json!({ "callId": call, "userId": "u-77", "tenantId": tenant });
    let found = own.post(who, ask(DEMO, &ann.call)).await;
    assert_eq!((found.status, &found.json["userId"]), (StatusCode::OK, &json!("u-77")));
    let unknown = rival.post(who, ask(RIVAL, "1700000000-1")).await;
    let foreign = rival.post(who, ask(RIVAL, &ann.call)).await;
    assert_eq!((foreign.status, &foreign.text), (unknown.status, &unknown.text));
    let posing = rival.post(who, ask(DEMO, &ann.call)).await;
    assert_eq!(posing.status, StatusCode::BAD_REQUEST, "{}", posing.text);

    let rated = "/apiaccess/rest/cc-management/v1/satisfaction/query";
    let ask = |call: &str| json!({ "callId": call, "beginTime": 0, "endTime": 4_000_000_000_000_i64 });
    let rate = json!({
        "channel": "WEB", "userId": "u-77", "evaluation": "5", "comment": "", "channelConfigId": CHANNEL,
    });
    let kept = ann.customer.http.post("/apiaccess/ccmessaging/saveSatisfaction", rate).await;
    assert_eq!(own.post(rated, ask(&ann.call)).await.json["returnCode"], kept.json["resultCode"]);
    let unknown = rival.post(rated, ask("1700000000-1")).await;
    assert_eq!(rival.post(rated, ask(&ann.call)).await.text, unknown.text);
}

/// Routes that name something of a customer's in their path. The others name what is configured of the caller's own
/// tenant, or a file of a page.
pub(super) fn routes_about_a_conversation() -> impl Iterator<Item = Route> {
    let of_tenant = |path: &str| {
        [
            "/api/v1/push/",
            "/api/v1/config/",
            "/api/v1/agents/",
            "/api/v1/reports/",
            "/api/v1/keys/",
            "/api/v1/sessions/",
            "/api/v1/knowledge/",
        ]
        .iter()
        .any(|of| path.starts_with(of))
    };
    // The agent gateway's paths name their agent; what they name of customers is in the test after the next.
    let named = move |route: &Route| {
        let is_native = route.access.family() == Family::Native && !route.access.is_open();
        route.path.contains('{') && !of_tenant(route.path) && is_native
    };
    routes().into_iter().filter(named)
}

#[tokio::test]
async fn a_conversation_of_others_looks_like_none_to_an_agent() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    let none = Subject {
        tenant: DEMO,
        customer: ann.customer.clone(),
        call: String::new(),
        conversation: "made-up".to_owned(),
        file: "made-up".to_owned(),
        message: "made-up".to_owned(),
        ticket: "made-up".to_owned(),
        profile: "made-up".to_owned(),
        other_profile: "made-up".to_owned(),
        merged_profile: "made-up".to_owned(),
        cursor: String::new(),
    };
    // As an identifier of one kind is none of another.
    let mixed_up = Subject {
        tenant: DEMO,
        customer: ann.customer.clone(),
        call: String::new(),
        conversation: ann.file.clone(),
        file: ann.conversation.clone(),
        message: ann.file.clone(),
        ticket: ann.conversation.clone(),
        profile: ann.conversation.clone(),
        other_profile: ann.conversation.clone(),
        merged_profile: ann.conversation.clone(),
        cursor: String::new(),
    };
    let search = "/api/v1/search?q=zebra";
    let own = stage.agent(DEMO, "101").await.http;
    eventually("what ann said in the index", async || {
        own.get(search).await.text.contains(PRIVATE_WORDS).then_some(())
    })
    .await;
    let before = stage.log_of(&ann).await;
    let strangers = [(RIVAL, "101"), (RIVAL, "901"), (DEMO, "103")];
    for (tenant, agent) in strangers {
        let http = stage.agent(tenant, agent).await.http;
        for route in routes_about_a_conversation() {
            if tenant == DEMO && route.path.contains("{key}") {
                // Files are for everybody who works for the tenant.
                continue;
            }
            let what = format!("{} {} by {agent} of {tenant}", route.method, route.path);
            let foreign = example(&route.method, route.path, &ann).send(&http).await;
            let unknown = example(&route.method, route.path, &none).send(&http).await;
            let may_call = agent == "901" || least(&route) == "101";
            let refusal = if may_call { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
            assert_eq!(unknown.status, refusal, "{what}: {}", unknown.text);
            assert_eq!((foreign.status, &foreign.text), (unknown.status, &unknown.text), "{what}");
        }
        for scope in ["", "?scope=waiting", "?scope=all"] {
            let list = http.get(&format!("/api/v1/agent/conversations{scope}")).await;
            shows_nothing(&list, &ann, scope);
        }
        shows_nothing(&http.get("/api/v1/agent/tickets").await, &ann, "tickets");
        shows_nothing(&http.get("/api/v1/agent/feed").await, &ann, "feed");
        shows_nothing(&http.get(search).await, &ann, "search");
        let within = http.get(&format!("/api/v1/search?q=zebra in:{}", ann.conversation)).await;
        assert!(!within.text.contains("zebra-4711"), "search in ann's conversation: {}", within.text);
        for query in ["", "?q=u-77", "?userId=u-77"] {
            let list = http.get(&format!("/api/v1/customers{query}")).await;
            assert!(!list.text.contains(&ann.profile), "{query}: {}", list.text);
        }
    }
    for route in routes_about_a_conversation() {
        let own = stage.agent(DEMO, least(&route)).await.http;
        let answer = example(&route.method, route.path, &mixed_up).send(&own).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} {}", route.method, route.path);
    }
    assert_eq!(stage.log_of(&ann).await, before, "a stranger changed a conversation");
}

#[tokio::test]
async fn a_call_of_others_looks_like_none_to_a_desk_of_the_gateway() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    let before = stage.log_of(&ann).await;
    let of_calls = |body: &str, path: &str| body.contains(&ann.call) || path.contains(&ann.call);
    let mut looked_at = 0;
    for route in routes().into_iter().filter(|route| route.access == Access::GatewayAgent) {
        let foreign = example(&route.method, route.path, &ann);
        if !of_calls(&foreign.body.to_string(), &foreign.path) {
            continue;
        }
        looked_at += 1;
        let unknown = Subject { call: "1700000000-1".to_owned(), ..subject_like(&ann) };
        let unknown = example(&route.method, route.path, &unknown);
        let desk = stage.gateway_desk(RIVAL, "101").await;
        let (foreign, unknown) = (foreign.send(&desk).await, unknown.send(&desk).await);
        let what = format!("{} {}", route.method, route.path);
        assert_ne!(foreign.json["retcode"], "0", "{what}");
        assert_eq!(foreign.text, unknown.text, "{what}");
        shows_nothing(&foreign, &ann, &what);
    }
    assert!(looked_at >= 5, "{looked_at} routes name a call");
    assert_eq!(stage.log_of(&ann).await, before, "a stranger changed a conversation");
}

fn subject_like(other: &Subject) -> Subject {
    Subject {
        tenant: other.tenant,
        customer: other.customer.clone(),
        call: other.call.clone(),
        conversation: other.conversation.clone(),
        file: other.file.clone(),
        message: other.message.clone(),
        ticket: other.ticket.clone(),
        profile: other.profile.clone(),
        other_profile: other.other_profile.clone(),
        merged_profile: other.merged_profile.clone(),
        cursor: other.cursor.clone(),
    }
}

/// Names of agents say nothing about the tenant: each finds their own, or nobody.
#[tokio::test]
async fn nobody_sees_or_declares_for_agents_of_another_tenant() {
    let stage = Stage::set_up().await;
    let rival = stage.agent(RIVAL, "901").await;
    let away = json!({ "status": "away" });
    assert_eq!(
        rival.http.put("/api/v1/agents/101/status", away.clone()).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(rival.http.put("/api/v1/agents/102/status", away).await.status, StatusCode::NOT_FOUND);
    let sam = stage.agent(DEMO, "201").await;
    let status = |seen: serde_json::Value| seen["status"].clone();
    assert_eq!(
        (status(sam.sees("101").await), status(rival.sees("101").await)),
        (json!("online"), json!("away"))
    );
    let seen = rival.http.get("/api/v1/agents").await;
    assert!(!seen.text.contains("Alex") && !seen.text.contains("\"102\""), "{}", seen.text);
}

#[tokio::test]
async fn a_place_in_one_agents_feed_is_none_in_anothers() {
    let stage = Stage::set_up().await;
    let _ann = stage.subject(DEMO, "u-77").await;
    let own = stage.agent(DEMO, "101").await.http;
    let cursor = text(&own.get("/api/v1/agent/feed").await.json["cursor"]);
    let path = format!("/api/v1/agent/feed?cursor={cursor}");
    assert_eq!(own.get(&path).await.status, StatusCode::OK);
    for (tenant, agent) in [(DEMO, "102"), (DEMO, "901"), (RIVAL, "101")] {
        let answer = stage.agent(tenant, agent).await.http.get(&path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{agent} of {tenant}: {}", answer.text);
        assert_eq!(answer.json["code"], "CURSOR_INVALID", "{}", answer.text);
    }
}

#[tokio::test]
async fn nothing_is_handed_to_another_tenant() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    let rivals = stage.subject(RIVAL, "u-77").await;
    let agent = stage.agent(DEMO, "101").await.http;
    let path = format!("/api/v1/agent/conversations/{}", ann.conversation);
    let before = stage.log_of(&ann).await;
    // 777 works for the other tenant alone.
    let handed = agent.post(&format!("{path}/transfer"), json!({ "agentId": "777" })).await;
    assert_eq!(handed.status, StatusCode::BAD_REQUEST, "{}", handed.text);
    let sent = json!({ "mediaType": "IMAGE", "content": rivals.file });
    let sent = agent.post(&format!("{path}/messages"), sent).await;
    assert_eq!(sent.status, StatusCode::BAD_REQUEST, "{}", sent.text);
    assert_eq!(stage.log_of(&ann).await, before);
    let fetched = ann
        .customer
        .http
        .post(
            "/apiaccess/ccmessaging/downloadFileStream",
            json!({ "fileId": rivals.file, "channel": "WEB", "fileType": "png" }),
        )
        .await;
    assert_eq!(fetched.code(), "401", "{}", fetched.text);
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_name_look_the_same() {
    let stage = Stage::set_up().await;
    let nobody = stage.anybody();
    let token = "/apigovernance/api/oauth/tokenByAkSk";
    let wrong = nobody.post(token, json!({ "app_key": "demo-app", "app_secret": "wrong" })).await;
    let unknown = nobody.post(token, json!({ "app_key": "no-such-app", "app_secret": "demo-secret" })).await;
    let foreign = nobody.post(token, json!({ "app_key": "rival-app", "app_secret": "demo-secret" })).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{}", wrong.text);
    assert_eq!((wrong.status, &wrong.text), (unknown.status, &unknown.text));
    assert_eq!((wrong.status, &wrong.text), (foreign.status, &foreign.text));

    let login = "/api/v1/agent/login";
    let ask = |tenant: &str, agent: &str, password: &str| json!({ "tenant": tenant, "agentId": agent, "password": password });
    let wrong = nobody.post(login, ask(DEMO, "102", "wrong")).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{}", wrong.text);
    for (tenant, agent) in [(DEMO, "999"), ("nowhere", "102"), (RIVAL, "101")] {
        let answer = nobody.post(login, ask(tenant, agent, "demo-102")).await;
        assert_eq!((answer.status, &answer.text), (wrong.status, &wrong.text), "{agent} of {tenant}");
    }
}
