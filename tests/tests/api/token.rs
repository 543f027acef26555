//! tokenByAkSk and applyToken: the credentials, how long they last, and what is said of wrong ones.

use std::time::Duration;

use frontdesk_core::id::{AppKey, ChannelId, TenantId, UserId};
use frontdesk_core::port::Clock as _;
use frontdesk_core::token::{AccessClaims, Scope};
use frontdesk_server::admin::{AdminAnswer, AdminCommand, NewChannel};
use frontdesk_tests::kit::{App, CHANNEL, Customer, Http, Server, hide, soon};
use reqwest::Method;
use serde_json::{Value, json};

const TOKEN_BY_AK_SK: &str = "/apigovernance/api/oauth/tokenByAkSk";
const APPLY_TOKEN: &str = "/apiaccess/ccmessaging/applyToken";
const POLL: &str = "/apiaccess/ccmessaging/poll?wait=0";

fn demo_credentials() -> Value {
    json!({ "app_key": "demo-app", "app_secret": "demo-secret" })
}

fn applicant() -> Value {
    json!({ "userId": "u-77", "userName": "Ann", "channelId": CHANNEL, "locale": "zh_CN" })
}

#[tokio::test]
async fn an_access_token_is_all_strings_with_capitals() {
    let server = Server::start().await;
    let answer = server.anybody().post(TOKEN_BY_AK_SK, demo_credentials()).await;
    assert_eq!(
        (answer.status.as_u16(), hide(&answer.json, &["AccessToken", "CreateTime"])),
        (
            200,
            json!({
                "AccessToken": "[AccessToken]", "ApplyType": "Bearer", "CreateTime": "[CreateTime]",
                "Expires": "600", "Scope": "server", "AppKey": "demo-app", "UserID": "Anonymous",
            })
        )
    );
    let created: i64 = answer.json["CreateTime"].as_str().unwrap().parse().unwrap();
    assert!((server.clock.now().as_seconds() - created).abs() < 60, "{created} is in seconds");
}

#[tokio::test]
async fn the_life_of_an_access_token_is_asked_for_in_a_header() {
    let server = Server::start().await;
    let asked = async |life: &str| {
        server.anybody().with("x-token-expire", life).post(TOKEN_BY_AK_SK, demo_credentials()).await
    };
    for (life, granted) in [("60", "60"), ("3600", "3600"), ("3601", "3600"), ("99999999999", "3600")] {
        assert_eq!(asked(life).await.json["Expires"], granted, "X-Token-Expire: {life}");
    }
    for life in ["0", "-1", "soon", "1.5", ""] {
        let answer = asked(life).await;
        let (status, _, sentence) = answer.failure();
        assert_eq!(status, 400, "X-Token-Expire: {life}");
        assert!(sentence.contains("`X-Token-Expire`"), "{sentence}");
    }
}

