//! Whoever tries names learns nothing of who and what there is: the answers are the same, and so is the work that is
//! done for them, which is what they take time for. Work is counted: passwords that are hashed, and calls of the store.

use std::collections::BTreeMap;

use frontdesk_core::access::{AccessScope, BuiltInRole};
use frontdesk_tests::kit::{Answer, CHANNEL, Http};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::stage::{DEMO, RIVAL, Stage};

/// A way in that asks for credentials.
struct Way {
    name: &'static str,
    /// One request for each pair of names; the first is of somebody that there is.
    tries: Vec<(Method, String, Value)>,
}

/// Requests with credentials that are not right, for names that there are and names that there are not.
fn ways() -> Vec<Way> {
    let login = |tenant: &str, agent: &str| {
        let body = json!({ "tenant": tenant, "agentId": agent, "password": "not the right one" });
        (Method::POST, "/api/v1/agent/login".to_owned(), body)
    };
    let desk = |agent: &str| {
        let path = format!("/agentgateway/resource/onlineagent/{agent}");
        let body = json!({
            "password": "not the right one", "phonenum": "88880022", "status": "4", "releasephone": "true",
            "agenttype": "4",
        });
        (Method::PUT, path, body)
    };
    let token = |key: &str| {
        let body = json!({ "app_key": key, "app_secret": "not the right one" });
        (Method::POST, "/apigovernance/api/oauth/tokenByAkSk".to_owned(), body)
    };
    vec![
        Way {
            name: "people",
            tries: vec![login(DEMO, "102"), login(DEMO, "999"), login(DEMO, "110"), login(DEMO, "111")],
        },
        Way { name: "desks", tries: vec![desk("102"), desk("999"), desk("110"), desk("111")] },
        Way { name: "apps", tries: vec![token("demo-app"), token("no-app"), token("rival-app")] },
    ]
}

