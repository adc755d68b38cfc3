//! YAML into trees, from the spanned events of `saphyr-parser`. Scalars are resolved by the core schema of YAML 1.2
//! (so `no` is a word and `1:30` is one too); anchors, aliases, tags, merge keys and further documents are refused.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Place};

use super::decode::{Body, Decoder};
use super::json::too_deep;
use super::slips;
use super::tree::{MAX_DEPTH, SyntaxError, Tree, Value, span};
use super::{Spanned, Text};
use crate::code::Code;
use crate::language::Phrase;
use crate::source::Span;

/// Reads the members of the document.
pub(super) fn body<'s>(text: &'s str, decoder: &mut Decoder<'_, 's>) -> Result<Body<'s>, SyntaxError> {
    refuse_control_characters(text)?;
    decoder.notes_places = true;
    decoder.numbers_are_texts = true;
    let mut builder = Builder { text, offsets: Offsets::new(text), decoder, stack: Vec::new(), root: None };
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, place) = match event {
            Ok(event) => event,
            Err(error) => {
                let at = builder.offsets.byte(error.marker().index());
                return Err(syntax(text, at, error.info()));
            }
        };
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    let place = builder.span(place);
                    return Err(SyntaxError {
                        code: Code::SeveralDocuments,
                        span: place,
                        message: Phrase::new("a second YAML document", "2 つ目の YAML 文書があります"),
                        help: Some(Phrase::new(
                            "put each topology into a file of its own",
                            "構成は 1 つのファイルに 1 つだけ書いてください",
                        )),
                    });
                }
            }
            event => builder.event(event, place)?,
        }
    }
    let root = builder.root.take();
    match root {
        Some(Tree { value: Value::Map(members), span }) => Ok(Body { members, span, ..Body::default() }),
        Some(tree) if !matches!(tree.value, Value::Null) => Ok(Body { root: Some(tree), ..Body::default() }),
        _ => Err(SyntaxError {
            code: Code::EmptyDocument,
            span: Span::default(),
            message: Phrase::new("the document is empty", "文書が空です"),
            help: Some(Phrase::new("start it with `sanso: 1`", "「sanso: 1」から書き始めてください")),
        }),
    }
}

/// What a plain scalar is that is neither text nor number.
pub(super) fn no_text(plain: &str) -> Option<Value<'static>> {
    match plain {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => None,
    }
}

/// YAML allows few control characters, and the parser would take a NUL for the end of the file.
fn refuse_control_characters(text: &str) -> Result<(), SyntaxError> {
    let bad = |c: char| {
        (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    match text.char_indices().find(|&(_, c)| bad(c)) {
        None => Ok(()),
        Some((at, c)) => Err(SyntaxError {
            code: Code::ControlCharacter,
            span: span(at, at + c.len_utf8()),
            message: Phrase::new(
                format!("the control character U+{:04X}", u32::from(c)),
                format!("制御文字 U+{:04X} があります", u32::from(c)),
            ),
            help: Some(Phrase::new("delete it", "取り除いてください")),
        }),
    }
}

fn syntax(text: &str, at: usize, reason: &str) -> SyntaxError {
    if let Some((span, help)) = slips::in_yaml(text, at) {
        return SyntaxError {
            code: Code::YamlSyntax,
            span,
            message: Phrase::new("not YAML, because of what stands here", "ここの書き方のため YAML として読めません"),
            help: Some(help),
        };
    }
    let length = text[at..].chars().next().filter(|&c| c != '\n').map_or(0, char::len_utf8);
    SyntaxError {
        code: Code::YamlSyntax,
        span: span(at, at + length),
        message: Phrase::new(format!("not YAML: {reason}"), format!("YAML として読めません（{reason}）")),
        help: Some(Phrase::new(
            "look at the indentation, the brackets and the quotes here and on the line above",
            "この行とその上の行の字下げ、括弧、引用符を確かめてください",
        )),
    }
}

/// Character indices, which the parser counts in, as byte offsets.
struct Offsets<'s> {
    text: &'s str,
    /// Byte offset of every 64th character; empty when all characters are single bytes.
    marks: Vec<u32>,
}

impl<'s> Offsets<'s> {
    const STEP: usize = 64;

    fn new(text: &'s str) -> Self {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(Self::STEP).map(|(at, _)| at as u32).collect()
        };
        Self { text, marks }
    }

    fn byte(&self, index: usize) -> usize {
        if self.marks.is_empty() {
            return index.min(self.text.len());
        }
        let Some(&mark) = self.marks.get(index / Self::STEP) else { return self.text.len() };
        let rest = &self.text[mark as usize..];
        rest.char_indices().nth(index % Self::STEP).map_or(self.text.len(), |(at, _)| mark as usize + at)
    }
}

