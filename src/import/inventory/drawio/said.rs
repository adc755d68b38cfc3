//! What the `data` of shapes and connectors says, under the names of the document's own keys, and how it is written there.
//! One table for both ways.

use serde_json::{Map, Value};

/// How a property is spelt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// As it stands.
    Text,
    /// `true` or `false`.
    Truth,
    /// A whole number.
    Number,
    /// Words, parted by commas; a backslash takes the character behind it as it is.
    Words,
    /// The same, parted by blanks too: draw.io itself keeps `tags` so.
    Tags,
    /// VLANs and ranges of them, parted by commas; none is none.
    Vlans,
    /// One VLAN, or one of each end.
    Native,
}

/// Properties of a shape that is a node. Its id is the label, or `node` where that is there.
pub(super) const NODE: &[(&str, Shape)] = &[
    ("kind", Shape::Text),
    ("zone", Shape::Text),
    ("addresses", Shape::Words),
    ("forwards", Shape::Truth),
    ("routed_vlans", Shape::Vlans),
    ("controls", Shape::Words),
    ("tags", Shape::Tags),
    ("business", Shape::Words),
    ("owner", Shape::Text),
    ("count", Shape::Number),
    ("title", Shape::Text),
    ("note", Shape::Text),
];

/// Properties of a connector beside the names of its interfaces, its VLANs by end and its id.
pub(super) const LINK: &[(&str, Shape)] = &[
    ("vlans", Shape::Vlans),
    ("native", Shape::Native),
    ("one_way", Shape::Truth),
    ("circuit", Shape::Text),
    ("owner", Shape::Text),
    ("controls", Shape::Words),
    ("tags", Shape::Tags),
    ("title", Shape::Text),
    ("note", Shape::Text),
];

/// Properties of a shape that is a zone (`kind` is `zone`). Its id is the label, or `zone` where that is there.
pub(super) const ZONE: &[(&str, Shape)] = &[("base", Shape::Text), ("networks", Shape::Words), ("title", Shape::Text)];

/// The id of a node, where the label is not it; that of a link.
pub(super) const NODE_ID: &str = "node";
pub(super) const LINK_ID: &str = "link_id";
/// The interfaces that a connector leads to at its source and at its target, and the VLANs there.
pub(super) const INTERFACES: [&str; 2] = ["interface_a", "interface_b"];
pub(super) const VLANS: [&str; 2] = ["vlans_a", "vlans_b"];

/// What draw.io keeps among the data for itself.
pub(super) const ITS_OWN: &[&str] =
    &["id", "label", "placeholders", "tooltip", "link", "linkTarget", "enumerate", "enumerateValue"];

/// How a key is spelt in a table.
pub(super) fn shape(table: &[(&str, Shape)], key: &str) -> Option<Shape> {
    table.iter().find(|(known, _)| *known == key).map(|(_, shape)| *shape)
}

/// A property as a value of the document; `None`: it says nothing. What is spelt wrong stays a text, which the reader of
/// documents tells of.
pub(super) fn value(text: &str, shape: Shape) -> Option<Value> {
    let plain = text.trim();
    let vlan = |word: &String| word.parse::<u16>().map_or_else(|_| word.clone().into(), Value::from);
    if plain.is_empty() {
        return (shape == Shape::Vlans).then(|| Value::Array(Vec::new()));
    }
    Some(match shape {
        Shape::Text => text.into(),
        Shape::Truth => plain.parse::<bool>().map_or_else(|_| plain.into(), Value::from),
        Shape::Number => plain.parse::<u64>().map_or_else(|_| plain.into(), Value::from),
        Shape::Words => parted(plain, false).into(),
        Shape::Tags => parted(plain, true).into(),
        Shape::Vlans => parted(plain, true).iter().map(vlan).collect(),
        Shape::Native => match &parted(plain, true)[..] {
            [one] => vlan(one),
            both => both.iter().map(vlan).collect(),
        },
    })
}

/// A value of the document as a property.
pub(super) fn text(value: &Value, shape: Shape) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let blanks = matches!(shape, Shape::Tags);
    let escaped = |value: &Value| {
        let mut out = String::new();
        for c in word(value).chars() {
            if matches!(c, ',' | '、' | '\\') || blanks && c.is_whitespace() {
                out.push('\\');
            }
            out.push(c);
        }
        out
    };
    match (shape, value) {
        (Shape::Text | Shape::Truth | Shape::Number, value) => word(value),
        (_, Value::Array(items)) => items.iter().map(escaped).collect::<Vec<String>>().join(", "),
        (_, one) => escaped(one),
    }
}

/// Words parted by commas, and where `blanks` says so by blanks.
fn parted(text: &str, blanks: bool) -> Vec<String> {
    let mut out = vec![String::new()];
    // blanks around a word fall away unless a backslash keeps them
    let mut kept = 0;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let last = out.last_mut().expect("never empty");
        match c {
            '\\' => {
                last.extend(rest.next());
                kept = last.len();
            }
            ',' | '、' => {
                last.truncate(last.trim_end().len().max(kept));
                out.push(String::new());
                kept = 0;
            }
            c if c.is_whitespace() && blanks => {
                if !last.is_empty() {
                    out.push(String::new());
                    kept = 0;
                }
            }
            c if c.is_whitespace() && last.is_empty() => {}
            c => last.push(c),
        }
    }
    if let Some(last) = out.last_mut() {
        last.truncate(last.trim_end().len().max(kept));
    }
    out.retain(|word| !word.is_empty());
    out
}

/// Puts the VLANs of a connector by end into what is said of it.
pub(super) fn by_end(said: &mut Map<String, Value>, [a, b]: [Option<Value>; 2]) {
    let sides = [("a", a), ("b", b)].into_iter().filter_map(|(side, vlans)| Some((side.to_owned(), vlans?)));
    let sides: Map<String, Value> = sides.collect();
    if !sides.is_empty() {
        said.insert("vlans".into(), sides.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        for (shape, values) in [
            (Shape::Words, vec![json!(["mfa", "a, b", "\\", "d\\,"]), json!(["a b"]), json!(["東京、大阪"])]),
            (Shape::Tags, vec![json!(["security-cloud", "a b", "c,d"])]),
            (Shape::Vlans, vec![json!([10, "20-29"]), json!([])]),
            (Shape::Native, vec![json!(10), json!([10, 20])]),
            (Shape::Truth, vec![json!(true), json!(false)]),
            (Shape::Number, vec![json!(7)]),
            (Shape::Text, vec![json!(" 税務 システム\n第二")]),
        ] {
            for one in values {
                assert_eq!(value(&text(&one, shape), shape), Some(one));
            }
        }
        assert_eq!(value("10、 20-29,30", Shape::Vlans), Some(json!([10, "20-29", 30])));
        assert_eq!(value("maybe", Shape::Truth), Some(json!("maybe")));
        assert_eq!(value(" ", Shape::Words), None);
    }
}
