//! The JSON Schema of the format, generated from the tables of keys that the decoder checks against. For editors and
//! other programs: the reader itself says more, and more exactly.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::keys::{CHECK, DOCUMENT, EXCEPTIONS, LINK, MOST, NOT, Object, PATTERN, POLICY, Shape, VLANS_BY_END};

/// The JSON Schema (draft 2020-12) of a topology document. What it refuses the reader refuses too; it does not see
/// references, duplicate keys, reversed ranges or host bits.
#[must_use]
pub fn schema() -> Value {
    schema_of(&DOCUMENT, &LINK, "sanso topology document 三層")
}

/// The JSON Schema (draft 2020-12) of a policy file. What it refuses the reader refuses too; it does not see names of patterns,
/// duplicate keys or what is extended.
#[must_use]
pub fn policy_schema() -> Value {
    schema_of(&POLICY, &PATTERN, "sanso policy 三層")
}

/// The schema of an object; `other` is an object that shapes name without a reference of their own.
fn schema_of(object: &'static Object, other: &'static Object, title: &str) -> Value {
    let mut definitions = Map::new();
    let mut open = vec![object, other];
    let mut seen = BTreeSet::new();
    while let Some(object) = open.pop() {
        if seen.insert(object.name) {
            let body = body(object, &mut open);
            definitions.insert(object.name.replace(' ', "-"), body);
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "$ref": format!("#/$defs/{}", object.name),
        "$defs": definitions,
    })
}

