//! A small shop to have conversations with.

use std::collections::HashMap;
use std::sync::Arc;

use frontdesk_core::conversation::{Availability, Command, CustomerMessage, Facts, Standing, TransferTarget};
use frontdesk_core::directory::{Agent, Channel, Disposition, Queue, Robot, SlaPolicy, Survey};
use frontdesk_core::hours::WorkingHours;
use frontdesk_core::id::{AgentId, BaseId, ChannelId, QueueId, RobotId, SlaPolicyId};
use frontdesk_core::log::LogId;
use frontdesk_core::message::MediaType;
use frontdesk_core::robot::{Hit, Trace};
use frontdesk_core::routing::Place;
use frontdesk_core::texts::{Overrides, Texts};
use frontdesk_core::time::Timestamp;

/// 2021-04-28T06:14:40Z, the day of the documented example.
pub(crate) const MORNING: Timestamp = Timestamp::from_millis(1_619_590_480_000);

/// Somebody is there, and nobody waits.
pub(crate) const STAFFED: Standing = Standing { signed_in: true, waiting: 0 };

/// What is configured, and who is there.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) channel: Channel,
    pub(crate) robot: Option<Robot>,
    pub(crate) queues: HashMap<QueueId, Arc<Queue>>,
    pub(crate) agents: Vec<Agent>,
    pub(crate) standings: HashMap<QueueId, Standing>,
    pub(crate) place: Option<Place>,
    pub(crate) dispositions: Vec<Disposition>,
    pub(crate) sla: HashMap<SlaPolicyId, Arc<SlaPolicy>>,
    pub(crate) locale: &'static str,
    texts: Overrides,
}

impl Shop {
    /// A channel with a robot and a queue that Alex (101) and Kim (102) serve; both are signed in. Lee (201) supervises
    /// them.
    pub(crate) fn new() -> Self {
        let channel = ChannelId::new("1011577355744904195").expect("id");
        Self {
            channel: Channel {
                queue: Some(queue("support")),
                survey: Survey { enabled: false, ..Survey::default() },
                ..Channel::new(channel, "Web page")
            },
            robot: Some(robot()),
            queues: HashMap::from([(queue("support"), Arc::new(Queue::new(queue("support"), "Support")))]),
            agents: vec![agent("101", "Alex"), agent("102", "Kim"), agent("201", "Lee")],
            standings: HashMap::from([(queue("support"), STAFFED)]),
            place: None,
            dispositions: Vec::new(),
            sla: HashMap::new(),
            locale: "en_US",
            texts: Overrides::new(),
        }
    }

    /// Sees to it that it stands so with the channel's queue.
    pub(crate) fn make(&mut self, availability: Availability) {
        let nobody = Standing { signed_in: false, ..STAFFED };
        let full = Standing { waiting: 1, ..STAFFED };
        let (standing, hours, most) = match availability {
            Availability::SignedIn => (STAFFED, None, None),
            Availability::NobodySignedIn => (nobody, None, None),
            Availability::OutsideHours => (STAFFED, Some(never()), None),
            Availability::Full => (full, None, Some(1)),
        };
        self.standings.insert(queue("support"), standing);
        self.channel.hours = hours;
        self.change("support", |queue| queue.max_waiting = most);
    }

    /// Changes a queue, or sets one up.
    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut Queue)) {
        let known = self.queues.get(&queue(id));
        let mut changed = known.map_or_else(|| Queue::new(queue(id), id), |queue| Queue::clone(queue));
        change(&mut changed);
        self.queues.insert(queue(id), Arc::new(changed));
    }

    /// Promises something to the customers of every queue.
    pub(crate) fn promise(&mut self, change: impl FnOnce(&mut SlaPolicy)) {
        let id = SlaPolicyId::new("gold").expect("id");
        let mut policy = SlaPolicy::new(id.clone(), "Gold");
        change(&mut policy);
        self.sla.insert(id, Arc::new(policy));
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
            standings: &self.standings,
            place: self.place,
            dispositions: &self.dispositions,
            sla: &self.sla,
            agent: about.and_then(|id| self.agents.iter().find(|agent| agent.id == *id)),
            texts: Texts::new(&self.texts, self.locale, "en"),
        }
    }
}

/// What a robot found.
pub(crate) fn found(hit: Hit) -> Trace {
    Trace { base: BaseId::new("shop").expect("id"), version: 1, hit, candidates: Vec::new() }
}

/// Hours that never open.
pub(crate) fn never() -> WorkingHours {
    WorkingHours::new("UTC", vec![], vec![]).expect("hours")
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
        masked: false,
    }
}
