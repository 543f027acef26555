//! Desks of the agent gateway.

use std::sync::Arc;

use frontdesk_core::port::{AgentSession, DeskChange, GatewayDesk, Store};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;

use super::{agent, tenant};

/// A desk is kept as it is, and each of its parts changes alone.
pub async fn a_desk_is_kept_and_changed(store: Arc<dyn Store>) {
    let (tenant, agent, other) = (tenant(), agent("101"), agent("102"));
    let (one, two) = (SecretHash::of("one"), SecretHash::of("two"));
    let mut desk = GatewayDesk {
        sessions: vec![one],
        cursor: None,
        auto_answer: true,
        auto_idle: false,
        in_wrap_up: false,
        most_calls: None,
        opened: Timestamp::from_millis(1_784_529_722_590),
    };
    let kept = async || store.gateway_desk(&tenant, &agent).await.unwrap();
    let change = async |change| store.change_gateway_desk(&tenant, &agent, change).await.unwrap();
    assert_eq!(kept().await, None);
    assert!(!change(DeskChange::Cursor("of nobody".to_owned())).await);
    assert_eq!(kept().await, None);
    store.put_gateway_desk(&tenant, &agent, desk.clone()).await.unwrap();
    assert_eq!(kept().await, Some(desk.clone()));
    assert_eq!(store.gateway_desk(&tenant, &other).await.unwrap(), None);

    assert!(change(DeskChange::Cursor("here".to_owned())).await);
    change(DeskChange::AddSession(two)).await;
    change(DeskChange::AutoAnswer(false)).await;
    change(DeskChange::AutoIdle(true)).await;
    change(DeskChange::InWrapUp(true)).await;
    change(DeskChange::MostCalls(3)).await;
    desk = GatewayDesk {
        sessions: vec![two, one],
        cursor: Some("here".to_owned()),
        auto_answer: false,
        auto_idle: true,
        in_wrap_up: true,
        most_calls: Some(3),
        ..desk
    };
    assert_eq!(kept().await, Some(desk.clone()));
    let hashes: Vec<SecretHash> = (0..10).map(|n| SecretHash::of(&format!("{n}"))).collect();
    for hash in &hashes {
        change(DeskChange::AddSession(*hash)).await;
    }
    let newest: Vec<SecretHash> = hashes.into_iter().rev().take(GatewayDesk::MOST_SESSIONS).collect();
    assert_eq!(kept().await.unwrap().sessions, newest, "the oldest are forgotten");
    change(DeskChange::OnlySession(one)).await;
    assert_eq!(kept().await.unwrap().sessions, [one]);

    for sign_in in [one, two] {
        let (now, later) = (Timestamp::from_millis(1), Timestamp::from_millis(4_000_000_000_000));
        let session = AgentSession::new(tenant.clone(), agent.clone(), now, later);
        store.open_session(sign_in, session).await.unwrap();
    }
    let honoured = async |sign_in| store.session(sign_in).await.unwrap().is_some();
    let same = GatewayDesk { cursor: None, ..desk.clone() };
    store.put_gateway_desk(&tenant, &agent, same.clone()).await.unwrap();
    assert_eq!(kept().await, Some(same), "a new one has no cursor");
    assert!(honoured(one).await, "the new one has it too");
    store.put_gateway_desk(&tenant, &agent, GatewayDesk { sessions: vec![two], ..desk }).await.unwrap();
    assert!(!honoured(one).await && honoured(two).await, "who took the desk over has it alone");
    store.remove_gateway_desk(&tenant, &agent).await.unwrap();
    store.remove_gateway_desk(&tenant, &agent).await.unwrap();
    assert_eq!(kept().await, None);
}
