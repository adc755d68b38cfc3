//! The compact way from JSON to plain nodes and links, without trees. It accepts only what the decoder would accept
//! without a word, and refuses everything else without saying why: the decoder then reads the element again.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::json::Str;
use super::places::start_of;
use super::words::Interner;
use super::{Addresses, Cidr, Link, LinkDetails, NameTable, Node, Span, Text, Vlans, Words, parse};

/// Why the compact way was left; nobody reads it.
const NOT_PLAIN: &str = "not plain";

fn check<T, E: Error>(value: Option<T>) -> Result<T, E> {
    value.ok_or_else(|| E::custom(NOT_PLAIN))
}

/// Sets a field that must not have been set yet.
fn once<T, E: Error>(field: &mut Option<T>, value: T) -> Result<(), E> {
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::custom(NOT_PLAIN)),
    }
}

macro_rules! expecting_plain {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a plain value")
        }
    };
}

/// A key out of a list, by its index.
struct KeyOf(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KeyOf {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeyOf {
    type Value = usize;

    expecting_plain!();

    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        check(self.0.iter().position(|known| *known == key))
    }
}

/// A word out of a table.
struct WordOf<T: 'static>(&'static [(&'static str, T)]);

impl<'de, T: Copy> DeserializeSeed<'de> for WordOf<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: Copy> Visitor<'_> for WordOf<T> {
    type Value = T;

    expecting_plain!();

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        check(parse::word(self.0, text))
    }
}

/// A checked id.
fn id<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Text<'de>, A::Error> {
    let text = map.next_value_seed(Str)?;
    check(parse::check_id(&text).ok())?;
    Ok(text)
}

/// A plain node.
pub(super) struct NodeSeed<'w, 's> {
    pub words: &'w mut Interner,
    pub names: &'w mut NameTable<'s>,
    pub text: &'s str,
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_, 'de> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_, 'de> {
    type Value = Node<'de>;

    expecting_plain!();

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        const KEYS: [&str; 7] = ["id", "kind", "zone", "addresses", "forwards", "controls", "tags"];
        let (mut the_id, mut kind, mut zone, mut forwards) = (None, None, None, None);
        let (mut addresses, mut controls, mut tags) = (None, None, None);
        while let Some(key) = map.next_key_seed(KeyOf(&KEYS))? {
            match key {
                0 => once(&mut the_id, id(&mut map)?)?,
                1 => once(&mut kind, map.next_value_seed(WordOf(&parse::KINDS))?)?,
                2 => once(&mut zone, id(&mut map)?)?,
                3 => once(&mut addresses, map.next_value_seed(CidrsSeed)?)?,
                4 => once(&mut forwards, map.next_value::<bool>()?)?,
                5 => once(&mut controls, map.next_value_seed(WordsSeed { words: &mut *self.words })?)?,
                _ => once(&mut tags, map.next_value_seed(WordsSeed { words: &mut *self.words })?)?,
            }
        }
        let id = check(the_id)?;
        Ok(Node {
            id: self.names.intern_text(&id),
            id_at: start_of(self.text, &id),
            zone: zone.map(|zone| self.names.intern_text(&zone)),
            kind: kind.unwrap_or_default(),
            addresses: addresses.unwrap_or_default(),
            forwards,
            controls: controls.unwrap_or_else(|| self.words.empty()),
            tags: tags.unwrap_or_else(|| self.words.empty()),
            details: None,
            span: Span::default(),
        })
    }
}

/// One address or a list of them.
struct CidrsSeed;

impl<'de> DeserializeSeed<'de> for CidrsSeed {
    type Value = Addresses;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CidrsSeed {
    type Value = Addresses;

    expecting_plain!();

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        check(parse::cidr(text).ok()).map(Addresses::from)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        // most nodes have one address, which needs no vector
        let Some(first) = seq.next_element_seed(CidrSeed)? else { return Ok(Addresses::default()) };
        let Some(second) = seq.next_element_seed(CidrSeed)? else { return Ok(first.into()) };
        let mut all = vec![first, second];
        while let Some(next) = seq.next_element_seed(CidrSeed)? {
            all.push(next);
        }
        Ok(all.into_iter().collect())
    }
}

struct CidrSeed;

impl<'de> DeserializeSeed<'de> for CidrSeed {
    type Value = Cidr;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cidr, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for CidrSeed {
    type Value = Cidr;

    expecting_plain!();

    fn visit_str<E: Error>(self, text: &str) -> Result<Cidr, E> {
        check(parse::cidr(text).ok())
    }
}

/// One word or a list of them.
struct WordsSeed<'w> {
    words: &'w mut Interner,
}

