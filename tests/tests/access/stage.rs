//! Two tenants that use the same names for everything, so that nothing but the credentials tells them apart.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use frontdesk_core::directory::Role;
use frontdesk_core::id::{AgentId, AppKey, ChannelId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::AgentSession;
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::{AccessClaims, MessagingClaims, Scope};
use frontdesk_server::admin::{AdminAnswer, AdminCommand, NewAgent, NewChannel, NewRobot};
use frontdesk_tests::kit::{Agent, App, CHANNEL, Customer, Http, Server};
use serde_json::{Value, json};

/// Push to where nobody is.
const PUSH: &str = r#"
base_url = "http://127.0.0.1:9"
allow_private = true
paused = true
[verification.signature]
push_key = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
"#;
pub(super) const DEMO: &str = "demo";
pub(super) const RIVAL: &str = "rival";
/// A queue whose agents are asked before they get a customer.
const ASKED: &str = "asked";
pub(super) const SECOND_CHANNEL: &str = "2022";
/// What only the subject and those who serve them may read.
pub(super) const PRIVATE_WORDS: &str = "the code of my door is zebra-4711";
/// One black pixel.
pub(super) const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

pub(super) struct Stage {
    pub(super) server: Server,
    /// One client for all: each has its own trust store and pool.
    anybody: Http,
    rival_secret: String,
    second_secret: String,
    sessions: AtomicU32,
    visitors: AtomicU32,
}

/// A customer who talks to agent 101, with everything of theirs that has a name.
pub(super) struct Subject {
    pub(super) tenant: &'static str,
    pub(super) customer: Customer,
    pub(super) call: String,
    pub(super) conversation: String,
    pub(super) file: String,
    /// Something that the agent said.
    pub(super) message: String,
    /// A cursor of the customer's.
    pub(super) cursor: String,
}

impl Stage {
    pub(super) async fn set_up() -> Self {
        let server = Server::start().await;
        let anybody = server.anybody();
        let mut stage = Self {
            server,
            anybody,
            rival_secret: String::new(),
            second_secret: String::new(),
            sessions: AtomicU32::new(0),
            visitors: AtomicU32::new(0),
        };
        let tenant =
            AdminCommand::PutTenant { id: RIVAL.to_owned(), name: RIVAL.to_owned(), locale: "en".to_owned() };
        stage.admin(tenant).await;
        stage.rival_secret = stage.add_app(RIVAL, "rival-app").await;
        stage.second_secret = stage.add_app(DEMO, "second-app").await;
        let queue = AdminCommand::PutQueue {
            tenant: RIVAL.to_owned(),
            id: "support".to_owned(),
            name: "Support".to_owned(),
        };
        stage.admin(queue).await;
        let robot = NewRobot { id: "shop-robot".to_owned(), ..NewRobot::default() };
        stage.admin(AdminCommand::PutRobot { tenant: RIVAL.to_owned(), robot }).await;
        stage.put_channel(RIVAL, CHANNEL).await;
        stage.put_channel(DEMO, SECOND_CHANNEL).await;
        let push =
            NewChannel { id: CHANNEL.to_owned(), push: Some(PUSH.to_owned()), ..NewChannel::default() };
        stage.admin(AdminCommand::PutChannel { tenant: DEMO.to_owned(), channel: push }).await;
        stage.server.change_queue(ASKED, |queue| queue.accept_within = Some(3_600)).await;
        stage.put_agent(RIVAL, "101", Role::Agent, &["support"]).await;
        stage.put_agent(RIVAL, "777", Role::Agent, &["support"]).await;
        stage.put_agent(RIVAL, "901", Role::Administrator, &[]).await;
        stage.put_agent(DEMO, "101", Role::Agent, &["support", ASKED]).await;
        stage.put_agent(DEMO, "103", Role::Agent, &[]).await;
        stage.server.parts.reload().await.unwrap();
        for tenant in [DEMO, RIVAL] {
            stage.agent(tenant, "101").await.declare("online").await;
        }
        // Can be asked in, and gets no customers.
        stage.agent(DEMO, "102").await.declare("busy").await;
        stage
    }

    async fn admin(&self, command: AdminCommand) -> AdminAnswer {
        self.server.admin(command).await.unwrap()
    }

    async fn add_app(&self, tenant: &str, key: &str) -> String {
        let command = AdminCommand::AddApp {
            tenant: tenant.to_owned(),
            key: Some(key.to_owned()),
            name: String::new(),
        };
        match self.admin(command).await {
            AdminAnswer::Secret { secret, .. } => secret,
            other => panic!("an app has a secret: {other:?}"),
        }
    }

    async fn put_channel(&self, tenant: &str, id: &str) {
        let channel = NewChannel {
            id: id.to_owned(),
            robot: Some("shop-robot".to_owned()),
            queue: Some("support".to_owned()),
            ..NewChannel::default()
        };
        self.admin(AdminCommand::PutChannel { tenant: tenant.to_owned(), channel }).await;
    }

    async fn put_agent(&self, tenant: &str, id: &str, role: Role, queues: &[&str]) {
        let agent = NewAgent {
            id: id.to_owned(),
            role: Some(role),
            capacity: Some(10_000),
            queues: Some(queues.iter().map(|&queue| queue.to_owned()).collect()),
            ..NewAgent::default()
        };
        self.admin(AdminCommand::PutAgent { tenant: tenant.to_owned(), agent }).await;
    }

    pub(super) fn now(&self) -> Timestamp {
        self.server.parts.clock.now()
    }

    pub(super) async fn app(&self, key: &str) -> App {
        let secret = match key {
            "rival-app" => self.rival_secret.as_str(),
            "second-app" => self.second_secret.as_str(),
            _ => "demo-secret",
        };
        App::sign_in(&self.anybody, key, secret).await
    }

    pub(super) async fn app_of(&self, tenant: &str) -> App {
        self.app(if tenant == RIVAL { "rival-app" } else { "demo-app" }).await
    }

    /// A token as a sign-in would give it, without the work of a password.
    pub(super) async fn session(&self, tenant: &str, agent: &str, life: Duration) -> String {
        let token = format!("fda_{tenant}_{agent}_{}", self.sessions.fetch_add(1, Ordering::Relaxed));
        let session = AgentSession {
            tenant: TenantId::new(tenant).unwrap(),
            agent: AgentId::new(agent).unwrap(),
            created: self.now(),
            expires: self.now().plus(life),
        };
        self.server.parts.store.open_session(SecretHash::of(&token), session).await.unwrap();
        token
    }

    pub(super) async fn agent(&self, tenant: &str, agent: &str) -> Agent {
        let token = self.session(tenant, agent, Duration::from_hours(1)).await;
        Agent { http: self.anybody.with("authorization", format!("Bearer {token}")) }
    }

    /// A customer nobody has seen before, in conversation with agent 101.
    pub(super) async fn visitor(&self, tenant: &'static str) -> Subject {
        let number = self.visitors.fetch_add(1, Ordering::Relaxed);
        self.subject(tenant, &format!("visitor-{number}")).await
    }

    /// The same, but passed on to a queue that offers them to agent 101.
    pub(super) async fn offered(&self, tenant: &'static str) -> Subject {
        let subject = self.visitor(tenant).await;
        let passed_on = json!({ "queue": ASKED });
        let answer = self.agent(tenant, "101").await.act(&subject.conversation, "transfer", passed_on).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        subject
    }

    /// A customer in conversation with agent 101.
    pub(super) async fn subject(&self, tenant: &'static str, user: &str) -> Subject {
        let customer = self.app_of(tenant).await.customer(user, "en").await;
        for (control, content) in [("CONNECT", ""), ("TRANS2AGENT", ""), ("CHAT", PRIVATE_WORDS)] {
            let answer = customer.send(control, content).await;
            assert_eq!(answer.code(), "0", "{}", answer.text);
        }
        let upload = json!({ "fileType": "png", "fileStream": PNG, "channel": "WEB" });
        let stored = customer.http.post("/apiaccess/ccmessaging/uploadFileStream", upload).await;
        let agent = self.agent(tenant, "101").await;
        let list = agent.http.get("/api/v1/agent/conversations").await;
        let held = list.json["conversations"].as_array().cloned().unwrap_or_default();
        let theirs = held.iter().find(|held| held["customer"]["userId"] == user).expect("a conversation");
        let conversation = text(&theirs["id"]);
        let said = agent.say(&conversation, "an agent's words").await;
        let polled = customer.http.get("/apiaccess/ccmessaging/poll?wait=0&cursor=&limit=1").await;
        Subject {
            tenant,
            customer,
            call: text(&theirs["callId"]),
            conversation,
            message: text(&said.json["id"]),
            cursor: text(&polled.json["nextCursor"]),
            file: text(&stored.json["objectKey"]),
        }
    }

    /// What an `AccessToken` of an app says.
    pub(super) fn access_claims(&self, tenant: &str, app: &str, scope: Scope) -> AccessClaims {
        let now = self.now().as_seconds();
        AccessClaims {
            tenant: TenantId::new(tenant).unwrap(),
            app: AppKey::new(app).unwrap(),
            scope,
            iat: now,
            exp: now + 600,
        }
    }

    pub(super) fn access_token(&self, claims: &AccessClaims) -> String {
        self.server.parts.signer.load().access_token(claims)
    }

    /// What a ccmessaging-token says.
    pub(super) fn messaging_claims(&self, tenant: &str, channel: &str, user: &str) -> MessagingClaims {
        let (tenant, channel) = (TenantId::new(tenant).unwrap(), ChannelId::new(channel).unwrap());
        MessagingClaims::new(tenant, channel, UserId::new(user).unwrap(), self.now())
    }

    pub(super) fn messaging_token(&self, claims: &MessagingClaims) -> String {
        self.server.parts.signer.load().messaging_token(claims)
    }

    /// Everything in a customer's log, to see whether it changed.
    pub(super) async fn log_of(&self, subject: &Subject) -> String {
        let (tenant, channel) = (TenantId::new(subject.tenant).unwrap(), ChannelId::new(CHANNEL).unwrap());
        let log = LogId::of_customer(&tenant, &channel, &UserId::new(&subject.customer.user).unwrap());
        let store = &self.server.parts.store;
        format!("{:?} {:?}", store.load(log).await.unwrap(), store.heads(log).await.unwrap())
    }

    pub(super) fn anybody(&self) -> Http {
        self.anybody.clone()
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
