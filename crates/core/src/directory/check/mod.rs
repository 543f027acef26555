//! What is refused where it is configured: rules that cannot be meant, and references that lead nowhere.
//!
//! What is only unwise today is accepted: a queue that nobody serves yet, a skill that nobody has yet. The rules for
//! customers who come meanwhile are the queue's own (`no_agents`).

mod identity;
mod people;
mod queue;
mod sla;
mod tenant;
#[cfg(test)]
mod tests;

use crate::directory::{CannedReply, Channel, Item, Patience, Robot, SkillNeeded, TenantDirectory};
use crate::hours::WorkingHours;
use crate::id::{BaseId, QueueId};
use crate::time::Timestamp;

pub use people::check_scope;

/// Why something cannot be configured so. Nothing is changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct ConfigError {
    /// The field at fault, as a path of names such as `escalation[1].then`.
    pub field: String,
    /// What is wrong with it.
    pub why: String,
}

impl ConfigError {
    fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), why: why.into() }
    }
}

/// Longest name.
const MOST_NAME_CHARS: usize = 256;
/// Longest address of a picture.
const MOST_AVATAR_CHARS: usize = 2_048;
/// Longest pause between two notes to a waiting customer, in seconds.
const MOST_TELL_EVERY: u64 = 3_600;
/// Shortest one; more often floods the customer and tells nothing.
const LEAST_TELL_EVERY: u64 = 5;
/// Longest span that can be configured, in seconds: a year.
const MOST_SECONDS: u64 = 31_536_000;

/// Whether an item may be put into a tenant's configuration, new or in the place of the one with its id. `now` is what
/// hours that never open again are told by.
pub fn check(directory: &TenantDirectory, item: &Item, now: Timestamp) -> Result<(), ConfigError> {
    match item {
        Item::Queue(queue) => queue::check(directory, queue, now),
        Item::Agent(agent) => people::check_agent(directory, agent),
        Item::Channel(channel) => check_channel(directory, channel, now),
        Item::CannedReply(reply) => check_canned_reply(directory, reply),
        Item::Tenant(tenant) => tenant::check(tenant),
        Item::SlaPolicy(policy) => sla::check(directory, policy),
        Item::Role(role) => people::check_role(role),
        Item::IdentityProvider(provider) => identity::check(directory, provider),
        Item::Robot(robot) => check_robot(robot),
        Item::App(_) => Ok(()),
    }
}

/// The knowledge base need not be there: it is made with the robot.
fn check_robot(robot: &Robot) -> Result<(), ConfigError> {
    if robot.nickname.trim().is_empty() {
        return Err(ConfigError::new("nickname", "must not be empty"));
    }
    let texts = [
        ("nickname", robot.nickname.as_str(), MOST_NAME_CHARS),
        ("gender", robot.gender.as_deref().unwrap_or_default(), MOST_NAME_CHARS),
        ("avatar", robot.avatar.as_deref().unwrap_or_default(), MOST_AVATAR_CHARS),
        ("welcome", robot.welcome.as_str(), Channel::MAX_TEXT_CHARS),
        ("transfer_keyword", robot.transfer_keyword.as_str(), MOST_NAME_CHARS),
    ];
    for (field, text, most) in texts {
        if text.chars().nth(most).is_some() {
            return Err(ConfigError::new(field, format!("must have at most {most} characters")));
        }
    }
    BaseId::new(&robot.knowledge).map_err(|error| ConfigError::new("knowledge", error.to_string()))?;
    Ok(())
}

fn check_canned_reply(directory: &TenantDirectory, reply: &CannedReply) -> Result<(), ConfigError> {
    reply.check().map_err(|error| ConfigError::new(error.field(), error.to_string()))?;
    check_queues(directory, &reply.queues)
}

