//! Every kind of caller, and which access each of them has.

use std::time::Duration;

use frontdesk_core::access::{BuiltInRole, Permissions};
use frontdesk_core::directory::{Agent as Employee, Item};
use frontdesk_core::id::{AgentId, ChannelId, TenantId, UserId};
use frontdesk_core::token::{AccessClaims, MessagingClaims, Scope, Signer, SigningKey};
use frontdesk_server::router::Access;
use frontdesk_tests::kit::{CHANNEL, Http};

use super::stage::{DEMO, RIVAL, SECOND_CHANNEL, Stage, Subject};

use Access::{App, Customer, GatewayAgent};

const HOUR: Duration = Duration::from_hours(1);

/// Somebody with some credentials.
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) http: Http,
    /// What they may call, beside what everybody may.
    pub(super) may: Vec<Access>,
    /// What they are known for, but may not do.
    pub(super) forbidden: Vec<Access>,
    /// What they may do for the tenant, if they work for it.
    pub(super) permissions: Option<Permissions>,
    /// Whether it is a program with an API key.
    pub(super) is_program: bool,
    /// Whether they have to set up a second factor first.
    pub(super) must_enrol: bool,
    /// Whether the subject of the requests is one of theirs.
    pub(super) of_subject: bool,
}

impl Caller {
    fn new(name: &str, http: Http, may: &[Access]) -> Self {
        let name = name.to_owned();
        Self {
            name,
            http,
            may: may.to_vec(),
            forbidden: Vec::new(),
            permissions: None,
            is_program: false,
            must_enrol: false,
            of_subject: true,
        }
    }

    /// Somebody who works for a tenant.
    pub(super) fn staff(name: &str, http: Http, permissions: Permissions) -> Self {
        Self { permissions: Some(permissions), ..Self::new(name, http, &[]) }
    }

    fn forbidden(self, forbidden: &[Access]) -> Self {
        Self { forbidden: forbidden.to_vec(), ..self }
    }

    pub(super) fn stranger(self) -> Self {
        Self { of_subject: false, ..self }
    }
}

/// All of them but one for each role. `subject` is a customer of the demonstration.
pub(super) async fn callers(stage: &Stage, subject: &Subject) -> Vec<Caller> {
    let mut callers = vec![Caller::new("nobody", stage.anybody(), &[])];
    callers.extend(bad_access_tokens(stage, subject).await);
    callers.extend(bad_messaging_tokens(stage, subject).await);
    callers.extend(apps_and_customers(stage, subject).await);
    callers.extend(staff(stage).await);
    callers.extend(bad_sessions(stage, subject).await);
    callers.extend(gateway_desks(stage).await);
    callers
}

/// Whose credentials are right, for what they are right.
async fn apps_and_customers(stage: &Stage, subject: &Subject) -> Vec<Caller> {
    let user = subject.customer.user.as_str();
    let theirs = stage.messaging_token(&stage.messaging_claims(DEMO, CHANNEL, user));
    let with_theirs = |http: Http| http.with("ccmessaging-token", theirs.clone());
    let app = stage.app("demo-app").await.http;
    let second = stage.app("second-app").await.http;
    let rival = stage.app("rival-app").await.http;
    let rivals = stage.messaging_token(&stage.messaging_claims(RIVAL, CHANNEL, user));
    let scoped = |channel: &str, user: &str| {
        let (channel, user) = (ChannelId::new(channel).unwrap(), UserId::new(user).unwrap());
        let claims = stage.access_claims(DEMO, "demo-app", Scope::Customer { channel, user });
        with_theirs(app.with("authorization", format!("Bearer {}", stage.access_token(&claims))))
    };
    vec![
        Caller::new("an app", app.clone(), &[App]),
        Caller::new("the customer", with_theirs(app.clone()), &[App, Customer]),
        Caller::new("the customer through another app of the tenant", with_theirs(second), &[App, Customer]),
        Caller::new("the customer with a token of their own scope", scoped(CHANNEL, user), &[Customer]),
        Caller::new("a token of another customer's scope", scoped(CHANNEL, "somebody-else"), &[]),
        Caller::new("a token of another channel's scope", scoped(SECOND_CHANNEL, user), &[]),
        Caller::new("an app of another tenant", rival.clone(), &[App]).stranger(),
        Caller::new("another tenant's app with this customer", with_theirs(rival.clone()), &[App]).stranger(),
        Caller::new(
            "another tenant's customer of the same name",
            rival.with("ccmessaging-token", rivals),
            &[App, Customer],
        )
        .stranger(),
    ]
}

