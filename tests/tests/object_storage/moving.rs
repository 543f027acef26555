//! The bucket is named later: what lies in the folder stays readable and goes into the bucket.

use frontdesk_server::files::{move_into_bucket, remove_erased_files};
use frontdesk_tests::kit::{Server, eventually};

use super::line::{Line, Way};
use super::storage::{PNG, Storage, downloaded, uploaded};

#[tokio::test]
async fn files_go_from_the_folder_into_the_bucket() {
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let line = Line::to(&bucket).await;
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let old = [b"zebra-one-of-two", b"zebra-two-of-two"].map(|text| [PNG, &text[..]].concat());
    let keys = [uploaded(&customer, &old[0]).await, uploaded(&customer, &old[1]).await];

    // The bucket is named, but not to be reached yet.
    line.set(Way::Cut);
    let server = server.restart_with_bucket(Some(line.bucket.clone())).await;
    assert!(move_into_bucket(&server.parts).await.is_err());
    let customer = server.customer("u-77").await;
    for (key, bytes) in keys.iter().zip(&old) {
        assert_eq!(&downloaded(&customer, key).await, bytes, "it lies in the folder");
    }

    line.set(Way::Open);
    let new = uploaded(&customer, PNG).await;
    move_into_bucket(&server.parts).await.unwrap();
    let mut expected = vec![PNG.to_vec(), old[0].clone(), old[1].clone()];
    expected.sort();
    eventually("each is in the bucket once", async || {
        // The server may have been at it, too; then what one of the two stored goes again.
        remove_erased_files(&server.parts).await.unwrap();
        let mut stored: Vec<Vec<u8>> = storage.objects(&bucket).await.into_values().collect();
        stored.sort();
        (stored == expected).then_some(())
    })
    .await;
    assert_eq!(move_into_bucket(&server.parts).await.unwrap(), 0, "once is enough");
    eventually("nothing is left in the folder", async || {
        remove_erased_files(&server.parts).await.unwrap();
        (server.files_with("zebra-one-of-two").is_empty() && server.files_with("zebra-two-of-two").is_empty())
            .then_some(())
    })
    .await;
    let keys = keys.iter().chain([&new]);
    for (key, bytes) in keys.zip([&old[0], &old[1], &PNG.to_vec()]) {
        assert_eq!(&downloaded(&customer, key).await, bytes);
    }
}

#[tokio::test]
async fn that_happens_by_itself() {
    let storage = Storage::shared();
    let bucket = storage.bucket().await;
    let server = Server::start().await;
    let key = uploaded(&server.customer("u-77").await, PNG).await;
    let server = server.restart_with_bucket(Some(bucket.clone())).await;
    eventually("it is in the bucket", async || (storage.names(&bucket).await.len() == 1).then_some(())).await;
    let customer = server.customer("u-77").await;
    assert_eq!(downloaded(&customer, &key).await, PNG);
    let server = server.restart().await;
    assert_eq!(downloaded(&server.customer("u-77").await, &key).await, PNG);
}
