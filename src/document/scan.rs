//! Plain values straight from the bytes of JSON. What is not plain is refused without saying why, and what is accepted
//! here is what the thorough reader accepts.

use super::{Cidr, Family};

/// Eight bytes from `at` on, with zeros behind the end.
#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        Some(word) => u64::from_le_bytes(*word),
        None => {
            let rest = bytes.get(at..).unwrap_or(&[]);
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(word)
        }
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes that are `byte`; above the first that is, others may be marked too.
#[inline]
const fn marks(word: u64, byte: u8) -> u64 {
    let difference = word ^ (ONES * byte as u64);
    difference.wrapping_sub(ONES) & !difference & HIGH
}

/// The end of a string that begins at `at`, behind its quote: the place of the closing quote. `None` for strings with
/// escapes, with control characters (some of which begin with the byte C2), and for those that do not end.
#[inline]
pub(super) fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let at = stop::<false>(bytes, at);
    (bytes.get(at) == Some(&b'"')).then_some(at)
}

/// As [`string_end`], or the place of the first colon where there is one before that.
#[inline]
pub(super) fn id_or_colon(bytes: &[u8], at: usize) -> Option<usize> {
    let at = stop::<true>(bytes, at);
    matches!(bytes.get(at), Some(b'"' | b':')).then_some(at)
}

