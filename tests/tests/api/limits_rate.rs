//! How often callers may do something. (Peers' pain 24: limits that hit honest users behind one address, or that refuse
//! without saying so.)

use std::time::{Duration, Instant};

use frontdesk_server::limit::LimitsConfig;
use frontdesk_server::limit::config::{AddressLimits, CallerLimits};
use frontdesk_tests::kit::receivers::{Inbox, Receiver as _, Socket, Wish};
use frontdesk_tests::kit::{Answer, CHANNEL, Customer, Raw, Server, ServerOptions, eventually, soon};
use serde_json::json;

const TOKEN: &str = "/apigovernance/api/oauth/tokenByAkSk";
const LOGIN: &str = "/api/v1/agent/login";

/// No limit but what a test sets.
fn none() -> LimitsConfig {
    let (customer, app) = (CallerLimits::default(), CallerLimits::default());
    LimitsConfig {
        burst_seconds: 3,
        customer,
        app,
        address: AddressLimits::default(),
        ..LimitsConfig::default()
    }
}

/// A server whose time stands still, so that allowances do not refill by themselves.
async fn limited(limits: LimitsConfig) -> Server {
    let server = Server::start_with(ServerOptions { limits: Some(limits), ..ServerOptions::default() }).await;
    server.clock.stop();
    server
}

fn of_customers(customer: CallerLimits) -> LimitsConfig {
    LimitsConfig { customer, ..none() }
}

/// Which limit a messaging call was refused for, and when to come back.
fn refusal(answer: &Answer) -> (String, u64) {
    let (status, code, sentence) = answer.failure();
    assert_eq!((status, code), (429, "RATE_LIMITED"), "{}", answer.text);
    let limit = sentence.split('`').nth(1).unwrap().to_owned();
    (limit, answer.headers["retry-after"].to_str().unwrap().parse().unwrap())
}

async fn login(server: &Server, password: &str) -> Answer {
    let body = json!({ "tenant": "demo", "agentId": "101", "password": password });
    server.anybody().post(LOGIN, body).await
}

#[tokio::test]
async fn sends_beyond_the_limit_are_refused_readably_and_go_on_after_the_wait() {
    let server = limited(of_customers(CallerLimits { sends_per_second: 1, ..CallerLimits::default() })).await;
    let (ann, ben) = (server.customer("u-77").await, server.customer("u-78").await);
    for control in ["CONNECT", "INPUT", "INPUT"] {
        ann.sends(control, "").await;
    }
    let refused = ann.send("INPUT", "").await;
    assert_eq!(refusal(&refused), ("customer.sends_per_second".to_owned(), 1));
    assert_eq!(
        refused.failure().2,
        "The limit `customer.sends_per_second` is 1, and it stands at 3. Try again in 1 s."
    );
    // Somebody else is not concerned, and reading neither.
    ben.sends("CONNECT", "").await;
    assert_eq!(ann.drain_texts().await, ["Welcome,welcome"]);
    server.clock.advance(Duration::from_secs(1));
    ann.sends("INPUT", "").await;
    assert_eq!(refusal(&ann.send("INPUT", "").await).0, "customer.sends_per_second");
}

#[tokio::test]
async fn a_poll_beyond_the_limit_is_held_first_and_then_refused() {
    let polls = CallerLimits { polls_per_second: 2, ..CallerLimits::default() };
    let limits = LimitsConfig { burst_seconds: 1, poll_slow_ms: 400, ..of_customers(polls) };
    let server = limited(limits).await;
    let customer = server.customer("u-77").await;
    for _ in 0..2 {
        assert_eq!(customer.poll_with("wait=0").await.code(), "0");
    }
    // The next begins 500 ms too soon, which is more than it is held for.
    assert_eq!(refusal(&customer.poll_with("wait=0").await), ("customer.polls_per_second".to_owned(), 1));
    server.clock.advance(Duration::from_millis(150));
    let begin = Instant::now();
    let held = customer.poll_with("wait=0").await;
    assert_eq!((held.code(), held.messages().len()), ("0", 0));
    assert!(begin.elapsed() >= Duration::from_millis(100), "held for {:?}", begin.elapsed());
}

/// A customer whose next poll that finds nothing is held for about twenty seconds, and its query.
async fn slowed(server: &Server) -> (Customer, String) {
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let mut polled = customer.poll_with("wait=0&cursor=").await;
    for _ in 0..20 {
        polled = customer.poll_with("wait=0&cursor=").await;
        assert_eq!(polled.texts(), ["Welcome,welcome"], "what is there is never held back");
    }
    let next = polled.json["nextCursor"].as_str().unwrap();
    (customer, format!("wait=0&cursor={next}"))
}

async fn very_patient() -> Server {
    let polls = CallerLimits { polls_per_second: 1, ..CallerLimits::default() };
    limited(LimitsConfig { burst_seconds: 1, poll_slow_ms: 50_000, ..of_customers(polls) }).await
}

