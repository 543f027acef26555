//! The one text of a JSON value.

use serde_json::Value;

/// The canonical text of a value. Numbers that are not whole, which every language writes otherwise, become texts.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) if number.is_f64() => write_text(&number.to_string(), text),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(value) => write_text(value, text),
        Value::Array(values) => write_list(values, ('[', ']'), text, write),
        Value::Object(map) => {
            // The map of another build might keep the order in which keys were put into it.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(name, _)| name.as_str());
            write_list(entries, ('{', '}'), text, |(name, value), text| {
                write_text(name, text);
                text.push(':');
                write(value, text);
            });
        }
    }
}

fn write_list<T>(
    values: impl IntoIterator<Item = T>,
    (open, close): (char, char),
    text: &mut String,
    one: impl Fn(T, &mut String),
) {
    text.push(open);
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        one(value, text);
    }
    text.push(close);
}

fn write_text(value: &str, text: &mut String) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{0}'..='\u{1f}' => {
                text.push_str("\\u00");
                text.push_str(&hex::encode([u8::try_from(letter).unwrap_or_default()]));
            }
            letter => text.push(letter),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn there_is_one_text_of_a_value() {
        let value = json!({ "b": [1, -2, true, null], "a": { "语": "退\u{1}\n\"\\/\u{7f}" }, "c": 0.5 });
        assert_eq!(
            canonical(&value),
            "{\"a\":{\"语\":\"退\\u0001\\n\\\"\\\\/\u{7f}\"},\"b\":[1,-2,true,null],\"c\":\"0.5\"}"
        );
    }
}