/// `Authorization` and `x-app-key` are wrong; the ccmessaging-token is right.
async fn bad_access_tokens(stage: &Stage, subject: &Subject) -> Vec<Caller> {
    let good = stage.app("demo-app").await.http;
    let user = subject.customer.user.as_str();
    let messaging = stage.messaging_token(&stage.messaging_claims(DEMO, CHANNEL, user));
    let claims = stage.access_claims(DEMO, "demo-app", Scope::Server);
    let token = stage.access_token(&claims);
    let expired = AccessClaims { exp: claims.iat, ..claims.clone() };
    let foreign_tenant = AccessClaims { tenant: TenantId::new(RIVAL).unwrap(), ..claims.clone() };
    let unknown_app = stage.access_claims(DEMO, "no-such-app", Scope::Server);
    let second = stage.access_token(&stage.access_claims(DEMO, "second-app", Scope::Server));
    let agent = stage.session(DEMO, "901", HOUR).await;

    let mut callers = Vec::new();
    let mut add = |name: &str, http: Http| {
        callers.push(Caller::new(name, http.with("ccmessaging-token", messaging.clone()), &[]));
    };
    add("no AccessToken", good.without("authorization"));
    add("no app key", good.without("x-app-key"));
    add("an app key of another app", good.with("x-app-key", "second-app"));
    add("an app key of another tenant", good.with("x-app-key", "rival-app"));
    add("an app key in other letters", good.with("x-app-key", "Demo-App"));
    let bearers = [
        ("an empty AccessToken", String::new()),
        ("no AccessToken at all, but rubbish", "rubbish".to_owned()),
        ("an AccessToken changed in its claims", tampered(&token, 1)),
        ("an AccessToken changed in its signature", tampered(&token, 2)),
        ("an AccessToken without a signature", unsigned(&token)),
        ("an AccessToken with something behind it", format!("{token} x")),
        ("an expired AccessToken", stage.access_token(&expired)),
        ("an AccessToken that names another tenant", stage.access_token(&foreign_tenant)),
        ("an AccessToken of another app", second),
        ("an AccessToken signed by an unknown key", forger(stage).await.access_token(&claims)),
        ("a ccmessaging-token for an AccessToken", messaging.clone()),
        ("an AccessToken with two spaces before it", format!(" {token}")),
    ];
    for (name, bearer) in bearers {
        add(name, good.with("authorization", format!("Bearer {bearer}")));
    }
    for scheme in ["", "Basic ", "bearer", "Bearer:"] {
        add(
            &format!("an AccessToken behind {scheme:?}"),
            good.with("authorization", format!("{scheme}{token}")),
        );
    }
    // Where it belongs, it is one.
    let agent =
        good.with("authorization", format!("Bearer {agent}")).with("ccmessaging-token", messaging.clone());
    let agent = Caller::staff("an administrator's token for an AccessToken", agent, Permissions::all());
    let unknown = format!("Bearer {}", stage.access_token(&unknown_app));
    add(
        "an AccessToken of an app that is gone",
        good.with("authorization", unknown).with("x-app-key", "no-such-app"),
    );
    callers.push(agent);
    callers
}

/// The `AccessToken` is right, the ccmessaging-token is wrong.
async fn bad_messaging_tokens(stage: &Stage, subject: &Subject) -> Vec<Caller> {
    let app = stage.app("demo-app").await.http;
    let user = subject.customer.user.as_str();
    let claims = stage.messaging_claims(DEMO, CHANNEL, user);
    let token = stage.messaging_token(&claims);
    let past = MessagingClaims { exp: claims.iat - 120, iat: claims.iat - 3_720, ..claims.clone() };
    let rivals = stage.messaging_claims(RIVAL, CHANNEL, user);
    let no_channel = stage.messaging_claims(DEMO, "1", user);
    let access = stage.access_token(&stage.access_claims(DEMO, "demo-app", Scope::Server));
    let tokens = [
        ("an empty ccmessaging-token", String::new()),
        ("a ccmessaging-token that is rubbish", "rubbish".to_owned()),
        ("a ccmessaging-token changed in its claims", tampered(&token, 1)),
        ("a ccmessaging-token changed in its signature", tampered(&token, 2)),
        ("a ccmessaging-token without a signature", unsigned(&token)),
        ("an expired ccmessaging-token", stage.messaging_token(&past)),
        ("a ccmessaging-token of another tenant", stage.messaging_token(&rivals)),
        ("a ccmessaging-token of a channel that is gone", stage.messaging_token(&no_channel)),
        ("a ccmessaging-token signed by an unknown key", forger(stage).await.messaging_token(&claims)),
        ("an AccessToken for a ccmessaging-token", access),
        ("an agent's token for a ccmessaging-token", stage.session(DEMO, "101", HOUR).await),
    ];
    let mut callers: Vec<Caller> = tokens
        .into_iter()
        .map(|(name, token)| Caller::new(name, app.with("ccmessaging-token", token), &[App]))
        .collect();
    let alone = stage.anybody().with("ccmessaging-token", token);
    callers.push(Caller::new("a ccmessaging-token alone", alone.clone(), &[]));
    callers.push(Caller::new("no AccessToken, but app key", alone.with("x-app-key", "demo-app"), &[]));
    callers
}

