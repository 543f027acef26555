//! Large bodies that never end, from many at the same time.

use frontdesk_tests::kit::{Customer, Http, Raw, eventually};
use reqwest::StatusCode;
use serde_json::json;

use super::place::Place;

/// What each of them sends of the 4 MiB that it announces.
const SENT: usize = 3 << 20;
/// How many bodies are begun in all.
const MANY: usize = 160;
/// How many of them a customer has the room for: 32 MiB.
const SHARE: usize = 8;
/// What the server may need for all of them, in MiB. They send more than that.
const BOUND: u64 = 400;
const UPLOAD: &str = "/apiaccess/ccmessaging/uploadFileStream";

/// Connections that have sent most of a body each; the server may have refused some of them meanwhile.
async fn begin(http: &Http, path: &str, count: usize) -> Vec<Raw> {
    let piece = vec![b' '; SENT];
    let mut begun = Vec::new();
    for _ in 0..count {
        let mut raw = Raw::connect(http).await;
        let head =
            http.head("POST", path) + "content-type: application/json\r\ncontent-length: 4194304\r\n\r\n";
        raw.write(head.as_bytes()).await;
        if raw.try_write(&piece).await.is_ok() {
            begun.push(raw);
        }
    }
    begun
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_strangers_take_no_room() {
    let place = Place::unlimited();
    let customer = place.customer("ann").await;
    customer.sends("CONNECT", "").await;
    let before = place.most_memory();
    for path in ["/api/v1/agent/login", "/apigovernance/api/oauth/tokenByAkSk", "/api/v1/widget/session"] {
        let begun = begin(&place.anybody, path, MANY).await;
        customer.sends("CHAT", "hello").await;
        drop(begun);
    }
    let most = place.most_memory();
    println!("{before} MiB before, {most} MiB with {} MiB sent", (3 * MANY * SENT) >> 20);
    assert!(most - before < BOUND / 2, "{before} MiB before, {most} MiB at most");
    place.ends_well();
}

/// Sends a large body as a customer; gives whether it was read. It is no picture.
async fn is_read(customer: &Customer) -> bool {
    let large = json!({ "fileType": "png", "channel": "WEB", "fileStream": "A".repeat(1 << 20) });
    let answer = customer.http.post(UPLOAD, large).await;
    if answer.status != StatusCode::SERVICE_UNAVAILABLE {
        return true;
    }
    assert_eq!(answer.code(), "BUSY", "{}", answer.text);
    assert!(answer.headers.contains_key("retry-after"));
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_customers_share_a_bounded_room() {
    let place = Place::unlimited();
    let app = place.app().await;
    let customer = place.customer("ann").await;
    customer.sends("CONNECT", "").await;
    let before = place.most_memory();
    let mut begun = Vec::new();
    for number in 0..MANY / SHARE {
        let other = app.customer(&format!("other-{number}"), "en").await;
        begun.extend(begin(&other.http, UPLOAD, SHARE).await);
    }
    // What is small goes on, and what is large is told to come again.
    customer.sends("CHAT", "hello").await;
    eventually("all that the tenant may have is taken", async || (!is_read(&customer).await).then_some(()))
        .await;
    let most = place.most_memory();
    println!("{before} MiB before, {most} MiB with {} MiB sent", (MANY * SENT) >> 20);
    assert!(most - before < BOUND, "{before} MiB before, {most} MiB at most");
    drop(begun);
    eventually("room", async || is_read(&customer).await.then_some(())).await;
    place.ends_well();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_customer_takes_a_share_of_the_room() {
    let place = Place::unlimited();
    let (greedy, other) = (place.customer("ann").await, place.customer("ben").await);
    let begun = begin(&greedy.http, UPLOAD, MANY).await;
    // That all that ann may have is taken shows that her bodies have come in.
    eventually("her share is taken", async || (!is_read(&greedy).await).then_some(())).await;
    assert!(is_read(&other).await, "ben has a share of his own");
    greedy.sends("CONNECT", "").await;
    drop(begun);
    eventually("room", async || is_read(&greedy).await.then_some(())).await;
    place.ends_well();
}

/// What comes without credentials is small, and yet many of them would be much.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_takes_a_share_of_the_room() {
    /// More than fit into 32 MiB, of 64 KiB each.
    const STRANGERS: usize = 600;
    let place = Place::unlimited();
    let login = "/api/v1/agent/login";
    let mut begun = Vec::new();
    for _ in 0..STRANGERS {
        let mut raw = Raw::connect(&place.anybody).await;
        let head = place.anybody.head("POST", login) + "content-length: 65536\r\n\r\n";
        raw.write(head.as_bytes()).await;
        raw.write(&vec![b' '; 40_000]).await;
        begun.push(raw);
    }
    let padded = |length: usize| {
        let body = json!({ "tenant": "demo", "agentId": "101", "password": "x".repeat(length) });
        place.anybody.post(login, body)
    };
    eventually("the share is taken", async || (padded(40_000).await.status == 503).then_some(())).await;
    let customer = place.customer("ann").await;
    assert!(is_read(&customer).await, "customers have shares of their own");
    assert_ne!(padded(10).await.status, StatusCode::SERVICE_UNAVAILABLE, "what is small needs no room");
    drop(begun);
    eventually("room", async || (padded(40_000).await.status != 503).then_some(())).await;
    place.ends_well();
}