/// The first byte that ends a plain string, or cannot be in one; with `COLON`, also a colon.
#[inline]
fn stop<const COLON: bool>(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let word = word(bytes, at);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let colon = if COLON { marks(word, b':') } else { 0 };
        let stop = control | marks(word, b'"') | marks(word, b'\\') | marks(word, 0x7f) | marks(word, 0xc2) | colon;
        if stop != 0 {
            // the lowest mark is always a true one
            return at + stop.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
}

/// Whether the text between, which [`string_end`] accepted, neither is empty nor begins or ends with white space.
#[inline]
pub(super) fn is_trim(bytes: &[u8], start: usize, end: usize) -> bool {
    let Some(text) = bytes.get(start..end) else { return false };
    let ([first, ..], [.., last]) = (text, text) else { return false };
    if first.is_ascii() && last.is_ascii() {
        return *first != b' ' && *last != b' ';
    }
    let spaces = |three: Option<&[u8; 3]>| {
        // U+1680, U+2000 to U+206F, which holds more than white space, and U+3000
        matches!(three, Some([0xe1, 0x9a, 0x80] | [0xe2, 0x80 | 0x81, _] | [0xe3, 0x80, 0x80]))
    };
    *first != b' ' && *last != b' ' && !spaces(text.first_chunk::<3>()) && !spaces(text.last_chunk::<3>())
}

/// An id between two quotes, which has no colon. `at` is behind the first quote; the place of the second comes back.
#[inline]
pub(super) fn id_end(bytes: &[u8], at: usize) -> Option<usize> {
    let end = id_or_colon(bytes, at)?;
    (bytes.get(end) == Some(&b'"') && is_trim(bytes, at, end)).then_some(end)
}

/// A word between two quotes, as [`id_end`].
#[inline]
pub(super) fn word_end(bytes: &[u8], at: usize) -> Option<usize> {
    let end = string_end(bytes, at)?;
    is_trim(bytes, at, end).then_some(end)
}

/// The end of a name that was accepted before: the place of the quote or colon that follows it.
#[inline]
pub(super) fn name_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        let word = word(bytes, at);
        let stop = marks(word, b'"') | marks(word, b':');
        if stop != 0 {
            return at + stop.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    bytes.len()
}

/// A decimal number of at most three digits without leading zeros; its value, and what is behind it.
#[inline]
fn small(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let digit = |at: usize| bytes.get(at).map(|byte| u32::from(byte.wrapping_sub(b'0'))).filter(|&digit| digit < 10);
    let first = digit(at)?;
    if first == 0 {
        return Some((0, at + 1));
    }
    let Some(second) = digit(at + 1) else { return Some((first, at + 1)) };
    let Some(third) = digit(at + 2) else { return Some((first * 10 + second, at + 2)) };
    Some((first * 100 + second * 10 + third, at + 3))
}

/// An IPv4 address or CIDR between two quotes; `at` is behind the first one, what comes back the second's place.
#[inline]
pub(super) fn cidr_v4(bytes: &[u8], mut at: usize) -> Option<(Cidr, usize)> {
    let mut network = 0_u32;
    for part in 0..4 {
        if part > 0 {
            if bytes.get(at) != Some(&b'.') {
                return None;
            }
            at += 1;
        }
        let (number, behind) = small(bytes, at)?;
        network = network << 8 | u32::from(u8::try_from(number).ok()?);
        at = behind;
    }
    let mut length = 32;
    if bytes.get(at) == Some(&b'/') {
        let (number, behind) = small(bytes, at + 1)?;
        length = u8::try_from(number).ok().filter(|&length| length <= 32)?;
        let hosts = u32::MAX.checked_shr(length.into()).unwrap_or(0);
        if network & hosts != 0 {
            return None;
        }
        at = behind;
    }
    (bytes.get(at) == Some(&b'"')).then_some((Cidr { family: Family::V4, network: network.into(), length }, at))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    /// Every scanner agrees with the thorough reader's check about a text between quotes, or refuses it.
    fn check(text: &str) {
        let line = format!("{text}\" and more behind it");
        let bytes = line.as_bytes();
        if text.contains('"') {
            return; // it ends there
        }
        let plain = !text.contains('\\');
        let good_id = plain && parse::check_id(text).is_ok();
        let good_word = plain && parse::check_word(text).is_ok();
        for (found, good) in [(id_end(bytes, 0), good_id), (word_end(bytes, 0), good_word)] {
            assert!(found.is_none() || good && found == Some(text.len()), "{text:?}");
        }
        // but those of the usual characters are not refused
        let usual = text.chars().all(|c| c.is_ascii_graphic() || ('ぁ'..='龠').contains(&c));
        if good_id && usual {
            assert_eq!((id_end(bytes, 0), word_end(bytes, 0)), (Some(text.len()), Some(text.len())), "{text:?}");
            assert_eq!(name_end(bytes, 0), text.len());
        }
        match (cidr_v4(bytes, 0), parse::cidr(text)) {
            (Some((cidr, end)), thorough) => assert_eq!((Ok(cidr), end), (thorough, text.len()), "{text:?}"),
            (None, thorough) => assert!(!thorough.is_ok_and(|cidr| cidr.family == Family::V4), "{text:?}"),
        }
    }

    #[test]
    fn what_is_accepted_is_what_the_thorough_checks_accept() {
        let odd = (0..0x3100).chain([0xfeff, 0xff10, 0x1_f600]).filter_map(char::from_u32);
        for c in odd {
            for text in
                [format!("{c}"), format!("{c}ab"), format!("ab{c}"), format!("abcdefg{c}hijk"), format!("三{c}層")]
            {
                check(&text);
            }
        }
        for length in 0..40 {
            check(&"x".repeat(length));
            check(&"層".repeat(length));
        }
    }

    #[test]
    fn addresses_are_what_the_thorough_reader_takes_them_for() {
        for text in [
            "10.0.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "256.0.0.1",
            "1.2.3",
            "1.2.3.4.5",
            "01.2.3.4",
            "1.2.3.04",
            "1.2.3.4/32",
            "10.0.0.0/8",
            "10.0.0.1/8",
            "0.0.0.0/0",
            "1.0.0.0/0",
            "10.0.0.0/33",
            "10.0.0.0/08",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "1.2.3.",
            "",
            ".1.2.3",
            "1..2.3",
            "1.2.3.4 ",
            "1.2.3.1000",
            "1.2.3.999",
            "128.0.0.0/1",
            "::1",
            "1.2.3.4/32/1",
        ] {
            check(text);
        }
        for length in 0..=32_u32 {
            check(&format!("192.168.0.0/{length}"));
        }
    }
}
