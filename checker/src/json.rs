//! A strict reader of JSON (RFC 8259): no duplicate keys, no trailing bytes, depth at most 64, positions kept.

use std::borrow::Cow;
use std::collections::HashSet;

/// Nesting deeper than this is refused (certificate section 1); it bounds the recursion of the reader.
const DEPTH: usize = 64;

/// Something wrong at a byte of a file, in English and Japanese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub at: usize,
    pub en: String,
    pub ja: String,
}

pub type Result<T> = std::result::Result<T, Fault>;

pub fn fault<T>(at: usize, en: impl Into<String>, ja: impl Into<String>) -> Result<T> {
    Err(Fault { at, en: en.into(), ja: ja.into() })
}

#[derive(Clone, Debug)]
pub struct Value<'a> {
    /// Where it begins, in bytes.
    pub at: usize,
    pub data: Data<'a>,
}

#[derive(Clone, Debug)]
pub enum Data<'a> {
    Null,
    Bool(bool),
    /// As written.
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

/// The line and the column (in characters), both from 1, of a byte.
pub fn line_column(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = before.iter().filter(|b| **b == b'\n').count();
    let last = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    (line.saturating_add(1), String::from_utf8_lossy(last).chars().count().saturating_add(1))
}

pub fn read(bytes: &[u8]) -> Result<Value<'_>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return fault(error.valid_up_to(), "not UTF-8", "UTF-8 ではありません"),
    };
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(DEPTH).map_err(|fault| if is_yaml(text) { yaml(fault.at) } else { fault })?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => fault(reader.at, "bytes after the end of the document", "文書の終わりの後に余分なバイトがあります"),
    }
}

/// Whether a text that is no JSON says `sanso: 1` as YAML does.
fn is_yaml(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().trim_start_matches('{').trim_start().starts_with("sanso:"))
}

fn yaml(at: usize) -> Fault {
    Fault {
        at,
        en: "not JSON but YAML: convert it first, with `sanso convert FILE -o FILE.json`".to_owned(),
        ja: "JSON ではなく YAML です。先に「sanso convert FILE -o FILE.json」で変換してください".to_owned(),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn wrong<T>(&self, expected: &str) -> Result<T> {
        fault(self.at, format!("not JSON: {expected} expected"), format!("JSON ではありません: {expected} が必要です"))
    }

    /// Skips white space and takes the byte if it is next.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>> {
        self.space();
        let at = self.at;
        let rest = self.text.get(at..).unwrap_or_default();
        let data = match self.peek() {
            Some(b'{' | b'[') if depth == 0 => {
                return fault(at, "nested deeper than 64", "入れ子が 64 段を超えています");
            }
            Some(b'{') => self.object(depth - 1)?,
            Some(b'[') => self.list(depth - 1)?,
            Some(b'"') => Data::Text(self.text()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => {
                let words = [("null", Data::Null), ("true", Data::Bool(true)), ("false", Data::Bool(false))];
                let Some((word, data)) = words.into_iter().find(|(word, _)| rest.starts_with(word)) else {
                    return self.wrong("a value");
                };
                self.at += word.len();
                data
            }
        };
        Ok(Value { at, data })
    }

    /// What stands between brackets, separated by commas.
    fn sequence(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        self.at += 1;
        if self.take(close) {
            return Ok(());
        }
        loop {
            item(self)?;
            match (self.take(b','), self.take(close)) {
                (false, true) => return Ok(()),
                (true, false) => {}
                _ => return self.wrong(&format!("`,` or `{}`", char::from(close))),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Data<'a>> {
        let mut items = Vec::new();
        self.sequence(b']', |reader| {
            items.push(reader.value(depth)?);
            Ok(())
        })?;
        Ok(Data::List(items))
    }

    fn object(&mut self, depth: usize) -> Result<Data<'a>> {
        let mut entries: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        let mut known: HashSet<Cow<'a, str>> = HashSet::new();
        self.sequence(b'}', |reader| {
            reader.space();
            let at = reader.at;
            let key = reader.text()?;
            // Most objects are small: only large ones pay for a table.
            if entries.len() == 16 {
                known.extend(entries.iter().map(|(key, _)| key.clone()));
            }
            let twice = if entries.len() < 16 {
                entries.iter().any(|(other, _)| *other == key)
            } else {
                !known.insert(key.clone())
            };
            if twice {
                return fault(at, format!("duplicate key `{key}`"), format!("キー `{key}` が重複しています"));
            }
            if !reader.take(b':') {
                return reader.wrong("`:`");
            }
            entries.push((key, reader.value(depth)?));
            Ok(())
        })?;
        Ok(Data::Object(entries))
    }

    /// At least one digit.
    fn digits(&mut self) -> Result<()> {
        let first = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > first { Ok(()) } else { self.wrong("a digit") }
    }

    /// Takes one of the bytes if it is next, without skipping white space.
    fn one_of(&mut self, bytes: &[u8]) -> bool {
        let here = self.peek().is_some_and(|b| bytes.contains(&b));
        self.at += usize::from(here);
        here
    }

    fn number(&mut self) -> Result<Data<'a>> {
        let first = self.at;
        self.one_of(b"-");
        if !self.one_of(b"0") {
            self.digits()?;
        } else if matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.wrong("a number without a leading zero");
        }
        if self.one_of(b".") {
            self.digits()?;
        }
        if self.one_of(b"eE") {
            self.one_of(b"+-");
            self.digits()?;
        }
        Ok(Data::Number(self.text.get(first..self.at).unwrap_or_default()))
    }

    fn text(&mut self) -> Result<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return self.wrong("a string");
        }
        self.at += 1;
        let mut written = String::new();
        loop {
            let first = self.at;
            while matches!(self.peek(), Some(b) if b >= 0x20 && b != b'"' && b != b'\\') {
                self.at += 1;
            }
            let plain = self.text.get(first..self.at).unwrap_or_default();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(if written.is_empty() { Cow::Borrowed(plain) } else { Cow::Owned(written + plain) });
                }
                Some(b'\\') => {
                    written.push_str(plain);
                    written.push(self.escape()?);
                }
                _ => return self.wrong("the end of a string"),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        let plain = match letter {
            Some(b @ (b'"' | b'\\' | b'/')) => char::from(b),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let high = self.hex()?;
                let mut code = high;
                if (0xd800..0xdc00).contains(&high) && self.text.get(self.at..).is_some_and(|t| t.starts_with("\\u")) {
                    self.at += 2;
                    let low = self.hex()?;
                    if (0xdc00..0xe000).contains(&low) {
                        code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    }
                }
                match char::from_u32(code) {
                    Some(letter) => letter,
                    None => return self.wrong("a whole surrogate pair"),
                }
            }
            _ => return self.wrong("an escape"),
        };
        Ok(plain)
    }

    fn hex(&mut self) -> Result<u32> {
        let digits = self.text.get(self.at..self.at + 4).filter(|t| t.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|t| u32::from_str_radix(t, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => self.wrong("four hexadecimal digits"),
        }
    }
}

