//! The yardstick: typed structs of what a document usually holds, read by a JSON reader alone. Checks nothing, keeps no
//! place in the source, resolves no name. Over the type of texts: `String` owns each, `Lent` borrows from the file.

#![allow(dead_code, missing_docs, reason = "the yardstick reads more than anybody looks at")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Document<T> {
    pub sanso: u32,
    pub name: Option<T>,
    pub model: Option<T>,
    #[serde(default)]
    pub zones: BTreeMap<String, Zone<T>>,
    #[serde(default)]
    pub groups: BTreeMap<String, Texts<T>>,
    #[serde(default)]
    pub services: BTreeMap<String, Texts<T>>,
    pub nodes: Vec<Node<T>>,
    #[serde(default)]
    pub links: Vec<Link<T>>,
    #[serde(default)]
    pub exceptions: Vec<Exception<T>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Zone<T> {
    #[serde(default)]
    pub networks: Vec<T>,
    pub title: Option<T>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Node<T> {
    pub id: T,
    pub kind: Option<T>,
    pub zone: Option<T>,
    #[serde(default)]
    pub addresses: Vec<T>,
    pub forwards: Option<bool>,
    pub filter: Option<Box<Filter<T>>>,
    pub relays: Option<Vec<Relay<T>>>,
    #[serde(default)]
    pub controls: Vec<T>,
    #[serde(default)]
    pub tags: Vec<T>,
    pub title: Option<T>,
    pub note: Option<T>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Filter<T> {
    pub default: Option<T>,
    #[serde(default)]
    pub rules: Vec<Rule<T>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Rule<T> {
    pub id: Option<T>,
    pub action: T,
    pub from: Option<Texts<T>>,
    pub to: Option<Texts<T>>,
    pub service: Option<Texts<T>>,
    pub r#in: Option<Texts<T>>,
    pub out: Option<Texts<T>>,
    pub note: Option<T>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Relay<T> {
    pub from: Texts<T>,
    pub to: Texts<T>,
    pub from_service: Option<Texts<T>>,
    pub to_service: Option<Texts<T>>,
    pub sanitise: Option<T>,
    #[serde(default)]
    pub both: bool,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Exception<T> {
    pub id: T,
    pub from: Texts<T>,
    pub to: Texts<T>,
    pub service: Texts<T>,
    pub reason: Option<T>,
    pub approved_by: Option<T>,
    pub expires: Option<T>,
}

/// One text or a list of them.
pub struct Texts<T>(pub Vec<T>);

/// A text borrowed from the file, where it has no escapes.
pub struct Lent<'a>(pub Cow<'a, str>);

/// A link in either form. Read by a visitor, since an untagged enum would read everything twice.
pub struct Link<T> {
    pub between: [T; 2],
    pub vlans: Vec<u16>,
    pub one_way: bool,
}

impl<'de> Deserialize<'de> for Lent<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Lent<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Lent<'de>, E> {
                Ok(Lent(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Lent<'de>, E> {
                Ok(Lent(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Texts<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Texts<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Texts<T>, E> {
                T::deserialize(BorrowedStrDeserializer::new(text)).map(|text| Texts(vec![text]))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Texts<T>, E> {
                T::deserialize(text.into_deserializer()).map(|text| Texts(vec![text]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Texts<T>, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Texts)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Link<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(bound(deserialize = "T: Deserialize<'de>"))]
        struct Long<T> {
            between: [T; 2],
            #[serde(default)]
            vlans: Vec<u16>,
            #[serde(default)]
            one_way: bool,
        }
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Link<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a link")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Link<T>, A::Error> {
                let between = <[T; 2]>::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(Link { between, vlans: Vec::new(), one_way: false })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Link<T>, A::Error> {
                let Long { between, vlans, one_way } = Long::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Link { between, vlans, one_way })
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}
