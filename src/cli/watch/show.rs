//! What `watch` tells, in its two formats.

use std::io::{self, Write};

use sanso::code::Code;
use sanso::diagnostic::{Diagnostic, Diagnostics, Severity};
use sanso::import::site::Failure;
use sanso::language::Lang;
use sanso::render::{self, diagnostics, json, text};
use sanso::report::Report;
use sanso::report::diff::Diff;
use sanso::screen::visible;
use sanso::source::SourceText;
use sanso::source::{Source, SourceError};
use serde_json::value::RawValue;

use super::phrases::phrases;
use crate::cli::Context;
use crate::cli::arguments::WatchFormat;
use crate::cli::output::write_stderr;
use crate::cli::site;
use crate::cli::status::Status;

/// Why a state of a file cannot be verified.
pub enum Broken {
    /// There is no file, or it cannot be read.
    Lost(io::Error),
    /// It is no text.
    NotText(SourceError),
    /// It is no document without errors.
    Document(Source, Diagnostics),
    /// It is a site file, and it or what it names cannot be used.
    Site(Failure),
}

/// A state that could be verified.
pub struct State<'s> {
    pub name: &'s str,
    pub number: u64,
    pub first: bool,
    pub status: Status,
    pub source: &'s Source,
    pub report: &'s Report,
}

/// Who tells it.
#[derive(Clone, Copy)]
pub struct Show<'c> {
    pub format: WatchFormat,
    pub context: &'c Context,
}

/// A line of `--format json`.
#[derive(serde::Serialize)]
struct Event<'e> {
    event: &'static str,
    file: &'e str,
    number: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diagnostics: Vec<DiagnosticJson>,
}

#[derive(serde::Serialize)]
struct DiagnosticJson {
    /// Where it is not the file that is watched, but one that a site file names.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

impl Show<'_> {
    /// The verdict on a state: the whole report of the first, a line of others.
    ///
    /// # Errors
    /// When it cannot be written; [`io::ErrorKind::BrokenPipe`] when nobody reads it.
    pub fn verdict(&self, state: &State<'_>) -> io::Result<()> {
        let State { name, number, first, status, source, report } = *state;
        if self.format == WatchFormat::Json {
            let report = json::render(std::slice::from_ref(report), self.lang_of_data())?;
            let (status, report) = (Some(status.code()), Some(RawValue::from_string(report)?));
            return self.event(Event { status, report, ..Event::new("verdict", name, number) });
        }
        if first {
            let excerpts = SourceText::of(source);
            return write(&text::render(report, Some(&excerpts), self.options()));
        }
        write(&format!("\n{}\n{}", self.heading(name, number), text::verdict(report, self.options())))
    }

    /// What differs between a state and the one before. `None`: they could not be compared.
    ///
    /// # Errors
    /// As [`Show::verdict`].
    pub fn difference(&self, state: &State<'_>, diff: Option<&Diff>) -> io::Result<()> {
        let Some(diff) = diff else { return Ok(()) };
        if self.format == WatchFormat::Json {
            let difference = render::diff::json::render(diff, self.lang_of_data())?;
            let difference = Some(RawValue::from_string(difference)?);
            return self.event(Event { difference, ..Event::new("difference", state.name, state.number) });
        }
        write(&render::diff::text::changes(diff, self.options()))
    }

    /// Why a state cannot be verified. `based`: whether there is a state that the next one will be compared with.
    ///
    /// # Errors
    /// As [`Show::verdict`].
    pub fn broken(&self, name: &str, number: u64, broken: &Broken, based: bool) -> io::Result<()> {
        let lang = self.context.lang;
        let words = phrases(lang);
        let general = crate::cli::phrases::phrases(lang);
        if self.format == WatchFormat::Json {
            let diagnostics = self.diagnostics(name, broken);
            let event = if matches!(broken, Broken::Lost(_)) { "lost" } else { "broken" };
            let status = Some(Status::Unusable.code());
            return self.event(Event { status, diagnostics, ..Event::new(event, name, number) });
        }
        let shown = visible(name);
        let mut told = if number > 1 { format!("\n{}\n", self.heading(name, number)) } else { String::new() };
        told += &match broken {
            Broken::Lost(error) => format!("sanso: {}; {}\n", general.cannot_read(&shown, error), words.waiting()),
            Broken::NotText(error) => format!("{shown}: {}: {}\n", general.error(), error.phrase().get(lang)),
            Broken::Document(source, list) => {
                let text = SourceText::of(source);
                diagnostics::render(&list.clone().into_sorted(), &text, lang, self.context.stderr.color)
            }
            Broken::Site(failure) => site::why(failure, self.context),
        };
        if based {
            told += &format!("{}\n", words.base_stays());
        }
        write_stderr(&told);
        Ok(())
    }

    fn diagnostics(&self, name: &str, broken: &Broken) -> Vec<DiagnosticJson> {
        let lang = self.lang_of_data();
        let general = crate::cli::phrases::phrases(lang);
        match broken {
            Broken::Lost(error) => vec![DiagnosticJson::error(Code::Lost, general.cannot_read_file(name, error))],
            Broken::NotText(error) => vec![DiagnosticJson::error(Code::NotText, error.phrase().get(lang).to_owned())],
            Broken::Document(source, list) => located(source, list, None, lang),
            Broken::Site(failure) => {
                let broken = failure.broken.iter();
                let broken = broken.flat_map(|(source, list)| located(source, list, Some(source.name()), lang));
                let refused = failure.refusals.iter().map(|refusal| DiagnosticJson {
                    file: Some(refusal.file.clone()),
                    line: refusal.place.map(|(line, _)| line),
                    column: refusal.place.map(|(_, column)| column),
                    ..DiagnosticJson::error(Code::ImportRefused, refusal.what.get(lang).to_owned())
                });
                broken.chain(refused).collect()
            }
        }
    }

    fn event(&self, event: Event<'_>) -> io::Result<()> {
        write(&json::line(&event)?)
    }

    fn heading(&self, name: &str, number: u64) -> String {
        format!("== {}", phrases(self.context.lang).saved(&visible(name), number))
    }

    fn options(&self) -> text::Options {
        text::Options { lang: self.context.lang, color: self.context.stdout.color }
    }

    /// What programs read does not depend on whose terminal it is.
    fn lang_of_data(&self) -> Lang {
        self.context.lang_asked.unwrap_or_default()
    }
}

impl<'e> Event<'e> {
    const fn new(event: &'static str, file: &'e str, number: u64) -> Self {
        Self { event, file, number, status: None, report: None, difference: None, diagnostics: Vec::new() }
    }
}

impl DiagnosticJson {
    /// An error without a place.
    const fn error(code: Code, message: String) -> Self {
        Self { file: None, severity: "error", code, line: None, column: None, message, help: None }
    }
}

/// What is wrong with a text, with places.
fn located(source: &Source, list: &Diagnostics, file: Option<&str>, lang: Lang) -> Vec<DiagnosticJson> {
    let text = SourceText::of(source);
    let located = |diagnostic: Diagnostic| {
        let place = text.locate(diagnostic.span);
        DiagnosticJson {
            file: file.map(str::to_owned),
            severity: if diagnostic.severity == Severity::Error { "error" } else { "warning" },
            code: diagnostic.code,
            line: Some(place.line),
            column: Some(place.column),
            message: diagnostic.message.get(lang).to_owned(),
            help: diagnostic.help.map(|help| help.get(lang).to_owned()),
        }
    };
    list.clone().into_sorted().into_iter().map(located).collect()
}

/// Writes to stdout. That nobody reads any more is an error here: there is no end otherwise.
fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
