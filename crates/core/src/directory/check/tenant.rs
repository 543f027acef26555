//! The rules of a tenant.

use super::ConfigError;
use crate::directory::{AwayReason, Tenant};

/// Most reasons that an agent can choose from.
const MOST_REASONS: usize = 50;
/// Longest reason, in characters.
const MOST_CHARACTERS: usize = 64;

pub(super) fn check(tenant: &Tenant) -> Result<(), ConfigError> {
    check_dispositions(tenant)?;
    check_away_reasons(tenant)
}

fn check_dispositions(tenant: &Tenant) -> Result<(), ConfigError> {
    for (place, disposition) in tenant.dispositions.iter().enumerate() {
        if tenant.dispositions.iter().take(place).any(|earlier| earlier.id == disposition.id) {
            let why = format!("{:?} is named twice", disposition.id.as_str());
            return Err(ConfigError::new(format!("dispositions[{place}].id"), why));
        }
        if disposition.name.trim().is_empty() {
            return Err(ConfigError::new(format!("dispositions[{place}].name"), "must not be empty"));
        }
    }
    Ok(())
}

fn check_away_reasons(tenant: &Tenant) -> Result<(), ConfigError> {
    let reasons = &tenant.away_reasons;
    if reasons.len() > MOST_REASONS {
        return Err(ConfigError::new("away_reasons", format!("must be at most {MOST_REASONS}")));
    }
    for (place, AwayReason { id, name }) in reasons.iter().enumerate() {
        for (field, text) in [("id", id), ("name", name)] {
            let field = format!("away_reasons[{place}].{field}");
            if text.trim().is_empty() {
                return Err(ConfigError::new(field, "must not be empty"));
            }
            if text.chars().count() > MOST_CHARACTERS {
                return Err(ConfigError::new(field, format!("has more than {MOST_CHARACTERS} characters")));
            }
        }
        if reasons.iter().take(place).any(|earlier| earlier.id == *id) {
            let field = format!("away_reasons[{place}].id");
            return Err(ConfigError::new(field, format!("{id:?} is named twice")));
        }
    }
    Ok(())
}
