//! The yardstick: the document as plain structs with `String` fields, read by serde_json alone. Checks nothing, keeps
//! no place in the source, resolves no name.

#![allow(dead_code, missing_docs, reason = "the yardstick reads more than anybody looks at")]

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

#[derive(Deserialize)]
pub struct Document {
    pub sanso: u32,
    pub name: Option<String>,
    pub model: Option<String>,
    #[serde(default)]
    pub zones: BTreeMap<String, Zone>,
    #[serde(default)]
    pub groups: BTreeMap<String, Texts>,
    #[serde(default)]
    pub services: BTreeMap<String, Texts>,
    pub nodes: Vec<Node>,
    #[serde(default)]
    pub links: Vec<Link>,
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
pub struct Zone {
    #[serde(default)]
    pub networks: Vec<String>,
    pub title: Option<String>,
}

#[derive(Deserialize)]
pub struct Node {
    pub id: String,
    pub kind: Option<String>,
    pub zone: Option<String>,
    #[serde(default)]
    pub addresses: Vec<String>,
    pub forwards: Option<bool>,
    pub filter: Option<Box<Filter>>,
    pub relays: Option<Vec<Relay>>,
    #[serde(default)]
    pub controls: Vec<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    pub title: Option<String>,
    pub note: Option<String>,
}

#[derive(Deserialize)]
pub struct Filter {
    pub default: Option<String>,
    #[serde(default)]
    pub rules: Vec<Rule>,
}

#[derive(Deserialize)]
pub struct Rule {
    pub id: Option<String>,
    pub action: String,
    pub from: Option<Texts>,
    pub to: Option<Texts>,
    pub service: Option<Texts>,
    pub r#in: Option<Texts>,
    pub out: Option<Texts>,
    pub note: Option<String>,
}

#[derive(Deserialize)]
pub struct Relay {
    pub from: Texts,
    pub to: Texts,
    pub from_service: Option<Texts>,
    pub to_service: Option<Texts>,
    pub sanitise: Option<String>,
    #[serde(default)]
    pub both: bool,
}

#[derive(Deserialize)]
pub struct Exception {
    pub id: String,
    pub from: Texts,
    pub to: Texts,
    pub service: Texts,
    pub reason: Option<String>,
    pub approved_by: Option<String>,
    pub expires: Option<String>,
}

/// One text or a list of them.
pub struct Texts(pub Vec<String>);

/// A link in either form. Read by a visitor, since an untagged enum would read everything twice.
pub struct Link {
    pub between: [String; 2],
    pub vlans: Vec<u16>,
    pub one_way: bool,
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Texts;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Texts, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Texts)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Long {
            between: [String; 2],
            #[serde(default)]
            vlans: Vec<u16>,
            #[serde(default)]
            one_way: bool,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Link;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a link")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Link, A::Error> {
                let between = <[String; 2]>::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(Link { between, vlans: Vec::new(), one_way: false })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Link, A::Error> {
                let Long { between, vlans, one_way } = Long::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Link { between, vlans, one_way })
            }
        }
        deserializer.deserialize_any(Either)
    }
}