/// Agents and those who may do more.
async fn staff(stage: &Stage) -> Vec<Caller> {
    let http = |tenant, agent| async move { stage.agent(tenant, agent).await.http };
    let [agent, supervisor, administrator, ..] = BuiltInRole::ALL.map(BuiltInRole::permissions);
    vec![
        Caller::staff("the agent", http(DEMO, "101").await, agent),
        Caller::staff("another agent of the queue", http(DEMO, "102").await, agent),
        Caller::staff("an agent of no queue", http(DEMO, "103").await, agent).stranger(),
        Caller::staff("a supervisor", http(DEMO, "201").await, supervisor),
        Caller::staff("an administrator", http(DEMO, "901").await, administrator),
        Caller::staff("another tenant's agent of the same name", http(RIVAL, "101").await, agent).stranger(),
        Caller::staff("another tenant's administrator", http(RIVAL, "901").await, administrator).stranger(),
    ]
}

/// Desks of the agent gateway, of the agent whose number the examples name, and others.
async fn gateway_desks(stage: &Stage) -> Vec<Caller> {
    let anybody = stage.anybody();
    let token = stage.session(DEMO, "101", HOUR).await;
    let ended = stage.guid(DEMO, "101", Duration::ZERO).await;
    // The last one is the one that is signed in.
    let guid = stage.guid(DEMO, "101", HOUR).await;
    let mut callers = vec![
        Caller::new("the agent's desk", anybody.with("guid", guid.clone()), &[GatewayAgent]),
        Caller::new(
            "another tenant's desk of the same number",
            stage.gateway_desk(RIVAL, "101").await,
            &[GatewayAgent],
        )
        .stranger(),
        Caller::new("another agent's desk", stage.gateway_desk(DEMO, "102").await, &[])
            .forbidden(&[GatewayAgent])
            .stranger(),
    ];
    let bad = [
        ("a Guid of a sign-in that is over", ended),
        ("an agent's token for a Guid", token),
        ("a Guid in capitals", guid.to_uppercase()),
        ("a Guid without its gateway", guid.split('.').next().unwrap().to_owned()),
        ("a Guid behind the name of its cookie", format!("JSESSIONID={guid}")),
        ("a made-up Guid", "ffffffff-ffff-4fff-bfff-ffffffffffff.AgentGateway1".to_owned()),
    ];
    callers.extend(bad.into_iter().map(|(name, guid)| Caller::new(name, anybody.with("guid", guid), &[])));
    callers
}

/// Tokens that look like an agent's.
async fn bad_sessions(stage: &Stage, subject: &Subject) -> Vec<Caller> {
    let session = stage.session(DEMO, "901", HOUR).await;
    let signed_out = stage.agent(DEMO, "901").await.http;
    signed_out.post("/api/v1/agent/logout", serde_json::Value::Null).await;
    let dismissed = dismissed(stage).await;
    let messaging = stage.messaging_claims(DEMO, CHANNEL, &subject.customer.user);
    let bearers = [
        ("a token of a sign-in that is over", stage.session(DEMO, "901", Duration::ZERO).await),
        ("an agent's token and a letter more", format!("{session}x")),
        ("an agent's token and a letter less", session[..session.len() - 1].to_owned()),
        ("an agent's token in capitals", session.to_uppercase()),
        ("an agent who was dismissed", dismissed),
        ("a ccmessaging-token for an agent's", stage.messaging_token(&messaging)),
    ];
    let anybody = stage.anybody();
    let mut callers: Vec<Caller> = bearers
        .into_iter()
        .map(|(name, token)| Caller::new(name, anybody.with("authorization", format!("Bearer {token}")), &[]))
        .collect();
    callers.push(Caller::new("an agent who signed out", signed_out, &[]));
    callers.push(Caller::new("an agent's token alone", anybody.with("authorization", session), &[]));
    callers
}

/// The token of somebody who worked here.
async fn dismissed(stage: &Stage) -> String {
    let parts = &stage.server.parts;
    let tenant = TenantId::new(DEMO).unwrap();
    let directory = parts.directory.load();
    let mut agent =
        Employee::clone(&directory.tenant(&tenant).unwrap().agents[&AgentId::new("101").unwrap()]);
    agent.id = AgentId::new("104").unwrap();
    parts.store.put_items(vec![(tenant.clone(), Item::Agent(agent))], Vec::new()).await.unwrap();
    parts.reload().await.unwrap();
    let session = stage.session(DEMO, "104", HOUR).await;
    let own = stage.anybody().with("authorization", format!("Bearer {session}"));
    assert!(own.get("/api/v1/agent/conversations").await.status.is_success());
    parts.store.remove_item(&tenant, "agent", "104", Vec::new()).await.unwrap();
    parts.reload().await.unwrap();
    session
}

/// Signs with a key of the right name and the wrong bytes.
async fn forger(stage: &Stage) -> Signer {
    let keys = stage.server.parts.store.keys().await.unwrap();
    Signer::new(&[SigningKey { id: keys.signing.last().unwrap().id.clone(), bytes: [7; 32] }])
}

/// A token with one letter changed in one of its three parts.
fn tampered(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let middle = parts[part].len() / 2;
    let other = if parts[part].as_bytes()[middle] == b'A' { "B" } else { "A" };
    parts[part].replace_range(middle..=middle, other);
    parts.join(".")
}

/// A token that says that it is not signed.
fn unsigned(token: &str) -> String {
    let claims = token.split('.').nth(1).unwrap();
    // {"alg":"none","typ":"JWT"}
    format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.")
}
