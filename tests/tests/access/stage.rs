//! Two tenants that use the same names for everything, so that nothing but the credentials tells them apart.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use frontdesk_core::access::{AccessScope, BuiltInRole, Role};
use frontdesk_core::directory::{Agent as Employee, Item};
use frontdesk_core::id::{AgentId, AppKey, BaseId, ChannelId, RoleId, TenantId, UserId};
use frontdesk_core::knowledge::{AnsweredByAgent, AskedInVain, Lessons};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{AgentSession, GatewayDesk, Learned};
use frontdesk_core::robot::{Hit, Trace};
use frontdesk_core::seal::Sealed;
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::{AccessClaims, MessagingClaims, Scope};
use frontdesk_server::admin::{AdminAnswer, AdminCommand, NewAgent, NewChannel, NewRobot};
use frontdesk_server::config::Settings;
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
/// What the robot could not answer, and an agent did.
pub(super) const ASKED_IN_VAIN: &str = "Where do zeppelins go?";
pub(super) const ASKED_IN_VAIN_TOO: &str = "Do zeppelins come back?";
/// What somebody asked in another tenant.
pub(super) const ASKED_ELSEWHERE: &str = "Do rivals fly?";
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
    /// A message that the customer left, which the agent has claimed.
    pub(super) ticket: String,
    /// The customer, as `/api/v1/customers` names them.
    pub(super) profile: String,
    /// Another customer of whom as much is known, and of whom nothing was ever heard.
    pub(super) other_profile: String,
    /// One who was merged into that one.
    pub(super) merged_profile: String,
    /// A cursor of the customer's.
    pub(super) cursor: String,
}

impl Stage {
    pub(super) async fn set_up() -> Self {
        let settings = Settings {
            poll_hold_ms: 300,
            agent_gateway_tenant: DEMO.to_owned(),
            agent_gateway_poll_hold_ms: 300,
            ..Settings::default()
        };
        let server = Server::start_set(settings).await;
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
        for tenant in [DEMO, RIVAL] {
            // Nobody calls with these: their secrets are made anew.
            stage.add_app(tenant, &format!("spare-{tenant}")).await;
        }
        stage.put_channel(RIVAL, CHANNEL).await;
        stage.put_channel(DEMO, SECOND_CHANNEL).await;
        let push =
            NewChannel { id: CHANNEL.to_owned(), push: Some(PUSH.to_owned()), ..NewChannel::default() };
        stage.admin(AdminCommand::PutChannel { tenant: DEMO.to_owned(), channel: push }).await;
        stage.server.change_queue(ASKED, |queue| queue.accept_within = Some(3_600)).await;
        stage.put_agent(RIVAL, "101", BuiltInRole::Agent, &["support"]).await;
        stage.put_agent(RIVAL, "777", BuiltInRole::Agent, &["support"]).await;
        stage.put_agent(RIVAL, "901", BuiltInRole::Administrator, &[]).await;
        stage.put_agent(DEMO, "101", BuiltInRole::Agent, &["support", ASKED]).await;
        stage.put_agent(DEMO, "103", BuiltInRole::Agent, &[]).await;
        stage.learn(DEMO, &[ASKED_IN_VAIN, ASKED_IN_VAIN_TOO]).await;
        stage.learn(RIVAL, &[ASKED_ELSEWHERE]).await;
        stage.server.parts.reload().await.unwrap();
        for tenant in [DEMO, RIVAL] {
            stage.agent(tenant, "101").await.declare("online").await;
        }
        // Can be asked in, and gets no customers.
        stage.agent(DEMO, "102").await.declare("busy").await;
        stage
    }