#[tokio::test]
async fn an_access_token_ends_when_it_said() {
    let server = Server::start().await;
    let app = server.app().await;
    server.clock.advance(Duration::from_secs(570));
    assert_eq!(app.http.post(APPLY_TOKEN, applicant()).await.code(), "0");
    server.clock.advance(Duration::from_secs(30));
    assert_eq!(app.http.post(APPLY_TOKEN, applicant()).await.failure().0, 401);
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_key_look_the_same() {
    let server = Server::start().await;
    let asked = async |key: Value, secret: Value| {
        server.anybody().post(TOKEN_BY_AK_SK, json!({ "app_key": key, "app_secret": secret })).await
    };
    let wrong_secret = asked(json!("demo-app"), json!("demo-secret ")).await;
    assert_eq!(wrong_secret.failure().0, 401);
    for (key, secret) in [("demo-ap", "demo-secret"), ("nobody", "x"), (&"k".repeat(65), "x")] {
        let answer = asked(json!(key), json!(secret)).await;
        assert_eq!((answer.status, &answer.text), (wrong_secret.status, &wrong_secret.text), "{key}");
    }
    for (body, field) in [(json!({ "app_key": "demo-app" }), "`app_secret`"), (json!({}), "`app_key`")] {
        let answer = server.anybody().post(TOKEN_BY_AK_SK, body).await;
        let (status, _, sentence) = answer.failure();
        assert_eq!((status, sentence.contains(field)), (400, true), "{sentence}");
    }
}

#[tokio::test]
async fn a_customers_token_is_bare() {
    let server = Server::start().await;
    let app = server.app().await;
    let answer = app.http.post(APPLY_TOKEN, applicant()).await;
    assert_eq!(hide(&answer.json, &["token"]), json!({ "token": "[token]", "resultCode": "0" }));
    let token = answer.json["token"].as_str().unwrap();
    assert!(!token.contains('"'), "{token}");

    let unknown = json!({ "userId": "u-77", "userName": "Ann", "channelId": "nowhere", "locale": "en" });
    let answer = app.http.post(APPLY_TOKEN, unknown).await;
    assert_eq!(
        answer.shown(),
        (200, json!({ "resultCode": "1", "resultDesc": "`channelId` names no channel" }))
    );
}

#[tokio::test]
async fn ids_have_1_to_64_characters_and_may_be_numbers() {
    let server = Server::start().await;
    let app = server.app().await;
    let apply = async |field: &str, value: Value| {
        let mut body = applicant();
        body[field] = value;
        app.http.post(APPLY_TOKEN, body).await
    };
    for user in [json!("x"), json!("客".repeat(64)), json!(1_642_643_982_282_972_758_u64), json!("a b/c?d#e")]
    {
        assert_eq!(apply("userId", user.clone()).await.code(), "0", "{user}");
    }
    assert_eq!(apply("channelId", json!(1_011_577_355_744_904_195_u64)).await.code(), "0");
    for field in ["userId", "userName", "channelId", "locale"] {
        for bad in [json!(null), json!(""), json!(["x"]), json!({}), json!(true), json!("x".repeat(300))] {
            let answer = apply(field, bad.clone()).await;
            let (status, _, sentence) = answer.failure();
            assert_eq!(
                (status, sentence.contains(&format!("`{field}`"))),
                (400, true),
                "{field}: {bad}: {sentence}"
            );
        }
    }
}

#[tokio::test]
async fn a_new_token_does_not_invalidate_the_one_before() {
    let server = Server::start().await;
    let app = server.app().await;
    let first = app.customer("u-77", "en").await;
    let second = app.customer("u-77", "en").await;
    first.sends("CONNECT", "").await;
    second.sends("CHAT", "hello").await;
    assert_eq!(first.http.get(POLL).await.status, 200);
}

#[tokio::test]
async fn a_customers_token_is_renewed_from_half_its_life_on() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    // AccessTokens are short-lived, so that each call has a fresh one.
    let call = async |token: &str| {
        let http = server.app().await.http.with("ccmessaging-token", token);
        http.get(POLL).await
    };
    let token = value(&customer, "ccmessaging-token");
    server.clock.advance(Duration::from_mins(29));
    assert!(call(&token).await.headers.get("ccmessaging-token").is_none(), "half a life is not over yet");
    server.clock.advance(Duration::from_mins(1));
    let answer = call(&token).await;
    let renewed = answer.headers["ccmessaging-token"].to_str().unwrap().to_owned();
    assert_ne!(renewed, token);

    server.clock.advance(Duration::from_mins(31));
    let late = call(&token).await;
    assert_eq!(late.status, 200, "a minute past its hour it is honoured");
    assert!(late.headers.get("ccmessaging-token").is_some(), "and renewed");
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(call(&token).await.failure().0, 401, "but not two minutes past");
    assert_eq!(call(&renewed).await.status, 200);
}

#[tokio::test]
async fn whatever_is_wrong_with_a_credential_the_answer_is_the_same_byte_for_byte() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let foreign = foreign_customer(&server).await;
    let expired = server.anybody().with("x-token-expire", "1");
    let expired = expired.post(TOKEN_BY_AK_SK, demo_credentials()).await.json["AccessToken"].clone();
    server.clock.advance(Duration::from_secs(2));

    let http = &customer.http;
    let bearer = value(&customer, "authorization");
    let access = bearer.trim_start_matches("Bearer ").to_owned();
    let token = value(&customer, "ccmessaging-token");
    let wrong = [
        ("no Authorization", http.without("authorization")),
        ("no app key", http.without("x-app-key")),
        ("no token", http.without("ccmessaging-token")),
        ("empty Authorization", http.with("authorization", "")),
        ("no AccessToken", http.with("authorization", "Bearer ")),
        ("two spaces", http.with("authorization", format!("Bearer  {access}"))),
        ("lower case", http.with("authorization", format!("bearer {access}"))),
        ("upper case", http.with("authorization", format!("BEARER {access}"))),
        ("no scheme", http.with("authorization", access.clone())),
        ("more after it", http.with("authorization", format!("{bearer} x"))),
        ("another scheme", http.with("authorization", format!("Basic {access}"))),
        ("tampered AccessToken", http.with("authorization", tampered(&bearer))),
        ("expired AccessToken", http.with("authorization", format!("Bearer {}", expired.as_str().unwrap()))),
        ("token as AccessToken", http.with("authorization", format!("Bearer {token}"))),
        ("AccessToken as token", http.with("ccmessaging-token", access)),
        ("tampered token", http.with("ccmessaging-token", tampered(&token))),
        ("quoted token", http.with("ccmessaging-token", format!("\"{token}\""))),
        ("foreign token", http.with("ccmessaging-token", value(&foreign, "ccmessaging-token"))),
        ("foreign AccessToken", http.with("authorization", value(&foreign, "authorization"))),
        ("unknown app key", http.with("x-app-key", "nobody")),
        ("foreign app key", http.with("x-app-key", value(&foreign, "x-app-key"))),
        ("foreign app", foreign.http.with("ccmessaging-token", token)),
        ("nothing", server.anybody()),
    ];
    let reference = server.anybody().get(POLL).await;
    assert_eq!(
        reference.failure(),
        (401, "UNAUTHORIZED", "The credentials are missing, not valid, or no longer valid.")
    );
    for (what, caller) in &wrong {
        let polled = caller.get(POLL).await;
        assert_eq!((polled.status, &polled.text), (reference.status, &reference.text), "poll with {what}");
        let sent = caller.post("/apiaccess/ccmessaging/send", customer.message("CONNECT", "")).await;
        assert_eq!((sent.status, &sent.text), (reference.status, &reference.text), "send with {what}");
        // Credentials are looked at before anything else is.
        let broken = caller.request(Method::POST, "/apiaccess/ccmessaging/send").body("no JSON");
        let broken = caller.send(broken).await;
        assert_eq!((broken.status, &broken.text), (reference.status, &reference.text), "a body with {what}");
    }
    assert_eq!(customer.http.get(POLL).await.status, 200);
}

