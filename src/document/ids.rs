//! The ids of a document's nodes and its zones, without anything else of it: for completion in a shell, which does not wait.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};

use super::write::convert;
use crate::source::Source;

/// YAML of more bytes is not looked into: it would take too long. Large documents are JSON.
const MOST_YAML: usize = 8 << 20;

/// What names a document has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// Of nodes, in the order of the document.
    pub nodes: Vec<String>,
    /// Zones that it describes, likewise.
    pub zones: Vec<String>,
}

/// The ids of nodes in a document, JSON or YAML, that begin as asked, and its zones; `None`: it is neither, or too large to be looked into. Nothing else of it
/// is looked at. O(n).
#[must_use]
pub fn ids(source: &Source, beginning: &str) -> Option<Ids> {
    match serde_json::from_str(source.text()) {
        Ok(found) => Some(chosen(&found, beginning)),
        Err(_) if source.text().len() > MOST_YAML => None,
        Err(_) => Some(chosen(&serde_json::from_str(&convert(source)?).ok()?, beginning)),
    }
}

fn chosen(found: &Found<'_>, beginning: &str) -> Ids {
    let ids = found.nodes.iter().map(|node| &*node.id);
    Ids { nodes: ids.filter(|id| id.starts_with(beginning)).map(str::to_owned).collect(), zones: found.zones.0.clone() }
}

#[derive(Deserialize)]
struct Found<'a> {
    #[serde(borrow, default)]
    nodes: Vec<Node<'a>>,
    #[serde(default)]
    zones: Keys,
}

#[derive(Deserialize)]
struct Node<'a> {
    #[serde(borrow, default)]
    id: Cow<'a, str>,
}

/// The keys of an object.
#[derive(Default)]
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;
        impl<'de> Visitor<'de> for OfObject {
            type Value = Keys;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    keys.push(key);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(OfObject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_nodes_and_zones_alone() {
        let yaml = "sanso: 1\nzones: { a-school: { networks: [10.4.0.0/16] }, b: {} }\nnodes:\n  - { kind: server, id: a-1 }\n  - id: 'b: 2'\n    filter: { rules: [{ id: a-rule, action: deny }] }\nlinks: []\n";
        let json = r#"{"sanso":1,"zones":{"a-school":{"networks":["10.4.0.0/16"]},"b":{}},"nodes":[{"kind":"server","id":"a-1"},{"id":"b: 2","filter":{"rules":[{"id":"a-rule"}]}}]}"#;
        for text in [yaml, json] {
            let source = Source::new("d", text.as_bytes().to_vec()).expect("a text");
            let found = |beginning: &str| ids(&source, beginning).expect("it is read");
            assert_eq!(found("").nodes, ["a-1", "b: 2"]);
            let a = found("a");
            assert_eq!((a.nodes, a.zones), (vec!["a-1".to_owned()], vec!["a-school".to_owned(), "b".to_owned()]));
        }
        let broken = Source::new("d", b"{\"sanso\":1,\"nodes\":[".to_vec()).expect("a text");
        assert_eq!(ids(&broken, ""), None);
    }
}
