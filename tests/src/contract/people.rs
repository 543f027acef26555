//! Sign-ins, API keys and second factors.

use std::sync::Arc;

use frontdesk_core::access::AccessScope;
use frontdesk_core::directory::{Agent, Item, Tenant};
use frontdesk_core::id::{IdentityProviderId, RoleId, TenantId};
use frontdesk_core::port::{AgentSession, ApiKey, GatewayDesk, SecondFactor, Store};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;

use super::build::{agent, queue, tenant};

const LATER: Timestamp = Timestamp::from_millis(4_000_000_000_000);

fn session(of: &str, created: i64) -> AgentSession {
    AgentSession {
        address: Some("192.0.2.1".to_owned()),
        user_agent: Some("a browser".to_owned()),
        ..AgentSession::new(tenant(), agent(of), Timestamp::from_millis(created), LATER)
    }
}

/// One agent may be signed in several times; each sign-in ends alone.
pub async fn sign_ins_are_kept_and_ended(store: Arc<dyn Store>) {
    let session = session("101", 1);
    let (one, two) = (SecretHash::of("one"), SecretHash::of("two"));
    assert_eq!(store.session(one).await.unwrap(), None);
    store.open_session(one, session.clone()).await.unwrap();
    let provider = Some(IdentityProviderId::new("corp").unwrap());
    let by_provider = AgentSession { second_factor: true, provider, ..session.clone() };
    store.open_session(two, by_provider.clone()).await.unwrap();
    assert_eq!(store.session(one).await.unwrap(), Some(session.clone()));
    store.close_session(one).await.unwrap();
    store.close_session(one).await.unwrap();
    assert_eq!(store.session(one).await.unwrap(), None);
    assert_eq!(store.session(two).await.unwrap(), Some(by_provider));
}

/// Somebody's, and nobody else's, the newest first.
pub async fn sign_ins_are_listed_and_ended_together(store: Arc<dyn Store>) {
    let tokens = ["first", "second", "third"].map(SecretHash::of);
    for (token, created) in tokens.iter().zip(1..) {
        store.open_session(*token, session("101", created)).await.unwrap();
    }
    let other = SecretHash::of("of 102");
    store.open_session(other, session("102", 1)).await.unwrap();
    let elsewhere = AgentSession { tenant: TenantId::new("other").unwrap(), ..session("101", 1) };
    store.open_session(SecretHash::of("elsewhere"), elsewhere).await.unwrap();
    let listed = async || -> Vec<SecretHash> {
        let sessions = store.sessions_of(&tenant(), &agent("101")).await.unwrap();
        sessions.into_iter().map(|(token, _)| token).collect()
    };
    assert_eq!(listed().await, [tokens[2], tokens[1], tokens[0]]);
    store.close_sessions_of(&tenant(), &agent("101"), Some(tokens[1])).await.unwrap();
    assert_eq!(listed().await, [tokens[1]]);
    store.close_sessions_of(&tenant(), &agent("101"), None).await.unwrap();
    assert_eq!(listed().await, []);
    assert!(store.session(other).await.unwrap().is_some());
    assert!(store.session(SecretHash::of("elsewhere")).await.unwrap().is_some());
}

/// Signs that overtake one another do no harm.
pub async fn what_was_used_last_is_kept_roughly(store: Arc<dyn Store>) {
    let token = SecretHash::of("one");
    store.open_session(token, session("101", 1_000)).await.unwrap();
    for (seen, kept) in [(5_000, 5_000), (3_000, 5_000), (9_000, 9_000)] {
        store.touch_session(token, Timestamp::from_millis(seen)).await.unwrap();
        let found = store.session(token).await.unwrap().unwrap();
        assert_eq!(found.seen, Timestamp::from_millis(kept));
    }
    store.touch_session(SecretHash::of("gone"), LATER).await.unwrap();
    assert_eq!(store.session(SecretHash::of("gone")).await.unwrap(), None);
}