    /// Something that editors of knowledge can decide about.
    async fn learn(&self, tenant: &str, questions: &[&str]) {
        let (tenant, user) = (TenantId::new(tenant).unwrap(), UserId::new("curious").unwrap());
        let log = LogId::of_customer(&tenant, &ChannelId::new(CHANNEL).unwrap(), &user);
        for (number, question) in (1..).zip(questions) {
            let found = Trace {
                base: BaseId::new("shop").unwrap(),
                version: 1,
                hit: Hit::Miss,
                candidates: Vec::new(),
            };
            let asked = AskedInVain {
                number: EntryNumber(number),
                turn: 1,
                at: self.now(),
                text: (*question).to_owned(),
                found: found.clone(),
                wanted_agent: true,
                rated_badly: true,
                comment: None,
            };
            let answered = AnsweredByAgent {
                number: EntryNumber(number),
                question: (*question).to_owned(),
                found,
                agent: AgentId::new("101").unwrap(),
                answer: "So.".to_owned(),
                at: self.now(),
            };
            let lessons = Lessons { asked: vec![asked], answered: Some(answered) };
            let tenant = tenant.clone();
            let learned =
                Learned { tenant, log, conversation: 1, language: "en".to_owned(), whole: true, lessons };
            self.server.parts.store.learn(learned).await.unwrap();
        }
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

    async fn put_agent(&self, tenant: &str, id: &str, role: BuiltInRole, queues: &[&str]) {
        let agent = NewAgent {
            id: id.to_owned(),
            role: Some(role.id()),
            capacity: Some(10_000),
            queues: Some(queues.iter().map(|&queue| queue.to_owned()).collect()),
            ..NewAgent::default()
        };
        self.admin(AdminCommand::PutAgent { tenant: tenant.to_owned(), agent }).await;
    }

    /// People of the demonstration with a role and a scope each, without the work of a password.
    pub(super) async fn put_people(&self, roles: Vec<Role>, people: &[(String, RoleId, AccessScope)]) {
        let tenant = TenantId::new(DEMO).unwrap();
        let person = |(id, role, scope): &(String, RoleId, AccessScope)| Employee {
            role: role.clone(),
            scope: scope.clone(),
            ..Employee::new(AgentId::new(id).unwrap(), id)
        };
        let items = roles.into_iter().map(Item::Role).chain(people.iter().map(person).map(Item::Agent));
        let items = items.map(|item| (tenant.clone(), item)).collect();
        self.server.parts.store.put_items(items, Vec::new()).await.unwrap();
        self.server.parts.reload().await.unwrap();
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
        let agents = agent.replace(' ', "-");
        let token = format!("fda_{tenant}_{agents}_{}", self.sessions.fetch_add(1, Ordering::Relaxed));
        let (tenant, agent) = (TenantId::new(tenant).unwrap(), AgentId::new(agent).unwrap());
        let session = AgentSession::new(tenant, agent, self.now(), self.now().plus(life));
        self.server.parts.store.open_session(SecretHash::of(&token), session).await.unwrap();
        token
    }

    /// A Guid as a sign-in over the agent gateway would give it, with the desk that belongs to it.
    pub(super) async fn guid(&self, tenant: &str, agent: &str, life: Duration) -> String {
        let number = self.sessions.fetch_add(1, Ordering::Relaxed);
        let guid = format!("00000000-0000-4000-8000-{number:012x}.AgentGateway1");
        let (tenant, agent) = (TenantId::new(tenant).unwrap(), AgentId::new(agent).unwrap());
        let (created, expires) = (self.now(), self.now().plus(life));
        let session = AgentSession::new(tenant.clone(), agent.clone(), created, expires);
        let store = &self.server.parts.store;
        store.open_session(SecretHash::of(&guid), session).await.unwrap();
        let desk = GatewayDesk {
            sessions: vec![SecretHash::of(&guid)],
            cursor: None,
            auto_answer: false,
            auto_idle: true,
            in_wrap_up: false,
            most_calls: None,
            opened: created,
        };
        store.put_gateway_desk(&tenant, &agent, desk).await.unwrap();
        self.server.parts.gateway.named(&tenant, &agent).wants(None);
        guid
    }

    /// An agent's desk that was written against the agent gateway.
    pub(super) async fn gateway_desk(&self, tenant: &str, agent: &str) -> Http {
        self.anybody.with("guid", self.guid(tenant, agent, Duration::from_hours(1)).await)
    }

    pub(super) async fn agent(&self, tenant: &str, agent: &str) -> Agent {
        let token = self.session(tenant, agent, Duration::from_hours(1)).await;
        Agent { http: self.anybody.with("authorization", format!("Bearer {token}")) }
    }

    /// The agents take as many customers as they can, whatever a route made of them.
    pub(super) async fn back_to_work(&self) {
        for tenant in [DEMO, RIVAL] {
            let (id, agent) = (TenantId::new(tenant).unwrap(), AgentId::new("101").unwrap());
            self.server.parts.gateway.named(&id, &agent).wants(None);
            self.agent(tenant, "101").await.declare("online").await;
        }
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
        let left = json!({ "callId": user, "caller": "1", "leaveMessage": PRIVATE_WORDS, "channel": "WEB" });
        customer.http.post("/apiaccess/ccmessaging/doLeaveMessage", left).await;
        // Those of others are claimed.
        let open = agent.http.get("/api/v1/agent/tickets?state=open").await;
        let ticket = text(&open.json["tickets"][0]["id"]);
        agent.http.post(&format!("/api/v1/agent/tickets/{ticket}/claim"), json!({})).await;
        let [profile, other, merged] =
            [user.to_owned(), format!("{user}-2"), format!("{user}-3")].map(|user| {
                let (tenant, channel) = (TenantId::new(tenant).unwrap(), ChannelId::new(CHANNEL).unwrap());
                LogId::of_customer(&tenant, &channel, &UserId::new(&user).unwrap())
            });
        for user in [format!("{user}-2"), format!("{user}-3")] {
            self.app_of(tenant).await.customer(&user, "en").await;
        }
        let (store, sealer) = (&self.server.parts.store, &self.server.parts.sealer);
        store.merge_customers(merged, other, &AgentId::new("201").unwrap()).await.ok();
        let [profile, other_profile, merged_profile] =
            [profile, other, merged].map(|log| sealer.seal(Sealed::Customer, log, 0));
        let polled = customer.http.get("/apiaccess/ccmessaging/poll?wait=0&cursor=&limit=1").await;
        Subject {
            tenant,
            customer,
            call: text(&theirs["callId"]),
            conversation,
            message: text(&said.json["id"]),
            ticket,
            profile,
            other_profile,
            merged_profile,
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
