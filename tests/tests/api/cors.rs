//! Web pages of other origins.

use frontdesk_tests::kit::{Answer, Http, Server};
use reqwest::Method;

const POLL: &str = "/apiaccess/ccmessaging/poll?wait=0";
const SHOP: &str = "https://shop.example";

async fn preflight(http: &Http, path: &str, origin: &str) -> Answer {
    let request = http
        .request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "ccmessaging-token");
    http.send(request).await
}

/// The words of a list in a header, in lower case and in order.
fn words(answer: &Answer, header: &str) -> Vec<String> {
    let list = answer.headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut words: Vec<String> = list.split(',').map(|word| word.trim().to_lowercase()).collect();
    words.sort();
    words
}

async fn with_origins(origins: &[&str]) -> Server {
    let server = Server::start().await;
    let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
    server.change_channel(|channel| channel.origins = origins).await;
    server
}

#[tokio::test]
async fn a_preflight_of_a_listed_origin_is_answered() {
    let server = with_origins(&[SHOP, "https://www.shop.example:8443"]).await;
    for origin in [SHOP, "https://www.shop.example:8443"] {
        for path in [
            POLL,
            "/apiaccess/ccmessaging/send",
            "/apigovernance/api/oauth/tokenByAkSk",
            "/api/v1/widget/session",
        ] {
            let answer = preflight(&server.anybody(), path, origin).await;
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""), "{path}");
            assert_eq!(answer.headers["access-control-allow-origin"], origin);
            assert_eq!(words(&answer, "access-control-allow-methods"), ["get", "post"]);
            assert_eq!(
                words(&answer, "access-control-allow-headers"),
                [
                    "authorization",
                    "ccmessaging-token",
                    "content-type",
                    "idempotency-key",
                    "last-event-id",
                    "x-app-key",
                    "x-token-expire"
                ]
            );
            let age: u64 = answer.headers["access-control-max-age"].to_str().unwrap().parse().unwrap();
            assert!(age >= 3_600, "{age}");
            assert!(answer.headers.get("access-control-allow-credentials").is_none());
            assert!(words(&answer, "vary").contains(&"origin".to_owned()));
        }
    }
}

#[tokio::test]
async fn other_origins_are_told_nothing() {
    let server = with_origins(&[SHOP]).await;
    for origin in [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example.evil",
        "null",
        "https://SHOP.example",
    ] {
        let answer = preflight(&server.anybody(), POLL, origin).await;
        assert!(answer.headers.get("access-control-allow-origin").is_none(), "{origin}");
    }
    let native = preflight(&server.anybody(), "/api/v1/agent/login", SHOP).await;
    assert!(native.headers.get("access-control-allow-origin").is_none(), "the agents' pages are our own");
    assert_eq!(preflight(&server.anybody(), "/nothing", SHOP).await.status, 404);
}

#[tokio::test]
async fn the_request_itself_is_checked_against_its_channel() {
    let server = with_origins(&[SHOP]).await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let from = async |origin: &str| customer.http.with("origin", origin).get(POLL).await;
    let refused = server.anybody().get(POLL).await;
    for origin in ["https://evil.example", "null", "https://shop.example/"] {
        let answer = from(origin).await;
        assert_eq!((answer.status, &answer.text), (refused.status, &refused.text), "{origin}");
    }
    // Every channel counts for a preflight, but only the token's own for the request.
    let answer = from(SHOP).await;
    assert_eq!(answer.texts(), ["Welcome,welcome"]);
    assert_eq!(answer.headers["access-control-allow-origin"], SHOP);
    assert_eq!(words(&answer, "access-control-expose-headers"), ["ccmessaging-token", "retry-after"]);
    assert_eq!(from(&server.url).await.status, 200, "a page of this server itself");
    assert_eq!(customer.http.get(POLL).await.status, 200, "a back end says no origin");
}

#[tokio::test]
async fn a_page_can_read_why_it_was_refused() {
    let server = with_origins(&[SHOP]).await;
    let page = server.anybody().with("origin", SHOP);
    let answer = page.get(POLL).await;
    assert_eq!(answer.failure().0, 401);
    assert_eq!(answer.headers["access-control-allow-origin"], SHOP);
}

#[tokio::test]
async fn everywhere_means_every_origin_and_still_no_credentials() {
    let server = with_origins(&["*"]).await;
    let customer = server.customer("u-77").await;
    let answer = customer.http.with("origin", "https://any.example").get(POLL).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["access-control-allow-origin"], "https://any.example");
    assert!(answer.headers.get("access-control-allow-credentials").is_none());
    let server = with_origins(&[]).await;
    let customer = server.customer("u-77").await;
    let answer = customer.http.with("origin", "https://any.example").get(POLL).await;
    assert_eq!(answer.status, 200, "a channel without a list is for back ends");
    assert!(answer.headers.get("access-control-allow-origin").is_none(), "which no page can read");
}
