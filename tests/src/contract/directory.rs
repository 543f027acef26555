//! Configuration, keys and sign-ins.

use std::sync::Arc;

use frontdesk_core::directory::{App, Item, Queue, Tenant};
use frontdesk_core::id::{AppKey, TenantId};
use frontdesk_core::port::{ItemChanges, Store};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::token::SigningKey;

use super::knowledge::publish_an_answer;
use super::{queue, tenant};

fn other() -> TenantId {
    TenantId::new("other").unwrap()
}

fn queue_item(id: &str, name: &str) -> Item {
    Item::Queue(Queue::new(queue(id), name))
}

fn tenant_item(id: &TenantId) -> Item {
    Item::Tenant(Tenant::new(id.clone(), "The shop", "en"))
}

fn app(key: &str) -> Item {
    let secret_hash = SecretHash::of("secret").to_hex();
    Item::App(App { secret_hash, ..App::new(AppKey::new(key).unwrap(), "shop") })
}

async fn items(store: &dyn Store) -> Vec<(TenantId, Item)> {
    let mut items = store.items().await.unwrap();
    items.sort_by_key(|(tenant, item)| (tenant.clone(), item.kind(), item.id().to_owned()));
    items
}

/// What is written is there, in its newest form, until it is removed.
pub async fn items_are_kept_changed_and_removed(store: Arc<dyn Store>) {
    assert_eq!(items(&*store).await, []);
    let first = vec![(tenant(), queue_item("q", "old")), (tenant(), tenant_item(&tenant()))];
    store.put_items(first, Vec::new()).await.unwrap();
    store
        .put_items(vec![(tenant(), queue_item("q", "new")), (other(), queue_item("q", "theirs"))], Vec::new())
        .await
        .unwrap();
    let expected = [
        (tenant(), queue_item("q", "new")),
        (tenant(), tenant_item(&tenant())),
        (other(), queue_item("q", "theirs")),
    ];
    assert_eq!(items(&*store).await, expected);
    assert!(store.remove_item(&tenant(), "queue", "q", Vec::new()).await.unwrap());
    assert!(!store.remove_item(&tenant(), "queue", "q", Vec::new()).await.unwrap());
    assert_eq!(items(&*store).await, expected[1..]);
}

/// One item that cannot be written keeps the others out.
pub async fn items_are_written_all_or_none(store: Arc<dyn Store>) {
    store.put_items(vec![(other(), app("shop"))], Vec::new()).await.unwrap();
    let refused =
        store.put_items(vec![(tenant(), queue_item("q", "new")), (tenant(), app("shop"))], Vec::new()).await;
    assert!(refused.is_err());
    assert_eq!(items(&*store).await, [(other(), app("shop"))]);
}

/// What is put and what is removed come together or not at all, and only on the version that was seen.
pub async fn items_change_together_and_on_what_was_seen(store: Arc<dyn Store>) {
    store
        .put_items(vec![(tenant(), queue_item("q", "old")), (other(), app("shop"))], Vec::new())
        .await
        .unwrap();
    let before = store.configured().await.unwrap();
    assert_eq!(before.version, store.directory_version().await.unwrap());
    let change = |put: Vec<Item>, version| ItemChanges {
        put: put.into_iter().map(|item| (tenant(), item)).collect(),
        remove: vec![(tenant(), "queue", "q".to_owned()), (tenant(), "queue", "never was".to_owned())],
        version,
        audit: Vec::new(),
    };
    let half = change(vec![queue_item("new", "new"), app("shop")], Some(before.version));
    store.change_items(half).await.unwrap_err();
    assert_eq!(store.configured().await.unwrap(), before, "neither put nor removed, and no new version");
    let whole = change(vec![queue_item("new", "new")], Some(before.version));
    assert!(store.change_items(whole.clone()).await.unwrap());
    let after = store.configured().await.unwrap();
    assert!(after.version > before.version);
    assert_eq!(items(&*store).await, [(tenant(), queue_item("new", "new")), (other(), app("shop"))]);
    assert!(!store.change_items(whole).await.unwrap(), "it was decided on an older version");
    assert_eq!(store.configured().await.unwrap(), after);
    assert!(store.change_items(change(vec![], None)).await.unwrap());
}

/// Whatever a node keeps in memory has a new version when it changes.
pub async fn every_change_raises_the_version(store: Arc<dyn Store>) {
    let mut known = vec![store.directory_version().await.unwrap()];
    store.put_items(vec![(tenant(), queue_item("q", "q"))], Vec::new()).await.unwrap();
    known.push(store.directory_version().await.unwrap());
    store.remove_item(&tenant(), "queue", "q", Vec::new()).await.unwrap();
    known.push(store.directory_version().await.unwrap());
    publish_an_answer(&*store).await;
    known.push(store.directory_version().await.unwrap());
    store.add_signing_key(SigningKey { id: "new".to_owned(), bytes: [5; 32] }, 2, Vec::new()).await.unwrap();
    known.push(store.directory_version().await.unwrap());
    assert!(known.is_sorted_by(|a, b| a < b), "{known:?}");
}

/// No two tenants share an app key, which alone finds the tenant; its own tenant may change it.
pub async fn an_app_key_belongs_to_one_tenant(store: Arc<dyn Store>) {
    store.put_items(vec![(tenant(), app("shop"))], Vec::new()).await.unwrap();
    store.put_items(vec![(tenant(), app("shop"))], Vec::new()).await.unwrap();
    let refused = store.put_items(vec![(other(), app("shop"))], Vec::new()).await.unwrap_err();
    assert!(refused.to_string().contains("shop"), "{refused}");
    assert!(store.remove_item(&tenant(), "app", "shop", Vec::new()).await.unwrap());
    store.put_items(vec![(other(), app("shop"))], Vec::new()).await.unwrap();
}

/// A new store can seal, sign and be told from another.
pub async fn there_are_keys_from_the_start(store: Arc<dyn Store>) {
    let keys = store.keys().await.unwrap();
    assert_ne!(*keys.sealing, [0; 32]);
    assert_eq!(keys.signing.len(), 1);
    assert_ne!(keys.signing[0].bytes, *keys.sealing);
    assert_ne!(store.epoch(), 0);
    assert!(i64::try_from(store.epoch()).is_ok(), "it fits any database's integers");
}

/// The newest is last; as many of the others stay as is asked for.
pub async fn signing_keys_rotate(store: Arc<dyn Store>) {
    let first = store.keys().await.unwrap().signing.remove(0).id.clone();
    let ids = async || -> Vec<String> {
        store.keys().await.unwrap().signing.into_iter().map(|key| key.id.clone()).collect()
    };
    let key = |id: &str| SigningKey { id: id.to_owned(), bytes: [5; 32] };
    store.add_signing_key(key("second"), 2, Vec::new()).await.unwrap();
    assert_eq!(ids().await, [first.as_str(), "second"]);
    store.add_signing_key(key("third"), 1, Vec::new()).await.unwrap();
    assert_eq!(ids().await, ["second", "third"]);
    store.add_signing_key(key("fourth"), 0, Vec::new()).await.unwrap();
    assert_eq!(ids().await, ["fourth"]);
    assert_eq!(store.keys().await.unwrap().signing[0].bytes, [5; 32]);
}
