//! What is known of files, and the life of the store itself.

use std::sync::Arc;

use frontdesk_core::port::{CommitError, FileRecord, Store};
use frontdesk_core::time::Timestamp;

use super::{commit, customer, register, said, tell};

/// Only readers of its own log, and of logs that it was shared with, may fetch a file.
pub async fn a_file_is_known_to_its_log_and_those_it_is_shared_with(store: Arc<dyn Store>) {
    let (ann, bob) = (customer("ann").log(), customer("bob").log());
    let record = FileRecord {
        log: ann,
        // Numbers use all their bits.
        number: u64::MAX - 1,
        file_type: "png".to_owned(),
        name: Some("图.png".to_owned()),
        size: 123,
        at: Timestamp::from_millis(5),
    };
    let file = (ann, record.number);
    assert_eq!(store.file(ann, record.number).await.unwrap(), None);
    assert!(!store.may_fetch(file, ann).await.unwrap());
    store.put_file(record.clone()).await.unwrap();
    store.put_file(record.clone()).await.unwrap();
    assert_eq!(store.file(ann, record.number).await.unwrap(), Some(record.clone()));
    assert_eq!(store.file(bob, record.number).await.unwrap(), None);
    assert!(store.may_fetch(file, ann).await.unwrap());
    assert!(!store.may_fetch(file, bob).await.unwrap());
    store.share_file(file, bob).await.unwrap();
    store.share_file(file, bob).await.unwrap();
    assert!(store.may_fetch(file, bob).await.unwrap());
    assert!(!store.may_fetch((bob, record.number), bob).await.unwrap());
    assert!(!store.may_fetch((ann, 1), ann).await.unwrap());
}

/// What was let in before closing is answered; what comes later fails instead of hanging.
pub async fn a_store_can_be_checked_and_closed(store: Arc<dyn Store>) {
    store.check().await.unwrap();
    let log = register(&*store, "ann").await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = Arc::clone(&store);
        tasks.spawn(async move { store.commit(commit(log, 0, tell(vec![said("hello")]))).await });
    }
    store.close().await;
    for answer in tasks.join_all().await {
        assert!(matches!(answer, Ok(_) | Err(CommitError::Store(_))), "{answer:?}");
    }
    assert!(store.check().await.is_err());
    assert!(store.load(log).await.is_err());
    assert!(store.register(&customer("bob")).await.is_err());
    store.close().await;
}
