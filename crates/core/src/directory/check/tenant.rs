//! The rules of a tenant.

use super::{ConfigError, within};
use crate::directory::{AwayReason, Retention, RetentionClass, Tenant};
use crate::masking::{Masker, Masking, MaskingPattern};
use crate::texts::{language, values};

/// Most reasons that an agent can choose from.
const MOST_REASONS: usize = 50;
/// Longest text of the system's, in characters.
const MOST_TEXT_CHARACTERS: usize = 1_000;
/// Longest reason, in characters.
const MOST_CHARACTERS: usize = 64;

pub(super) fn check(tenant: &Tenant) -> Result<(), ConfigError> {
    check_texts(tenant)?;
    check_dispositions(tenant)?;
    check_away_reasons(tenant)?;
    check_retention(&tenant.retention)?;
    check_masking(&tenant.masking)?;
    within("password_characters", u64::from(tenant.password_characters), 8, 128)
}

/// Own wording that nobody would ever see, or that asks for what is not there, is refused.
fn check_texts(tenant: &Tenant) -> Result<(), ConfigError> {
    if language(&tenant.locale).is_empty() {
        return Err(ConfigError::new("locale", "must name a language, such as `en`"));
    }
    for (locale, texts) in &tenant.texts {
        if locale.is_empty()
            || language(locale) != *locale
            || !locale.bytes().all(|letter| letter.is_ascii_lowercase())
        {
            let why = "must be a language alone, such as `en`: small letters and no region";
            return Err(ConfigError::new(format!("texts.{locale}"), why));
        }
        for (text, own) in texts {
            let refused = |why: String| ConfigError::new(format!("texts.{locale}.{}", text.name()), why);
            if own.trim().is_empty() {
                return Err(refused("must not be empty; leave it out for what is shipped".to_owned()));
            }
            if own.chars().count() > MOST_TEXT_CHARACTERS {
                return Err(refused(format!("has more than {MOST_TEXT_CHARACTERS} characters")));
            }
            let known = text.values();
            if let Some(unknown) = values(own).into_iter().find(|name| !known.contains(name)) {
                let known: Vec<String> = known.iter().map(|name| format!("{{{name}}}")).collect();
                let known = if known.is_empty() { "nothing".to_owned() } else { known.join(" and ") };
                return Err(refused(format!("has {{{unknown}}}, but only {known} can stand in it")));
            }
        }
    }
    Ok(())
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

fn check_retention(retention: &Retention) -> Result<(), ConfigError> {
    for class in RetentionClass::ALL {
        if let Some(days) = retention.configured(class) {
            let field = format!("retention.{}", class.name());
            within(&field, days.into(), class.fewest_days().into(), Retention::MOST_DAYS.into())?;
        }
    }
    Ok(())
}

fn check_masking(masking: &Masking) -> Result<(), ConfigError> {
    if let Some(twice) = (1..masking.rules.len()).find(|place| {
        let (before, after) = masking.rules.split_at(*place);
        after.first().is_some_and(|rule| before.contains(rule))
    }) {
        return Err(ConfigError::new(format!("masking.rules[{twice}]"), "is named twice"));
    }
    if masking.patterns.len() > Masking::MOST_PATTERNS {
        let why = format!("must be at most {}", Masking::MOST_PATTERNS);
        return Err(ConfigError::new("masking.patterns", why));
    }
    for (place, pattern) in masking.patterns.iter().enumerate() {
        let field = |name: &str| format!("masking.patterns[{place}].{name}");
        if pattern.name.trim().is_empty() {
            return Err(ConfigError::new(field("name"), "must not be empty"));
        }
        if pattern.name.chars().count() > MaskingPattern::MOST_NAME {
            let why = format!("has more than {} characters", MaskingPattern::MOST_NAME);
            return Err(ConfigError::new(field("name"), why));
        }
        Masker::check(pattern).map_err(|error| ConfigError::new(field("pattern"), error.to_string()))?;
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
