//! JSON into trees. serde_json reads every string, number and
//! compact element; the cursor only walks over brackets, colons and commas, which gives it the span of everything.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, Visitor};
use serde_json::value::RawValue;

use super::tree::{MAX_DEPTH, SyntaxError, Tree, Value, span};
use super::{Spanned, Text};
use crate::code::Code;
use crate::language::Phrase;

/// Reads a text that is one value and no more.
pub(super) fn whole(text: &str) -> Result<Tree<'_>, SyntaxError> {
    value(text, 0)
}

/// Reads a text that is one element of a list of the document and no more.
pub(super) fn alone(text: &str) -> Result<Tree<'_>, SyntaxError> {
    value(text, 2)
}

fn value(text: &str, depth: usize) -> Result<Tree<'_>, SyntaxError> {
    let mut cursor = Cursor { text, at: 0 };
    let tree = cursor.tree(depth)?;
    cursor.end()?;
    Ok(tree)
}

/// Reads an element of `nodes` or `links` again.
pub(super) fn element(text: &str, place: crate::source::Span) -> Option<Tree<'_>> {
    let mut cursor = Cursor { text: text.get(..place.end as usize)?, at: place.start as usize };
    text.is_char_boundary(cursor.at).then(|| cursor.tree(2).ok())?
}

/// Walks over a text.
pub(super) struct Cursor<'s> {
    pub text: &'s str,
    pub at: usize,
}

impl<'s> Cursor<'s> {
    /// Goes behind white space.
    #[inline]
    pub fn white(&mut self) {
        while matches!(self.text.as_bytes().get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The next byte that is not white space, which is not taken.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        self.white();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Takes the next byte when it is this one.
    #[inline]
    pub fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Reads one value with serde_json.
    fn take<S: DeserializeSeed<'s>>(&mut self, seed: S) -> Result<S::Value, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(&self.text[self.at..]);
        let value = seed.deserialize(&mut deserializer)?;
        self.at += deserializer.into_iter::<IgnoredAny>().byte_offset();
        Ok(value)
    }

    /// Any value, at this depth.
    pub fn tree(&mut self, depth: usize) -> Result<Tree<'s>, SyntaxError> {
        let first = self.peek();
        let start = self.at;
        if matches!(first, Some(b'{' | b'[')) && depth >= MAX_DEPTH {
            return Err(too_deep(start));
        }
        let value = match first {
            Some(b'{') => {
                let mut members = Vec::new();
                self.members(|cursor, key| {
                    members.push((key, cursor.tree(depth + 1)?));
                    Ok(())
                })?;
                Value::Map(members)
            }
            Some(b'[') => Value::List(self.elements(|cursor| cursor.tree(depth + 1))?),
            Some(b'"') => Value::String(self.take(Str).map_err(|error| self.syntax(&error))?),
            Some(_) => {
                let raw = self.take(Raw).map_err(|error| self.syntax(&error))?;
                match raw {
                    "null" => Value::Null,
                    "true" => Value::Bool(true),
                    "false" => Value::Bool(false),
                    number => Value::Number(number),
                }
            }
            None => return Err(self.unexpected("a value", "値")),
        };
        Ok(Tree { value, span: span(start, self.at) })
    }

    /// Walks over an object; `member` reads the value.
    fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, Spanned<Text<'s>>) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        self.opens(b'{')?;
        if self.skip(b'}') {
            return Ok(());
        }
        loop {
            let key = self.key()?;
            member(self, key)?;
            if self.closes(b'}')? {
                return Ok(());
            }
        }
    }

