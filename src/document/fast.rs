//! The short cut from JSON to plain nodes and links, straight from the bytes. It accepts only what the decoder would
//! accept without a word, and refuses everything else without saying why: the decoder then reads the element again.
//!
//! Names are left where they stand: a node's `id` is the length of its id, a link's `ends` are the places of its nodes,
//! until `settle` numbers them. So this needs no table of names, and two threads can read at once.

use std::sync::Arc;

use super::decode::Decoder;
use super::scan;
use super::{Addresses, Link, LinkDetails, NameId, Node, Vlans, Words, parse, tree};

/// Reads plain elements. `at` is always the place of the first byte of a value, what comes back that behind it.
pub(super) struct Plain<'s> {
    text: &'s str,
    bytes: &'s [u8],
    words: Recent<Words>,
    zones: Recent<NameId>,
    /// What links with these VLANs say that say no more.
    vlans: Recent<Arc<LinkDetails<'static>>>,
    /// How many ids have at most 8, 16 and 24 bytes.
    pub of_length: [usize; 3],
}

/// The values of lists that were read lately, by what was written: most nodes and links repeat those of others.
struct Recent<T> {
    known: [Option<(usize, usize, T)>; 16],
}

impl<T: Clone> Recent<T> {
    const fn new() -> Self {
        Self { known: [const { None }; 16] }
    }

    fn slot(bytes: &[u8], at: usize) -> usize {
        let start = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>).map_or(0, |start| u64::from_le_bytes(*start));
        (start.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60) as usize
    }

    /// The value that stands here, when it is known, and what is behind it.
    #[inline]
    fn find(&self, bytes: &[u8], at: usize) -> Option<(T, usize)> {
        let (start, end, value) = self.known.get(Self::slot(bytes, at))?.as_ref()?;
        let end_here = at + (end - start);
        (bytes.get(*start..*end)? == bytes.get(at..end_here)?).then(|| (value.clone(), end_here))
    }

    /// Keeps a value that begins with a bracket or quote, and so ends where it ends whatever is behind it.
    fn keep(&mut self, bytes: &[u8], start: usize, end: usize, value: T) {
        if let Some(slot) = self.known.get_mut(Self::slot(bytes, start)) {
            *slot = Some((start, end, value));
        }
    }
}

#[inline]
fn white(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// What is behind a byte, and white space before and behind it.
#[inline]
fn behind(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    let at = white(bytes, at);
    (bytes.get(at) == Some(&byte)).then(|| white(bytes, at + 1))
}

#[inline]
fn starts(bytes: &[u8], at: usize, with: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(with))
}

/// Sets a field that must not have been set yet.
#[inline]
fn once<T>(field: &mut Option<T>, value: T) -> Option<()> {
    field.replace(value).is_none().then_some(())
}

/// A key, when it is this one: the place of its value.
macro_rules! key {
    ($bytes:expr, $at:expr, $name:literal) => {
        if starts($bytes, $at, concat!("\"", $name, "\"").as_bytes()) {
            Some(behind($bytes, $at + $name.len() + 2, b':')?)
        } else {
            None
        }
    };
}

impl<'s> Plain<'s> {
    pub fn new(text: &'s str) -> Self {
        let (words, zones, vlans) = (Recent::new(), Recent::new(), Recent::new());
        Self { text, bytes: text.as_bytes(), words, zones, vlans, of_length: [0; 3] }
    }

