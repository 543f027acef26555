//! What of an item is secret: it is never shown and stands in no file.

use serde_json::{Map, Value};

use crate::directory::Item;

/// Whether a value of this name is a secret, or a hash of one, wherever it stands in an item.
pub fn is_secret(name: &str) -> bool {
    const SECRETS: [&str; 8] = [
        "push_key",
        "app_secret",
        "webhook_secrets",
        "client_identity",
        "identity_key",
        "old_secret",
        "client_secret",
        // No secret, but nothing that anybody sets: what was taken from somebody must not come back with a file.
        "sign_ins_after",
    ];
    name.ends_with("_hash") || SECRETS.contains(&name)
}

/// Whether a value of this name is a secret that is used again, and so is more than a hash.
pub fn is_kept_secret(name: &str) -> bool {
    is_secret(name) && !name.ends_with("_hash") && !["old_secret", "sign_ins_after"].contains(&name)
}

/// Takes away what must not be shown.
pub fn conceal(values: &mut Map<String, Value>) {
    values.retain(|name, _| !is_secret(name));
    for value in values.values_mut() {
        match value {
            Value::Object(inner) => conceal(inner),
            Value::Array(list) => list.iter_mut().filter_map(Value::as_object_mut).for_each(conceal),
            _ => {}
        }
    }
}

/// Puts the secrets of an item into what is to replace it: whoever writes that has not seen them and cannot give them.
/// What is given stays as it is given. A secret that is itself sent to the address beside it stays only with that
/// address.
pub fn keep_secrets(before: &Map<String, Value>, after: &mut Map<String, Value>) {
    let mut before = before.clone();
    let differs = |name: &str| {
        let given = |values: &Map<String, Value>| values.get(name).filter(|value| !value.is_null()).cloned();
        given(&before) != given(after)
    };
    let (is_sent_elsewhere, is_of_another) = (differs("base_url") || differs("token_url"), differs("issuer"));
    if is_sent_elsewhere {
        forget_sent(&mut before);
    }
    if is_of_another {
        before.remove("client_secret");
    }
    for (name, kept) in &before {
        if is_secret(name) {
            after.entry(name.clone()).or_insert_with(|| kept.clone());
        } else if let (Value::Object(kept), Some(Value::Object(inner))) = (kept, after.get_mut(name)) {
            keep_secrets(kept, inner);
        }
    }
}

fn forget_sent(values: &mut Map<String, Value>) {
    values.remove("app_secret");
    values.values_mut().filter_map(Value::as_object_mut).for_each(forget_sent);
}

/// The secrets that an item needs and that were not set yet, by the names of its values. A hash stands for what it is
/// of: `password`, `secret`.
pub fn secrets_to_set(item: &Item) -> Vec<&'static str> {
    match item {
        Item::App(app) if app.secret_hash.is_empty() => vec!["secret"],
        Item::Agent(agent) if agent.password_hash.is_empty() => vec!["password"],
        Item::Channel(channel) => {
            let identity = channel.requires_identity && channel.identity_key.is_none();
            let push = channel.push.as_ref().and_then(|push| match push.secret_to_set()? {
                "push_key" => Some("push.verification.signature.push_key"),
                _ => Some("push.verification.oauth.app_secret"),
            });
            identity.then_some("identity_key").into_iter().chain(push).collect()
        }
        Item::IdentityProvider(provider) if provider.client_secret.is_empty() => vec!["client_secret"],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(before: &Value, mut after: Value) -> Value {
        keep_secrets(before.as_object().unwrap(), after.as_object_mut().unwrap());
        after
    }

    fn oauth(url: &str, secret: Option<&str>) -> Value {
        let mut app = json!({ "app_key": "k" });
        if let Some(secret) = secret {
            app["app_secret"] = secret.into();
        }
        json!({ "push": { "base_url": url, "verification": { "oauth": app } } })
    }

    #[test]
    fn secrets_stay_where_they_were() {
        let signature =
            |key: Value| json!({ "push": { "base_url": "a", "verification": { "signature": key } } });
        let before = signature(json!({ "push_key": "secret" }));
        assert_eq!(kept(&before, signature(json!({}))), before);
        let given = signature(json!({ "push_key": "given" }));
        assert_eq!(kept(&before, given.clone()), given);
        let before = json!({ "name": "Ann", "password_hash": "$argon2" });
        let after = json!({ "name": "Bob", "password_hash": "$argon2" });
        assert_eq!(kept(&before, json!({ "name": "Bob" })), after);
        assert_eq!(kept(&oauth("a", Some("s")), json!({ "name": "no push" })), json!({ "name": "no push" }));
    }

    #[test]
    fn a_secret_that_is_sent_does_not_follow_to_another_address() {
        assert_eq!(kept(&oauth("a", Some("s")), oauth("a", None)), oauth("a", Some("s")));
        assert_eq!(kept(&oauth("a", Some("s")), oauth("b", None)), oauth("b", None));
        let mut before = oauth("a", Some("s"));
        before["push"]["verification"]["oauth"]["token_url"] = "x".into();
        assert_eq!(kept(&before, oauth("a", None)), oauth("a", None));
        // As stored, what is not set is written as nothing.
        before["push"]["verification"]["oauth"]["token_url"] = Value::Null;
        assert_eq!(kept(&before, oauth("a", None)), oauth("a", Some("s")));
    }

    #[test]
    fn a_secret_of_one_issuer_is_not_shown_to_another() {
        let of = |issuer: &str, secret: Option<&str>| match secret {
            Some(secret) => json!({ "issuer": issuer, "client_secret": secret }),
            None => json!({ "issuer": issuer }),
        };
        assert_eq!(kept(&of("a", Some("s")), of("a", None)), of("a", Some("s")));
        assert_eq!(kept(&of("a", Some("s")), of("b", None)), of("b", None));
        assert_eq!(kept(&of("a", Some("s")), of("b", Some("t"))), of("b", Some("t")));
    }

    #[test]
    fn what_is_secret_is_not_shown() {
        let mut value = json!({
            "name": "x", "password_hash": "1", "push": { "webhook_secrets": ["2"], "base_url": "y" },
            "list": [{ "identity_key": "3", "z": 1 }],
        });
        conceal(value.as_object_mut().unwrap());
        assert_eq!(value, json!({ "name": "x", "push": { "base_url": "y" }, "list": [{ "z": 1 }] }));
    }
}
