//! `sanso verify`: nothing is written before every file was read without errors.

use std::io::{self, Read};
use std::path::Path;

use anyhow::{Result, bail};
use sanso::diagnostic::Diagnostics;
use sanso::report::{Report, SourceText, diagnostics, json, text};
use sanso::source::Source;
use sanso::verify::{Options, run_verify};

use super::arguments::{Format, VerifyArguments};
use super::output::{write_stderr, write_stdout};
use super::phrases::phrases;
use super::progress::Ticker;
use super::status::Status;
use super::{Context, date, explain, prove};

/// Verifies the files and writes what was found.
///
/// # Errors
/// When the call cannot be used or stdout cannot be written. Files that cannot be used are told of on stderr.
pub fn run(arguments: &VerifyArguments, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    let date = match arguments.date {
        Some(date) => date,
        None => date::today_in_japan()?,
    };
    if arguments.files.iter().filter(|file| is_stdin(file)).count() > 1 {
        bail!("{}", words.stdin_twice());
    }
    if arguments.certificate.is_some() && arguments.files.len() > 1 {
        bail!("{}", words.one_file_per_certificate());
    }
    let policy = explain::policy(&arguments.policy, context)?;
    let mut results = Results { status: Status::Proved, texts: Vec::new(), reports: Vec::new() };
    for file in &arguments.files {
        let Some(source) = open(file, context) else {
            results.status = Status::Unusable;
            continue;
        };
        let ticker = Ticker::start(context.stderr.is_terminal, source.name(), context.lang);
        let options =
            Options { policy, date, max_tuples: arguments.max_tuples, limit: arguments.limit_time, progress: &ticker };
        let outcome = run_verify(&source, &options);
        if let (Some(path), Ok(_)) = (&arguments.certificate, &outcome) {
            let status = prove::beside(path, &source, &options, context)?;
            results.status = results.status.max(status);
        }
        drop(ticker);
        results.take(outcome, &source, arguments.format, context);
    }
    if results.status == Status::Unusable {
        return Ok(Status::Unusable);
    }
    let output = match arguments.format {
        Format::Text => results.texts.join("\n"),
        Format::Json => json::render(&results.reports, context.lang_asked.unwrap_or_default())?,
    };
    if let Err(error) = write_stdout(output.as_bytes()) {
        bail!("{}", words.cannot_write(&error.to_string()));
    }
    Ok(results.status)
}

/// What is to be written once all files are read.
struct Results {
    status: Status,
    texts: Vec<String>,
    reports: Vec<Report>,
}

impl Results {
    /// Takes the outcome of one file. Excerpts are made now: its text is not kept.
    fn take(&mut self, outcome: Result<Report, Diagnostics>, source: &Source, format: Format, context: &Context) {
        match outcome {
            Err(list) => {
                self.status = Status::Unusable;
                let source = SourceText::new(source.name(), source.text());
                write_stderr(&diagnostics::render(&list.into_sorted(), &source, context.lang, context.stderr.color));
            }
            Ok(report) => {
                self.status = self.status.max(Status::of(&report));
                match format {
                    Format::Text => {
                        let source = SourceText::new(source.name(), source.text());
                        let options = text::Options { lang: context.lang, color: context.stdout.color };
                        self.texts.push(text::render(&report, Some(&source), options));
                    }
                    Format::Json => self.reports.push(report),
                }
            }
        }
    }
}

/// A file as a source. What is wrong with it is told on stderr.
pub fn open(file: &Path, context: &Context) -> Option<Source> {
    let words = phrases(context.lang);
    let name = file.to_string_lossy();
    let shown = sanso::report::visible(&name);
    let bytes =
        read(file).inspect_err(|error| write_stderr(&format!("sanso: {}\n", words.cannot_read(&shown, error)))).ok()?;
    let told = |error: &sanso::source::SourceError| {
        write_stderr(&format!("{shown}: {}: {}\n", words.error(), error.phrase().get(context.lang)));
    };
    Source::new(&*name, bytes).inspect_err(told).ok()
}

/// The bytes of a file, or of standard input for `-`.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    if is_stdin(file) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    } else {
        std::fs::read(file)
    }
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}