    /// Takes the key of a member, and the colon.
    pub fn key(&mut self) -> Result<Spanned<Text<'s>>, SyntaxError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes", "二重引用符で囲んだキー"));
        }
        let start = self.at;
        let value = self.take(Str).map_err(|error| self.syntax(&error))?;
        let key = Spanned { value, span: span(start, self.at) };
        if !self.skip(b':') {
            return Err(self.unexpected("`:`", "「:」"));
        }
        Ok(key)
    }

    /// Takes the bracket that an object or array begins with.
    pub fn opens(&mut self, bracket: u8) -> Result<(), SyntaxError> {
        match (self.skip(bracket), bracket) {
            (true, _) => Ok(()),
            (false, b'{') => Err(self.unexpected("`{`", "「{」")),
            (false, _) => Err(self.unexpected("`[`", "「[」")),
        }
    }

    /// Behind a member or an element: whether the object or array ends here with this bracket, or else goes on.
    #[inline]
    pub fn closes(&mut self, bracket: u8) -> Result<bool, SyntaxError> {
        if self.skip(b',') {
            return Ok(false);
        }
        match (self.skip(bracket), bracket) {
            (true, _) => Ok(true),
            (false, b'}') => Err(self.unexpected("`,` or `}`", "「,」か「}」")),
            (false, _) => Err(self.unexpected("`,` or `]`", "「,」か「]」")),
        }
    }

    /// Walks over an array; `element` reads one.
    fn elements<T>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<Vec<T>, SyntaxError> {
        let mut list = Vec::new();
        self.opens(b'[')?;
        if self.skip(b']') {
            return Ok(list);
        }
        loop {
            list.push(element(self)?);
            if self.closes(b']')? {
                return Ok(list);
            }
        }
    }

    /// Nothing but white space may follow.
    pub fn end(&mut self) -> Result<(), SyntaxError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("the end of the file", "ファイルの終わり")),
        }
    }

    fn unexpected(&mut self, en: &str, ja: &str) -> SyntaxError {
        match self.peek() {
            None => end_of_file(self.text.len()),
            Some(_) => {
                let found = self.text[self.at..].chars().next().unwrap_or(' ');
                let plain: String =
                    crate::nearest::half_width(&self.text[self.at..self.at + found.len_utf8()]).collect();
                let wide = plain != found.to_string();
                SyntaxError {
                    code: Code::JsonSyntax,
                    span: span(self.at, self.at + found.len_utf8()),
                    message: Phrase::new(
                        format!("expected {en}, found {found:?}"),
                        format!("{ja}が必要ですが、{found:?} があります"),
                    ),
                    help: wide.then(|| {
                        Phrase::new(
                            "it is full-width or a curly quote: JSON wants half-width signs and \"",
                            "全角の文字か曲がった引用符です。JSON の記号と引用符（\"）は半角で書いてください",
                        )
                    }),
                }
            }
        }
    }

    /// serde_json's error over the rest of the text, as one over the whole.
    fn syntax(&self, error: &serde_json::Error) -> SyntaxError {
        if error.is_eof() {
            return end_of_file(self.text.len());
        }
        let rest = &self.text[self.at..];
        let before: usize = rest.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let at = self.text.floor_char_boundary(self.at + before + error.column().saturating_sub(1));
        let length = self.text[at..].chars().next().map_or(0, char::len_utf8);
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        SyntaxError {
            code: Code::JsonSyntax,
            span: span(at, at + length),
            message: Phrase::new(format!("not JSON: {reason}"), format!("JSON として読めません（{reason}）")),
            help: None,
        }
    }
}

fn end_of_file(end: usize) -> SyntaxError {
    SyntaxError {
        code: Code::Truncated,
        span: span(end, end),
        message: Phrase::new("the file ends in the middle of a value", "ファイルが値の途中で終わっています"),
        help: Some(Phrase::new(
            "close what is open, or fetch the whole file again",
            "括弧や引用符を閉じるか、ファイル全体を取り直してください",
        )),
    }
}

/// The refusal of a value nested deeper than [`MAX_DEPTH`].
pub(super) fn too_deep(at: usize) -> SyntaxError {
    SyntaxError {
        code: Code::TooDeep,
        span: span(at, at + 1),
        message: Phrase::new(
            format!("nested deeper than {MAX_DEPTH} levels"),
            format!("入れ子が {MAX_DEPTH} 段を超えています"),
        ),
        help: Some(Phrase::new("no valid document nests so deep", "正しい文書はこれほど深く入れ子になりません")),
    }
}

/// A string, borrowed where it has no escapes.
pub(super) struct Str;

impl<'de> DeserializeSeed<'de> for Str {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Str {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Any value, as written.
struct Raw;

impl<'de> DeserializeSeed<'de> for Raw {
    type Value = &'de str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        <&RawValue as serde::Deserialize>::deserialize(deserializer).map(RawValue::get)
    }
}
