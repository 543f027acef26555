//! Credentials for pages.

use frontdesk_tests::kit::{CHANNEL, Http, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

const KEY: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

async fn ask(server: &Server, more: Value) -> frontdesk_tests::kit::Answer {
    let mut body = json!({ "channelId": CHANNEL });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    server.anybody().post("/api/v1/widget/session", body).await
}

fn page(server: &Server, session: &Value) -> Http {
    let text = |name: &str| session[name].as_str().unwrap().to_owned();
    server
        .anybody()
        .with("x-app-key", text("appKey"))
        .with("authorization", format!("Bearer {}", text("accessToken")))
        .with("ccmessaging-token", text("ccmessagingToken"))
}

/// What a shop's back end signs, in a JWT of its own making.
fn signed(key: &str, claims: &Value) -> String {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let head = encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let text = format!("{head}.{}", encode(claims.to_string().as_bytes()));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", encode(&mac.finalize().into_bytes()))
}

fn in_minutes(server: &Server, minutes: i64) -> i64 {
    server.parts.clock.now().as_seconds() + minutes * 60
}

#[tokio::test]
async fn a_visitor_talks_and_comes_back_as_the_same() {
    let server = Server::start().await;
    let session = ask(&server, json!({})).await;
    assert_eq!(session.status, StatusCode::OK, "{}", session.text);
    let user = session.json["userId"].as_str().unwrap();
    assert!(user.starts_with("visitor-"), "{user}");
    let body = json!({
        "channel": "WEB", "from": user, "to": CHANNEL, "sourceType": "CUSTOMER", "mediaType": "TEXT",
        "controlType": "CONNECT", "content": "",
    });
    let page = page(&server, &session.json);
    assert_eq!(page.post("/apiaccess/ccmessaging/send", body).await.code(), "0");

    let visitor = json!({ "userId": user, "secret": session.json["visitorSecret"] });
    let again = ask(&server, json!({ "visitor": visitor })).await;
    assert_eq!(again.json["userId"], user);
    let guessed = json!({ "visitor": { "userId": user, "secret": "guessed" } });
    assert_eq!(ask(&server, guessed).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_page_may_only_what_its_one_customer_may() {
    let server = Server::start().await;
    let session = ask(&server, json!({})).await.json;
    let page = page(&server, &session);
    let body = json!({ "userId": "ann", "userName": "Ann", "channelId": CHANNEL, "locale": "en" });
    let applied = page.post("/apiaccess/ccmessaging/applyToken", body).await;
    assert_eq!(applied.status, StatusCode::UNAUTHORIZED);
    let other = ask(&server, json!({})).await.json;
    let mixed = page.with("ccmessaging-token", other["ccmessagingToken"].as_str().unwrap());
    let polled = mixed.get("/apiaccess/ccmessaging/poll?wait=0").await;
    assert_eq!(polled.status, StatusCode::UNAUTHORIZED, "the token of another customer");
}

#[tokio::test]
async fn a_signed_customer_is_who_the_shop_says() {
    let server = Server::start().await;
    let claims = json!({ "sub": "ann", "name": "Ann", "exp": in_minutes(&server, 5) });
    let unsigned = json!({ "identity": signed(KEY, &claims) });
    assert_eq!(
        ask(&server, unsigned.clone()).await.status,
        StatusCode::UNAUTHORIZED,
        "the channel has no key"
    );
    server.change_channel(|channel| channel.identity_key = Some(KEY.to_owned())).await;
    let session = ask(&server, unsigned).await.json;
    assert_eq!((&session["userId"], &session["visitorSecret"]), (&json!("ann"), &Value::Null));

    let refused = async |key: &str, claims: Value| {
        ask(&server, json!({ "identity": signed(key, &claims) })).await.status
    };
    let ends = in_minutes(&server, 5);
    assert_eq!(refused("another key", json!({ "sub": "ann", "exp": ends })).await, StatusCode::UNAUTHORIZED);
    let past = in_minutes(&server, -1);
    assert_eq!(refused(KEY, json!({ "sub": "ann", "exp": past })).await, StatusCode::UNAUTHORIZED);
    let kept = in_minutes(&server, 600);
    assert_eq!(refused(KEY, json!({ "sub": "ann", "exp": kept })).await, StatusCode::UNAUTHORIZED);
    let visitor = json!({ "sub": "visitor-1", "exp": ends });
    assert_eq!(refused(KEY, visitor).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_channel_can_demand_signed_customers_and_known_pages() {
    let server = Server::start().await;
    server
        .change_channel(|channel| {
            channel.requires_identity = true;
            channel.origins = vec!["https://shop.example".to_owned()];
        })
        .await;
    assert_eq!(ask(&server, json!({})).await.status, StatusCode::UNAUTHORIZED);
    let foreign = server.anybody().with("origin", "https://elsewhere.example");
    let answer = foreign.post("/api/v1/widget/session", json!({ "channelId": CHANNEL })).await;
    assert_eq!((answer.status, &answer.json["code"]), (StatusCode::FORBIDDEN, &json!("FORBIDDEN")));
    let unknown = server.anybody().post("/api/v1/widget/session", json!({ "channelId": "nowhere" })).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_of_a_listed_origin_can_read_its_session_and_why_it_gets_none() {
    let server = Server::start().await;
    server.change_channel(|channel| channel.origins = vec!["https://shop.example".to_owned()]).await;
    let page = server.anybody().with("origin", "https://shop.example");
    for (channel, status) in [(CHANNEL, StatusCode::OK), ("nowhere", StatusCode::NOT_FOUND)] {
        let answer = page.post("/api/v1/widget/session", json!({ "channelId": channel })).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers["access-control-allow-origin"], "https://shop.example");
    }
    let foreign = server.anybody().with("origin", "https://elsewhere.example");
    let answer = foreign.post("/api/v1/widget/session", json!({ "channelId": CHANNEL })).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}