#[tokio::test]
async fn a_token_for_one_customer_is_for_that_customer_only() {
    let server = Server::start().await;
    let (own, other) = (server.customer("u-77").await, server.customer("u-78").await);
    let bound = format!("Bearer {}", bound_access_token(&server, "u-77"));
    assert_eq!(own.http.with("authorization", &bound).get(POLL).await.status, 200);
    assert_eq!(other.http.with("authorization", &bound).get(POLL).await.failure().0, 401);
    let app = own.http.with("authorization", &bound);
    assert_eq!(app.post(APPLY_TOKEN, applicant()).await.failure().0, 401);
}

#[tokio::test]
async fn a_hold_never_outlives_a_token() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let short = server.anybody().with("x-token-expire", "4");
    let short = short.post(TOKEN_BY_AK_SK, demo_credentials()).await.json["AccessToken"].clone();
    let http = customer.http.with("authorization", format!("Bearer {}", short.as_str().unwrap()));
    let path = "/apiaccess/ccmessaging/poll?wait=55";
    assert!(soon("the end of the AccessToken", http.get(path)).await.messages().is_empty());

    server.clock.advance(Duration::from_secs(3_600 + 115));
    let late = server.app().await.http.with("ccmessaging-token", value(&customer, "ccmessaging-token"));
    assert!(soon("the end of the token", late.get(path)).await.messages().is_empty());
}

/// A header of a caller.
fn value(customer: &Customer, header: &str) -> String {
    customer.http.header(header).unwrap_or_default().to_owned()
}

/// The same text with another letter in its middle.
fn tampered(text: &str) -> String {
    let middle = text.len() / 2;
    let other = if text.as_bytes()[middle] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &text[..middle], &text[middle + 1..])
}

/// A customer of the same id and channel, of another tenant.
async fn foreign_customer(server: &Server) -> Customer {
    let put = AdminCommand::PutTenant { id: "other".into(), name: "Other".into(), locale: "en".into() };
    server.admin(put).await.unwrap();
    let channel = NewChannel { id: CHANNEL.into(), ..NewChannel::default() };
    server.admin(AdminCommand::PutChannel { tenant: "other".into(), channel }).await.unwrap();
    let add =
        AdminCommand::AddApp { tenant: "other".into(), key: Some("other-app".into()), name: "x".into() };
    let Ok(AdminAnswer::Secret { secret, .. }) = server.admin(add).await else { panic!("no secret") };
    let anybody: Http = server.anybody();
    App::sign_in(&anybody, "other-app", &secret).await.customer("u-77", "en").await
}

fn bound_access_token(server: &Server, user: &str) -> String {
    let scope =
        Scope::Customer { channel: ChannelId::new(CHANNEL).unwrap(), user: UserId::new(user).unwrap() };
    let now = server.clock.now().as_seconds();
    let claims = AccessClaims {
        tenant: TenantId::new("demo").unwrap(),
        app: AppKey::new("demo-app").unwrap(),
        scope,
        iat: now,
        exp: now + 60,
    };
    server.parts.signer.load().access_token(&claims)
}
