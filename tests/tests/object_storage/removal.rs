//! Objects go with their files, whatever lies in between.

use std::time::Duration;

use frontdesk_server::files::{give_up_uploads, remove_erased_files};
use frontdesk_store::BucketOptions;
use frontdesk_tests::kit::{Agent, Server, eventually};
use serde_json::{Value, json};

use super::line::{Line, Way};
use super::storage::{PNG, Storage, download, server_on, upload, uploaded};

/// Where a customer who was here is erased.
async fn erasing(agent: &Agent, user: &str) -> String {
    let path = format!("/api/v1/customers?userId={user}");
    let id = eventually("a profile", async || {
        let list = agent.http.get(&path).await.json;
        list["customers"].as_array()?.iter().find_map(|found| found["id"].as_str().map(str::to_owned))
    });
    format!("/api/v1/customers/{}/erase", id.await)
}

/// A customer who sent a file and left.
async fn left(server: &Server, user: &str) -> String {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    let key = uploaded(&customer, PNG).await;
    customer.sends("DISCONNECT", "").await;
    key
}

async fn count(storage: &Storage, bucket: &BucketOptions) -> usize {
    storage.names(bucket).await.len()
}

#[tokio::test]
async fn who_is_erased_leaves_no_object() {
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let server = server_on(&bucket).await;
    let key = left(&server, "u-77").await;
    left(&server, "u-78").await;
    let admin = server.agent("901").await;
    let report = admin.http.post(&erasing(&admin, "u-77").await, Value::Null).await;
    assert_eq!((report.status.as_u16(), &report.json["files"]), (200, &json!(1)), "{}", report.text);
    assert_eq!(report.json["remains"].as_array().unwrap().len(), 2, "{}", report.text);
    assert_eq!(count(storage, &bucket).await, 1, "the other one's");
    assert_eq!(admin.http.get(&format!("/api/v1/files/{key}")).await.status, 404);
}

#[tokio::test]
async fn what_could_not_be_removed_is_removed_once_storage_is_back() {
    let storage = Storage::shared();
    let bucket = BucketOptions { timeout: Duration::from_secs(5), ..storage.bucket().await };
    let line = Line::to(&bucket).await;
    let mut server = server_on(&line.bucket).await;
    for (user, way) in [("u-77", Way::Cut), ("u-78", Way::Silent)] {
        let key = left(&server, user).await;
        let admin = server.agent("901").await;
        let path = erasing(&admin, user).await;
        line.set(way);
        let report = admin.http.post(&path, Value::Null).await;
        assert_eq!((report.status.as_u16(), &report.json["files"]), (200, &json!(1)), "{}", report.text);
        let remains = report.json["remains"].as_array().unwrap();
        assert!(
            remains.iter().any(|remains| remains.as_str().unwrap().contains("bytes of files")),
            "{}",
            report.text
        );
        assert_eq!(admin.http.get(&format!("/api/v1/files/{key}")).await.status, 404, "nobody gets it");
        assert_eq!(count(storage, &bucket).await, 1);
        // A node that comes back does what the one before could not.
        line.set(Way::Open);
        server = server.restart().await;
        eventually("no object", async || (count(storage, &bucket).await == 0).then_some(())).await;
        let parts = &server.parts;
        eventually("nothing to do", async || {
            parts.store.erased_blobs(1).await.unwrap().is_empty().then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn files_that_were_kept_for_long_enough_leave_no_object() {
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let server = server_on(&bucket).await;
    left(&server, "u-77").await;
    let admin = server.agent("901").await;
    let kept = admin.http.patch("/api/v1/config/tenants/demo", json!({ "retention": { "files": 8 } })).await;
    assert_eq!(kept.status, 200, "{}", kept.text);
    server.clock.advance(Duration::from_hours(24 * 9));
    eventually("no object", async || {
        remove_erased_files(&server.parts).await.unwrap();
        (count(storage, &bucket).await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_came_to_no_end_leaves_nothing() {
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let server = server_on(&bucket).await;
    let customer = server.customer("u-77").await;
    // Its bytes are stored, and then the node or the store dies.
    server.store.fail("put_file", 1);
    let failed = customer.call("uploadFileStream", upload(PNG)).await;
    assert_eq!(failed.failure().0, 500, "{}", failed.text);
    let good = uploaded(&customer, PNG).await;
    assert_eq!(count(storage, &bucket).await, 2);
    let look = async || {
        give_up_uploads(server.parts.clone()).await.unwrap();
        remove_erased_files(&server.parts).await.unwrap();
        count(storage, &bucket).await
    };
    server.clock.advance(Duration::from_mins(59));
    assert_eq!(look().await, 2, "it could still be under way");
    server.clock.advance(Duration::from_mins(2));
    assert_eq!(look().await, 1);
    let again = server.customer("u-77").await;
    assert_eq!(
        again.call("downloadFileStream", download(&good)).await.code(),
        "0",
        "what was acknowledged stays"
    );
}
