//! What browsers load: the shop of the demonstration, and the chat that any page embeds.
//!
//! A build without pages answers with a hint; these tests hold for both.

use frontdesk_server::pages;
use frontdesk_tests::kit::{Answer, CHANNEL, Http, Server, ServerOptions};
use reqwest::StatusCode;
use reqwest::redirect::Policy;

const UNBUILT: &str =
    "This program was built without its pages. Run `make web`, then build Frontdesk again.\n";

/// A header, or nothing.
fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// An answer with a file; nothing if it was not built, which the answer then says.
async fn file(http: &Http, path: &str, folder: &str) -> Option<Answer> {
    let answer = http.get(path).await;
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    if pages::has_any(folder) {
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        return Some(answer);
    }
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, UNBUILT), "{path}");
    assert_eq!(header(&answer, "content-type"), "text/plain; charset=utf-8");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    None
}

#[tokio::test]
async fn the_shop_is_shown_in_a_language_and_runs_nothing_but_files_of_this_server() {
    let server = Server::start().await;
    for (path, language) in [
        ("/demo", "en"),
        ("/demo?lang=en", "en"),
        ("/demo?x=1&lang=zh", "zh"),
        ("/demo?lang=xx", "en"),
        ("/demo?lang=..%2fshop", "en"),
        ("/demo?lang=", "en"),
    ] {
        let Some(answer) = file(&server.anybody(), path, "demo/").await else { continue };
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8");
        assert!(answer.text.contains(&format!("<html lang=\"{language}\"")), "{path}: {}", answer.text);
        assert!(answer.text.contains(&format!("src=\"/widget.js\" data-channel=\"{CHANNEL}\"")), "{path}");
        let policy = header(&answer, "content-security-policy");
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert_eq!(header(&answer, "cross-origin-resource-policy"), "same-origin");
        assert_eq!(header(&answer, "cache-control"), "no-cache");
    }
}

#[tokio::test]
async fn the_shop_is_there_in_the_demonstration_only() {
    let plain = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let server = Server::start().await;
    let home = plain.get(&server.url).send().await.unwrap();
    assert_eq!(
        (home.status(), &home.headers()["location"]),
        (StatusCode::TEMPORARY_REDIRECT, &"/demo".parse().unwrap())
    );
    assert_eq!(home.headers()["cache-control"], "no-store");
    let server = Server::start_with(ServerOptions { hides_shop: true, ..ServerOptions::default() }).await;
    for path in ["/", "/demo", "/demo/en.html", "/demo/shop.css"] {
        assert_eq!(server.anybody().get(path).await.failure().0, 404, "{path}");
    }
    file(&server.anybody(), "/widget.js", "widget/").await;
}

#[tokio::test]
async fn files_are_sent_compressed_and_not_sent_again() {
    let server = Server::start().await;
    let browser = server.anybody().with("accept-encoding", "gzip, deflate, br");
    let Some(first) = file(&browser, "/demo/shop.css", "demo/").await else { return };
    assert_eq!(header(&first, "content-type"), "text/css; charset=utf-8");
    assert_eq!((header(&first, "content-encoding"), header(&first, "vary")), ("br", "accept-encoding"));
    let old = server.anybody().with("accept-encoding", "gzip").get("/demo/shop.css").await;
    assert_eq!(header(&old, "content-encoding"), "gzip");
    let whole = server.anybody().get("/demo/shop.css").await;
    assert_eq!((header(&whole, "content-encoding"), header(&whole, "vary")), ("", "accept-encoding"));
    assert!(whole.text.contains("prefers-color-scheme"), "{}", whole.text);

    let again = browser.with("if-none-match", header(&first, "etag")).get("/demo/shop.css").await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(header(&again, "etag"), header(&first, "etag"));
    let other = browser.with("if-none-match", header(&whole, "etag")).get("/demo/shop.css").await;
    assert_eq!(other.status, StatusCode::OK, "another encoding is another thing");
}

#[tokio::test]
async fn pages_of_every_origin_embed_the_chat() {
    let server = Server::start().await;
    let browser = server.anybody().with("origin", "https://shop.example");
    let asset = pages::names().find_map(|name| name.strip_prefix("widget/assets/")).unwrap_or("any.js");
    let asset = format!("/widget/assets/{asset}");
    for (path, kept) in [("/widget.js", "no-cache"), (&asset, "public, max-age=31536000, immutable")] {
        let answer = browser.get(path).await;
        assert_eq!(header(&answer, "access-control-allow-origin"), "*", "{path}");
        assert_eq!(header(&answer, "cross-origin-resource-policy"), "cross-origin", "{path}");
        if let Some(answer) = file(&browser, path, "widget/").await {
            assert_eq!(header(&answer, "cache-control"), kept, "{path}");
            assert!(!header(&answer, "etag").is_empty(), "{path}");
        }
    }
    if pages::has_any("widget/") {
        for path in ["/widget/assets/none.js", "/widget/assets/..%2fwidget.js"] {
            assert_eq!(browser.get(path).await.failure().0, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn the_desk_is_one_page_under_a_strict_policy() {
    let server = Server::start().await;
    let plain = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let home = plain.get(format!("{}/desk", server.url)).send().await.unwrap();
    assert_eq!(
        (home.status(), &home.headers()["location"]),
        (StatusCode::PERMANENT_REDIRECT, &"/desk/".parse().unwrap())
    );
    // Which of its pages an address is, the page itself knows.
    for path in ["/desk/", "/desk/inbox/mine", "/desk/inbox/all/an-id", "/desk/any/thing"] {
        let answer = server.anybody().get(path).await;
        let policy = header(&answer, "content-security-policy").to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
        assert!(
            policy.contains("require-trusted-types-for 'script'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(header(&answer, "x-frame-options"), "DENY");
        if let Some(answer) = file(&server.anybody(), path, "desk/").await {
            assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8");
            assert_eq!(header(&answer, "cache-control"), "no-cache");
        }
    }
    if let Some(asset) = pages::names().find(|name| name.starts_with("desk/assets/")) {
        let answer = server.anybody().get(&format!("/{asset}")).await;
        assert_eq!(header(&answer, "cache-control"), "public, max-age=31536000, immutable");
        for path in ["/desk/assets/none.js", "/desk/assets/..%2findex.html"] {
            assert_eq!(server.anybody().get(path).await.failure().0, 404, "{path}");
        }
    }
}