impl<'de> DeserializeSeed<'de> for WordsSeed<'_> {
    type Value = Words;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Words, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for WordsSeed<'_> {
    type Value = Words;

    expecting_plain!();

    fn visit_str<E: Error>(self, text: &str) -> Result<Words, E> {
        check(parse::check_word(text).ok())?;
        self.words.start();
        self.words.push(text);
        Ok(self.words.finish())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Words, A::Error> {
        self.words.start();
        while seq.next_element_seed(WordSeed { words: &mut *self.words })?.is_some() {}
        Ok(self.words.finish())
    }
}

struct WordSeed<'w> {
    words: &'w mut Interner,
}

impl<'de> DeserializeSeed<'de> for WordSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for WordSeed<'_> {
    type Value = ();

    expecting_plain!();

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        check(parse::check_word(text).ok())?;
        self.words.push(text);
        Ok(())
    }
}

/// A link in any of its forms.
pub(super) struct LinkSeed<'w, 's> {
    pub words: &'w mut Interner,
    pub names: &'w mut NameTable<'s>,
}

impl<'s> LinkSeed<'_, 's> {
    fn joined<E: Error>(self, ends: [Text<'s>; 2], mut details: LinkDetails<'s>) -> Result<Link<'s>, E> {
        let [first, second] = ends.map(|end| parse::link_end(end).ok());
        let ends = [check(first)?, check(second)?];
        details.interfaces = [0, 1].map(|end: usize| ends[end].1.as_ref().map(|name| self.names.intern_text(name)));
        let ends = ends.map(|(node, _)| self.names.intern_text(&node));
        Ok(Link { ends, details: self.words.link(details), span: Span::default() })
    }
}

impl<'de> DeserializeSeed<'de> for LinkSeed<'_, 'de> {
    type Value = Link<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Link<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LinkSeed<'_, 'de> {
    type Value = Link<'de>;

    expecting_plain!();

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Link<'de>, A::Error> {
        let ends = EndsSeed.visit_seq(seq)?;
        self.joined(ends, LinkDetails::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Link<'de>, A::Error> {
        const KEYS: [&str; 5] = ["between", "vlans", "one_way", "id", "note"];
        let (mut ends, mut vlans, mut one_way, mut id, mut note) = (None, None, None, None, None);
        while let Some(key) = map.next_key_seed(KeyOf(&KEYS))? {
            match key {
                0 => once(&mut ends, map.next_value_seed(EndsSeed)?)?,
                1 => once(&mut vlans, map.next_value_seed(VlansSeed)?)?,
                2 => once(&mut one_way, map.next_value::<bool>()?)?,
                3 => {
                    let text = map.next_value_seed(Str)?;
                    check(parse::check_word(&text).ok())?;
                    once(&mut id, text)?;
                }
                _ => once(&mut note, map.next_value_seed(Str)?)?,
            }
        }
        let details = LinkDetails { vlans, one_way: one_way.unwrap_or(false), id, interfaces: [None, None] };
        self.joined(check(ends)?, details)
    }
}

/// The two ends of a link.
struct EndsSeed;

impl<'de> DeserializeSeed<'de> for EndsSeed {
    type Value = [Text<'de>; 2];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for EndsSeed {
    type Value = [Text<'de>; 2];

    expecting_plain!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let first = check(seq.next_element_seed(Str)?)?;
        let second = check(seq.next_element_seed(Str)?)?;
        check(seq.next_element_seed(Str)?.is_none().then_some(()))?;
        Ok([first, second])
    }
}

/// One VLAN or range, or a list of them.
struct VlansSeed;

impl<'de> DeserializeSeed<'de> for VlansSeed {
    type Value = Vlans;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vlans, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for VlansSeed {
    type Value = Vlans;

    expecting_plain!();

    fn visit_u64<E: Error>(self, number: u64) -> Result<Vlans, E> {
        VlanSeed.visit_u64(number).map(|vlan| vec![vlan])
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vlans, E> {
        VlanSeed.visit_str(text).map(|vlan| vec![vlan])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vlans, A::Error> {
        let Some(first) = seq.next_element_seed(VlanSeed)? else { return check(None) };
        let mut all = vec![first];
        while let Some(next) = seq.next_element_seed(VlanSeed)? {
            all.push(next);
        }
        Ok(all)
    }
}

struct VlanSeed;

impl<'de> DeserializeSeed<'de> for VlanSeed {
    type Value = (u16, u16);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(u16, u16), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for VlanSeed {
    type Value = (u16, u16);

    expecting_plain!();

    fn visit_u64<E: Error>(self, number: u64) -> Result<(u16, u16), E> {
        let vlan = u16::try_from(number).ok().filter(|vlan| parse::VLANS.contains(vlan));
        check(vlan).map(|vlan| (vlan, vlan))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(u16, u16), E> {
        check(parse::range(text, *parse::VLANS.start(), *parse::VLANS.end()).ok())
    }
}