    /// A node.
    #[inline]
    pub fn node(&mut self, decoder: &mut Decoder<'_, 's>, start: usize) -> Option<(Node<'s>, usize)> {
        let bytes = self.bytes;
        let mut at = behind(bytes, start, b'{')?;
        let (mut id, mut kind, mut zone, mut forwards) = (None, None, None, None);
        let (mut addresses, mut controls, mut tags) = (None, None, None);
        loop {
            if let Some(value) = key!(bytes, at, "id") {
                let first = quoted(bytes, value)?;
                at = scan::id_end(bytes, first)?;
                once(&mut id, (first, at - first))?;
                at += 1;
            } else if let Some(value) = key!(bytes, at, "kind") {
                let first = quoted(bytes, value)?;
                at = scan::string_end(bytes, first)?;
                once(&mut kind, parse::word(&parse::KINDS, self.text.get(first..at)?)?)?;
                at += 1;
            } else if let Some(value) = key!(bytes, at, "addresses") {
                let found;
                (found, at) = self.addresses(value)?;
                once(&mut addresses, found)?;
            } else if let Some(value) = key!(bytes, at, "controls") {
                let found;
                (found, at) = self.words(decoder, value)?;
                once(&mut controls, found)?;
            } else if let Some(value) = key!(bytes, at, "tags") {
                let found;
                (found, at) = self.words(decoder, value)?;
                once(&mut tags, found)?;
            } else if let Some(value) = key!(bytes, at, "zone") {
                let found;
                (found, at) = self.zone(decoder, value)?;
                once(&mut zone, found)?;
            } else if let Some(value) = key!(bytes, at, "forwards") {
                let found;
                (found, at) = self.boolean(value)?;
                once(&mut forwards, found)?;
            } else {
                return None;
            }
            at = white(bytes, at);
            match bytes.get(at)? {
                b',' => at = white(bytes, at + 1),
                b'}' => break,
                _ => return None,
            }
        }
        let (id_at, length) = id?;
        for (count, most) in self.of_length.iter_mut().zip([8, 16, 24]) {
            *count += usize::from(length <= most);
        }
        let node = Node {
            id: NameId::of_place(length),
            id_at: u32::try_from(id_at).ok()?,
            zone,
            kind: kind.unwrap_or_default(),
            addresses: addresses.unwrap_or_default(),
            forwards,
            controls: controls.unwrap_or_default(),
            tags: tags.unwrap_or_default(),
            details: None,
            span: tree::span(start, at + 1),
        };
        Some((node, at + 1))
    }

    #[inline]
    fn boolean(&self, at: usize) -> Option<(bool, usize)> {
        if starts(self.bytes, at, b"true") {
            Some((true, at + 4))
        } else {
            starts(self.bytes, at, b"false").then_some((false, at + 5))
        }
    }

    /// One address or a list of them.
    #[inline]
    fn addresses(&self, at: usize) -> Option<(Addresses, usize)> {
        let bytes = self.bytes;
        let Some(mut at) = behind(bytes, at, b'[') else {
            let (one, at) = self.address(at)?;
            return Some((one.into(), at));
        };
        if bytes.get(at) == Some(&b']') {
            return Some((Addresses::default(), at + 1));
        }
        let (first, behind_it) = self.address(at)?;
        at = white(bytes, behind_it);
        if bytes.get(at) == Some(&b']') {
            return Some((first.into(), at + 1));
        }
        let mut all = vec![first];
        loop {
            at = behind(bytes, at, b',')?;
            let (next, behind_it) = self.address(at)?;
            all.push(next);
            at = white(bytes, behind_it);
            if bytes.get(at) == Some(&b']') {
                return Some((all.into_iter().collect(), at + 1));
            }
        }
    }

    #[inline]
    fn address(&self, at: usize) -> Option<(super::Cidr, usize)> {
        let first = quoted(self.bytes, at)?;
        if let Some((cidr, end)) = scan::cidr_v4(self.bytes, first) {
            return Some((cidr, end + 1));
        }
        let end = scan::string_end(self.bytes, first)?;
        Some((parse::cidr(self.text.get(first..end)?).ok()?, end + 1))
    }

    /// One word or a list of them.
    #[inline]
    fn words(&mut self, decoder: &mut Decoder<'_, 's>, at: usize) -> Option<(Words, usize)> {
        if let Some(known) = self.words.find(self.bytes, at) {
            return Some(known);
        }
        decoder.words.start();
        let mut each = |start, end| {
            decoder.words.push(self.text.get(start..end)?);
            scan::is_trim(self.bytes, start, end).then_some(())
        };
        let end = strings(self.bytes, at, &mut each)?;
        let words = decoder.words.finish();
        self.words.keep(self.bytes, at, end, words.clone());
        Some((words, end))
    }

