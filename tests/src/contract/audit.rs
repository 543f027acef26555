//! The audit log: chains that are only added to.

use std::sync::Arc;

use frontdesk_core::audit::{Actor, ActorKind, Draft, Head, Outcome, Record, Row, Target, Verdict, verify};
use frontdesk_core::directory::{Item, Queue};
use frontdesk_core::id::{QueueId, TenantId};
use frontdesk_core::port::{AuditQuery, ItemChanges, Store};
use frontdesk_core::time::Timestamp;

use super::tenant;

fn other() -> TenantId {
    TenantId::new("other").unwrap()
}

fn draft(tenant: &TenantId, action: &str) -> Draft {
    Draft::by_system(tenant.clone(), action)
}

fn queue() -> Item {
    Item::Queue(Queue::new(QueueId::new("q").unwrap(), "q"))
}

async fn chain(store: &dyn Store, tenant: &TenantId) -> Vec<Row> {
    store.audit_range(tenant, 0, u64::MAX, 10_000).await.unwrap()
}

async fn actions(store: &dyn Store, tenant: &TenantId) -> Vec<String> {
    let rows = chain(store, tenant).await;
    rows.iter().map(|row| Record::read(&row.body).unwrap().action).collect()
}

async fn is_intact(store: &dyn Store, tenant: &TenantId) -> Head {
    let span = store.audit_span(tenant, None, None).await.unwrap();
    assert_eq!(span.after, Head::genesis(tenant, span.epoch), "it begins with the tenant and the epoch");
    let rows = chain(store, tenant).await.into_iter().map(Ok::<_, std::convert::Infallible>);
    let verdict = verify(tenant, span.after, rows, &[]).unwrap();
    assert_eq!(verdict, Verdict::Intact(span.last));
    span.last
}

/// Each tenant has a chain of its own, numbered from 1, and all heads are known.
pub async fn each_tenant_has_its_chain(store: Arc<dyn Store>) {
    assert_eq!(store.audit_heads().await.unwrap(), []);
    let all = vec![draft(&tenant(), "a"), draft(&other(), "b"), draft(&tenant(), "c")];
    store.append_audit(all).await.unwrap();
    assert_eq!(actions(&*store, &tenant()).await, ["a", "c"]);
    assert_eq!(actions(&*store, &other()).await, ["b"]);
    let heads =
        [(tenant(), is_intact(&*store, &tenant()).await), (other(), is_intact(&*store, &other()).await)];
    let mut found = store.audit_heads().await.unwrap();
    found.sort_by_key(|(tenant, _)| tenant.clone());
    let mut expected = heads.to_vec();
    expected.sort_by_key(|(tenant, _)| tenant.clone());
    assert_eq!(found, expected);
}

/// A change of what is configured and its record are one.
pub async fn a_change_and_its_record_are_one(store: Arc<dyn Store>) {
    store.put_items(vec![(tenant(), queue())], vec![draft(&tenant(), "made")]).await.unwrap();
    let app = |tenant: &TenantId| {
        let key = frontdesk_core::id::AppKey::new("shop").unwrap();
        let app = frontdesk_core::directory::App {
            key,
            name: String::new(),
            secret_hash: String::new(),
            old_secret: None,
        };
        vec![(tenant.clone(), Item::App(app))]
    };
    store.put_items(app(&other()), Vec::new()).await.unwrap();
    let refused = store.put_items(app(&tenant()), vec![draft(&tenant(), "never")]).await;
    assert!(refused.is_err());
    assert!(store.remove_item(&tenant(), "queue", "q", vec![draft(&tenant(), "removed")]).await.unwrap());
    assert!(!store.remove_item(&tenant(), "queue", "q", vec![draft(&tenant(), "never")]).await.unwrap());
    let seen = store.directory_version().await.unwrap();
    let change = |version, action: &str| ItemChanges {
        put: vec![(tenant(), queue())],
        version: Some(version),
        audit: vec![draft(&tenant(), action)],
        ..ItemChanges::default()
    };
    assert!(store.change_items(change(seen, "changed")).await.unwrap());
    assert!(
        !store.change_items(change(seen, "never")).await.unwrap(),
        "something else was changed meanwhile"
    );
    let key = frontdesk_core::token::SigningKey { id: "new".to_owned(), bytes: [5; 32] };
    store.add_signing_key(key, 2, vec![draft(&tenant(), "rotated")]).await.unwrap();
    assert_eq!(actions(&*store, &tenant()).await, ["made", "removed", "changed", "rotated"]);
    is_intact(&*store, &tenant()).await;
}

