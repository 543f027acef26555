//! Configuration, knowledge, keys and sign-ins.

use std::sync::Arc;

use frontdesk_core::directory::{App, Item, Queue, Tenant};
use frontdesk_core::id::{AppKey, TenantId};
use frontdesk_core::port::{AgentSession, Store};
use frontdesk_core::robot::{Question, QuestionGroup};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::SigningKey;

use super::{agent, queue, tenant};

fn other() -> TenantId {
    TenantId::new("other").unwrap()
}

fn queue_item(id: &str, name: &str) -> Item {
    Item::Queue(Queue::new(queue(id), name))
}

fn tenant_item(id: &TenantId) -> Item {
    let (name, locale) = ("The shop".to_owned(), "en".to_owned());
    Item::Tenant(Tenant {
        id: id.clone(),
        name,
        locale,
        texts: std::collections::HashMap::default(),
        dispositions: Vec::new(),
    })
}

fn app(key: &str) -> Item {
    let secret_hash = SecretHash::of("secret").to_hex();
    Item::App(App { key: AppKey::new(key).unwrap(), name: "shop".to_owned(), secret_hash })
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
    store.put_items(first).await.unwrap();
    store
        .put_items(vec![(tenant(), queue_item("q", "new")), (other(), queue_item("q", "theirs"))])
        .await
        .unwrap();
    let expected = [
        (tenant(), queue_item("q", "new")),
        (tenant(), tenant_item(&tenant())),
        (other(), queue_item("q", "theirs")),
    ];
    assert_eq!(items(&*store).await, expected);
    assert!(store.remove_item(&tenant(), "queue", "q").await.unwrap());
    assert!(!store.remove_item(&tenant(), "queue", "q").await.unwrap());
    assert_eq!(items(&*store).await, expected[1..]);
}

/// One item that cannot be written keeps the others out.
pub async fn items_are_written_all_or_none(store: Arc<dyn Store>) {
    store.put_items(vec![(other(), app("shop"))]).await.unwrap();
    let refused = store.put_items(vec![(tenant(), queue_item("q", "new")), (tenant(), app("shop"))]).await;
    assert!(refused.is_err());
    assert_eq!(items(&*store).await, [(other(), app("shop"))]);
}

/// No two tenants share an app key, which alone finds the tenant; its own tenant may change it.
pub async fn an_app_key_belongs_to_one_tenant(store: Arc<dyn Store>) {
    store.put_items(vec![(tenant(), app("shop"))]).await.unwrap();
    store.put_items(vec![(tenant(), app("shop"))]).await.unwrap();
    let refused = store.put_items(vec![(other(), app("shop"))]).await.unwrap_err();
    assert!(refused.to_string().contains("shop"), "{refused}");
    assert!(store.remove_item(&tenant(), "app", "shop").await.unwrap());
    store.put_items(vec![(other(), app("shop"))]).await.unwrap();
}

/// A base is replaced as a whole; other bases and tenants keep theirs.
pub async fn knowledge_is_replaced_as_a_whole(store: Arc<dyn Store>) {
    let group = |id: &str, terms: &[&str]| QuestionGroup {
        id: id.to_owned(),
        locale: "zh".to_owned(),
        answer: "七天".to_owned(),
        questions: vec![Question {
            text: "怎么退货".to_owned(),
            terms: terms.iter().map(|term| (*term).to_owned()).collect(),
        }],
    };
    assert_eq!(store.knowledge(&tenant(), "shop").await.unwrap(), []);
    let groups = vec![group("b", &["退货", "怎么"]), group("a", &[])];
    store.put_knowledge(&tenant(), "shop", groups.clone()).await.unwrap();
    store.put_knowledge(&other(), "shop", vec![group("x", &[])]).await.unwrap();
    assert_eq!(store.knowledge(&tenant(), "shop").await.unwrap(), groups, "in their order, with their terms");
    store.put_knowledge(&tenant(), "shop", vec![group("c", &[])]).await.unwrap();
    assert_eq!(store.knowledge(&tenant(), "shop").await.unwrap(), [group("c", &[])]);
    assert_eq!(store.knowledge(&tenant(), "other").await.unwrap(), []);
    assert_eq!(store.knowledge(&other(), "shop").await.unwrap().len(), 1);
}

/// A new store can seal, sign and be told from another.
pub async fn there_are_keys_from_the_start(store: Arc<dyn Store>) {
    let keys = store.keys().await.unwrap();
    assert_ne!(keys.sealing, [0; 32]);
    assert_eq!(keys.signing.len(), 1);
    assert_ne!(keys.signing[0].bytes, keys.sealing);
    assert_ne!(store.epoch(), 0);
    assert!(i64::try_from(store.epoch()).is_ok(), "it fits any database's integers");
}

/// The newest is last; as many of the others stay as is asked for.
pub async fn signing_keys_rotate(store: Arc<dyn Store>) {
    let first = store.keys().await.unwrap().signing.remove(0).id;
    let ids = async || -> Vec<String> {
        store.keys().await.unwrap().signing.into_iter().map(|key| key.id).collect()
    };
    let key = |id: &str| SigningKey { id: id.to_owned(), bytes: [5; 32] };
    store.add_signing_key(key("second"), 2).await.unwrap();
    assert_eq!(ids().await, [first.as_str(), "second"]);
    store.add_signing_key(key("third"), 1).await.unwrap();
    assert_eq!(ids().await, ["second", "third"]);
    store.add_signing_key(key("fourth"), 0).await.unwrap();
    assert_eq!(ids().await, ["fourth"]);
    assert_eq!(store.keys().await.unwrap().signing[0].bytes, [5; 32]);
}

/// One agent may be signed in several times; each sign-in ends alone.
pub async fn sign_ins_are_kept_and_ended(store: Arc<dyn Store>) {
    let session = AgentSession {
        tenant: tenant(),
        agent: agent("101"),
        created: Timestamp::from_millis(1),
        expires: Timestamp::from_millis(4_000_000_000_000),
    };
    let (one, two) = (SecretHash::of("one"), SecretHash::of("two"));
    assert_eq!(store.session(one).await.unwrap(), None);
    store.open_session(one, session.clone()).await.unwrap();
    store.open_session(two, session.clone()).await.unwrap();
    assert_eq!(store.session(one).await.unwrap(), Some(session.clone()));
    store.close_session(one).await.unwrap();
    store.close_session(one).await.unwrap();
    assert_eq!(store.session(one).await.unwrap(), None);
    assert_eq!(store.session(two).await.unwrap(), Some(session));
}
