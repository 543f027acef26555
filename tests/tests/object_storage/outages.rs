//! Storage that is away, or says nothing.

use std::time::Duration;

use frontdesk_core::id::{ChannelId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_store::BucketOptions;
use frontdesk_tests::kit::{Answer, CHANNEL, Server};

use super::line::{Line, Way};
use super::storage::{PNG, Storage, download, downloaded, server_on, upload, uploaded};

/// How long storage has. It is waited for where it says nothing, and is enough where it does.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many files the server knows of a customer.
async fn known(server: &Server, user: &str) -> usize {
    let (tenant, channel) = (TenantId::new("demo").unwrap(), ChannelId::new(CHANNEL).unwrap());
    let log = LogId::of_customer(&tenant, &channel, &UserId::new(user).unwrap());
    server.parts.store.files_of(log, None, 100).await.unwrap().len()
}

/// 503, in both shapes, and when to come again.
fn is_busy(answer: &Answer) {
    assert_eq!(answer.failure(), (503, "BUSY", "The server is busy. Try again in a moment."));
    assert_eq!(answer.headers["retry-after"], "1");
}

#[tokio::test]
async fn without_storage_nothing_is_acknowledged_and_everything_goes_on_once_it_is_back() {
    let storage = Storage::shared();
    let bucket = BucketOptions { timeout: PATIENCE, ..storage.bucket().await };
    let line = Line::to(&bucket).await;
    let server = server_on(&line.bucket).await;
    let customer = server.customer("u-77").await;
    let key = uploaded(&customer, PNG).await;
    for way in [Way::Cut, Way::Silent] {
        line.set(way);
        let (up, down) = tokio::join!(
            customer.call("uploadFileStream", upload(PNG)),
            customer.call("downloadFileStream", download(&key)),
        );
        is_busy(&up);
        is_busy(&down);
        assert_eq!(known(&server, "u-77").await, 1, "{way:?}");
        // Whoever wants no file notices nothing.
        customer.sends("CONNECT", "").await;
        customer.drain().await;
        customer.sends("DISCONNECT", "").await;
        line.set(Way::Open);
        assert_eq!(downloaded(&customer, &key).await, PNG, "{way:?}");
    }
    let other = uploaded(&customer, PNG).await;
    assert_eq!((downloaded(&customer, &other).await, known(&server, "u-77").await), (PNG.to_vec(), 2));
}

#[tokio::test]
async fn a_server_starts_without_its_storage_and_stops_without_it() {
    let storage = Storage::shared();
    let bucket = BucketOptions { timeout: PATIENCE, ..storage.bucket().await };
    let line = Line::to(&bucket).await;
    line.set(Way::Silent);
    let server = server_on(&line.bucket).await;
    let customer = server.customer("u-77").await;
    is_busy(&customer.call("uploadFileStream", upload(PNG)).await);
    let server = server.restart().await;
    line.set(Way::Open);
    uploaded(&server.customer("u-77").await, PNG).await;
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_an_outage_and_not_a_file_that_is_gone() {
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let server = server_on(&bucket).await;
    let key = uploaded(&server.customer("u-77").await, PNG).await;
    let elsewhere = BucketOptions { url: "s3://no-such-bucket".to_owned(), ..bucket.clone() };
    let server = server.restart_with_bucket(Some(elsewhere)).await;
    let customer = server.customer("u-77").await;
    is_busy(&customer.call("downloadFileStream", download(&key)).await);
    is_busy(&customer.call("uploadFileStream", upload(PNG)).await);
    // Nor is it without any bucket.
    let server = server.restart_with_bucket(None).await;
    is_busy(&server.customer("u-77").await.call("downloadFileStream", download(&key)).await);
    let server = server.restart_with_bucket(Some(bucket)).await;
    assert_eq!(downloaded(&server.customer("u-77").await, &key).await, PNG);
}