/// People who cannot sign in with a password, each for another reason.
async fn add_who_cannot(stage: &Stage) {
    let role = BuiltInRole::Agent.id();
    stage.put_people(Vec::new(), &[("110".to_owned(), role, AccessScope::default())]).await;
    let administrator = stage.agent(DEMO, "901").await.http;
    let path = "/api/v1/config/agents/111";
    let made = administrator.put(path, json!({ "nickname": "Gone", "password": "a fine password" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let gone = administrator.patch(path, json!({ "deactivated": true })).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
}

async fn ask(http: &Http, (method, path, body): &(Method, String, Value)) -> Answer {
    let request = http.request(method.clone(), path);
    http.send(if body.is_null() { request } else { request.json(body) }).await
}

/// What an answer tells, and what it took.
async fn told(
    stage: &Stage,
    http: &Http,
    attempt: &(Method, String, Value),
) -> (StatusCode, String, BTreeMap<&'static str, u64>) {
    stage.server.store.take_calls();
    let answer = ask(http, attempt).await;
    (answer.status, answer.text, calls(stage))
}

/// What was asked of the store for a request. What runs by itself beside it is left out.
fn calls(stage: &Stage) -> BTreeMap<&'static str, u64> {
    const BESIDE: [&str; 35] = [
        "abandoned",
        "advance",
        "agent_states",
        "append_audit",
        "due",
        "end_wrap_ups",
        "erased_blobs",
        "expire_offers",
        "finish_erasing",
        "finish_intent",
        "go_on_rebuilding",
        "heads",
        "heard",
        "index",
        "keep_folded",
        "last_answered",
        "last_said",
        "last_seen",
        "learn",
        "live",
        "live_queues",
        "looked_at",
        "mark_seen",
        "marked_logs",
        "next_routing_due",
        "offer_news",
        "pending",
        "pending_intents",
        "queues_to_look_at",
        "remove_old",
        "stale_claims",
        "stale_reservations",
        "unheard",
        "use_definitions",
        "waiting_queues",
    ];
    let calls = stage.server.store.take_calls().into_iter();
    calls.filter(|(name, _)| !BESIDE.contains(name)).collect()
}

#[tokio::test]
async fn names_that_there_are_not_take_the_same_work() {
    let stage = Stage::set_up().await;
    add_who_cannot(&stage).await;
    let nobody = stage.anybody();
    for way in ways() {
        let first = told(&stage, &nobody, &way.tries[0]).await;
        for attempt in &way.tries[1..] {
            let other = told(&stage, &nobody, attempt).await;
            assert_eq!(other, first, "{}: {attempt:?}", way.name);
        }
    }
}

/// Hashing is what takes long. Where it is not possible at all, every one of them fails for that alone: so each is hashed.
#[tokio::test]
async fn a_password_is_hashed_whosever_it_is_said_to_be() {
    let stage = Stage::set_up().await;
    add_who_cannot(&stage).await;
    let nobody = stage.anybody();
    stage.server.parts.hashing.close();
    let mut ways = ways();
    let foreign = json!({ "tenant": "nowhere", "agentId": "102", "password": "not the right one" });
    ways[0].tries.push((Method::POST, "/api/v1/agent/login".to_owned(), foreign));
    for way in &ways[..2] {
        for attempt in &way.tries {
            let answer = ask(&nobody, attempt).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{attempt:?}: {}", answer.text);
        }
    }
}

/// What is configured has names that can be guessed. What has a name in another tenant only looks like nothing, and is
/// looked for in the same way.
#[tokio::test]
async fn names_of_another_tenant_take_the_same_work_as_none() {
    let stage = Stage::set_up().await;
    let own = stage.agent(DEMO, "901").await.http;
    let kinds = [
        ("queues", json!({ "name": "Only" })),
        ("channels", json!({ "name": "Only" })),
        ("robots", json!({ "nickname": "Only" })),
        ("agents", json!({ "nickname": "Only" })),
    ];
    for (kind, body) in kinds {
        let made = own.put(&format!("/api/v1/config/{kind}/only-demo"), body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    }
    let made = own.put("/api/v1/knowledge/only-demo", json!({ "name": "Only" })).await;
    assert!(made.status.is_success(), "{}", made.text);
    let rival = stage.agent(RIVAL, "901").await.http;
    let of = |name: &str| {
        let get = |path: String| (Method::GET, path, Value::Null);
        let mut tries: Vec<_> = ["queues", "channels", "robots", "agents"]
            .into_iter()
            .flat_map(|kind| {
                let path = format!("/api/v1/config/{kind}/{name}");
                [get(path.clone()), (Method::DELETE, path.clone(), Value::Null)]
            })
            .collect();
        tries.extend([
            get(format!("/api/v1/agents/{name}/sessions")),
            (Method::DELETE, format!("/api/v1/agents/{name}/sessions"), Value::Null),
            (Method::DELETE, format!("/api/v1/agents/{name}/totp"), Value::Null),
            (Method::PUT, format!("/api/v1/agents/{name}/status"), json!({ "status": "away" })),
            get(format!("/api/v1/push/{name}/deliveries")),
            (Method::POST, format!("/api/v1/push/{name}/pause"), Value::Null),
            get(format!("/api/v1/knowledge/{name}")),
            get(format!("/api/v1/knowledge/{name}/groups")),
            get(format!("/api/v1/knowledge/{name}/versions")),
            (Method::POST, format!("/api/v1/knowledge/{name}/ask"), json!({ "question": "Where?" })),
        ]);
        tries
    };
    let (foreign, unknown) = (of("only-demo"), of("only-none"));
    for (foreign, unknown) in foreign.iter().zip(&unknown) {
        let (status, text, calls) = told(&stage, &rival, foreign).await;
        let text = text.replace("only-demo", "only-none");
        assert_eq!((status, text, calls), told(&stage, &rival, unknown).await, "{foreign:?}");
    }
}

/// Whether a refusal is recorded, and in whose log, depends on what there is. So it is recorded behind the answer.
#[tokio::test]
async fn no_refusal_is_recorded_before_it_is_answered() {
    let stage = Stage::set_up().await;
    let (nobody, alex) = (stage.anybody(), stage.agent(DEMO, "101").await.http);
    // From the first one on, nothing that is written beside the requests comes to its end.
    let recorded = stage.server.store.hold_back("append_audit");
    alex.put("/api/v1/config/queues/mine", json!({ "name": "Mine" })).await;
    recorded.reached().await;
    stage.server.store.take_calls();
    let mut answered = 0;
    for way in ways() {
        for attempt in &way.tries {
            ask(&nobody, attempt).await;
            answered += 1;
        }
    }
    let boss = stage.agent(RIVAL, "901").await.http;
    for path in ["/api/v1/agents/102/totp", "/api/v1/agents/none/totp", "/api/v1/keys/none"] {
        boss.delete(path).await;
        alex.delete(path).await;
        answered += 2;
    }
    let calls = stage.server.store.take_calls();
    assert_eq!(calls.get("append_audit"), None, "{answered} were answered: {calls:?}");
    recorded.open();
    // Whoever reads the log finds everything that was refused before.
    let boss = stage.agent(DEMO, "901").await.http;
    let log = boss.get("/api/v1/audit?limit=1000").await;
    let codes: Vec<(&str, &str)> = log.json["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| (record["action"].as_str().unwrap(), record["code"].as_str().unwrap_or_default()))
        .collect();
    for wanted in [
        ("config.change", "FORBIDDEN"),
        ("agent.sign_in", "UNAUTHORIZED"),
        ("agent.sign_in", "100-004"),
        ("app.sign_in", "UNAUTHORIZED"),
        ("totp.reset", "FORBIDDEN"),
    ] {
        assert!(codes.contains(&wanted), "{wanted:?} is not in {codes:?}");
    }
}

/// What anybody may ask without credentials.
#[tokio::test]
async fn strangers_learn_of_no_tenant_and_no_channel() {
    let stage = Stage::set_up().await;
    let nobody = stage.anybody();
    let ways = |tenant: &str| (Method::GET, format!("/api/v1/signin/{tenant}"), Value::Null);
    let (known, unknown) =
        (told(&stage, &nobody, &ways(DEMO)).await, told(&stage, &nobody, &ways("nowhere")).await);
    assert_eq!(known, unknown);
    let visit = |channel: &str, tenant: Option<&str>| {
        let body = json!({ "channelId": channel, "tenant": tenant });
        (Method::POST, "/api/v1/widget/session".to_owned(), body)
    };
    let none = told(&stage, &nobody, &visit("none", Some(DEMO))).await;
    for other in [visit("none", None), visit("none", Some("nowhere")), visit(CHANNEL, Some("nowhere"))] {
        assert_eq!(told(&stage, &nobody, &other).await, none, "{other:?}");
    }
}