impl<'a> Value<'a> {
    fn wrong<T>(&self, en: &str, ja: &str) -> Result<T> {
        fault(self.at, format!("{en} expected"), format!("{ja}が必要です"))
    }

    pub fn list(&self) -> Result<&[Value<'a>]> {
        match &self.data {
            Data::List(items) => Ok(items),
            _ => self.wrong("a list", "リスト"),
        }
    }

    /// A list of exactly so many items.
    pub fn tuple<const N: usize>(&self) -> Result<&[Value<'a>; N]> {
        match self.list()?.try_into() {
            Ok(items) => Ok(items),
            Err(_) => self.wrong(&format!("a list of {N} items"), &format!("{N} 項のリスト")),
        }
    }

    pub fn entries(&self) -> Result<&[(Cow<'a, str>, Value<'a>)]> {
        match &self.data {
            Data::Object(entries) => Ok(entries),
            _ => self.wrong("an object", "オブジェクト"),
        }
    }

    /// The value of a key, where this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        let Data::Object(entries) = &self.data else { return None };
        entries.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    pub fn text(&self) -> Result<&str> {
        match &self.data {
            Data::Text(text) => Ok(text),
            _ => self.wrong("a string", "文字列"),
        }
    }

    pub fn bool(&self) -> Result<bool> {
        match self.data {
            Data::Bool(value) => Ok(value),
            _ => self.wrong("`true` or `false`", "`true` か `false` "),
        }
    }

    /// An integer without sign, fraction or exponent.
    pub fn integer(&self) -> Result<usize> {
        match self.data {
            Data::Number(digits) => digits.parse().or_else(|_| self.wrong("a small whole number", "整数")),
            _ => self.wrong("a whole number", "整数"),
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// `None` for `null`.
    pub fn nullable<T>(&self, read: impl FnOnce(&Value<'a>) -> Result<T>) -> Result<Option<T>> {
        if self.is_null() { Ok(None) } else { read(self).map(Some) }
    }

    /// Reads an object. What `read` asks for is what the object may have: any other key is refused.
    pub fn object<'v, T>(&'v self, read: impl FnOnce(&mut Object<'v, 'a>) -> Result<T>) -> Result<T> {
        let entries = self.entries()?;
        let mut object = Object { at: self.at, entries, asked: vec![false; entries.len()] };
        let found = read(&mut object)?;
        match entries.iter().zip(object.asked).find(|(_, asked)| !asked) {
            Some(((key, value), _)) => fault(value.at, format!("unknown key `{key}`"), format!("未知のキー `{key}`")),
            None => Ok(found),
        }
    }

    /// The values of an object's keys, in the order asked for; any other key is refused.
    pub fn fields<const N: usize>(&self, keys: [&str; N]) -> Result<[Option<&Value<'a>>; N]> {
        self.object(|o| Ok(keys.map(|key| o.find(key))))
    }

    /// As `fields`, and every key must be there.
    pub fn all_fields<const N: usize>(&self, keys: [&str; N]) -> Result<[&Value<'a>; N]> {
        let found = self.fields(keys)?;
        match keys.iter().zip(found).find(|(_, value)| value.is_none()) {
            Some((key, _)) => missing(self.at, key),
            None => Ok(found.map(|value| value.unwrap_or(self))),
        }
    }
}

fn missing<T>(at: usize, key: &str) -> Result<T> {
    fault(at, format!("key `{key}` is missing"), format!("キー `{key}` がありません"))
}

/// An object while it is read, key by key.
pub struct Object<'v, 'a> {
    at: usize,
    entries: &'v [(Cow<'a, str>, Value<'a>)],
    asked: Vec<bool>,
}

impl<'v, 'a> Object<'v, 'a> {
    fn find(&mut self, key: &str) -> Option<&'v Value<'a>> {
        let mut entries = self.entries.iter().zip(&mut self.asked);
        let ((_, value), asked) = entries.find(|((known, _), _)| known == key)?;
        *asked = true;
        Some(value)
    }

    /// A key that may be missing.
    pub fn may<T>(&mut self, key: &str, read: impl FnOnce(&'v Value<'a>) -> Result<T>) -> Result<Option<T>> {
        self.find(key).map(read).transpose()
    }

    pub fn must<T>(&mut self, key: &str, read: impl FnOnce(&'v Value<'a>) -> Result<T>) -> Result<T> {
        match self.find(key) {
            Some(value) => read(value),
            None => missing(self.at, key),
        }
    }
}