/// Whoever writes at the same time, the chain is one.
pub async fn writers_at_the_same_time_make_one_chain(store: Arc<dyn Store>) {
    let writers = ["left", "right"].map(|who| {
        let store = Arc::clone(&store);
        async move {
            for _ in 0..50 {
                store.append_audit(vec![draft(&tenant(), who)]).await.unwrap();
            }
        }
    });
    let [left, right] = writers;
    tokio::join!(left, right);
    assert_eq!(is_intact(&*store, &tenant()).await.number, 100);
    let actions = actions(&*store, &tenant()).await;
    assert_eq!(actions.iter().filter(|action| *action == "left").count(), 50);
}

/// Records are found by who, what, whom and when, newest first, in pages.
pub async fn records_are_found(store: Arc<dyn Store>) {
    let by = |id: &str, action: &str, target: &str| Draft {
        actor: Actor::new(ActorKind::Person, id),
        target: Some(Target::new("queue", target)),
        outcome: Outcome::Done,
        ..draft(&tenant(), action)
    };
    let all =
        vec![by("ann", "config.change", "q"), by("bob", "config.remove", "q"), by("ann", "push.test", "r")];
    store.append_audit(all).await.unwrap();
    store.append_audit(vec![draft(&other(), "config.change")]).await.unwrap();
    let find = async |query: AuditQuery| -> Vec<u64> {
        let query = AuditQuery { limit: query.limit.max(1), ..query };
        let rows = store.audit_records(&tenant(), query).await.unwrap();
        rows.into_iter().map(|row| row.number).collect()
    };
    let any = AuditQuery { limit: 10, ..AuditQuery::default() };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(find(any.clone()).await, [3, 2, 1]);
    assert_eq!(find(AuditQuery { limit: 2, ..any.clone() }).await, [3, 2]);
    assert_eq!(find(AuditQuery { before: Some(2), ..any.clone() }).await, [1]);
    assert_eq!(find(AuditQuery { actor: text("ann"), ..any.clone() }).await, [3, 1]);
    let person = Some(ActorKind::Person);
    assert_eq!(find(AuditQuery { actor_kind: person, actor: text("bob"), ..any.clone() }).await, [2]);
    assert_eq!(find(AuditQuery { actor_kind: Some(ActorKind::App), ..any.clone() }).await, [0; 0]);
    assert_eq!(find(AuditQuery { action: text("config."), ..any.clone() }).await, [2, 1]);
    assert_eq!(find(AuditQuery { target: text("r"), ..any.clone() }).await, [3]);
    assert_eq!(find(AuditQuery { target_kind: text("agent"), ..any.clone() }).await, [0; 0]);
    let at = Record::read(&chain(&*store, &tenant()).await[2].body).unwrap().at;
    let after = Timestamp::from_millis(at.as_millis() + 1);
    assert_eq!(find(AuditQuery { from: Some(after), ..any.clone() }).await, [0; 0]);
    assert_eq!(find(AuditQuery { to: Some(after), ..any.clone() }).await, [3, 2, 1]);
    assert_eq!(find(AuditQuery { from: Some(at), to: Some(after), ..any }).await.first(), Some(&3));
    let nothing = store.audit_span(&tenant(), Some(after), None).await.unwrap();
    assert_eq!((nothing.after.number, nothing.last.number), (3, 3));
}
