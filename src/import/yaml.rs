//! A document as YAML that people read and mend: an element of a list to a line, short things in one.

use serde_json::Value;

/// Longest element of a list that is written in one line, in characters.
const WIDTH: usize = 140;

/// Writes a document.
#[must_use]
pub fn write(document: &Value) -> String {
    let mut out = String::new();
    block(document, 0, &mut out);
    out
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn block(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                indent(depth, out);
                member(key, value, depth, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                indent(depth, out);
                out.push_str("- ");
                element(item, depth, out);
            }
        }
        other => {
            indent(depth, out);
            out.push_str(&flow(other));
            out.push('\n');
        }
    }
}

fn is_long(value: &Value) -> bool {
    let open = matches!(value, Value::Object(members) if !members.is_empty())
        || matches!(value, Value::Array(items) if !items.is_empty());
    open && flow(value).chars().count() > WIDTH
}

fn member(key: &str, value: &Value, depth: usize, out: &mut String) {
    out.push_str(&scalar(key));
    let listed = matches!(value, Value::Array(items) if items.iter().any(Value::is_object));
    if is_long(value) || (listed && depth == 0) {
        out.push_str(":\n");
        block(value, depth + 1, out);
    } else {
        out.push_str(&format!(": {}\n", flow(value)));
    }
}

/// An element behind its dash.
fn element(item: &Value, depth: usize, out: &mut String) {
    match item {
        Value::Object(members) if is_long(item) => {
            for (at, (key, value)) in members.iter().enumerate() {
                if at > 0 {
                    indent(depth + 1, out);
                }
                member(key, value, depth + 1, out);
            }
        }
        item => {
            out.push_str(&flow(item));
            out.push('\n');
        }
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text without quotes where YAML cannot take it for anything else.
fn scalar(text: &str) -> String {
    let first = text.chars().next();
    let plain = first.is_some_and(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}
