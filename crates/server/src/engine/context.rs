//! What the rules must know of the world to decide a command.

use std::sync::Arc;

use frontdesk_core::conversation::{Availability, Command, Control, Decision, Facts, Session};
use frontdesk_core::directory::{Agent, Channel, Robot, TenantDirectory};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::LogId;
use frontdesk_core::message::MediaType;
use frontdesk_core::port::{LogView, Purpose, StoreError};
use frontdesk_core::texts::Texts;
use frontdesk_core::time::Timestamp;

use crate::engine::RunError;
use crate::parts::Parts;
use crate::robot;

/// What the rules must know, gathered for one command.
pub(super) struct Context {
    log: LogId,
    pub(super) now: Timestamp,
    pub(super) channel: Arc<Channel>,
    robot: Option<Arc<Robot>>,
    agent: Option<Arc<Agent>>,
    availability: Availability,
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
            availability: Availability::SignedIn,
            tenant,
            locale: view.customer.locale.clone(),
        };
        if context.asks_for_agent(view, command) {
            context.availability = context.find_availability(parts).await?;
        }
        Ok(context)
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            log: self.log,
            now: self.now,
            channel: &self.channel,
            robot: self.robot.as_deref(),
            queues: &self.tenant.queues,
            availability: self.availability,
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

    /// The command with the robot's answer, if it is the robot's turn.
    pub(super) async fn with_robot_answer(
        &self,
        parts: &Parts,
        view: &LogView,
        command: Command,
    ) -> Result<Command, StoreError> {
        let Command::Chat { message, .. } = command else { return Ok(command) };
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
                    .answer(parts, &self.tenant, robot, &self.channel, self.texts(), question)
                    .await?,
            ),
            _ => None,
        };
        Ok(Command::Chat { message, answer })
    }

    /// Only these commands cost a look at who is signed in.
    fn asks_for_agent(&self, view: &LogView, command: &Command) -> bool {
        match command {
            Command::TransferToAgent => true,
            Command::Connect => self.robot.is_none() && view.state.open().is_none(),
            Command::Chat { message, .. } => match &self.robot {
                Some(robot) => message.media == MediaType::Text && robot.is_transfer(&message.content),
                // A robot that is gone cannot answer: an agent must.
                None => matches!(view.state.control(), Some(Control::Robot(_))),
            },
            _ => false,
        }
    }

    async fn find_availability(&self, parts: &Parts) -> Result<Availability, StoreError> {
        if self.channel.hours.as_ref().is_some_and(|hours| !hours.is_open(self.now)) {
            return Ok(Availability::OutsideHours);
        }
        let Some(queue) = &self.channel.queue else { return Ok(Availability::NobodySignedIn) };
        let agents: Vec<AgentId> = self.tenant.agents_of(queue).map(|agent| agent.id.clone()).collect();
        let states = parts.store.agent_states(&self.tenant.tenant.id, &agents).await?;
        let signed_in = states.iter().any(|state| state.status.is_signed_in());
        Ok(if signed_in { Availability::SignedIn } else { Availability::NobodySignedIn })
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