/// What programs call with.
pub async fn api_keys_are_kept_by_their_hash(store: Arc<dyn Store>) {
    let key = |name: &str, created: i64| ApiKey {
        tenant: tenant(),
        name: name.to_owned(),
        role: RoleId::new("auditor").unwrap(),
        scope: AccessScope { queues: vec![queue("support")], ..AccessScope::default() },
        created: Timestamp::from_millis(created),
        created_by: "901".to_owned(),
        expires: Some(LATER),
        used: None,
    };
    let (one, two) = (SecretHash::of("one"), SecretHash::of("two"));
    assert_eq!(store.key(one).await.unwrap(), None);
    store.add_key(two, key("second", 2)).await.unwrap();
    store.add_key(one, ApiKey { expires: None, ..key("first", 1) }).await.unwrap();
    let listed = store.keys_of(&tenant()).await.unwrap();
    assert_eq!(listed, [(one, ApiKey { expires: None, ..key("first", 1) }), (two, key("second", 2))]);
    assert_eq!(store.keys_of(&TenantId::new("other").unwrap()).await.unwrap(), []);
    for (used, kept) in [(5_000, 5_000), (3_000, 5_000)] {
        store.touch_key(two, Timestamp::from_millis(used)).await.unwrap();
        let used = Some(Timestamp::from_millis(kept));
        assert_eq!(store.key(two).await.unwrap(), Some(ApiKey { used, ..key("second", 2) }));
    }
    store.remove_key(one).await.unwrap();
    store.remove_key(one).await.unwrap();
    assert_eq!(store.key(one).await.unwrap(), None);
    // Whoever makes a tenant of that name later has none.
    let shop = Item::Tenant(Tenant::new(tenant(), "Shop", "en"));
    store.put_items(vec![(tenant(), shop)], Vec::new()).await.unwrap();
    assert!(store.remove_item(&tenant(), "tenant", tenant().as_str(), Vec::new()).await.unwrap());
    assert_eq!(store.key(two).await.unwrap(), None);
}

/// Begun, begun anew, confirmed; then it stays until it is taken away.
pub async fn a_second_factor_counts_once_it_is_confirmed(store: Arc<dyn Store>) {
    let (tenant, agent) = (tenant(), agent("101"));
    let whose = (&tenant, &agent);
    let token = SecretHash::of("one");
    store.open_session(token, session("101", 1)).await.unwrap();
    let factor = async || store.second_factor(&tenant, &agent).await.unwrap();
    assert_eq!(factor().await, None);
    for sealed in ["first", "second"] {
        assert!(store.begin_second_factor(&tenant, &agent, sealed.to_owned()).await.unwrap());
    }
    let begun =
        SecondFactor { sealed: "second".to_owned(), confirmed: false, last_step: 0, recovery_codes: 0 };
    assert_eq!(factor().await, Some(begun.clone()));
    assert!(!store.use_step(&tenant, &agent, 7).await.unwrap(), "it is not confirmed");
    let codes = || vec![SecretHash::of("a"), SecretHash::of("b")];
    let confirm = async |sealed: &str| {
        store.confirm_second_factor(whose, sealed.to_owned(), 7, codes(), token).await.unwrap()
    };
    assert!(!confirm("first").await, "another one was begun since");
    assert!(!store.session(token).await.unwrap().unwrap().second_factor);
    assert!(confirm("second").await);
    assert!(!confirm("second").await);
    let confirmed = SecondFactor { confirmed: true, last_step: 7, recovery_codes: 2, ..begun };
    assert_eq!(factor().await, Some(confirmed.clone()));
    assert!(store.session(token).await.unwrap().unwrap().second_factor);
    assert!(!store.begin_second_factor(&tenant, &agent, "third".to_owned()).await.unwrap());
    assert_eq!(factor().await, Some(confirmed));

    store.remove_second_factor(&tenant, &agent).await.unwrap();
    assert_eq!(factor().await, None);
    assert!(!store.session(token).await.unwrap().unwrap().second_factor);
    assert!(!store.use_recovery_code(&tenant, &agent, SecretHash::of("a")).await.unwrap());
}

