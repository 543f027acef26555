//! What is known of files, and the life of the store itself.

use std::sync::Arc;

use frontdesk_core::log::LogId;
use frontdesk_core::port::{CommitError, FileRecord, Store, StoreError};
use frontdesk_core::time::Timestamp;

use super::{commit, customer, register, said, tell, tenant};

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
        object: None,
    };
    let file = (ann, record.number);
    assert_eq!(store.file(ann, record.number).await.unwrap(), None);
    assert!(!store.may_fetch(file, ann).await.unwrap());
    store.put_file(&tenant(), record.clone()).await.unwrap();
    store.put_file(&tenant(), record.clone()).await.unwrap();
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

fn in_an_object(log: LogId, number: u64) -> (FileRecord, String) {
    let object = FileRecord::object_name(&tenant(), log, number);
    let at = Timestamp::from_millis(5);
    let record = FileRecord {
        log,
        number,
        file_type: "png".to_owned(),
        name: None,
        size: 1,
        at,
        object: Some(object.clone()),
    };
    (record, object)
}

/// The bytes of a file may be in an object; where they are goes with what is known of it, also when it is forgotten.
pub async fn an_object_is_expected_until_its_file_is_known(store: Arc<dyn Store>) {
    let ann = register(&*store, "ann").await;
    let (record, object) = in_an_object(ann, 7);
    let refused = store.put_file(&tenant(), record.clone()).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "nobody expected it: {refused:?}");
    assert_eq!(store.file(ann, 7).await.unwrap(), None);
    for _ in 0..2 {
        store.expect_object(&tenant(), &object, Timestamp::from_millis(1_000)).await.unwrap();
    }
    store.put_file(&tenant(), record.clone()).await.unwrap();
    store.put_file(&tenant(), record.clone()).await.unwrap();
    assert_eq!(store.file(ann, 7).await.unwrap(), Some(record.clone()));
    assert_eq!(store.files_of(ann, None, 10).await.unwrap(), [record]);
    // It has come: nothing is given up.
    store.give_up_objects(Timestamp::from_millis(9_000)).await.unwrap();
    assert_eq!(store.erased_blobs(10).await.unwrap(), [] as [&str; 0]);
    let erased = store.erase_customer(ann).await.unwrap();
    assert_eq!((erased.files, &erased.blobs), (1, &vec![object.clone()]));
    assert_eq!(store.erased_blobs(10).await.unwrap(), [object]);
}

/// An upload that was cut off leaves an object at most, and that goes; whoever comes later is refused.
pub async fn what_never_became_a_file_is_removed(store: Arc<dyn Store>) {
    let ann = customer("ann").log();
    let (early, name) = in_an_object(ann, 1);
    let (late, late_name) = in_an_object(ann, 2);
    store.expect_object(&tenant(), &name, Timestamp::from_millis(1_000)).await.unwrap();
    store.expect_object(&tenant(), &late_name, Timestamp::from_millis(2_000)).await.unwrap();
    store.give_up_objects(Timestamp::from_millis(2_000)).await.unwrap();
    assert_eq!(store.erased_blobs(10).await.unwrap(), std::slice::from_ref(&name));
    let refused = store.put_file(&tenant(), early).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    store.put_file(&tenant(), late).await.unwrap();
    store.finish_erasing(vec![name]).await.unwrap();
    store.give_up_objects(Timestamp::from_millis(9_000)).await.unwrap();
    assert_eq!(store.erased_blobs(10).await.unwrap(), [] as [&str; 0]);
}

/// A file in the folder goes into an object once, however often that is tried; what nobody needs any more is removed.
pub async fn files_move_from_the_folder_into_objects(store: Arc<dyn Store>) {
    let (ann, bob) = (customer("ann").log(), customer("bob").log());
    let now = Timestamp::from_millis(1_000);
    for (log, number) in [(ann, u64::MAX), (ann, 3), (bob, 4)] {
        store.put_file(&tenant(), FileRecord { object: None, ..in_an_object(log, number).0 }).await.unwrap();
    }
    let mut found = Vec::new();
    while let [(of, record)] = &store.files_in_folder(found.last().copied(), 1).await.unwrap()[..] {
        assert_eq!((of, record.size), (&tenant(), 1));
        found.push((record.log, record.number));
    }
    assert_eq!(found.len(), 3, "{found:?}");
    let objects: Vec<String> = (11..14).map(|number| in_an_object(ann, number).1).collect();
    let moved = store.file_moved((ann, 3), &objects[0]).await;
    assert!(matches!(moved, Err(StoreError::Unavailable(_))), "nobody expected it: {moved:?}");
    for object in &objects {
        store.expect_object(&tenant(), object, now).await.unwrap();
    }
    store.file_moved((ann, 3), &objects[0]).await.unwrap();
    assert_eq!(store.file(ann, 3).await.unwrap().unwrap().object.as_ref(), Some(&objects[0]));
    assert_eq!(store.erased_blobs(10).await.unwrap(), [FileRecord::blob_name(ann, 3)]);
    // Somebody else was faster, or the file is gone: what was stored for it is nobody's.
    store.file_moved((ann, 3), &objects[1]).await.unwrap();
    store.file_moved((bob, 99), &objects[2]).await.unwrap();
    assert_eq!(store.file(ann, 3).await.unwrap().unwrap().object.as_ref(), Some(&objects[0]));
    let gone = store.erased_blobs(10).await.unwrap();
    assert_eq!(
        gone,
        [FileRecord::blob_name(ann, 3), objects[1].clone(), objects[2].clone()],
        "the folder's first"
    );
    assert_eq!(store.files_in_folder(None, 10).await.unwrap().len(), 2);
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
