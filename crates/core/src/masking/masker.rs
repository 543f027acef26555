//! Takes what must not be kept out of a text.

use std::borrow::Cow;

use serde_json::Value;

use super::config::{MaskRule, Masking, MaskingPattern};
use super::pattern::{Pattern, PatternError};
use super::reading::Reading;
use super::{identifiers, mail, numbers};
use crate::message::{MediaType, Message};

/// What is masked for a tenant, ready to be looked for.
#[derive(Clone, Debug, Default)]
pub struct Masker {
    rules: Vec<MaskRule>,
    patterns: Vec<Pattern>,
    agents: bool,
}

impl Masker {
    /// What a tenant wants masked. A pattern that cannot be had is left out; [`Self::check`] refuses it where it is
    /// configured.
    pub fn new(masking: &Masking) -> Self {
        let patterns = masking.patterns.iter().take(Masking::MOST_PATTERNS);
        Self {
            rules: masking.rules.clone(),
            patterns: patterns.filter_map(|own| Pattern::new(&own.pattern).ok()).collect(),
            agents: masking.agents,
        }
    }

    /// Whether a pattern can be had.
    pub fn check(pattern: &MaskingPattern) -> Result<(), PatternError> {
        Pattern::new(&pattern.pattern).map(drop)
    }

    /// Whether what agents write is masked too.
    pub const fn is_for_agents(&self) -> bool {
        self.agents
    }

    pub(super) fn is_idle(&self) -> bool {
        self.rules.is_empty() && self.patterns.is_empty()
    }

    /// A text with what is masked in it; `None` if nothing is.
    pub fn text(&self, text: &str) -> Option<String> {
        self.masked(text, |_| true)
    }

    /// The same of a text that says how somebody can be reached: that stays.
    pub fn contact(&self, text: &str) -> Option<String> {
        self.masked(text, |rule| !rule.is_contact())
    }

    fn masked(&self, text: &str, is_wanted: impl Fn(MaskRule) -> bool) -> Option<String> {
        if self.is_idle() || text.is_empty() {
            return None;
        }
        let mut reading = Reading::new(text);
        for rule in self.rules.iter().copied().filter(|rule| is_wanted(*rule)) {
            match rule {
                MaskRule::PaymentCard => numbers::payment_cards(&mut reading),
                MaskRule::Iban => identifiers::ibans(&mut reading),
                MaskRule::Email => mail::emails(&mut reading),
                MaskRule::Phone => numbers::phones(&mut reading),
                MaskRule::UsSsn => numbers::us_ssns(&mut reading),
                MaskRule::CnResidentId => numbers::cn_resident_ids(&mut reading),
            }
        }
        for pattern in &self.patterns {
            pattern.hide(text, &mut reading);
        }
        reading.masked()
    }

    /// The content of a message of some kind, masked where people write: what names a file or a place stays.
    pub fn content(&self, media: MediaType, content: &str) -> Option<String> {
        if self.is_idle() {
            return None;
        }
        match media {
            MediaType::Text => self.text(content),
            MediaType::WebCard => self.card(content),
            // `latitude/longitude/description`.
            MediaType::Locate => {
                let (at, _) = content.match_indices('/').nth(1)?;
                let (place, description) = content.split_at(at + 1);
                Some(format!("{place}{}", self.text(description)?))
            }
            // `name,bytes,key,type`.
            MediaType::File => {
                let (name, rest) = content.split_once(',')?;
                Some(format!("{},{rest}", self.text(name)?))
            }
            MediaType::Image
            | MediaType::Audio
            | MediaType::Video
            | MediaType::FileImage
            | MediaType::FileVideo
            | MediaType::Document => None,
        }
    }

    /// A card is JSON, and stays JSON; what is none is a text like any other.
    fn card(&self, content: &str) -> Option<String> {
        let Ok(mut card) = serde_json::from_str::<Value>(content) else { return self.text(content) };
        self.value(&mut card).then(|| card.to_string())
    }

    /// Whether something in it was masked.
    fn value(&self, value: &mut Value) -> bool {
        let replaced = match value {
            Value::Null | Value::Bool(_) => None,
            Value::String(text) => self.text(text),
            Value::Number(number) => self.text(&number.to_string()),
            Value::Array(list) => {
                return list.iter_mut().fold(false, |before, inner| self.value(inner) | before);
            }
            Value::Object(fields) => {
                let mut is_masked = false;
                let masked = std::mem::take(fields).into_iter().map(|(name, mut inner)| {
                    is_masked |= self.value(&mut inner);
                    let own = self.text(&name);
                    is_masked |= own.is_some();
                    (own.unwrap_or(name), inner)
                });
                *fields = masked.collect();
                return is_masked;
            }
        };
        if let Some(replaced) = replaced {
            *value = Value::String(replaced);
            return true;
        }
        false
    }

    /// A customer's text as requests are compared by it: what is kept to know a repeated one by tells nothing of what is
    /// masked.
    pub fn compared<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.text(text).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// The same of an agent's text.
    pub fn compared_of_agent<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.agents { self.compared(text) } else { Cow::Borrowed(text) }
    }

    /// An agent's message as it is kept.
    #[must_use]
    pub fn message_of_agent(&self, message: Message) -> Message {
        if self.agents { self.message(message) } else { message }
    }

    /// A message with what is masked in it, which then says so.
    #[must_use]
    pub fn message(&self, mut message: Message) -> Message {
        if let Some(masked) = self.content(message.media, &message.content) {
            message.content = masked;
            message.extras.masked = true;
        }
        message
    }
}
