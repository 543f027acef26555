//! What the rules must know of the world to decide a command.

use std::collections::HashMap;
use std::sync::Arc;

use frontdesk_core::conversation::{
    Command, Control, CustomerMessage, Decision, Facts, Session, Standing, TimerRules, asks,
};
use frontdesk_core::directory::{Agent, Channel, Robot, TenantDirectory};
use frontdesk_core::id::{AgentId, QueueId};
use frontdesk_core::log::LogId;
use frontdesk_core::message::MediaType;
use frontdesk_core::port::{LogView, Purpose, StoreError};
use frontdesk_core::routing::Place;
use frontdesk_core::texts::Texts;
use frontdesk_core::time::Timestamp;

use crate::engine::RunError;
use crate::parts::Parts;
use crate::robot::CustomersQuestion;
use crate::{robot, waiting};

/// What the rules must know, gathered for one command.
pub(super) struct Context {
    log: LogId,
    pub(super) now: Timestamp,
    pub(super) channel: Arc<Channel>,
    robot: Option<Arc<Robot>>,
    agent: Option<Arc<Agent>>,
    standings: HashMap<QueueId, Standing>,
    place: Option<Place>,
    tenant: Arc<TenantDirectory>,
    locale: String,
}

impl Context {
    pub(super) async fn gather(
        parts: &Parts,
        log: LogId,
        view: &LogView,
        command: &Command,
    ) -> Result<Self, RunError> {
        let directory = parts.directory.load();
        let tenant = directory.tenant(&view.customer.tenant).cloned().ok_or(RunError::NoCustomer)?;
        let channel = tenant.channels.get(&view.customer.channel).cloned().ok_or(RunError::NoCustomer)?;
        let robot = channel.robot.as_ref().and_then(|robot| tenant.robots.get(robot)).cloned();
        let agent = agent_of(command).and_then(|agent| tenant.agents.get(agent)).cloned();
        let mut context = Self {
            log,
            now: parts.clock.now(),
            channel,
            robot,
            agent,
            standings: HashMap::new(),
            place: None,
            tenant,
            locale: view.customer.locale.clone(),
        };
        context.look_up(parts, view, command).await?;
        Ok(context)
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            log: self.log,
            now: self.now,
            channel: &self.channel,
            robot: self.robot.as_deref(),
            queues: &self.tenant.queues,
            standings: &self.standings,
            place: self.place,
            dispositions: &self.tenant.tenant.dispositions,
            sla: &self.tenant.sla_policies,
            agent: self.agent.as_deref(),
            texts: self.texts(),
        }
    }

    /// Who in the background is to take note of a commit.
    pub(super) fn mark(&self, decision: &Decision) -> Option<Purpose> {
        let audience = Purpose::Push.audience();
        let is_news = || decision.entries.iter().any(|entry| entry.audience().meets(audience));
        (self.channel.push.is_some() && is_news()).then_some(Purpose::Push)
    }

    fn texts(&self) -> Texts<'_> {
        Texts::new(&self.tenant.tenant.texts, &self.locale, &self.tenant.tenant.locale)
    }

    /// The command with what has to be found out for it under this state.
    pub(super) async fn complete(
        &self,
        parts: &Parts,
        view: &LogView,
        command: Command,
    ) -> Result<Command, StoreError> {
        match command {
            Command::Chat { message, .. } => self.with_robot_answer(parts, view, message).await,
            Command::Label(mut asked) => {
                // What is on a conversation is in its row; a change of it is also one of the state's version.
                let row = parts.store.conversation(self.log, asked.conversation).await?;
                asked.before = row.map(|row| row.labels).unwrap_or_default();
                Ok(Command::Label(asked))
            }
            other => Ok(other),
        }
    }

    /// What the customer said, with the robot's answer if it is the robot's turn.
    async fn with_robot_answer(
        &self,
        parts: &Parts,
        view: &LogView,
        message: CustomerMessage,
    ) -> Result<Command, StoreError> {
        let robots_turn = match &view.state.session {
            Session::Open(conversation) => matches!(conversation.control, Control::Robot(_)),
            Session::Closed { offline } => *offline,
        };
        let question = (message.media == MediaType::Text).then_some(message.content.as_str());
        let answer = match (&self.robot, question) {
            // A picture is no question: the robot says that it has no answer.
            (Some(robot), None) if robots_turn => Some(robot::miss(robot, &self.channel, self.texts())),
            (Some(robot), Some(question)) if robots_turn && !robot.is_transfer(question) => Some(
                parts
                    .robots
                    .answer(
                        parts,
                        &self.tenant,
                        robot,
                        &self.channel,
                        self.texts(),
                        CustomersQuestion { text: question, locale: &self.locale },
                    )
                    .await?,
            ),
            _ => None,
        };
        Ok(Command::Chat { message, answer })
    }

    /// Looks up what the command asks for beyond what is at hand. Most ask for nothing.
    async fn look_up(&mut self, parts: &Parts, view: &LogView, command: &Command) -> Result<(), StoreError> {
        let asks = asks(&view.state, command, self.robot.as_deref(), &self.timer_rules());
        if !asks.queues.is_empty() {
            self.standings = waiting::standings(parts, &self.tenant, &asks).await?;
        }
        if let (true, Some(Control::Queue { queue, .. })) = (asks.place, view.state.control()) {
            self.place = waiting::place(parts, &self.tenant, &self.channel, (self.log, queue)).await?;
        }
        Ok(())
    }

    /// The rules by which time passes for the conversation.
    pub(super) fn timer_rules(&self) -> TimerRules<'_> {
        TimerRules { channel: &self.channel, queues: &self.tenant.queues, now: self.now }
    }
}

/// The agent whose name customers may have to be told: who would get the conversation, comes or leaves.
fn agent_of(command: &Command) -> Option<&AgentId> {
    use frontdesk_core::conversation::TransferTarget;
    match command {
        Command::Assign { agent, .. }
        | Command::AgentInvites { guest: agent, .. }
        | Command::AgentLeaves { guest: agent, .. }
        | Command::AgentMonitors { agent }
        | Command::AgentBargesIn { agent }
        | Command::AgentTakesOver { agent, .. }
        | Command::AgentTransfers { target: TransferTarget::Agent { agent, .. }, .. } => Some(agent),
        _ => None,
    }
}