/// A code is used once, also by many at the same time.
pub async fn of_one_code_used_at_once_one_counts(store: Arc<dyn Store>) {
    let (tenant, agent) = (tenant(), agent("101"));
    store.begin_second_factor(&tenant, &agent, "sealed".to_owned()).await.unwrap();
    let codes = vec![SecretHash::of("a"), SecretHash::of("b")];
    let session = SecretHash::of("none");
    assert!(
        store.confirm_second_factor((&tenant, &agent), "sealed".to_owned(), 7, codes, session).await.unwrap()
    );
    assert!(!store.use_step(&tenant, &agent, 7).await.unwrap(), "it was confirmed with that one");
    let at_once = |step| {
        let (one, two) = (store.use_step(&tenant, &agent, step), store.use_step(&tenant, &agent, step));
        async move {
            let (one, two) = tokio::join!(one, two);
            usize::from(one.unwrap()) + usize::from(two.unwrap())
        }
    };
    assert_eq!(at_once(8).await, 1);
    assert_eq!(at_once(6).await, 0, "what is older than one that was used");
    let recover =
        async |code: &str| store.use_recovery_code(&tenant, &agent, SecretHash::of(code)).await.unwrap();
    let (one, two) = tokio::join!(recover("a"), recover("a"));
    assert_eq!(usize::from(one) + usize::from(two), 1);
    assert!(!recover("c").await);
    assert_eq!(store.second_factor(&tenant, &agent).await.unwrap().unwrap().recovery_codes, 1);
}

/// Whoever gets the name later begins with nothing.
pub async fn with_an_agent_goes_what_they_sign_in_with(store: Arc<dyn Store>) {
    let (tenant, gone) = (tenant(), agent("101"));
    let items = vec![
        (tenant.clone(), Item::Tenant(Tenant::new(tenant.clone(), "Shop", "en"))),
        (tenant.clone(), Item::Agent(Agent::new(gone.clone(), "Alex"))),
    ];
    store.put_items(items, Vec::new()).await.unwrap();
    let (token, other) = (SecretHash::of("one"), SecretHash::of("two"));
    store.open_session(token, session("101", 1)).await.unwrap();
    store.open_session(other, session("102", 1)).await.unwrap();
    store.begin_second_factor(&tenant, &gone, "sealed".to_owned()).await.unwrap();
    store.set_status(&tenant, &gone, AgentStatus::Online).await.unwrap();
    let desk = GatewayDesk {
        sessions: vec![token],
        cursor: None,
        auto_answer: true,
        auto_idle: false,
        in_wrap_up: false,
        most_calls: None,
        opened: Timestamp::from_millis(1),
    };
    store.put_gateway_desk(&tenant, &gone, desk).await.unwrap();
    assert!(store.remove_item(&tenant, "agent", "101", Vec::new()).await.unwrap());
    assert_eq!(store.session(token).await.unwrap(), None);
    assert!(store.session(other).await.unwrap().is_some());
    assert_eq!(store.second_factor(&tenant, &gone).await.unwrap(), None);
    assert_eq!(store.gateway_desk(&tenant, &gone).await.unwrap(), None);
    let all = (Timestamp::ZERO, LATER);
    let done = store.activities(&tenant, Some(gone.clone()), all).await.unwrap();
    assert!(matches!(&done[..], [online] if online.until.is_some()), "{done:?}");
    let state = store.agent_states(&tenant, &[gone]).await.unwrap().remove(0);
    assert_eq!(state.status, AgentStatus::Offline);
    assert!(!store.remove_item(&tenant, "agent", "101", Vec::new()).await.unwrap());
}
