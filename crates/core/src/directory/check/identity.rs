//! The rules of identity providers.

use super::{ConfigError, MOST_NAME_CHARS};
use crate::directory::{IdentityProvider, TenantDirectory};
use crate::id::RoleId;

/// Longest address, and longest name of a claim, a scope or a group, in characters.
const MOST_CHARS: usize = 512;
/// Most scopes, and most groups that give roles.
const MOST_LISTED: usize = 200;

pub(super) fn check(directory: &TenantDirectory, provider: &IdentityProvider) -> Result<(), ConfigError> {
    check_text("name", &provider.name, MOST_NAME_CHARS)?;
    check_text("issuer", &provider.issuer, MOST_CHARS)?;
    check_address("issuer", &provider.issuer, provider.allow_private)?;
    check_text("client_id", &provider.client_id, MOST_CHARS)?;
    check_scopes(&provider.scopes)?;
    check_text("agent_claim", &provider.agent_claim, MOST_CHARS)?;
    if let Some(claim) = &provider.groups_claim {
        check_text("groups_claim", claim, MOST_CHARS)?;
    }
    check_roles(directory, provider)?;
    match &provider.public_url {
        Some(url) => check_origin(url),
        None => Ok(()),
    }
}

fn check_text(field: &str, text: &str, most: usize) -> Result<(), ConfigError> {
    if text.trim().is_empty() {
        return Err(ConfigError::new(field, "must not be empty"));
    }
    if text.chars().nth(most).is_some() {
        return Err(ConfigError::new(field, format!("must have at most {most} characters")));
    }
    Ok(())
}

fn check_address(field: &str, url: &str, may_be_plain: bool) -> Result<(), ConfigError> {
    let secure = url.strip_prefix("https://");
    let Some(rest) = secure.or_else(|| url.strip_prefix("http://").filter(|_| may_be_plain)) else {
        return Err(ConfigError::new(field, "must begin with https://, or http:// with allow_private"));
    };
    if rest.is_empty() || rest.starts_with('/') || rest.contains(['?', '#', '@', ' ', '\\']) {
        return Err(ConfigError::new(field, "must be an address without a user, a query or a fragment"));
    }
    Ok(())
}

fn check_origin(url: &str) -> Result<(), ConfigError> {
    check_address("public_url", url, true)?;
    match url.split_once("://").map(|(_, rest)| rest.contains('/')) {
        Some(false) => Ok(()),
        _ => Err(ConfigError::new("public_url", "must end with the host or its port")),
    }
}

fn check_scopes(scopes: &[String]) -> Result<(), ConfigError> {
    if scopes.len() > MOST_LISTED {
        return Err(ConfigError::new("scopes", format!("must be at most {MOST_LISTED}")));
    }
    for (place, scope) in scopes.iter().enumerate() {
        let field = format!("scopes[{place}]");
        check_text(&field, scope, MOST_CHARS)?;
        // RFC 6749, 3.3.
        if !scope.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')) {
            return Err(ConfigError::new(field, "must be visible ASCII without quotes and backslashes"));
        }
        if scopes.iter().take(place).any(|earlier| earlier == scope) {
            return Err(ConfigError::new(field, format!("{scope:?} is named twice")));
        }
    }
    Ok(())
}

fn check_roles(directory: &TenantDirectory, provider: &IdentityProvider) -> Result<(), ConfigError> {
    let known = |field: String, role: &RoleId| {
        if directory.has_role(role) {
            return Ok(());
        }
        Err(ConfigError::new(field, format!("there is no role {:?}", role.as_str())))
    };
    if provider.group_roles.len() > MOST_LISTED {
        return Err(ConfigError::new("group_roles", format!("must be at most {MOST_LISTED}")));
    }
    for (place, of) in provider.group_roles.iter().enumerate() {
        let field = format!("group_roles[{place}].group");
        check_text(&field, &of.group, MOST_CHARS)?;
        if provider.group_roles.iter().take(place).any(|earlier| earlier.group == of.group) {
            return Err(ConfigError::new(field, format!("{:?} is named twice", of.group)));
        }
        known(format!("group_roles[{place}].role"), &of.role)?;
    }
    if let Some(role) = &provider.role {
        known("role".to_owned(), role)?;
    }
    if provider.groups_claim.is_none() && !provider.group_roles.is_empty() {
        return Err(ConfigError::new("groups_claim", "is missing: the claim that has the groups"));
    }
    if provider.groups_claim.is_some() && provider.roles().next().is_none() {
        return Err(ConfigError::new("group_roles", "give nobody a role, and nobody could sign in"));
    }
    if provider.creates_people && provider.roles().next().is_none() {
        return Err(ConfigError::new("role", "is missing: new people need one"));
    }
    Ok(())
}
