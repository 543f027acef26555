//! What clients see of files in a bucket: the same as of files in the folder.

use frontdesk_tests::kit::{Agent, Server, hide};
use reqwest::Method;
use serde_json::json;

use super::storage::{PNG, Storage, download, downloaded, server_on, uploaded};

/// What an agent gets of a file: with all headers but those that are new each time.
async fn fetched(agent: &Agent, key: &str, range: Option<&str>) -> (u16, Vec<(String, String)>, String) {
    let request = agent.http.request(Method::GET, &format!("/api/v1/files/{key}"));
    let request = if let Some(range) = range { request.header("range", range) } else { request };
    let answer = agent.http.send(request).await;
    let headers =
        answer.headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = headers.map(|(name, value)| (name.to_string(), text(value))).collect();
    (answer.status.as_u16(), headers, answer.text)
}

async fn stored_by(agent: &Agent, bytes: &'static [u8]) -> String {
    let answer = agent.http.send(agent.http.request(Method::POST, "/api/v1/files").body(bytes)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(
        hide(&answer.json, &["key"]),
        json!({ "key": "[key]", "fileType": "txt", "fileSize": bytes.len() })
    );
    answer.json["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn files_go_into_the_bucket_and_come_back() {
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let server = server_on(&bucket).await;
    let (ann, bob) = (server.customer("u-77").await, server.customer("u-78").await);
    let key = uploaded(&ann, PNG).await;
    assert_eq!(downloaded(&ann, &key).await, PNG);
    assert_eq!(bob.call("downloadFileStream", download(&key)).await.code(), "401", "it looks like nothing");

    let objects = storage.objects(&bucket).await;
    assert_eq!(objects.values().collect::<Vec<_>>(), [PNG]);
    let name: Vec<&str> = objects.keys().next().unwrap().split('/').collect();
    // Tenant and log as hashes, and a number: nothing that anybody chose.
    assert_eq!((name[0], name.len()), ("tenants", 4), "{name:?}");
    let is_hash =
        |part: &str, length| part.len() == length && part.bytes().all(|letter| letter.is_ascii_hexdigit());
    assert!(is_hash(name[1], 32) && is_hash(name[2], 32) && is_hash(name[3], 16), "{name:?}");

    // What one tenant has stands together.
    uploaded(&bob, PNG).await;
    let objects = storage.objects(&bucket).await;
    assert!(
        objects.len() == 2 && objects.keys().all(|other| other.split('/').nth(1) == Some(name[1])),
        "{objects:?}"
    );
}

#[tokio::test]
async fn an_agent_gets_the_same_as_from_the_folder() {
    const TEXT: &[u8] = b"nothing-like-this-is-anywhere-else\n";
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let (in_bucket, in_folder) = (server_on(&bucket).await, Server::start().await);
    let mut told = Vec::new();
    for server in [&in_bucket, &in_folder] {
        let agent = server.agent("101").await;
        let key = stored_by(&agent, TEXT).await;
        told.push([fetched(&agent, &key, None).await, fetched(&agent, &key, Some("bytes=2-5")).await]);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!((told[0][0].0, told[0][0].2.as_bytes()), (200, TEXT));
    let text = std::str::from_utf8(TEXT).unwrap().trim();
    assert_eq!((in_bucket.files_with(text), in_folder.files_with(text).len()), (Vec::new(), 1));
}

#[tokio::test]
async fn files_outlive_a_restart() {
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let server = server_on(&bucket).await;
    let key = uploaded(&server.customer("u-77").await, PNG).await;
    let server = server.restart().await;
    assert_eq!(downloaded(&server.customer("u-77").await, &key).await, PNG);
}
