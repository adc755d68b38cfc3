//! Excerpts of the source: a few lines around a span, cut to what a terminal shows, escaped, the span carried along.

use std::cell::OnceCell;
use std::ops::Range;

use super::{Composed, Location, Origin, Source, Span};
use crate::screen::{push_visible, shown_width};

/// Columns shown of a line.
const COLUMNS: usize = 120;
/// A line is shown from its start when the span begins within these columns, else from this far before the span.
const FROM_START: usize = 80;
const BEFORE: usize = 40;
/// Lines shown of a span.
const LINES: usize = 6;
const TAB: &str = "    ";
const CUT: &str = "...";
/// Distance of the counted places of a source in bytes.
const STRIDE: usize = 16 * 1024;

/// The text of a document and its name, for excerpts and places.
#[derive(Clone, Debug)]
pub struct SourceText<'s> {
    name: &'s str,
    text: &'s str,
    /// The files that it was put together from.
    parts: Option<&'s Composed>,
    /// What its elements say of where they came from.
    stated: Option<Composed>,
    /// Line number and column (0-based) every `STRIDE` bytes.
    counted: OnceCell<Vec<(u32, u32)>>,
}

impl<'s> SourceText<'s> {
    /// A named text.
    #[must_use]
    pub fn new(name: &'s str, text: &'s str) -> Self {
        Self { name, text, parts: None, stated: None, counted: OnceCell::new() }
    }

    /// The text of a source, with the files that it was put together from.
    #[must_use]
    pub fn of(source: &'s Source) -> Self {
        Self { parts: source.parts(), ..Self::new(source.name(), source.text()) }
    }

    /// With what the elements of the document say of where they came from.
    #[must_use]
    pub fn with_origins(self, stated: Option<Composed>) -> Self {
        Self { stated, ..self }
    }

    fn origin(&self, offset: u32) -> Option<&'static Origin> {
        let (pieces, composed) = match (self.parts, &self.stated) {
            (Some(parts), _) => (parts, true),
            (None, Some(stated)) => (stated, false),
            (None, None) => return None,
        };
        let piece = pieces.at(offset)?;
        Some(Origin { place: piece.place.clone(), text: piece.text.clone(), composed }.known())
    }

    /// The input bytes as text, without a byte order mark: what is not UTF-8 ends it, so that places before that stay
    /// where they are.
    #[must_use]
    pub fn from_bytes(name: &'s str, bytes: &'s [u8]) -> Self {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        Self::new(name, text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Name of the file.
    #[must_use]
    pub fn name(&self) -> &'s str {
        self.name
    }

    /// Line and column of a span, both from 1, columns in characters. Spans beyond the text point at its end.
    /// The first call reads the whole text once, further ones at most 16 KiB of it.
    #[must_use]
    pub fn locate(&self, span: Span) -> Location {
        let start = (span.start as usize).min(self.text.len());
        let block = start / STRIDE;
        let from = self.counted.get_or_init(|| self.count()).get(block).copied().unwrap_or_default();
        let (line, column) = advance(from, &self.text.as_bytes()[block * STRIDE..start]);
        Location {
            line: line + 1,
            column: column + 1,
            start: span.start,
            end: span.end.max(span.start),
            origin: self.origin(span.start),
        }
    }

    fn count(&self) -> Vec<(u32, u32)> {
        let bytes = self.text.as_bytes();
        let mut counted = Vec::with_capacity(bytes.len() / STRIDE + 2);
        let mut at = (0, 0);
        for chunk in bytes.chunks(STRIDE) {
            counted.push(at);
            at = advance(at, chunk);
        }
        counted.push(at);
        counted
    }

    /// The excerpt of a place; `None` when it is the document as a whole or lies outside the text.
    pub(crate) fn excerpt(&self, location: &Location) -> Option<Excerpt> {
        let (start, end) = (location.start as usize, (location.end as usize).min(self.text.len()));
        if let Some(origin) = location.origin.filter(|origin| origin.composed) {
            return imported(origin);
        }
        if end == 0 || start > end || !self.text.is_char_boundary(start) {
            return None;
        }
        let mut excerpt = Excerpt { line: location.line as usize, text: String::new(), mark: 0..0 };
        let left = self.window_start(start);
        if !matches!(self.text[..left].chars().next_back(), None | Some('\n' | '\r')) {
            excerpt.text.push_str(CUT);
        }
        let mut at = self.push_line(&mut excerpt, left, start, end);
        for _ in 1..LINES {
            // `at` is the end of the line shown last; the span goes on after the line break, or the excerpt ends.
            let rest = self.text.get(at..end).unwrap_or_default();
            let Some(next) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])) else { break };
            if next.trim().is_empty() {
                break;
            }
            excerpt.text.push('\n');
            at = self.push_line(&mut excerpt, end - next.len(), usize::MAX, usize::MAX);
        }
        Some(excerpt)
    }

    /// Where to begin showing the line of `start`.
    fn window_start(&self, start: usize) -> usize {
        let (mut left, mut before, mut columns) = (start, start, 0);
        for (offset, c) in self.text[..start].char_indices().rev() {
            if c == '\n' || c == '\r' {
                return left;
            }
            columns += shown_width(c);
            if columns > FROM_START {
                return before;
            }
            left = offset;
            if columns <= BEFORE {
                before = offset;
            }
        }
        left
    }

    /// Adds the rest of the line from `at`, at most `COLUMNS` wide, marking `start..end`; returns where it stopped.
    fn push_line(&self, excerpt: &mut Excerpt, at: usize, start: usize, end: usize) -> usize {
        let text = &mut excerpt.text;
        let (mut columns, mut stop) = (0, self.text.len());
        let mut mark: (Option<usize>, Option<usize>) = (None, None);
        for (offset, c) in self.text[at..].char_indices().map(|(offset, c)| (at + offset, c)) {
            if offset >= start {
                mark.0.get_or_insert(text.len());
            }
            if offset >= end {
                mark.1.get_or_insert(text.len());
            }
            if c == '\n' || c == '\r' {
                stop = offset;
                break;
            }
            columns += if c == '\t' { TAB.len() } else { shown_width(c) };
            if columns > COLUMNS {
                text.push_str(CUT);
                stop = usize::MAX;
                break;
            }
            if c == '\t' { text.push_str(TAB) } else { push_visible(text, c) }
        }
        if start != usize::MAX {
            let first = mark.0.unwrap_or(text.len());
            excerpt.mark = first..mark.1.unwrap_or(text.len()).max(first);
        }
        stop
    }
}

