//! Answers made comparable: what differs from run to run is hidden, everything else stays.

use serde_json::{Value, json};

use super::server::CHANNEL;

/// The same value with every field of these names replaced by its name, unless it is null.
#[must_use]
pub fn hide(value: &Value, names: &[&str]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| hide(item, names)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, inner)| {
                let hidden = names.contains(&name.as_str()) && !inner.is_null();
                (name.clone(), if hidden { json!(format!("[{name}]")) } else { hide(inner, names) })
            })
            .collect(),
        _ => value.clone(),
    }
}

/// Down-link messages without their codes and times.
#[must_use]
pub fn shown(messages: &[Value]) -> Vec<Value> {
    messages.iter().map(|message| hide(message, &["messageCode", "timestamp"])).collect()
}

/// A down-link message as [`shown`], with all documented fields: these, and null for the others.
#[must_use]
pub fn downlink(user: &str, fields: Value) -> Value {
    let mut message = json!({
        "from": CHANNEL, "channel": "WEB", "to": user, "controlType": "CHAT", "mediaType": "TEXT",
        "content": null, "simQuestions": null, "senderNickname": null, "senderAvatar": null,
        "timestamp": "[timestamp]", "sourceType": "SYSTEM", "callId": null, "robotGender": null,
        "messageCode": "[messageCode]", "isOfflineStatus": null, "interIdx": null, "contentType": null,
        "mediaFileType": null, "queueFlag": null, "handlerType": null, "associationContentId": null,
        "receiveTime": null,
    });
    merge(&mut message, fields);
    message
}

/// What the demonstration's robot says outside of a turn.
#[must_use]
pub fn robot_says(user: &str, text: &str) -> Value {
    downlink(
        user,
        json!({
            "content": text, "senderNickname": "test", "senderAvatar": "1", "sourceType": "ROBOT",
            "robotGender": "MALE",
        }),
    )
}

/// What the system says in English.
#[must_use]
pub fn system_says(user: &str, text: &str) -> Value {
    downlink(user, json!({ "content": text, "senderNickname": "System" }))
}

/// What the demonstration's agent 101 says.
#[must_use]
pub fn agent_says(user: &str, text: &str) -> Value {
    downlink(user, json!({ "content": text, "senderNickname": "Alex", "sourceType": "AGENT" }))
}

/// Fields of one object put into another.
pub fn merge(into: &mut Value, fields: Value) {
    let (Value::Object(into), Value::Object(fields)) = (into, fields) else {
        panic!("only objects are merged");
    };
    into.extend(fields);
}