fn body(object: &'static Object, open: &mut Vec<&'static Object>) -> Value {
    let mut properties = Map::new();
    for key in object.keys {
        let mut value = shape(&key.shape, open);
        if let Value::Object(members) = &mut value {
            members.insert("description".to_owned(), format!("{} / {}", key.says.0, key.says.1).into());
        }
        properties.insert(key.name.to_owned(), value);
    }
    let required: Vec<_> = object.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut body = json!({
        "title": format!("{} {}", object.name, object.ja),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    match object.name {
        "node" => body["not"] = json!({ "required": ["filter", "filters"] }),
        "route" => {
            body["oneOf"] = json!([{ "required": ["via"] }, { "required": ["drop"] }]);
            body["not"] = json!({ "required": ["drop", "fails"] });
        }
        "nat entry" => {
            let keeps = |key: &str| json!({ "properties": { key: { "const": "keep" } }, "required": [key] });
            let without = |keys: &[&str]| {
                let keys: Vec<_> = keys.iter().map(|key| json!({ "required": [key] })).collect();
                json!({ "not": { "anyOf": keys } })
            };
            body["oneOf"] = json!([{ "required": ["source"] }, { "required": ["destination"] }]);
            body["allOf"] = json!([
                { "if": { "required": ["destination"] }, "then": without(&["out", "sees"]) },
                { "if": { "required": ["source"] }, "then": without(&["destination_port", "applies_to"]) },
                { "if": keeps("destination"), "then": without(&["destination_port"]) },
                { "if": { "required": ["destination_port"] }, "then": { "required": ["service"] } },
            ]);
        }
        "VLANs by end" => body["minProperties"] = json!(1),
        _ if object.name == CHECK.name => {
            body["minProperties"] = json!(1);
            body["maxProperties"] = json!(1);
        }
        "change" => body["oneOf"] = json!([{ "required": ["severity"] }, { "required": ["off"] }]),
        "attributes" => body["oneOf"] = json!([{ "required": ["nodes"] }, { "required": ["links"] }]),
        _ if object.name == EXCEPTIONS.name => {
            let checks = ["limited", "peer", "used", "attested"].map(|key| json!({ "required": [key] }));
            body["oneOf"] = json!(checks);
        }
        _ => {}
    }
    body
}

/// No control characters, no outer white space.
const WORD: &str = r"^(?!\s)[^\u0000-\u001f\u007f-\u009f]+(?<!\s)$";
/// The same without `:`.
const ID: &str = r"^(?!\s)[^:\u0000-\u001f\u007f-\u009f]+(?<!\s)$";
const ADDRESS: &str = r"^[0-9A-Fa-f:.]+(/(0|[1-9][0-9]{0,2}))?$";
const ADDRESSES: &str = r"[0-9A-Fa-f:.]+(/(0|[1-9][0-9]{0,2})|-[0-9A-Fa-f:.]+)?";

fn shape(shape: &Shape, open: &mut Vec<&'static Object>) -> Value {
    match shape {
        Shape::Version => json!({ "const": 1 }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Id => json!({ "type": "string", "pattern": ID }),
        Shape::Word => json!({ "type": "string", "pattern": WORD }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::True => json!({ "const": true }),
        Shape::Count => json!({ "type": "integer", "minimum": 1, "maximum": MOST }),
        Shape::Date => json!({ "type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Shape::OneOf(words) => json!({ "enum": words() }),
        Shape::Cidr => json!({ "type": "string", "pattern": ADDRESS }),
        Shape::Selector => selector("any|(node|zone|group):[^:]+"),
        Shape::RuleSelector => {
            json!({ "anyOf": [selector("any|(node|zone|group):[^:]+|fqdn:.+"), reference(&NOT, open)] })
        }
        Shape::TransferSelector => {
            json!({ "type": "string", "pattern": "^(any|(node|zone|kind):[^:]+|tag:.+)$" })
        }
        Shape::HostNameItem => selector("(node|group):[^:]+"),
        Shape::NatTarget => {
            let item = selector("node:[^:]+");
            json!({ "anyOf": [{ "const": "keep" }, item.clone(), { "type": "array", "items": item, "minItems": 1 }] })
        }
        Shape::RelaySelector => selector("any|(node|zone|group|kind):[^:]+|tag:.+"),
        Shape::GroupItem => selector("group:[^:]+"),
        Shape::Service => json!({ "type": "string", "pattern": ID }),
        Shape::Vlan => numbers(1, 4094),
        Shape::Vlans => {
            json!({ "anyOf": [self::shape(&Shape::Many(&Shape::Vlan), open), reference(&VLANS_BY_END, open)] })
        }
        Shape::Native => {
            let vlan = number(1, 4094);
            json!({ "anyOf": [vlan.clone(), { "type": "array", "items": vlan, "minItems": 2, "maxItems": 2 }] })
        }
        Shape::Port => numbers(0, 65535),
        Shape::OnePort => number(0, 65535),
        Shape::Ends => {
            // an interface may contain further colons
            let end = json!({ "type": "string", "pattern": WORD });
            json!({ "type": "array", "items": end, "minItems": 2, "maxItems": 2 })
        }
        Shape::Link => json!({ "anyOf": [self::shape(&Shape::Ends, open), reference(&LINK, open)] }),
        Shape::Some(item) => {
            let item = self::shape(item, open);
            json!({ "anyOf": [item.clone(), { "type": "array", "items": item }] })
        }
        Shape::Many(item) => {
            let item = self::shape(item, open);
            json!({ "anyOf": [item.clone(), { "type": "array", "items": item, "minItems": 1 }] })
        }
        Shape::List(item) => json!({ "type": "array", "items": self::shape(item, open) }),
        Shape::FullList(item) => json!({ "type": "array", "items": self::shape(item, open), "minItems": 1 }),
        Shape::Object(object) => reference(object, open),
        Shape::ById(item) => {
            let item = self::shape(item, open);
            json!({ "type": "object", "propertyNames": { "pattern": ID }, "additionalProperties": item })
        }
        Shape::Scalars(item) => self::shape(&Shape::Many(item), open),
        Shape::Pattern => {
            let one = reference(&PATTERN, open);
            json!({ "anyOf": [one.clone(), { "type": "array", "items": { "anyOf": [one, { "type": "array" }] }, "minItems": 1 }] })
        }
        Shape::Patterns => {
            let one = self::shape(&Shape::Pattern, open);
            json!({ "type": "array", "items": one, "minItems": 2, "maxItems": 2 })
        }
        Shape::Methods => {
            let words: Vec<&str> = super::parse::SANITISES.iter().map(|(name, _)| *name).collect();
            let list = json!({ "type": "array", "items": { "enum": words }, "minItems": 1 });
            json!({ "anyOf": [{ "enum": words }, { "const": "any" }, list] })
        }
        Shape::ByWord(item) => {
            let item = self::shape(item, open);
            json!({ "type": "object", "propertyNames": { "pattern": WORD }, "additionalProperties": item })
        }
    }
}

fn reference(object: &'static Object, open: &mut Vec<&'static Object>) -> Value {
    open.push(object);
    // a space could not stand in the address
    json!({ "$ref": format!("#/$defs/{}", object.name.replace(' ', "-")) })
}

fn selector(others: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^({others}|{ADDRESSES})$") })
}

fn numbers(low: u16, high: u16) -> Value {
    json!({ "anyOf": [
        { "type": "integer", "minimum": low, "maximum": high },
        { "type": "string", "pattern": "^[0-9]+(-[0-9]+)?$" },
    ] })
}

fn number(low: u16, high: u16) -> Value {
    json!({ "anyOf": [
        { "type": "integer", "minimum": low, "maximum": high },
        { "type": "string", "pattern": "^[0-9]+$" },
    ] })
}