async fn until_held(server: &Server) {
    eventually("a held poll", async || (server.parts.hub.held_polls() > 0).then_some(())).await;
}

#[tokio::test]
async fn a_slowed_poll_brings_a_message_at_once() {
    let server = very_patient().await;
    let (customer, query) = slowed(&server).await;
    let (polled, ()) = tokio::join!(customer.poll_with(&query), async {
        until_held(&server).await;
        customer.sends("CHAT", "Where is my order?").await;
    });
    assert!(!polled.messages().is_empty(), "{}", polled.text);
}

#[tokio::test]
async fn a_slowed_poll_does_not_hold_up_a_stop() {
    let server = very_patient().await;
    let (customer, query) = slowed(&server).await;
    let (polled, ()) = tokio::join!(customer.poll_with(&query), async {
        until_held(&server).await;
        server.begin_stop();
    });
    assert_eq!((polled.code(), polled.messages().len()), ("0", 0), "{}", polled.text);
    assert!(polled.json["pollAfterMs"].is_number(), "{}", polled.text);
}

#[tokio::test]
async fn an_apps_polls_and_sends_count_for_all_of_its_customers() {
    let app = CallerLimits {
        polls_per_second: 1,
        sends_per_second: 1,
        tokens_per_second: 1,
        ..CallerLimits::default()
    };
    let server = limited(LimitsConfig { app, poll_slow_ms: 0, ..none() }).await;
    let app = server.app().await;
    let mut customers = Vec::new();
    for user in ["u-1", "u-2", "u-3"] {
        customers.push(app.customer(user, "en").await);
    }
    for customer in &customers {
        customer.sends("CONNECT", "").await;
        assert_eq!(customer.poll_with("wait=0").await.code(), "0");
    }
    assert_eq!(refusal(&customers[0].send("INPUT", "").await).0, "app.sends_per_second");
    assert_eq!(refusal(&customers[0].poll_with("wait=0").await).0, "app.polls_per_second");
    let apply = json!({ "userId": "u-4", "userName": "u-4", "channelId": CHANNEL, "locale": "en" });
    let refused = app.http.post("/apiaccess/ccmessaging/applyToken", apply).await;
    assert_eq!(refusal(&refused).0, "app.tokens_per_second");
}

#[tokio::test]
async fn tokens_for_one_customer_are_limited() {
    let tokens = CallerLimits { tokens_per_second: 1, ..CallerLimits::default() };
    let server = limited(of_customers(tokens)).await;
    let app = server.app().await;
    for _ in 0..3 {
        app.customer("u-77", "en").await;
    }
    let apply = json!({ "userId": "u-77", "userName": "u-77", "channelId": CHANNEL, "locale": "en" });
    let refused = app.http.post("/apiaccess/ccmessaging/applyToken", apply).await;
    assert_eq!(refusal(&refused), ("customer.tokens_per_second".to_owned(), 1));
    app.customer("u-78", "en").await;
}

#[tokio::test]
async fn a_websockets_frames_count_too() {
    let limits = CallerLimits { sends_per_second: 1, polls_per_second: 1, ..CallerLimits::default() };
    let server = limited(of_customers(limits)).await;
    let customer = server.customer("u-77").await;
    let mut socket = Socket::open(&customer, &Wish::default()).await.ok().unwrap();
    let mut inbox = Inbox::default();
    for number in 0..6 {
        let body = customer.message(if number == 0 { "CONNECT" } else { "INPUT" }, "");
        socket.say(json!({ "type": "send", "ref": number, "body": body })).await.unwrap();
    }
    while inbox.answers.len() + inbox.errors.len() < 6 {
        soon("an answer", socket.step(&mut inbox)).await.unwrap();
    }
    let refused: Vec<_> = inbox.errors.iter().map(|frame| (&frame["ref"], &frame["code"])).collect();
    let limited = json!("RATE_LIMITED");
    assert_eq!(refused, [(&json!(3), &limited), (&json!(4), &limited), (&json!(5), &limited)]);
}

#[tokio::test]
async fn places_for_held_polls_and_streams_are_given_back() {
    let connections = CallerLimits { connections: 2, ..CallerLimits::default() };
    let server = limited(of_customers(connections)).await;
    let customer = server.customer("u-77").await;
    let first = Socket::open(&customer, &Wish::default()).await.ok().unwrap();
    let second = Socket::open(&customer, &Wish::default()).await.ok().unwrap();
    let refused = customer.poll_with("wait=0").await;
    assert_eq!(refusal(&refused), ("customer.connections".to_owned(), 5));
    let streamed = customer.http.get("/apiaccess/ccmessaging/stream").await;
    assert_eq!(refusal(&streamed).0, "customer.connections");
    server.customer("u-78").await.drain().await;
    drop((first, second));
    eventually("a place", async || (customer.poll_with("wait=0").await.status == 200).then_some(())).await;
}

