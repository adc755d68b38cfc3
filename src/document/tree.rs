//! A value of the document with a span on every part: what JSON and YAML have in common, before anything is known
//! about its meaning. Made by `json` and `yaml`, consumed by `decode`.

use super::{Spanned, Text};
use crate::code::Code;
use crate::number::number;
use crate::source::Span;

/// Containers nest at most this deep; the format needs 7.
pub(super) const MAX_DEPTH: usize = 64;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Tree<'s> {
    pub value: Value<'s>,
    pub span: Span,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value<'s> {
    Null,
    Bool(bool),
    /// As written: `12`, `1e3`, and in YAML also `0x1f`.
    Number(&'s str),
    String(Text<'s>),
    List(Vec<Tree<'s>>),
    /// In the order written, duplicates kept for the decoder to report.
    Map(Vec<(Spanned<Text<'s>>, Tree<'s>)>),
    /// Something already reported, about which nothing more shall be said.
    Refused,
}

/// Why a text is not a tree at all.
#[derive(Clone, Debug)]
pub(super) struct SyntaxError {
    pub code: Code,
    pub span: Span,
    pub message: crate::language::Phrase,
    pub help: Option<crate::language::Phrase>,
}

impl<'s> Value<'s> {
    /// What it is, in both languages.
    pub fn name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Null | Self::Refused => ("nothing (null)", "空の値（null）"),
            Self::Bool(_) => ("a boolean", "真偽値"),
            Self::Number(_) => ("a number", "数値"),
            Self::String(_) => ("a string", "文字列"),
            Self::List(_) => ("a list", "リスト"),
            Self::Map(_) => ("a mapping", "マッピング"),
        }
    }
}

/// The whole number that a number's text stands for, when it is one that fits.
pub(super) fn integer(text: &str) -> Option<u64> {
    if let Some(digits) = text.strip_prefix("0x") {
        return digits_of(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return digits_of(digits, 8);
    }
    digits_of(text.strip_prefix('+').unwrap_or(text), 10)
}

fn digits_of(digits: &str, radix: u32) -> Option<u64> {
    // from_str_radix alone would allow another sign
    if digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

/// A span from byte offsets; the source is known to be shorter than 4 GiB.
pub(super) fn span(start: usize, end: usize) -> Span {
    Span { start: number(start), end: number(end) }
}

/// A text of the user as it may stand in a message: short, without control characters.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = text.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
