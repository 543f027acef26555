//! The rules of people and their roles.

use super::{ConfigError, check_queues, check_skills, within};
use crate::access::{AccessScope, BuiltInRole, Role};
use crate::directory::{Agent, SkillLevel, TenantDirectory};

/// Longest name of a role, in characters.
const MOST_CHARACTERS: usize = 64;

pub(super) fn check_agent(directory: &TenantDirectory, agent: &Agent) -> Result<(), ConfigError> {
    within("capacity", u64::from(agent.capacity), 1, 100_000)?;
    check_queues(directory, &agent.queues)?;
    let skills = agent.skills.iter().map(|SkillLevel { skill, level }| (skill.as_str(), *level));
    check_skills("skills", skills)?;
    if !directory.has_role(&agent.role) {
        return Err(ConfigError::new("role", format!("there is no role {:?}", agent.role.as_str())));
    }
    check_scope(directory, &agent.scope)?;
    // Otherwise they would be given customers of whom they may know nothing.
    match agent.queues.iter().position(|queue| !agent.scope.has_queue(queue)) {
        Some(place) => Err(ConfigError::new(format!("queues[{place}]"), "lies outside of the scope")),
        None => Ok(()),
    }
}

/// Queues and channels that exist, each once.
pub fn check_scope(directory: &TenantDirectory, scope: &AccessScope) -> Result<(), ConfigError> {
    check_queues(directory, &scope.queues)
        .map_err(|error| ConfigError::new(format!("scope.{}", error.field), error.why))?;
    for (place, channel) in scope.channels.iter().enumerate() {
        let field = format!("scope.channels[{place}]");
        if !directory.channels.contains_key(channel) {
            return Err(ConfigError::new(field, format!("there is no channel {:?}", channel.as_str())));
        }
        if scope.channels.iter().take(place).any(|earlier| earlier == channel) {
            return Err(ConfigError::new(field, format!("{:?} is named twice", channel.as_str())));
        }
    }
    Ok(())
}

pub(super) fn check_role(role: &Role) -> Result<(), ConfigError> {
    if BuiltInRole::parse(role.id.as_str()).is_some() {
        return Err(ConfigError::new("id", "is a built-in role, which cannot be changed"));
    }
    if role.name.trim().is_empty() {
        return Err(ConfigError::new("name", "must not be empty"));
    }
    if role.name.chars().count() > MOST_CHARACTERS {
        return Err(ConfigError::new("name", format!("has more than {MOST_CHARACTERS} characters")));
    }
    for (place, permission) in role.permissions.iter().enumerate() {
        if role.permissions.iter().take(place).any(|earlier| earlier == permission) {
            let why = format!("{:?} is named twice", permission.as_str());
            return Err(ConfigError::new(format!("permissions[{place}]"), why));
        }
    }
    Ok(())
}
