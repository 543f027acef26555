//! Which values of something configured changed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::audit::canonical;

/// Most fields that are told of one change.
const MOST_FIELDS: usize = 40;
/// Longest value that is told, in characters of its text; of a longer one is told only that it changed.
const LONGEST: usize = 300;
/// What stands in the place of what is not told.
const UNTOLD: &str = "changed";

/// The fields that differ, by their paths, with what they were and are: `{"push.base_url": {"before": …, "after": …}}`.
/// Of a field that holds a secret, and of a long one, is told only that it changed.
pub fn changes(before: &Value, after: &Value, is_secret: fn(&str) -> bool) -> Map<String, Value> {
    let mut found = Map::new();
    compare("", Some(before), Some(after), is_secret, &mut found);
    let more = found.len().saturating_sub(MOST_FIELDS);
    if more > 0 {
        found = found.into_iter().take(MOST_FIELDS).collect();
        found.insert("…".to_owned(), json!(format!("{more} more")));
    }
    found
}

fn compare(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    is_secret: fn(&str) -> bool,
    found: &mut Map<String, Value>,
) {
    if before.unwrap_or(&Value::Null) == after.unwrap_or(&Value::Null) {
        return;
    }
    let fields = |value: Option<&Value>| match value {
        None | Some(Value::Null) => Some(Map::new()),
        Some(Value::Object(fields)) => Some(fields.clone()),
        Some(_) => None,
    };
    let (Some(old), Some(new)) = (fields(before), fields(after)) else {
        found.insert(path.to_owned(), told(before, after));
        return;
    };
    if old.is_empty() && new.is_empty() {
        found.insert(path.to_owned(), told(before, after));
    }
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let (old, new) = (old.get(name), new.get(name));
        if !is_secret(name) {
            compare(&inner, old, new, is_secret, found);
        } else if old.unwrap_or(&Value::Null) != new.unwrap_or(&Value::Null) {
            found.insert(inner, json!(UNTOLD));
        }
    }
}

fn told(before: Option<&Value>, after: Option<&Value>) -> Value {
    let given = [("before", before), ("after", after)];
    let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone())));
    let change = Value::Object(given.collect());
    if canonical(&change).chars().nth(LONGEST).is_some() { json!(UNTOLD) } else { change }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_secret(name: &str) -> bool {
        name == "key"
    }

    #[test]
    fn what_changed_is_told_and_no_secret() {
        let before = json!({ "name": "A", "same": 1, "push": { "url": "x", "key": "old" }, "gone": [1] });
        let after = json!({ "name": "B", "same": 1, "push": { "url": "x", "key": "new", "retries": 2 } });
        assert_eq!(
            Value::Object(changes(&before, &after, is_secret)),
            json!({
                "gone": { "before": [1] },
                "name": { "before": "A", "after": "B" },
                "push.key": "changed",
                "push.retries": { "after": 2 },
            })
        );
    }

    #[test]
    fn a_secret_that_comes_with_what_is_around_it_is_not_told() {
        let told = changes(&json!({}), &json!({ "push": { "key": "new" } }), is_secret);
        assert_eq!(Value::Object(told), json!({ "push.key": "changed" }));
    }

    #[test]
    fn long_values_and_many_fields_are_cut() {
        let told = changes(&json!({}), &json!({ "text": "x".repeat(1_000) }), is_secret);
        assert_eq!(Value::Object(told), json!({ "text": "changed" }));
        let many: Map<_, _> = (0..100).map(|index| (format!("f{index:03}"), json!(index))).collect();
        let told = changes(&json!({}), &Value::Object(many), is_secret);
        assert_eq!((told.len(), &told["…"]), (MOST_FIELDS + 1, &json!("60 more")));
    }
}
