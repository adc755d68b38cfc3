//! A configuration as text: decoded, cut into lines, within bounds.

use std::borrow::Cow;

use crate::language::Phrase;

/// The longest line, in bytes.
pub const LONGEST_LINE: usize = 1 << 20;

/// Why a file cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The file as it was named.
    pub file: String,
    /// The line and the column, from 1, where there is one.
    pub place: Option<(u32, u32)>,
    /// What is wrong and what to do.
    pub what: Phrase,
}

impl Refusal {
    /// A refusal of a line.
    #[must_use]
    pub fn at(file: &str, line: u32, what: Phrase) -> Self {
        Self { file: file.to_owned(), place: Some((line, 1)), what }
    }

    /// A refusal of a file as a whole.
    #[must_use]
    pub fn of(file: &str, what: Phrase) -> Self {
        Self { file: file.to_owned(), place: None, what }
    }
}

/// The deepest that groups may stand in each other.
const DEEPEST: usize = 64;

/// Refuses to follow a line into a group that holds itself, or too deep: `above` are the groups on the way to it, each with the line
/// that leads on, the last of them by this one.
///
/// # Errors
/// When the group is among them, or they are too many.
pub fn nested(file: &str, above: &[(String, u32)], group: &str, line: u32) -> Result<(), Refusal> {
    let what = match above.iter().find(|(known, _)| known == group) {
        Some((_, first)) => Phrase::new(
            format!("the group {group} holds itself, by this line and line {first}: take one out"),
            format!("グループ {group} がこの行と {first} 行目により自分自身を含む。どちらかを外すこと"),
        ),
        None if above.len() > DEEPEST => {
            Phrase::new("groups are nested more than 64 deep", "グループの入れ子が 64 段を超える")
        }
        None => return Ok(()),
    };
    Err(Refusal::at(file, line, what))
}

/// Bytes as text: UTF-8 (a byte order mark is taken off), else CP932, the Shift_JIS of Windows.
///
/// # Errors
/// When they are neither.
pub fn decode<'b>(file: &str, bytes: impl Into<Cow<'b, [u8]>>) -> Result<String, Refusal> {
    let mut bytes: Cow<'b, [u8]> = bytes.into();
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.to_mut().drain(..3);
    }
    // bytes that are given away become the text
    let bytes = match String::from_utf8(bytes.into_owned()) {
        Ok(text) => return Ok(text),
        Err(error) => error.into_bytes(),
    };
    let (text, broken) = encoding_rs::SHIFT_JIS.decode_without_bom_handling(&bytes);
    if !broken {
        return Ok(text.into_owned());
    }
    let good = std::str::from_utf8(&bytes).err().map_or(0, |error| error.valid_up_to());
    let line = 1 + bytes[..good].iter().filter(|&&byte| byte == b'\n').count();
    Err(Refusal {
        file: file.to_owned(),
        // what is larger than any text has no place that can be told
        place: u32::try_from(line).ok().map(|line| (line, 1)),
        what: Phrase::new(
            "this is neither UTF-8 nor Shift_JIS (CP932); save the configuration as text",
            "UTF-8 でも Shift_JIS（CP932）でもない。設定をテキストとして保存し直すこと",
        ),
    })
}

/// The lines of a text without their ends, however many and long they are.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.trim_end_matches('\r'))
}

/// The lines of a text without their ends.
///
/// # Errors
/// When a line is longer than [`LONGEST_LINE`], or there are so many that 32 bits do not hold the number of each and of the one
/// behind the last.
pub fn lines<'t>(file: &str, text: &'t str) -> Result<Vec<&'t str>, Refusal> {
    // counted first: a list that grows would have room for twice as many
    let mut lines: Vec<&str> = Vec::with_capacity(text.bytes().filter(|&byte| byte == b'\n').count() + 1);
    lines.extend(split(text));
    if lines.len() >= u32::MAX as usize - 1 {
        return Err(Refusal::of(file, Phrase::new("the file has too many lines", "行が多すぎる")));
    }
    for (number, line) in (1u32..).zip(&lines) {
        if line.len() > LONGEST_LINE {
            return Err(Refusal::at(
                file,
                number,
                Phrase::new(
                    "this line is longer than 1 MiB; no configuration has such lines",
                    "この行は 1 MiB を超える。設定ファイルにそのような行はない",
                ),
            ));
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_jis_is_read_where_utf8_is_not() {
        assert_eq!(decode("f", "庁内".as_bytes()).unwrap(), "庁内");
        assert_eq!(decode("f", b"\x92\xa1\x93\xe0").unwrap(), "庁内");
        assert_eq!(decode("f", b"\xef\xbb\xbfa").unwrap(), "a");
        let refused = decode("f", b"a\nb\xff\xfe\xfd").unwrap_err();
        assert_eq!(refused.place, Some((2, 1)));
    }

    #[test]
    fn lines_have_an_end() {
        assert_eq!(lines("f", "a\r\nb\n\nc").unwrap(), ["a", "b", "", "c"]);
        assert!(lines("f", &"x".repeat(LONGEST_LINE)).is_ok());
        assert_eq!(lines("f", &format!("\n{}", "x".repeat(LONGEST_LINE + 1))).unwrap_err().place, Some((2, 1)));
    }
}
