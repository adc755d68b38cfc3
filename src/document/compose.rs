//! A document written as YAML, a node, link or rule to a line where it fits.

use super::json;
use super::tree::{Tree, Value};
use super::write::{convert, is_json};
use crate::source::Source;

/// Columns that an object may take on one line.
const LINE: usize = 110;

/// The document as YAML: the text itself where it is YAML, else the same values in the same order. `None` for what cannot
/// be read. For documents that were read without errors.
#[must_use]
pub fn to_yaml(source: &Source) -> Option<String> {
    if !is_json(source) {
        return Some(source.text().to_owned());
    }
    let tree = json::alone(source.text()).ok()?;
    let Value::Map(members) = &tree.value else { return None };
    let mut out = String::new();
    for (key, value) in members {
        member(&key.value, value, 0, &mut out);
    }
    drop(tree);
    // whatever a reader might make of it otherwise: it must be the same document
    let back = convert(&Source::new("a.yaml", out.clone().into_bytes()).ok()?)?;
    let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    (same(&back)? == same(source.text())?).then_some(out)
}

/// A member of a mapping, from the beginning of its line to the end of its last.
fn member(key: &str, value: &Tree<'_>, indent: usize, out: &mut String) {
    let key = text(key);
    let (Value::Map(_) | Value::List(_), false) = (&value.value, is_short(value, indent + key.len() + 2)) else {
        out.push_str(&format!("{}{key}: {}\n", " ".repeat(indent), flow(value)));
        return;
    };
    out.push_str(&format!("{}{key}:\n", " ".repeat(indent)));
    block(value, indent + 2, out);
}

/// A value on lines of its own.
fn block(value: &Tree<'_>, indent: usize, out: &mut String) {
    match &value.value {
        Value::Map(members) => members.iter().for_each(|(key, value)| member(&key.value, value, indent, out)),
        Value::List(items) => {
            for item in items {
                let Value::Map(members) = &item.value else {
                    out.push_str(&format!("{}- {}\n", " ".repeat(indent), flow(item)));
                    continue;
                };
                if is_short(item, indent + 2) {
                    out.push_str(&format!("{}- {}\n", " ".repeat(indent), flow(item)));
                    continue;
                }
                let start = out.len();
                members.iter().for_each(|(key, value)| member(&key.value, value, indent + 2, out));
                out.replace_range(start + indent..start + indent + 2, "- ");
            }
        }
        _ => out.push_str(&format!("{}{}\n", " ".repeat(indent), flow(value))),
    }
}

/// Whether a value goes on the line that has so many columns already. The document's own lists have an element to a line.
fn is_short(value: &Tree<'_>, columns: usize) -> bool {
    match &value.value {
        Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Map(_) | Value::List(_))) => false,
        Value::Map(members) if members.is_empty() => true,
        Value::List(_) | Value::Map(_) => columns + flow(value).chars().count() <= LINE,
        _ => true,
    }
}

/// A value in one line, as JSON but for the quotes.
fn flow(value: &Tree<'_>) -> String {
    match &value.value {
        Value::Null | Value::Refused => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => (*number).to_owned(),
        Value::String(value) => text(value),
        Value::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Map(members) if members.is_empty() => "{}".to_owned(),
        Value::Map(members) => {
            let members: Vec<_> =
                members.iter().map(|(key, value)| format!("{}: {}", text(&key.value), flow(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
    }
}

/// A text as YAML takes it for one, without quotes where they are not needed.
fn text(text: &str) -> String {
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '.');
    // after a letter these have no meaning of their own, in brackets either
    let plain = text.starts_with(|c: char| letter(c) && c != '.' && c != '/')
        && !text.ends_with(' ')
        && text.chars().all(|c| letter(c) || matches!(c, '-' | ' ' | '(' | ')' | '（' | '）' | '、' | '。' | '・'))
        // the last six are booleans to older tools
        && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&&*text.to_lowercase())
        // an address is no number, and neither is what has a letter; `1e5`, `0x1f` and `12` are
        && (text.contains(|c: char| c.is_alphabetic() && !c.is_ascii_hexdigit() && !matches!(c, 'x' | 'o')) || text.contains(['/', '-']) || text.matches('.').count() == 3);
    if plain {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in serde_json::Value::from(text).to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_where_yaml_would_take_them_for_something_else() {
        for plain in
            ["fw-core", "10.0.0.1", "10.0.0.0/8", "any", "tcp/443", "本庁 αモデル", "2027-03-31", "住基DB（本番）"]
        {
            assert_eq!(text(plain), plain);
        }
        for quoted in [
            "12", "1e5", "0x1f", "1.5", "true", "No: 1", "node:a", "", " a", "a ", "- a", "#", "a, b", "{a", "*",
            "null", "no", "Y", "~",
        ] {
            assert_eq!(text(quoted), format!("\"{quoted}\""));
        }
        assert_eq!(text("a\u{85}\u{2028}\n\""), r#""a\u0085\u2028\n\"""#);
    }
}
