//! A document written again as JSON, so that what speaks JSON only can read what was written in YAML.

use super::decode::Decoder;
use super::keys::{self, Object, Shape};
use super::tree::{Tree, Value, integer};
use super::yaml;
use crate::diagnostic::Diagnostics;
use crate::source::Source;

/// Whether the exact bytes of a source are JSON.
#[must_use]
pub fn is_json(source: &Source) -> bool {
    !source.had_byte_order_mark() && serde_json::from_str::<serde::de::IgnoredAny>(source.text()).is_ok()
}

/// The document as JSON: the text itself where it is JSON, else the same values in the same order, an element of
/// `nodes` or `links` to a line. `None` for what cannot be read. For documents that were read without errors.
#[must_use]
pub fn convert(source: &Source) -> Option<String> {
    let text = source.text();
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return Some(text.to_owned());
    }
    let mut diagnostics = Diagnostics::default();
    let mut decoder = Decoder::new(text, &mut diagnostics);
    let body = yaml::body(text, &mut decoder).ok()?;
    let mut out = String::from("{");
    for (at, (key, value)) in body.members.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(&quoted(&key.value));
        out.push_str(": ");
        let shape = shape_of(&keys::DOCUMENT, &key.value);
        match &value.value {
            Value::List(items) if !items.is_empty() => {
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "[\n  " } else { ",\n  " });
                    write(item, shape.map(item_of), &mut out)?;
                }
                out.push_str("\n]");
            }
            _ => write(value, shape, &mut out)?,
        }
    }
    out.push_str("\n}\n");
    Some(out)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What the value of a key must be.
pub(super) fn shape_of(object: &'static Object, key: &str) -> Option<&'static Shape> {
    object.keys.iter().find(|known| known.name == key).map(|known| &known.shape)
}

/// What the elements of a list must be, where a value may be a list.
pub(super) fn item_of(shape: &'static Shape) -> &'static Shape {
    match shape {
        Shape::Some(item) | Shape::Many(item) | Shape::List(item) | Shape::FullList(item) => item,
        other => other,
    }
}

/// What the value of a member must be.
fn member_of(shape: &'static Shape, key: &str) -> Option<&'static Shape> {
    match item_of(shape) {
        Shape::Object(object) => shape_of(object, key),
        Shape::Link => shape_of(&keys::LINK, key),
        Shape::ById(item) | Shape::ByWord(item) => Some(item),
        Shape::Vlans => shape_of(&keys::VLANS_BY_END, key),
        other => Some(other),
    }
}

/// Whether a number stays one: elsewhere YAML's `id: 12` is the text `12`, and JSON must say so.
fn is_number(shape: Option<&'static Shape>) -> bool {
    matches!(
        shape.map(item_of),
        Some(Shape::Version | Shape::Count | Shape::Vlan | Shape::Vlans | Shape::Native | Shape::Port | Shape::OnePort)
    )
}

/// Trees are at most [`super::tree::MAX_DEPTH`] deep, so that this recursion is too.
pub(super) fn write(tree: &Tree<'_>, shape: Option<&'static Shape>, out: &mut String) -> Option<()> {
    match &tree.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(text) if is_number(shape) => out.push_str(&integer(text)?.to_string()),
        Value::Number(text) => out.push_str(&quoted(text)),
        Value::String(text) => out.push_str(&quoted(text)),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write(item, shape.map(item_of), out)?;
            }
            out.push(']');
        }
        Value::Map(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                out.push_str(&quoted(&key.value));
                out.push_str(": ");
                write(value, shape.and_then(|shape| member_of(shape, &key.value)), out)?;
            }
            out.push('}');
        }
        Value::Refused => return None,
    }
    Some(())
}
