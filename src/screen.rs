//! What a hostile document may do to a terminal: nothing. Control, bidirectional and invisible characters are shown
//! escaped; every text that comes from outside passes here before it is laid out.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text with control, bidirectional and invisible characters written as `\u{1b}`; borrowed when there are none.
/// Variation selectors stay: names of people and places need them (葛󠄀城).
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    // Most texts are printable ASCII, which bytes tell.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Characters shown of one text; ids have no limit, lines should.
const LONGEST: usize = 1_000;

/// [`visible`], cut where it is too long for people.
pub(crate) fn fitting(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => visible(text),
        Some((end, _)) => Cow::Owned(format!("{}...", visible(&text[..end]))),
    }
}

/// Appends one character as [`visible`] shows it.
pub(crate) fn push_visible(out: &mut String, c: char) {
    if is_unsafe(c) {
        out.extend(c.escape_unicode());
    } else {
        out.push(c);
    }
}

/// Whether a character moves the cursor, reorders text, breaks lines or cannot be seen.
pub(crate) fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' // C0, DEL, C1
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

/// Columns that a text without unsafe characters takes on a terminal; 全角 count two.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Columns that one character takes once shown by [`push_visible`].
pub(crate) fn shown_width(c: char) -> usize {
    if is_unsafe(c) { c.escape_unicode().len() } else { c.width().unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_could_steer_a_terminal_and_keeps_names() {
        for (text, shown) in [
            ("fw-core", "fw-core"),
            ("\u{1b}[2Jx", "\\u{1b}[2Jx"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("a\nb\tc", "a\\u{a}b\\u{9}c"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("葛\u{e0100}城", "葛\u{e0100}城"),
            ("住基サーバー", "住基サーバー"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn shown_width_agrees_with_the_width_of_what_is_shown() {
        for c in ['a', '基', '\u{1b}', '\u{202e}', 'ｱ', '　', '\u{2028}'] {
            let mut shown = String::new();
            push_visible(&mut shown, c);
            assert_eq!(shown_width(c), width(&shown), "{c:?}");
        }
    }
}
