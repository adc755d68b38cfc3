//! TOML files of the user's: read whole, every fault told of with its place.

use std::path::Path;

use sanso::code::Code;
use sanso::diagnostic::{Diagnostic, Diagnostics};
use sanso::language::{Lang, Phrase};
use sanso::render::diagnostics;
use sanso::screen::visible;
use sanso::source::Source;
use sanso::source::SourceText;
use sanso::source::Span;
use toml_span::value::ValueInner;

use super::Context;
use super::output::write_stderr;
use super::phrases::phrases;
use super::status::Status;
use super::texts::{self, Both};

/// A value with its place.
pub type Value<'t> = toml_span::Value<'t>;

/// A text with its place.
pub struct Text {
    pub value: String,
    pub span: Span,
}

/// Takes values out, and notes what is wrong with them.
#[derive(Default)]
pub struct Decoder {
    found: Diagnostics,
}

/// The members of a table, each handed out once.
pub struct Table<'t> {
    members: Vec<(String, Value<'t>)>,
    pub span: Span,
}

impl<'t> Table<'t> {
    /// The value of a key.
    pub fn take(&mut self, key: &str) -> Option<Value<'t>> {
        let at = self.members.iter().position(|(name, _)| name == key)?;
        Some(self.members.swap_remove(at).1)
    }
}

fn span(span: toml_span::Span) -> Span {
    // A source has fewer bytes.
    let short = |offset| u32::try_from(offset).expect("an offset has 32 bits");
    Span { start: short(span.start), end: short(span.end) }
}

fn both(text: Both, parts: &[&str]) -> Phrase {
    Phrase::new(text.with(Lang::En, parts), text.with(Lang::Ja, parts))
}

impl Decoder {
    /// Notes an error.
    pub fn error(&mut self, code: Code, at: Span, message: (Both, &[&str]), help: (Both, &[&str])) {
        let diagnostic: &mut Diagnostic = self.found.error(code, at, both(message.0, message.1));
        diagnostic.help = Some(both(help.0, help.1));
    }

    /// Notes an error in words of its own.
    pub fn sentence(&mut self, code: Code, at: Span, en: String, ja: String) {
        self.found.error(code, at, Phrase::new(en, ja)).help = Some(both(texts::TOML_WRITE, &[]));
    }

    /// A table, whose keys must all be known.
    pub fn table<'t>(&mut self, mut value: Value<'t>, known: &[&str]) -> Option<Table<'t>> {
        let at = span(value.span);
        let ValueInner::Table(members) = value.take() else {
            self.error(Code::WrongType, at, (texts::TOML_TABLE, &[]), (texts::TOML_WRITE, &[]));
            return None;
        };
        let mut table = Table { members: Vec::new(), span: at };
        for (key, value) in members {
            if known.contains(&&*key.name) {
                table.members.push((key.name.into_owned(), value));
                continue;
            }
            let name = visible(&key.name).into_owned();
            let near = known.iter().find(|word| strsim::damerau_levenshtein(word, &key.name) <= 2);
            match near {
                Some(near) => {
                    self.error(
                        Code::UnknownKey,
                        span(key.span),
                        (texts::TOML_KEY, &[&name]),
                        (texts::TOML_MEANT, &[near]),
                    );
                }
                None => {
                    let all = known.join(", ");
                    self.error(
                        Code::UnknownKey,
                        span(key.span),
                        (texts::TOML_KEY, &[&name]),
                        (texts::TOML_KEYS, &[&all]),
                    );
                }
            }
        }
        Some(table)
    }

    /// A text.
    pub fn text(&mut self, mut value: Value<'_>) -> Option<Text> {
        let at = span(value.span);
        match value.take() {
            ValueInner::String(text) => Some(Text { value: text.into_owned(), span: at }),
            _ => {
                self.error(Code::WrongType, at, (texts::TOML_TEXT, &[]), (texts::NOT_TOML_HELP, &[]));
                None
            }
        }
    }

    /// A text that must be there.
    pub fn wanted(&mut self, table: &mut Table<'_>, key: &str) -> Option<Text> {
        match table.take(key) {
            Some(value) => self.text(value),
            None => {
                self.error(Code::MissingKey, table.span, (texts::TOML_MISSING, &[key]), (texts::TOML_ADD, &[key]));
                None
            }
        }
    }

    /// The elements of a list; of a single text that text.
    pub fn list<'t>(&mut self, mut value: Value<'t>) -> Vec<Value<'t>> {
        let at = value.span;
        match value.take() {
            ValueInner::Array(list) => list,
            ValueInner::String(text) => vec![Value::with_span(ValueInner::String(text), at)],
            _ => {
                self.error(Code::WrongType, span(at), (texts::TOML_LIST, &[]), (texts::TOML_WRITE, &[]));
                Vec::new()
            }
        }
    }
}

/// Where a value stands.
pub fn place(value: &Value<'_>) -> Span {
    span(value.span)
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read or something in it is wrong: told of on stderr.
pub fn read<T>(
    path: &Path,
    context: &Context,
    decode: impl FnOnce(&mut Decoder, Value<'_>) -> Option<T>,
) -> Result<T, Status> {
    let shown = path.to_string_lossy();
    let words = phrases(context.lang);
    let bytes = std::fs::read(path).map_err(|error| {
        write_stderr(&format!("sanso: {}\n", words.cannot_read(&visible(&shown), &error)));
        Status::Unusable
    })?;
    let source = Source::new(&*shown, bytes).map_err(|error| {
        write_stderr(&format!("{}: {}: {}\n", visible(&shown), words.error(), error.phrase().get(context.lang)));
        Status::Unusable
    })?;
    let mut decoder = Decoder::default();
    let decoded = match toml_span::parse(source.text()) {
        Ok(value) => decode(&mut decoder, value),
        Err(error) => {
            let why = error.kind.to_string();
            let at = source.text().floor_char_boundary(error.span.start.min(source.text().len()));
            let end = source.text().ceil_char_boundary(error.span.end.clamp(at, source.text().len()));
            let at = span(toml_span::Span::new(at, end));
            decoder.error(Code::TomlSyntax, at, (texts::NOT_TOML, &[&why]), (texts::NOT_TOML_HELP, &[]));
            None
        }
    };
    match decoded {
        Some(decoded) if !decoder.found.has_errors() => Ok(decoded),
        _ => {
            let text = SourceText::new(source.name(), source.text());
            let color = context.stderr.color;
            write_stderr(&diagnostics::render(&decoder.found.into_sorted(), &text, context.lang, color));
            Err(Status::Unusable)
        }
    }
}