/// A container being built.
enum Open<'s> {
    List(Vec<Tree<'s>>),
    Map { members: Vec<(Spanned<Text<'s>>, Tree<'s>)>, key: Key<'s> },
}

/// What a mapping waits for.
enum Key<'s> {
    /// The next key.
    None,
    /// The value of a key.
    Some(Spanned<Text<'s>>),
    /// The value of a key that was refused.
    Refused,
}

struct Builder<'b, 'd, 's> {
    text: &'s str,
    offsets: Offsets<'s>,
    decoder: &'b mut Decoder<'d, 's>,
    stack: Vec<(Open<'s>, usize)>,
    root: Option<Tree<'s>>,
}

impl<'s> Builder<'_, '_, 's> {
    fn span(&self, place: Place) -> Span {
        let (start, end) = (self.offsets.byte(place.start.index()), self.offsets.byte(place.end.index()));
        span(start, end.max(start))
    }

    fn event(&mut self, event: Event<'_>, place: Place) -> Result<(), SyntaxError> {
        let at = self.span(place);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let mut value = self.scalar(text, style, at);
                if anchor != 0 {
                    self.refuse_anchor(at);
                }
                if tag.is_some() {
                    self.refuse_tag(at);
                    value = Value::Refused;
                }
                self.add(Tree { value, span: at }, style)
            }
            Event::Alias(_) => {
                self.refuse_anchor(at);
                self.add(Tree { value: Value::Refused, span: at }, ScalarStyle::DoubleQuoted)
            }
            Event::SequenceStart(anchor, tag) => self.open(Open::List(Vec::new()), at, anchor, tag.is_some()),
            Event::MappingStart(anchor, tag) => {
                self.open(Open::Map { members: Vec::new(), key: Key::None }, at, anchor, tag.is_some())
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(at),
            _ => Ok(()),
        }
    }

    fn open(&mut self, open: Open<'s>, at: Span, anchor: usize, tag: bool) -> Result<(), SyntaxError> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(too_deep(at.start as usize));
        }
        if let Some((Open::Map { key: Key::None, .. }, _)) = self.stack.last() {
            return Err(SyntaxError {
                code: Code::BadKey,
                span: at,
                message: Phrase::new("a key must be a string", "キーは文字列でなければなりません"),
                help: Some(Phrase::new(
                    "a list or mapping cannot be a key; was a quote or a `-` forgotten?",
                    "リストやマッピングはキーになりません。引用符や「-」を忘れていませんか",
                )),
            });
        }
        if anchor != 0 {
            self.refuse_anchor(at);
        }
        if tag {
            self.refuse_tag(at);
        }
        self.stack.push((open, at.start as usize));
        Ok(())
    }

    fn close(&mut self, at: Span) -> Result<(), SyntaxError> {
        let Some((open, start)) = self.stack.pop() else { return Ok(()) };
        // in block style the end is only noticed at the next token, behind white space and comments
        let flow = matches!(self.text.as_bytes().get(start), Some(b'{' | b'['));
        let (value, last) = match open {
            Open::List(list) => {
                let last = list.last().map(|tree| tree.span.end);
                (Value::List(list), last)
            }
            Open::Map { members, .. } => {
                let last = members.last().map(|(_, tree)| tree.span.end);
                (Value::Map(members), last)
            }
        };
        let end = if flow { at.end } else { last.unwrap_or(at.start) } as usize;
        self.add(Tree { value, span: span(start, end.max(start)) }, ScalarStyle::DoubleQuoted)
    }

    /// Puts a finished value into what is open.
    fn add(&mut self, tree: Tree<'s>, style: ScalarStyle) -> Result<(), SyntaxError> {
        match self.stack.last_mut() {
            None => self.root = Some(tree),
            Some((Open::List(list), _)) => list.push(tree),
            Some((Open::Map { members, key }, _)) => match std::mem::replace(key, Key::None) {
                Key::Some(key) => members.push((key, tree)),
                Key::Refused => {}
                Key::None => {
                    let found = self.key(tree, style);
                    if let Some((Open::Map { key, .. }, _)) = self.stack.last_mut() {
                        *key = found;
                    }
                }
            },
        }
        Ok(())
    }

    fn key(&mut self, tree: Tree<'s>, style: ScalarStyle) -> Key<'s> {
        match tree.value {
            Value::String(value) if value == "<<" && style == ScalarStyle::Plain => {
                self.error(
                    Code::MergeKey,
                    tree.span,
                    ("merge keys are not allowed", "マージキー（<<）は使えません"),
                    ("write the keys out", "キーをそのまま書き並べてください"),
                );
            }
            Value::String(value) => return Key::Some(Spanned { value, span: tree.span }),
            Value::Number(written) => return Key::Some(Spanned { value: Cow::Borrowed(written), span: tree.span }),
            Value::Refused => {}
            _ => {
                let written = super::tree::shown(&self.text[tree.span.start as usize..tree.span.end as usize]);
                self.error(
                    Code::BadKey,
                    tree.span,
                    ("a key must be a string", "キーは文字列でなければなりません"),
                    (&format!("put it in quotes: \"{written}\""), &format!("引用符で囲んでください: \"{written}\"")),
                );
            }
        }
        self.decoder.lost = true;
        Key::Refused
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, at: Span) -> Value<'s> {
        let source: &'s str = self.text;
        let written = source.get(at.start as usize..at.end as usize).unwrap_or("");
        if style == ScalarStyle::Plain {
            if let Some(value) = no_text(&text) {
                return value;
            }
            if is_number(&text) && written == text {
                return Value::Number(written);
            }
        }
        // borrowing from the source, rather than from the parser, is what gives names their place
        Value::String(match written.find(&*text) {
            Some(start) if !text.is_empty() => Cow::Borrowed(&written[start..start + text.len()]),
            _ => Cow::Owned(text.into_owned()),
        })
    }

    fn refuse_anchor(&mut self, at: Span) {
        self.error(
            Code::Anchor,
            at,
            ("anchors and aliases are not allowed", "アンカー（&）とエイリアス（*）は使えません"),
            (
                "write the value out; a name that begins with & or * needs quotes",
                "値をそのまま書いてください。& や * で始まる名前は引用符で囲んでください",
            ),
        );
    }

    fn refuse_tag(&mut self, at: Span) {
        self.error(
            Code::YamlTag,
            at,
            ("YAML tags are not allowed", "YAML のタグ（!）は使えません"),
            (
                "delete the tag; a name that begins with ! needs quotes",
                "タグを取り除いてください。! で始まる名前は引用符で囲んでください",
            ),
        );
    }

    fn error(&mut self, code: Code, at: Span, message: (&str, &str), help: (&str, &str)) {
        self.decoder.lost = true;
        self.decoder.diagnostics.error(code, at, Phrase::new(message.0, message.1)).help =
            Some(Phrase::new(help.0, help.1));
    }
}

/// Whether a plain scalar is a number in the core schema of YAML 1.2.
fn is_number(text: &str) -> bool {
    let radix = |prefix, radix| {
        text.strip_prefix(prefix)
            .is_some_and(|digits: &str| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)))
    };
    if radix("0o", 8) || radix("0x", 16) || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    digits(whole) && digits(fraction) && whole.len() + fraction.len() > 0 && exponent_fits
}
