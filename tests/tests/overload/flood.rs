//! Many more requests than are allowed, and many more at a time than can be served.

use std::sync::Arc;
use std::time::Instant;

use frontdesk_tests::kit::{CHANNEL, Customer};
use reqwest::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use super::place::Place;

/// Says something; whether it was acknowledged. Everything else must be a refusal that can be read.
async fn says(customer: &Customer, content: &str) -> bool {
    let answer = customer.send("CHAT", content).await;
    if answer.status == StatusCode::OK {
        assert_eq!(answer.code(), "0", "{}", answer.text);
        return true;
    }
    let expected =
        [(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"), (StatusCode::SERVICE_UNAVAILABLE, "BUSY")];
    assert!(expected.contains(&(answer.status, answer.code())), "{} {}", answer.status, answer.text);
    assert!(answer.headers.contains_key("retry-after"), "{}", answer.text);
    false
}

/// What a customer said, as it is kept.
async fn kept(customer: &Customer) -> Vec<String> {
    let mut kept = Vec::new();
    for page in 0.. {
        let body = json!({
            "userId": customer.user, "channelId": CHANNEL, "channel": "WEB",
            "limit": "100", "offset": (page * 100).to_string(),
        });
        let answer = customer.http.post("/apiaccess/ccmessaging/queryHistoryChatMessage", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let list = answer.json["messageList"].as_array().unwrap();
        if list.is_empty() {
            break;
        }
        let own = list.iter().filter(|message| message["sourceType"] == "USER");
        kept.extend(own.map(|message| message["content"].as_str().unwrap().to_owned()));
    }
    kept.sort();
    kept
}

/// Sends from several at a time; gives what was acknowledged, sorted.
async fn flood(customer: &Arc<Customer>, tasks: usize, each: usize) -> Vec<String> {
    let mut flood = JoinSet::new();
    for task in 0..tasks {
        let customer = Arc::clone(customer);
        flood.spawn(async move {
            let mut acknowledged = Vec::new();
            for number in 0..each {
                let content = format!("{} {task} {number}", customer.user);
                if says(&customer, &content).await {
                    acknowledged.push(content);
                }
            }
            acknowledged
        });
    }
    let mut all = flood.join_all().await.concat();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_what_is_allowed_is_shed_and_the_moderate_are_served() {
    const CUSTOMERS: usize = 16;
    let place = Place::limited();
    let app = place.app().await;
    let moderate = app.customer("moderate", "en").await;
    moderate.sends("CONNECT", "").await;
    let (before, started) = (place.most_memory(), Instant::now());
    let mut floods = JoinSet::new();
    for number in 0..CUSTOMERS {
        let customer = Arc::new(app.customer(&format!("flooder-{number}"), "en").await);
        customer.sends("CONNECT", "").await;
        floods.spawn(async move { (flood(&customer, 3, 500).await, customer) });
    }
    for number in 0..30 {
        moderate.sends("CHAT", &format!("moderate {number}")).await;
        moderate.poll_with("wait=0").await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let (mut acknowledged, mut most_of_one) = (0, 0);
    for (told, customer) in floods.join_all().await {
        assert_eq!(kept(&customer).await, told, "of {}", customer.user);
        acknowledged += told.len();
        most_of_one = most_of_one.max(told.len());
    }
    let (most, sent) = (place.most_memory(), CUSTOMERS * 3 * 500);
    println!("{sent} sent, {acknowledged} taken, {before} MiB before, {most} MiB at most");
    // A hundred at once and five a second: that is the default.
    let allowed = 101 + 5 * (usize::try_from(started.elapsed().as_secs()).unwrap() + 1);
    assert!((100..=allowed).contains(&most_of_one), "{most_of_one} of {allowed}");
    assert!(acknowledged < sent);
    assert!(most - before < 128, "{before} MiB before, {most} MiB at most");
    place.ends_well();
}

/// Without any limit of callers: only what the machine can do is in the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_a_time_lose_nothing_that_is_acknowledged() {
    const CUSTOMERS: u64 = 1_000;
    // How many are being served at one moment is the machine's affair, at worst all of them. What each of them takes
    // is bounded, and does not grow with what it has sent before.
    const KIB_OF_EACH: u64 = 512;
    let place = Place::unlimited();
    let app = place.app().await;
    let mut customers = Vec::new();
    for number in 0..CUSTOMERS {
        let customer = Arc::new(app.customer(&format!("one-{number}"), "en").await);
        customers.push(customer);
    }
    let before = place.most_memory();
    let mut floods = JoinSet::new();
    for customer in customers {
        floods.spawn(async move {
            while customer.send("CONNECT", "").await.status != StatusCode::OK {}
            (flood(&customer, 1, 5).await, customer)
        });
    }
    let floods = floods.join_all().await;
    let most = place.most_memory();
    let acknowledged: usize = floods.iter().map(|(told, _)| told.len()).sum();
    println!("{acknowledged} of {} taken, {before} MiB before, {most} MiB at most", 5 * CUSTOMERS);
    for (told, customer) in &floods {
        assert_eq!(kept(customer).await, *told, "of {}", customer.user);
    }
    assert!(acknowledged > 0);
    assert!((most - before) * 1024 < CUSTOMERS * KIB_OF_EACH, "{before} MiB before, {most} MiB at most");
    place.ends_well();
}
