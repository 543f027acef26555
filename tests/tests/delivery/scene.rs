//! A customer and an agent in a conversation, which most tests begin with.

use frontdesk_core::conversation::Decision;
use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::{AgentId, ChannelId, TenantId, UserId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{Commit, CommitError};
use frontdesk_server::config::Settings;
use frontdesk_tests::kit::{Agent, Answer, CHANNEL, Customer, Server};
use serde_json::json;

pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) agent: Agent,
    pub(crate) customer: Customer,
    /// The conversation that the agent holds.
    pub(crate) conversation: String,
}

/// Polls without a wish of their own are held for a moment only, and a push that failed is tried again soon.
pub(crate) fn settings() -> Settings {
    Settings { poll_hold_ms: 300, push_retry_first_ms: 20, push_retry_longest_ms: 200, ..Settings::default() }
}

/// An answer counts as received only by what happens on its connection: however slow the machine, a reset comes before
/// silence counts.
pub(crate) fn patient() -> Settings {
    Settings { poll_settle_ms: 60_000, ..settings() }
}

pub(crate) fn log_of(user: &str) -> LogId {
    let (tenant, channel) = (TenantId::new("demo").unwrap(), ChannelId::new(CHANNEL).unwrap());
    LogId::of_customer(&tenant, &channel, &UserId::new(user).unwrap())
}

impl Scene {
    pub(crate) async fn start() -> Self {
        Self::with(settings()).await
    }

    /// The conversation has begun, and the customer's client has everything up to here.
    pub(crate) async fn with(settings: Settings) -> Self {
        let server = Server::start_set(settings).await;
        let agent = server.agent("101").await;
        agent.declare("online").await;
        let customer = server.customer("ann").await;
        assert_eq!(customer.send("CONNECT", "").await.code(), "0");
        assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "0");
        customer.polled("cursor=latest&wait=0").await;
        let conversation = agent.held().await.remove(0);
        Self { server, agent, customer, conversation }
    }

    pub(crate) fn log(&self) -> LogId {
        log_of(&self.customer.user)
    }

    /// The agent says something; its message code.
    pub(crate) async fn say(&self, text: &str) -> String {
        let answer = self.agent.say(&self.conversation, text).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json["id"].as_str().unwrap().to_owned()
    }

    /// The agent says all of it.
    pub(crate) async fn say_all(&self, texts: &[&str]) {
        for text in texts {
            self.say(text).await;
        }
    }

    /// The agent does something in the conversation.
    pub(crate) async fn agent_does(&self, what: &str) -> Answer {
        let path = format!("/api/v1/agent/conversations/{}/{what}", self.conversation);
        let answer = self.agent.http.post(&path, json!({})).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        answer
    }

    /// Writes messages of the agent straight into the log, many in one commit.
    pub(crate) async fn write(&self, texts: impl Iterator<Item = String>) {
        let log = self.log();
        let agent = Author::Agent(AgentId::new("101").unwrap());
        let entries: Vec<_> = texts.map(|text| EntryBody::Said(Message::text(agent.clone(), text))).collect();
        for chunk in entries.chunks(1_000) {
            let committed = loop {
                let view = self.server.parts.store.load(log).await.unwrap().unwrap();
                let decision = Decision { conversation: 1, entries: chunk.to_vec(), ..Decision::default() };
                let version = view.state.version;
                let commit = Commit { log, version, decision, timer: None, idempotency: None, mark: None };
                match self.server.parts.store.commit(commit).await {
                    // A timer was faster.
                    Err(CommitError::Conflict) => {}
                    committed => break committed.unwrap(),
                }
            };
            let numbers = (committed.first.0..).map(EntryNumber);
            self.server.parts.hub.committed(log, numbers.zip(chunk.iter().map(EntryBody::audience)));
        }
    }

    /// The cursor behind everything.
    pub(crate) async fn head(&self) -> String {
        cursor_of(&self.customer.polled("cursor=latest&deviceId=head&wait=0").await)
    }
}

pub(crate) fn cursor_of(answer: &Answer) -> String {
    answer.json["nextCursor"].as_str().unwrap().to_owned()
}

pub(crate) fn texts_of(answer: &Answer) -> Vec<&str> {
    let list = answer.json["downlinkMessages"].as_array().unwrap();
    list.iter().map(|message| message["content"].as_str().unwrap_or("null")).collect()
}

/// Which of an answer's messages were sent before.
pub(crate) fn redelivered_of(answer: &Answer) -> Vec<bool> {
    let list = answer.json["downlinkMessages"].as_array().unwrap();
    list.iter().map(|message| message["redelivered"].as_bool().unwrap()).collect()
}
