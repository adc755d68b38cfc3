//! JSON with the lines that each value stands in, for configurations that are JSON.

use std::borrow::Cow;

use super::text::Refusal;
use crate::language::Phrase;
use crate::number::number;

/// The deepest that values may stand in each other.
const DEEPEST: usize = 64;

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    /// `null`
    Null,
    /// `true`, `false`
    Truth(bool),
    /// A number as it is written.
    Number(&'t str),
    /// A text.
    Text(Cow<'t, str>),
    /// A list.
    List(Vec<Json<'t>>),
    /// An object: its keys in order.
    Object(Vec<(Cow<'t, str>, Json<'t>)>),
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Json<'t> {
    /// The value.
    pub value: Value<'t>,
    /// Its first and last line.
    pub lines: (u32, u32),
}

impl<'t> Json<'t> {
    /// What a key of an object has; `null` counts as something.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Object(all) => all.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text or number as it is written.
    #[must_use]
    pub fn word(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The text of a key.
    #[must_use]
    pub fn str(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::text)
    }

    /// The values of a list; of anything else none.
    #[must_use]
    pub fn list(&self) -> &[Self] {
        match &self.value {
            Value::List(all) => all,
            _ => &[],
        }
    }

    /// The keys and values of an object; of anything else none.
    #[must_use]
    pub fn object(&self) -> &[(Cow<'t, str>, Self)] {
        match &self.value {
            Value::Object(all) => all,
            _ => &[],
        }
    }
}

struct Reader<'l, 't> {
    file: &'l str,
    lines: &'l [&'t str],
    at: usize,
    rest: &'t str,
}

/// Reads a file that is one value.
///
/// # Errors
/// When it is no JSON, or ends before it is one.
pub fn read<'t>(file: &str, lines: &[&'t str]) -> Result<Json<'t>, Refusal> {
    let mut reader = Reader { file, lines, at: 0, rest: "" };
    let value = reader.value(0)?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.wrong()),
    }
}

impl<'t> Reader<'_, 't> {
    fn line(&self) -> u32 {
        number(self.at.max(1))
    }

    /// The next character that is no blank.
    fn peek(&mut self) -> Option<char> {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(c) = self.rest.chars().next() {
                return Some(c);
            }
            let line = self.lines.get(self.at)?;
            self.at += 1;
            self.rest = line;
        }
    }

    fn wrong(&self) -> Refusal {
        let cut = self.at >= self.lines.len() && self.rest.trim().is_empty();
        Refusal::at(
            self.file,
            self.line(),
            if cut {
                Phrase::new(
                    "the JSON ends too early: the file is truncated; export it again",
                    "JSON が途中で切れている。出力し直すこと",
                )
            } else {
                Phrase::new("this is no JSON: export the file again", "JSON ではない。出力し直すこと")
            },
        )
    }

    fn mark(&mut self, mark: char) -> bool {
        let found = self.peek() == Some(mark);
        if found {
            self.rest = &self.rest[mark.len_utf8()..];
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Json<'t>, Refusal> {
        if depth > DEEPEST {
            let what = Phrase::new("values are nested more than 64 deep", "値の入れ子が 64 段を超える");
            return Err(Refusal::at(self.file, self.line(), what));
        }
        let Some(first) = self.peek() else { return Err(self.wrong()) };
        let line = self.line();
        let value = match first {
            '{' => {
                self.mark('{');
                let mut all = Vec::new();
                while !self.mark('}') {
                    if !all.is_empty() && !self.mark(',') {
                        return Err(self.wrong());
                    }
                    if self.peek() != Some('"') {
                        return Err(self.wrong());
                    }
                    let key = self.text()?;
                    if !self.mark(':') {
                        return Err(self.wrong());
                    }
                    all.push((key, self.value(depth + 1)?));
                }
                Value::Object(all)
            }
            '[' => {
                self.mark('[');
                let mut all = Vec::new();
                while !self.mark(']') {
                    if !all.is_empty() && !self.mark(',') {
                        return Err(self.wrong());
                    }
                    all.push(self.value(depth + 1)?);
                }
                Value::List(all)
            }
            '"' => Value::Text(self.text()?),
            _ => {
                let end = self.rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | ':'));
                let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                let value = match word {
                    "null" => Value::Null,
                    "true" => Value::Truth(true),
                    "false" => Value::Truth(false),
                    word if word.parse::<f64>().is_ok()
                        && word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) =>
                    {
                        Value::Number(word)
                    }
                    _ => return Err(self.wrong()),
                };
                self.rest = rest;
                value
            }
        };
        Ok(Json { value, lines: (line, self.line()) })
    }

    /// A text: the reader stands at its quote.
    fn text(&mut self) -> Result<Cow<'t, str>, Refusal> {
        let text = &self.rest[1..];
        let plain = text.find(['"', '\\']).unwrap_or(text.len());
        if text[plain..].starts_with('"') {
            self.rest = &text[plain + 1..];
            return Ok(text[..plain].into());
        }
        let mut out = String::from(&text[..plain]);
        let mut characters = text[plain..].char_indices();
        while let Some((at, c)) = characters.next() {
            match c {
                '"' => {
                    self.rest = &text[plain + at + 1..];
                    return Ok(out.into());
                }
                '\\' => match characters.next().map(|(_, c)| c) {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some('r') => out.push('\r'),
                    Some('b') => out.push('\u{8}'),
                    Some('f') => out.push('\u{c}'),
                    Some(c @ ('"' | '\\' | '/')) => out.push(c),
                    Some('u') => {
                        let unit = self.unit(&mut characters)?;
                        // two units may be one character
                        let value = if (0xd800..0xdc00).contains(&unit) {
                            let next = (characters.next().map(|(_, c)| c), characters.next().map(|(_, c)| c));
                            if next != (Some('\\'), Some('u')) {
                                return Err(self.wrong());
                            }
                            let low = self.unit(&mut characters)?;
                            0x10000 + ((unit - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff)
                        } else {
                            unit
                        };
                        out.push(char::from_u32(value).unwrap_or('\u{fffd}'));
                    }
                    _ => return Err(self.wrong()),
                },
                c => out.push(c),
            }
        }
        self.rest = "";
        Err(self.wrong())
    }

    fn unit(&self, characters: &mut std::str::CharIndices<'t>) -> Result<u32, Refusal> {
        let digits: String = characters.take(4).map(|(_, c)| c).collect();
        u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4).ok_or_else(|| self.wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_lines() {
        let json = read("f", &["{ \"a\": [1, 2.5,", "  \"x\\u3042\\\"\"], \"b\":", "null }"]).unwrap();
        assert_eq!(json.get("a").unwrap().list()[2].text(), Some("xあ\""));
        assert_eq!(json.get("a").unwrap().lines, (1, 2));
        assert_eq!(json.get("b").unwrap().lines, (3, 3));
        assert_eq!(json.get("a").unwrap().list()[1].word(), Some("2.5"));
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_line() {
        for (lines, line) in [
            (&["{", "\"a\": [1"][..], 2),
            (&["{", "\"a\" 1}"], 2),
            (&["[1,]"], 1),
            (&["[1] 2"], 1),
            (&["\"\\ud83d\""], 1),
            (&[""], 1),
            (&["[\"a"], 1),
        ] {
            assert_eq!(read("f", lines).unwrap_err().place.unwrap().0, line, "{lines:?}");
        }
        let deep: String = "[".repeat(100);
        assert!(read("f", &[&deep]).unwrap_err().what.en.contains("64"));
    }
}