    #[inline]
    fn zone(&mut self, decoder: &mut Decoder<'_, 's>, at: usize) -> Option<(NameId, usize)> {
        if let Some(known) = self.zones.find(self.bytes, at) {
            return Some(known);
        }
        let first = quoted(self.bytes, at)?;
        let end = scan::id_end(self.bytes, first)?;
        let zone = decoder.names.intern_part(self.text, first..end)?;
        self.zones.keep(self.bytes, at, end + 1, zone);
        Some((zone, end + 1))
    }

    /// A link in any of its forms.
    #[inline]
    pub fn link(&mut self, decoder: &mut Decoder<'_, 's>, start: usize) -> Option<(Link<'s>, usize)> {
        let bytes = self.bytes;
        if bytes.get(start) == Some(&b'[') {
            let (ends, interfaces, end) = self.ends(start)?;
            let details = if interfaces == [None, None] {
                None
            } else {
                let interfaces = self.interfaces(decoder, interfaces)?;
                decoder.words.link(LinkDetails { interfaces, ..LinkDetails::default() })
            };
            return Some((Link { ends, details, span: tree::span(start, end) }, end));
        }
        let mut at = behind(bytes, start, b'{')?;
        let (mut ends, mut vlans, mut one_way, mut id, mut note) = (None, None, None, None, None);
        loop {
            if let Some(value) = key!(bytes, at, "between") {
                let (found, interfaces, end) = self.ends(value)?;
                once(&mut ends, (found, interfaces))?;
                at = end;
            } else if let Some(value) = key!(bytes, at, "vlans") {
                let found;
                (found, at) = self.vlans(decoder, value)?;
                once(&mut vlans, found)?;
            } else if let Some(value) = key!(bytes, at, "one_way") {
                let found;
                (found, at) = self.boolean(value)?;
                once(&mut one_way, found)?;
            } else if let Some(value) = key!(bytes, at, "id") {
                let first = quoted(bytes, value)?;
                at = scan::word_end(bytes, first)?;
                once(&mut id, self.text.get(first..at)?)?;
                at += 1;
            } else if let Some(value) = key!(bytes, at, "note") {
                at = scan::string_end(bytes, quoted(bytes, value)?)? + 1;
                once(&mut note, ())?;
            } else {
                return None;
            }
            at = white(bytes, at);
            match bytes.get(at)? {
                b',' => at = white(bytes, at + 1),
                b'}' => break,
                _ => return None,
            }
        }
        let (ends, interfaces) = ends?;
        let (one_way, id) = (one_way.unwrap_or(false), id.map(super::Text::Borrowed));
        let details: Option<Arc<LinkDetails<'s>>> = if one_way || id.is_some() || interfaces != [None, None] {
            let interfaces = self.interfaces(decoder, interfaces)?;
            let vlans = vlans.and_then(|details| details.vlans.clone());
            decoder.words.link(LinkDetails { vlans, one_way, id, interfaces, ..LinkDetails::default() })
        } else {
            vlans
        };
        Some((Link { ends, details, span: tree::span(start, at + 1) }, at + 1))
    }

    /// The two ends of a link: the places of the nodes, and those of the interfaces.
    #[inline]
    fn ends(&self, at: usize) -> Option<([NameId; 2], [Option<(usize, usize)>; 2], usize)> {
        let bytes = self.bytes;
        let (first, first_interface, at) = self.end(behind(bytes, at, b'[')?)?;
        let (second, second_interface, at) = self.end(behind(bytes, at, b',')?)?;
        let at = white(bytes, at);
        if bytes.get(at) != Some(&b']') {
            return None;
        }
        Some(([NameId::of_place(first), NameId::of_place(second)], [first_interface, second_interface], at + 1))
    }

    #[inline]
    fn end(&self, at: usize) -> Option<(usize, Option<(usize, usize)>, usize)> {
        let start = quoted(self.bytes, at)?;
        let colon = scan::id_or_colon(self.bytes, start)?;
        if !scan::is_trim(self.bytes, start, colon) {
            return None;
        }
        if self.bytes.get(colon) == Some(&b'"') {
            return Some((start, None, colon + 1));
        }
        let end = scan::word_end(self.bytes, colon + 1)?;
        Some((start, Some((colon + 1, end)), end + 1))
    }

    fn interfaces(
        &self,
        decoder: &mut Decoder<'_, 's>,
        places: [Option<(usize, usize)>; 2],
    ) -> Option<[Option<NameId>; 2]> {
        let mut interfaces = [None, None];
        for (interface, place) in interfaces.iter_mut().zip(places) {
            if let Some((start, end)) = place {
                *interface = Some(decoder.names.intern_part(self.text, start..end)?);
            }
        }
        Some(interfaces)
    }

    /// One VLAN or range, or a list of them.
    #[inline]
    fn vlans(&mut self, decoder: &mut Decoder<'_, 's>, at: usize) -> Option<(Arc<LinkDetails<'static>>, usize)> {
        if let Some(known) = self.vlans.find(self.bytes, at) {
            return Some(known);
        }
        let mut list: Vlans = Vec::new();
        let end = if let Some(first) = behind(self.bytes, at, b'[') {
            let mut at = first;
            loop {
                let (vlan, end) = self.vlan(at)?;
                list.push(vlan);
                let end = white(self.bytes, end);
                match self.bytes.get(end)? {
                    b',' => at = white(self.bytes, end + 1),
                    b']' => break end + 1,
                    _ => return None,
                }
            }
        } else {
            let (vlan, end) = self.vlan(at)?;
            list.push(vlan);
            end
        };
        let details = decoder.words.link(LinkDetails { vlans: Some(list), ..LinkDetails::default() })?;
        if self.bytes.get(at) == Some(&b'[') {
            self.vlans.keep(self.bytes, at, end, details.clone());
        }
        Some((details, end))
    }

    fn vlan(&self, at: usize) -> Option<((u16, u16), usize)> {
        let (low, high) = (*parse::VLANS.start(), *parse::VLANS.end());
        if self.bytes.get(at) == Some(&b'"') {
            let end = scan::string_end(self.bytes, at + 1)?;
            return Some((parse::range(self.text.get(at + 1..end)?, low, high).ok()?, end + 1));
        }
        let digits = self.bytes.get(at..)?.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
        let end = at + digits;
        // a fraction or an exponent would follow here
        if !matches!(self.bytes.get(end), Some(b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r')) {
            return None;
        }
        Some((parse::range(self.text.get(at..end)?, low, high).ok()?, end))
    }
}

/// What is behind the quote that a string begins with.
#[inline]
fn quoted(bytes: &[u8], at: usize) -> Option<usize> {
    (bytes.get(at) == Some(&b'"')).then_some(at + 1)
}

/// One string or a list of them, each without escapes.
fn strings(bytes: &[u8], at: usize, each: &mut impl FnMut(usize, usize) -> Option<()>) -> Option<usize> {
    let Some(mut at) = behind(bytes, at, b'[') else {
        let first = quoted(bytes, at)?;
        let end = scan::string_end(bytes, first)?;
        each(first, end)?;
        return Some(end + 1);
    };
    if bytes.get(at) == Some(&b']') {
        return Some(at + 1);
    }
    loop {
        let first = quoted(bytes, at)?;
        let end = scan::string_end(bytes, first)?;
        each(first, end)?;
        at = white(bytes, end + 1);
        match bytes.get(at)? {
            b',' => at = white(bytes, at + 1),
            b']' => return Some(at + 1),
            _ => return None,
        }
    }
}
