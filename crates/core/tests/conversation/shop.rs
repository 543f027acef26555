//! A small shop to have conversations with.

use std::collections::HashMap;
use std::sync::Arc;

use frontdesk_core::conversation::{Availability, Command, CustomerMessage, Facts, TransferTarget};
use frontdesk_core::directory::{Agent, Channel, Queue, Robot};
use frontdesk_core::id::{AgentId, ChannelId, QueueId, RobotId};
use frontdesk_core::log::LogId;
use frontdesk_core::message::MediaType;
use frontdesk_core::texts::{Overrides, Texts};
use frontdesk_core::time::Timestamp;

/// 2021-04-28T06:14:40Z, the day of the documented example.
pub(crate) const MORNING: Timestamp = Timestamp::from_millis(1_619_590_480_000);

/// What is configured, and who is there.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) channel: Channel,
    pub(crate) robot: Option<Robot>,
    pub(crate) queues: HashMap<QueueId, Arc<Queue>>,
    pub(crate) agents: Vec<Agent>,
    pub(crate) availability: Availability,
    pub(crate) locale: &'static str,
    texts: Overrides,
}

impl Shop {
    /// A channel with a robot and a queue that Alex (101) and Kim (102) serve; both are signed in. Lee (201) supervises
    /// them.
    pub(crate) fn new() -> Self {
        let channel = ChannelId::new("1011577355744904195").expect("id");
        Self {
            channel: Channel { queue: Some(queue("support")), ..Channel::new(channel, "Web page") },
            robot: Some(robot()),
            queues: HashMap::from([(queue("support"), Arc::new(Queue::new(queue("support"), "Support")))]),
            agents: vec![agent("101", "Alex"), agent("102", "Kim"), agent("201", "Lee")],
            availability: Availability::SignedIn,
            locale: "en_US",
            texts: Overrides::new(),
        }
    }

    /// What must be known to decide a command.
    pub(crate) fn facts(&self, log: LogId, now: Timestamp, command: &Command) -> Facts<'_> {
        let about = match command {
            Command::Assign { agent, .. }
            | Command::AgentInvites { guest: agent, .. }
            | Command::AgentLeaves { guest: agent, .. }
            | Command::AgentMonitors { agent }
            | Command::AgentBargesIn { agent }
            | Command::AgentTakesOver { agent, .. }
            | Command::AgentTransfers { target: TransferTarget::Agent { agent, .. }, .. } => Some(agent),
            _ => None,
        };
        Facts {
            log,
            now,
            channel: &self.channel,
            robot: self.robot.as_ref(),
            queues: &self.queues,
            availability: self.availability,
            agent: about.and_then(|id| self.agents.iter().find(|agent| agent.id == *id)),
            texts: Texts::new(&self.texts, self.locale, "en"),
        }
    }
}

pub(crate) fn robot() -> Robot {
    Robot {
        id: RobotId::new("shop-robot").expect("id"),
        nickname: "test".to_owned(),
        avatar: Some("1".to_owned()),
        gender: Some("MALE".to_owned()),
        welcome: "Welcome,welcome".to_owned(),
        transfer_keyword: "agent".to_owned(),
        knowledge: "shop".to_owned(),
    }
}

fn agent(id: &str, nickname: &str) -> Agent {
    Agent { capacity: 1, queues: vec![queue("support")], ..Agent::new(agent_id(id), nickname) }
}

pub(crate) fn agent_id(id: &str) -> AgentId {
    AgentId::new(id).expect("id")
}

pub(crate) fn queue(id: &str) -> QueueId {
    QueueId::new(id).expect("id")
}

/// The log of customer number `n`.
pub(crate) fn log_id(n: u8) -> LogId {
    LogId::from_bytes([n; 16])
}

pub(crate) fn customer_says(media: MediaType, content: &str) -> CustomerMessage {
    CustomerMessage {
        media,
        content: content.to_owned(),
        nickname: Some("Gu".to_owned()),
        avatar: None,
        client_id: Some("m-1".to_owned()),
    }
}