/// Queues that exist, each once.
fn check_queues(directory: &TenantDirectory, queues: &[QueueId]) -> Result<(), ConfigError> {
    for (place, queue) in queues.iter().enumerate() {
        let field = format!("queues[{place}]");
        if !directory.queues.contains_key(queue) {
            return Err(ConfigError::new(field, format!("there is no queue {:?}", queue.as_str())));
        }
        if queues.iter().take(place).any(|earlier| earlier == queue) {
            return Err(ConfigError::new(field, format!("{:?} is named twice", queue.as_str())));
        }
    }
    Ok(())
}

fn check_channel(directory: &TenantDirectory, channel: &Channel, now: Timestamp) -> Result<(), ConfigError> {
    within("weight", u64::from(channel.weight), 1, 100)?;
    within("text_chars", channel.text_chars as u64, 1, Channel::MAX_TEXT_CHARS as u64)?;
    if let Some(robot) = &channel.robot
        && !directory.robots.contains_key(robot)
    {
        return Err(ConfigError::new("robot", format!("there is no robot {:?}", robot.as_str())));
    }
    let queue = match &channel.queue {
        Some(id) => Some(
            directory
                .queues
                .get(id)
                .ok_or_else(|| ConfigError::new("queue", format!("there is no queue {:?}", id.as_str())))?,
        ),
        None => None,
    };
    if let Some(queue) = queue.filter(|queue| queue.hours.is_none()) {
        queue::can_wait_for_opening("hours", channel.hours.as_ref(), &queue.outside_hours, now)?;
    }
    if let Some(seconds) = channel.queue_tell_every {
        check_tell_every("queue_tell_every", seconds)?;
    }
    sla::check_survey(&channel.survey)?;
    check_patience(&channel.patience)
}

fn check_patience(patience: &Patience) -> Result<(), ConfigError> {
    within("patience.session_silence", patience.session_silence, 1, MOST_SECONDS)?;
    within("patience.queue_wait", patience.queue_wait, 1, MOST_SECONDS)?;
    within("patience.customer_inactivity", patience.customer_inactivity, 1, MOST_SECONDS)?;
    within("patience.agent_inactivity", patience.agent_inactivity, 0, MOST_SECONDS)?;
    let robot = patience.robot_inactivity.unwrap_or(patience.customer_inactivity);
    within("patience.robot_inactivity", robot, 1, MOST_SECONDS)?;
    if patience.warn_before >= robot.min(patience.customer_inactivity) {
        let why = "must be shorter than the inactivity that it warns of";
        return Err(ConfigError::new("patience.warn_before", why));
    }
    Ok(())
}

fn check_skills<'a>(list: &str, skills: impl Iterator<Item = (&'a str, u8)>) -> Result<(), ConfigError> {
    let mut seen: Vec<&str> = Vec::new();
    for (place, (skill, level)) in skills.enumerate() {
        if skill.trim().is_empty() {
            return Err(ConfigError::new(format!("{list}[{place}].skill"), "must not be empty"));
        }
        if seen.contains(&skill) {
            return Err(ConfigError::new(
                format!("{list}[{place}].skill"),
                format!("{skill:?} is named twice"),
            ));
        }
        seen.push(skill);
        within(&format!("{list}[{place}].level"), u64::from(level), 1, 10)?;
    }
    Ok(())
}

fn needed(needs: &[SkillNeeded]) -> impl Iterator<Item = (&str, u8)> {
    needs.iter().map(|SkillNeeded { skill, level }| (skill.as_str(), *level))
}

fn check_tell_every(field: &str, seconds: u64) -> Result<(), ConfigError> {
    if seconds == 0 {
        return Ok(());
    }
    within(field, seconds, LEAST_TELL_EVERY, MOST_TELL_EVERY)
        .map_err(|error| ConfigError::new(error.field, format!("{}, or 0 for none", error.why)))
}

fn within(field: &str, value: u64, least: u64, most: u64) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(ConfigError::new(field, format!("must be {least} to {most}, not {value}")))
}

fn never_opens(hours: Option<&WorkingHours>, now: Timestamp) -> bool {
    hours.is_some_and(|hours| !hours.ever_opens(now))
}
