//! Customers as the wire has them.

use frontdesk_api::native::customer::{
    AttributeValue as WireValue, CustomerBlock, CustomerIdentity, CustomerMerge, CustomerProfile,
    Trust as WireTrust,
};
use frontdesk_core::customer::{AttributeValue, Block, Identity, Profile, Trust};
use frontdesk_core::log::LogId;
use frontdesk_core::port::CustomerError;
use frontdesk_core::seal::Sealed;
use frontdesk_core::time::Timestamp;

use crate::error::ApiError;
use crate::parts::Parts;

/// The public id of a customer.
pub(in crate::route) fn customer_id(parts: &Parts, log: LogId) -> String {
    parts.sealer.seal(Sealed::Customer, log, 0)
}

/// A customer.
pub(super) fn profile(parts: &Parts, profile: &Profile) -> CustomerProfile {
    let attributes = profile.facts.attributes.iter();
    CustomerProfile {
        id: customer_id(parts, profile.log),
        name: profile.name().to_owned(),
        locale: profile.identities.first().map(|first| first.locale.clone()).unwrap_or_default(),
        trust: trust(profile.trust()),
        identities: profile.identities.iter().map(|identity| wire_identity(parts, identity)).collect(),
        note: profile.facts.note.clone().map(Into::into),
        tags: profile.facts.tags.iter().cloned().collect(),
        attributes: attributes.map(|(key, value)| (key.clone(), wire_value(value))).collect(),
        first_seen_at: profile.first_seen().map(Timestamp::as_millis),
        last_seen_at: profile.last_seen().map(Timestamp::as_millis),
        blocked: profile.blocked.as_ref().map(block),
    }
}

fn wire_identity(parts: &Parts, identity: &Identity) -> CustomerIdentity {
    CustomerIdentity {
        channel_id: identity.channel.to_string(),
        user_id: identity.user.to_string(),
        name: identity.name.clone(),
        locale: identity.locale.clone(),
        trust: trust(identity.trust),
        first_seen_at: identity.first_seen.map(Timestamp::as_millis),
        last_seen_at: identity.last_seen.map(Timestamp::as_millis),
        merged: identity.merged.as_ref().map(|merged| CustomerMerge {
            id: customer_id(parts, identity.log),
            at: merged.at.as_millis(),
            by: merged.by.to_string(),
        }),
    }
}

fn block(block: &Block) -> CustomerBlock {
    CustomerBlock {
        reason: block.reason.clone().into(),
        until: block.until.map(Timestamp::as_millis),
        at: block.at.as_millis(),
        by: block.by.to_string(),
    }
}

const fn trust(trust: Trust) -> WireTrust {
    match trust {
        Trust::Anonymous => WireTrust::Anonymous,
        Trust::Vouched => WireTrust::Vouched,
        Trust::Signed => WireTrust::Signed,
    }
}

fn wire_value(value: &AttributeValue) -> WireValue {
    match value {
        AttributeValue::Flag(flag) => WireValue::Flag(*flag),
        AttributeValue::Number(number) => WireValue::Number(number.clone()),
        AttributeValue::Text(text) => WireValue::Text(text.clone().into()),
    }
}

/// An attribute as the rules know it.
pub(super) fn core_value(value: &WireValue) -> AttributeValue {
    match value {
        WireValue::Flag(flag) => AttributeValue::Flag(*flag),
        WireValue::Number(number) => AttributeValue::Number(number.clone()),
        WireValue::Text(text) => AttributeValue::Text(text.as_str().to_owned()),
    }
}

impl From<CustomerError> for ApiError {
    fn from(error: CustomerError) -> Self {
        use frontdesk_core::customer::{Facts, MergeRefusal};
        let (code, sentence) = match error {
            CustomerError::NoCustomer | CustomerError::Merge(MergeRefusal::NoCustomer) => {
                return Self::NotFound;
            }
            CustomerError::TooManyAttributes => {
                let why = format!("must be at most {}", Facts::MAX_ATTRIBUTES);
                return Self::field_invalid("attributes", why);
            }
            CustomerError::Merge(MergeRefusal::Same) => {
                ("SAME_CUSTOMER", "They are the same customer already.")
            }
            CustomerError::Merge(MergeRefusal::Trust) => {
                ("TRUST_DIFFERS", "Of one it is known who they are, of the other not.")
            }
            CustomerError::Merge(MergeRefusal::TooMany) => {
                ("TOO_MANY_IDENTITIES", "The customer would have more ids than can be.")
            }
            CustomerError::Merge(MergeRefusal::NotMerged) => {
                ("NOT_MERGED", "The customer was not merged into another.")
            }
            CustomerError::Open => ("CONVERSATION_OPEN", "A conversation of the customer's is open."),
            CustomerError::Store(error) => return error.into(),
        };
        Self::Conflict { code, sentence }
    }
}