#[tokio::test]
async fn passwords_that_are_guessed_from_one_address_are_soon_not_looked_at() {
    let address = AddressLimits { failures_per_minute: 60, ..AddressLimits::default() };
    let server = limited(LimitsConfig { address, ..none() }).await;
    for _ in 0..3 {
        assert_eq!(login(&server, "wrong").await.status, 401);
    }
    let refused = login(&server, "demo-101").await;
    assert_eq!(refused.problem(), (429, "RATE_LIMITED", None));
    assert_eq!(
        refused.json["limit"],
        json!({ "name": "address.failures_per_minute", "most": 60, "used": 3 }),
        "{}",
        refused.text
    );
    assert_eq!(refused.headers["retry-after"], "1");
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(login(&server, "demo-101").await.status, 200);
    // The right password costs nothing, however often: a whole office signs in from one address.
    for _ in 0..20 {
        server.clock.advance(Duration::from_millis(100));
        assert_eq!(login(&server, "demo-101").await.status, 200);
    }
}

#[tokio::test]
async fn a_shops_back_end_is_never_refused_for_its_address() {
    let address =
        AddressLimits { failures_per_minute: 60, visitors_per_minute: 60, ..AddressLimits::default() };
    let server = limited(LimitsConfig { address, ..none() }).await;
    let ask = async |secret: &str| {
        server.anybody().post(TOKEN, json!({ "app_key": "demo-app", "app_secret": secret })).await
    };
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(ask("wrong").await.status.as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 429, 429], "who does not know the secret");
    for _ in 0..50 {
        assert_eq!(ask("demo-secret").await.status, 200);
    }
    let customers: Vec<Customer> = futures_util::future::join_all((0..20).map(|user| {
        let server = &server;
        async move { server.customer(&format!("u-{user}")).await }
    }))
    .await;
    for customer in &customers {
        customer.sends("CONNECT", "").await;
        customer.drain().await;
    }
}

#[tokio::test]
async fn visitors_pages_are_limited_by_the_address_that_a_trusted_proxy_tells() {
    let address = AddressLimits { visitors_per_minute: 60, ..AddressLimits::default() };
    let trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let server = limited(LimitsConfig { address, trusted_proxies, ..none() }).await;
    let open = async |forwarded: &str| {
        let http = server.anybody().with("x-forwarded-for", forwarded);
        let session = json!({ "channelId": CHANNEL, "tenant": "demo" });
        http.post("/api/v1/widget/session", session).await.status.as_u16()
    };
    for expected in [200, 200, 200, 429] {
        assert_eq!(open("203.0.113.9").await, expected);
    }
    assert_eq!(open("198.51.100.7").await, 200, "another household");
    assert_eq!(
        open("198.51.100.8, 203.0.113.9").await,
        429,
        "what stands on the left is the client's invention"
    );
    assert_eq!(open("203.0.113.9, 127.0.0.2").await, 429, "through two trusted proxies");
}

#[tokio::test]
async fn without_trusted_proxies_a_header_changes_nothing() {
    let address = AddressLimits { visitors_per_minute: 60, ..AddressLimits::default() };
    let server = limited(LimitsConfig { address, ..none() }).await;
    let mut statuses = Vec::new();
    for last in 1..=5 {
        let http = server.anybody().with("x-forwarded-for", format!("203.0.113.{last}"));
        let session = json!({ "channelId": CHANNEL, "tenant": "demo" });
        statuses.push(http.post("/api/v1/widget/session", session).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn connections_of_one_address_are_limited_unless_it_is_a_proxy() {
    let address = AddressLimits { connections: 3, ..AddressLimits::default() };
    for (trusted, expected) in [(Vec::new(), 503), (vec!["127.0.0.1".parse().unwrap()], 404)] {
        let server = limited(LimitsConfig { address, trusted_proxies: trusted, ..none() }).await;
        let anybody = server.anybody();
        let mut open = Vec::new();
        for _ in 0..3 {
            let mut raw = Raw::connect(&anybody).await;
            raw.request(&anybody, "GET", "/api/v1/nothing").await;
            assert!(raw.answer().await.starts_with("HTTP/1.1 404 "));
            open.push(raw);
        }
        let mut further = Raw::connect(&anybody).await;
        further.request(&anybody, "GET", "/api/v1/nothing").await;
        let answer = further.answer().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{answer}");
        drop(open);
        eventually("a place", async || {
            let mut raw = Raw::connect(&anybody).await;
            raw.request(&anybody, "GET", "/api/v1/nothing").await;
            raw.answer().await.starts_with("HTTP/1.1 404 ").then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn the_defaults_are_out_of_the_way_of_an_honest_client() {
    let server = limited(LimitsConfig::default()).await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.only_conversation().await;
    for number in 0..30 {
        customer.sends("CHAT", &number.to_string()).await;
        agent.say(&conversation, &number.to_string()).await;
        customer.poll_with("wait=0").await;
    }
    assert_eq!(agent.heard(&conversation).await.last().unwrap().1, "29");
}