/// The line that something was imported from, as it is in its file.
fn imported(origin: &Origin) -> Option<Excerpt> {
    let text = origin.text.as_deref().filter(|text| !text.is_empty())?;
    let mut shown = String::new();
    let mut columns = 0;
    for c in text.chars() {
        columns += shown_width(c);
        if columns > COLUMNS {
            shown.push_str(CUT);
            break;
        }
        push_visible(&mut shown, c);
    }
    let mark = shown.len() - shown.trim_start().len()..shown.trim_end().len();
    Some(Excerpt { line: origin.file_and_line().1.max(1) as usize, text: shown, mark })
}

/// Where text leads that begins at a line and column.
fn advance((mut line, mut column): (u32, u32), text: &[u8]) -> (u32, u32) {
    let mut rest = text;
    if let Some(last) = text.iter().rposition(|&byte| byte == b'\n') {
        line += count(&text[..=last], |byte| byte == b'\n');
        column = 0;
        rest = &text[last + 1..];
    }
    (line, column + count(rest, |byte| byte & 0xc0 != 0x80))
}

fn count(text: &[u8], is_one: impl Fn(u8) -> bool) -> u32 {
    // So few at a time that a byte holds their number without overflow, and one instruction counts many.
    let sum = |few: &[u8]| few.iter().fold(0_u8, |sum, &byte| sum.wrapping_add(u8::from(is_one(byte))));
    // A text has fewer than 2³² bytes, so that nothing overflows.
    text.chunks(255).map(|few| u32::from(sum(few))).sum()
}

/// Lines of the source as shown, and the bytes of them to be marked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// Number of the first line.
    pub(crate) line: usize,
    /// The lines, escaped and cut.
    pub(crate) text: String,
    /// Bytes of `text` that the span covers on its first line.
    pub(crate) mark: Range<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::width;

    fn excerpt(text: &str, span: Range<usize>) -> Excerpt {
        let source = SourceText::new("file", text);
        let span = Span { start: span.start as u32, end: span.end as u32 };
        source.excerpt(&source.locate(span)).expect("a place in the text")
    }

    #[test]
    fn places_count_characters() {
        let text = "a: 住基\n  b: 1\r\nc";
        let source = SourceText::new("file", text);
        for (word, line, column) in [("a", 1, 1), ("基", 1, 5), ("b", 2, 3), ("c", 3, 1)] {
            let start = text.find(word).expect("in the text") as u32;
            let place = source.locate(Span { start, end: start + 1 });
            assert_eq!((place.line, place.column), (line, column), "{word}");
        }
        let end = source.locate(Span { start: 900, end: 901 });
        assert_eq!((end.line, end.column), (3, 2));
    }

    #[test]
    fn places_far_into_a_long_text_count_characters() {
        let text = "基".repeat(20_000) + "\n" + &"基\n".repeat(9_000) + "x";
        let place =
            SourceText::new("file", &text).locate(Span { start: text.len() as u32 - 1, end: text.len() as u32 });
        assert_eq!((place.line, place.column), (9_002, 1));
    }

    #[test]
    fn short_line_is_shown_whole() {
        let text = "x: 1\n住基: 2\ny: 3\n";
        let start = text.find("2").expect("in the text");
        assert_eq!(excerpt(text, start..start + 1), Excerpt { line: 2, text: "住基: 2".into(), mark: 8..9 });
    }

    #[test]
    fn line_is_shown_from_its_start_where_that_is_near() {
        let text = format!("{}基 {}", "x".repeat(70), "y".repeat(200));
        assert!(excerpt(&text, 70..73).text.starts_with("xxx"));
        let shown = excerpt(&text, 150..151);
        assert!(shown.text.starts_with("...yyy") && shown.mark.start == BEFORE + CUT.len(), "{shown:?}");
    }

    #[test]
    fn huge_line_is_cut_around_the_span() {
        let text = "x".repeat(500_000) + "住基" + &"\u{1b}".repeat(500_000);
        let shown = excerpt(&text, 500_000..500_006);
        assert!(width(&shown.text) <= COLUMNS + 2 * CUT.len(), "{shown:?}");
        assert_eq!(&shown.text[shown.mark.clone()], "住基");
        assert!(shown.text.starts_with("...x") && shown.text.ends_with("\\u{1b}..."));
    }

    #[test]
    fn long_span_shows_its_first_lines() {
        let text = "- id: R1\n  action: permit\n  from: any\n".repeat(9);
        let shown = excerpt(&text, 2..text.len());
        assert_eq!(shown.text.lines().count(), LINES);
        assert_eq!(&shown.text[shown.mark], "id: R1");
    }

    #[test]
    fn ends_of_the_text_have_an_excerpt_and_the_whole_has_none() {
        assert_eq!(excerpt("ab", 2..2).mark, 2..2);
        assert_eq!(excerpt("ab\n", 3..3).text, "");
        let source = SourceText::new("file", "ab");
        assert_eq!(source.excerpt(&source.locate(Span::default())), None);
    }
}
