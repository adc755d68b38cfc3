//! What stands in a file of draw.io: tags, labels without their markup, and pages that are compressed.

use std::borrow::Cow;
use std::io::Read as _;

use base64ct::{Base64Unpadded, Encoding as _};
use flate2::read::DeflateDecoder;

use super::super::super::xml::{attributes, unescaped};

/// The most bytes that a drawing may unpack to.
const MOST: u64 = 64 << 20;

/// A tag: its name, its attributes, whether it closes, its line.
pub(super) struct Tag<'t> {
    pub(super) name: &'t str,
    pub(super) attributes: Vec<(&'t str, Cow<'t, str>)>,
    pub(super) closes: bool,
    pub(super) alone: bool,
    pub(super) line: u32,
}

impl Tag<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }
}

/// The tags of a text, with the text behind each; lines are counted from `first`.
pub(super) fn tags(text: &str, first: u32) -> Vec<(Tag<'_>, &str)> {
    let mut out = Vec::new();
    let (mut rest, mut line) = (text, first);
    let count = |text: &str| u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(0);
    while let Some(start) = rest.find('<') {
        line += count(&rest[..start]);
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            let end = comment.find("-->").unwrap_or(comment.len());
            line += count(&comment[..end]);
            rest = &comment[end..];
            continue;
        }
        // a mark may stand in the text of an attribute
        let mut quote = None;
        let end = rest.char_indices().find(|&(_, c)| {
            match (c, quote) {
                ('"' | '\'', None) => quote = Some(c),
                (c, Some(mark)) if c == mark => quote = None,
                _ => {}
            }
            c == '>' && quote.is_none()
        });
        let Some((end, _)) = end else { break };
        let inner = &rest[..end];
        let at = line;
        line += count(inner);
        rest = &rest[end + 1..];
        let behind = &rest[..rest.find('<').unwrap_or(rest.len())];
        let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let (alone, inner) = inner.strip_suffix('/').map_or((false, inner), |inner| (true, inner));
        let name_end = inner.find(char::is_whitespace).unwrap_or(inner.len());
        out.push((
            Tag { name: &inner[..name_end], attributes: attributes(&inner[name_end..]), closes, alone, line: at },
            behind,
        ));
    }
    out
}

/// The label of a shape without its markup.
pub(super) fn label(text: &str) -> String {
    let (mut out, mut inside) = (String::new(), false);
    for c in text.chars() {
        match c {
            '<' => {
                inside = true;
                out.push(' ');
            }
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    unescaped(&out).split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// A page as it is stored: base64 of deflate of percent signs.
pub(super) fn unpacked(packed: &str) -> Option<String> {
    let plain: String = packed.chars().filter(|c| !c.is_ascii_whitespace() && *c != '=').collect();
    let bytes = Base64Unpadded::decode_vec(&plain).ok()?;
    let mut inflated = Vec::new();
    DeflateDecoder::new(&*bytes).take(MOST + 1).read_to_end(&mut inflated).ok()?;
    if inflated.len() as u64 > MOST {
        return None;
    }
    let mut out = Vec::with_capacity(inflated.len());
    let mut at = 0;
    while let Some(&byte) = inflated.get(at) {
        if byte == b'%' {
            let digits = std::str::from_utf8(inflated.get(at + 1..at + 3)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}
