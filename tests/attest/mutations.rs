//! Every way to change one thing in a JSON text.

use serde_json::{Value, json};

/// The value with one thing changed, and what that was: a value, a key or an item, wherever it stands.
pub fn all(value: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut put = |what: &str, changed: Value| found.push((what.to_owned(), changed));
    // Another type, and a list of one that holds the value.
    for other in [json!(null), json!(true), json!(1), json!({}), json!([]), json!("other"), json!([value])] {
        if other != *value {
            put(": another value", other);
        }
    }
    match value {
        Value::String(text) => {
            put(": longer", json!(format!("{text} ")));
            put(": empty", json!(""));
            put(": shorter", json!(text.chars().skip(1).collect::<String>()));
            if text.to_uppercase() != *text {
                put(": upper case", json!(text.to_uppercase()));
            }
        }
        Value::Array(items) => {
            let mut more = items.clone();
            more.push(items.last().cloned().unwrap_or(json!("MN-ISOLATION")));
            put(": the last item twice", Value::Array(more));
            for (at, item) in items.iter().enumerate() {
                let mut less = items.clone();
                less.remove(at);
                put(": an item less", Value::Array(less));
                for (what, changed) in all(item) {
                    let mut items = items.clone();
                    items[at] = changed;
                    put(&format!("[{at}]{what}"), Value::Array(items));
                }
            }
        }
        Value::Object(entries) => {
            let mut more = entries.clone();
            more.insert("unknown".to_owned(), json!("x"));
            put(": an unknown key", Value::Object(more));
            for (key, inner) in entries {
                let mut less = entries.clone();
                less.remove(key);
                put(&format!(".{key}: left out"), Value::Object(less.clone()));
                less.insert(format!("{key}x"), inner.clone());
                put(&format!(".{key}: another key"), Value::Object(less));
                for (what, changed) in all(inner) {
                    let mut entries = entries.clone();
                    entries.insert(key.clone(), changed);
                    put(&format!(".{key}{what}"), Value::Object(entries));
                }
            }
        }
        _ => {}
    }
    found
}

/// The text with each key, one at a time, written twice.
pub fn doubled_keys(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("\":") {
        let start = text[..at].rfind('"').expect("a key has a beginning");
        found.push(format!("{}{}:0,{}", &text[..start], &text[start..=at], &text[start..]));
    }
    found
}
