//! Signing in with a cookie, for pages of this server.

use frontdesk_tests::kit::{Answer, Http, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A browser that shows a page of this server.
fn page(http: &Http) -> Http {
    http.with("x-frontdesk", "1").with("sec-fetch-site", "same-origin")
}

async fn sign_in(http: &Http) -> Answer {
    let body = json!({ "tenant": "demo", "agentId": "201", "password": "demo-201", "cookie": true });
    http.post("/api/v1/agent/login", body).await
}

fn cookies(answer: &Answer) -> Vec<String> {
    let all = answer.headers.get_all("set-cookie").iter();
    all.map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// The browser with the cookies of an answer.
fn keeping(http: &Http, answer: &Answer) -> Http {
    let pairs: Vec<String> =
        cookies(answer).iter().map(|cookie| cookie.split(';').next().unwrap().to_owned()).collect();
    http.with("cookie", pairs.join("; "))
}

#[tokio::test]
async fn the_token_comes_as_a_cookie_that_no_script_reads() {
    let server = Server::start().await;
    let browser = page(&server.anybody());
    let signed_in = sign_in(&browser).await;
    assert_eq!((signed_in.status, &signed_in.json), (StatusCode::OK, &json!({})), "no token in the answer");
    let set = cookies(&signed_in);
    assert_eq!(set.len(), 2, "{set:?}");
    let attributes = |cookie: &str| cookie.split_once("; ").unwrap().1.to_owned();
    assert!(set[0].starts_with("fd_session=fda_"), "{set:?}");
    // Loopback without encryption: a browser would not send a secure one back.
    assert_eq!(attributes(&set[0]), "Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict");
    assert!(set[1].starts_with("fd_device=fdd_"), "{set:?}");
    assert_eq!(attributes(&set[1]), "Path=/api/v1/agent/login; Max-Age=31536000; HttpOnly; SameSite=Strict");
    let behind_proxy = sign_in(&browser.with("host", "desk.example")).await;
    assert!(cookies(&behind_proxy).iter().all(|cookie| cookie.ends_with("; Secure")), "{behind_proxy:?}");

    let desk = keeping(&browser, &signed_in);
    assert_eq!(desk.get("/api/v1/agents").await.status, StatusCode::OK);
    let declared = desk.put("/api/v1/agent/status", json!({ "status": "busy" })).await;
    assert_eq!(declared.status, StatusCode::NO_CONTENT, "{}", declared.text);
    let out = desk.post("/api/v1/agent/logout", Value::Null).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(cookies(&out), ["fd_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"]);
    assert_eq!(desk.get("/api/v1/agents").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn other_pages_cannot_use_the_cookie() {
    let server = Server::start().await;
    let anybody = server.anybody();
    let desk = keeping(&page(&anybody), &sign_in(&page(&anybody)).await);
    let bare = desk.without("x-frontdesk").without("sec-fetch-site");
    let status = json!({ "status": "away" });
    let forged = [
        ("nothing of what a page adds", bare.clone()),
        ("a form", bare.with("sec-fetch-site", "cross-site").with("content-type", "text/plain")),
        ("without the header", desk.without("x-frontdesk")),
        ("another site", desk.with("sec-fetch-site", "cross-site")),
        ("a sister site", desk.with("sec-fetch-site", "same-site")),
        ("typed by hand", desk.with("sec-fetch-site", "none")),
        ("another origin", bare.with("x-frontdesk", "1").with("origin", "https://evil.example")),
        ("no origin at all", bare.with("x-frontdesk", "1")),
        ("an opaque origin", bare.with("x-frontdesk", "1").with("origin", "null")),
    ];
    for (what, http) in forged {
        let refused = http.put("/api/v1/agent/status", status.clone()).await;
        assert_eq!(refused.problem(), (403, "CROSS_SITE", None), "{what}");
        let refused = http.post("/api/v1/agent/logout", Value::Null).await;
        assert_eq!(refused.problem(), (403, "CROSS_SITE", None), "{what}");
    }
    // A browser that does not say what kind of site it is.
    let own =
        bare.with("x-frontdesk", "1").with("host", "desk.example").with("origin", "https://desk.example");
    assert_eq!(own.put("/api/v1/agent/status", status).await.status, StatusCode::NO_CONTENT);
    // Nor can others sign a browser in as somebody.
    let refused = sign_in(&anybody).await;
    assert_eq!(refused.problem(), (403, "CROSS_SITE", None));
    assert_eq!(cookies(&refused), [""; 0]);
}

#[tokio::test]
async fn credentials_that_are_given_come_before_the_cookie() {
    let server = Server::start().await;
    let anybody = server.anybody();
    let desk = keeping(&page(&anybody), &sign_in(&page(&anybody)).await);
    let both = desk.with("authorization", "Bearer wrong");
    assert_eq!(both.get("/api/v1/agents").await.status, StatusCode::UNAUTHORIZED);
    // A customer's interfaces take no cookies.
    let poll = desk.get("/apiaccess/ccmessaging/poll").await;
    assert_eq!(poll.status, StatusCode::UNAUTHORIZED);
    // Nor does a token in the cookie's place work as a bearer of another kind.
    let key = anybody.with("cookie", "fd_session=fdk_made-up");
    assert_eq!(key.get("/api/v1/agents").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_page_changes_its_password_and_stays_signed_in() {
    let server = Server::start().await;
    let browser = page(&server.anybody());
    let desk = keeping(&browser, &sign_in(&browser).await);
    let body = json!({ "oldPassword": "demo-201", "newPassword": "a quiet little lamp" });
    let changed = desk.post("/api/v1/agent/password", body).await;
    assert_eq!((changed.status, &changed.json), (StatusCode::OK, &json!({})), "{}", changed.text);
    assert_eq!(desk.get("/api/v1/agents").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(keeping(&browser, &changed).get("/api/v1/agents").await.status, StatusCode::OK);
}
