//! `sanso verify`: nothing is written before every file was read without errors.

use std::io::{self, Read};
use std::path::Path;

use anyhow::{Result, bail};
use sanso::report::{SourceText, diagnostics};
use sanso::source::Source;
use sanso::verify::{Options, run_redacted, run_verify};

use super::arguments::{VerifyArguments, VerifyFailOn};
use super::formats::{self, Verified, Wanted};
use super::output::{write_output, write_stderr};
use super::phrases::phrases;
use super::progress::Ticker;
use super::status::Status;
use super::{Context, date, explain, limits, pdf, prove};

/// Verifies the files and writes what was found.
///
/// # Errors
/// When the call cannot be used or what was found cannot be written. Files that cannot be used are told of on stderr.
pub fn run(arguments: &VerifyArguments, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    let date = date::today(arguments.date, words)?;
    if arguments.files.iter().filter(|file| is_stdin(file)).count() > 1 {
        bail!("{}", words.stdin_twice());
    }
    if arguments.certificate.is_some() && arguments.files.len() > 1 {
        bail!("{}", words.one_file_per_certificate());
    }
    if arguments.certificate.is_some() && arguments.redact {
        bail!("{}", words.no_certificate_redacted());
    }
    formats::check(&arguments.format, arguments.files.len(), words)?;
    pdf::check(&arguments.format, context)?;
    let policy = explain::policy(&arguments.policy, context)?;
    let audit = arguments.format.iter().any(|wanted| wanted.format.needs_audit());
    let rationale = arguments.format.iter().any(|wanted| wanted.format.needs_rationale());
    let mut status = Status::Proved;
    let mut verified = Verified { redacted: arguments.redact, ..Verified::default() };
    let limits = limits::Set::from(&arguments.limits);
    limits.watch(context);
    for (at, file) in arguments.files.iter().enumerate() {
        limits.turns(1);
        let source = match open(file, limits, context) {
            Ok(source) => source,
            // Without a report of every file there is none at all.
            Err(Status::Undecided) => return Ok(Status::Undecided),
            Err(_) => {
                status = Status::Unusable;
                continue;
            }
        };
        let ticker = Ticker::start(context.stderr.is_terminal, source.name(), context.lang);
        let options = Options {
            policy,
            date,
            max_tuples: arguments.max_tuples,
            limit: limits.time,
            memory: limits.memory(),
            audit,
            rationale,
            progress: &ticker,
        };
        let mut outcome = if arguments.redact {
            run_redacted(&source, &options, if arguments.files.len() == 1 { 0 } else { at + 1 })
        } else {
            run_verify(&source, &options)
        };
        if let (Some(path), Ok(report)) = (&arguments.certificate, &mut outcome) {
            limits.turns(1);
            let (certified, facts) = prove::beside(path, &source, &options, context)?;
            status = status.max(certified);
            if let Some(audit) = &mut report.audit {
                audit.certificate = facts;
            }
        }
        drop(ticker);
        match outcome {
            Err(list) => {
                status = Status::Unusable;
                let source = SourceText::new(source.name(), source.text());
                write_stderr(&diagnostics::render(&list.into_sorted(), &source, context.lang, context.stderr.color));
            }
            Ok(report) => {
                status = status.max(Status::of(&report));
                if arguments.fail_on == VerifyFailOn::Warning && !report.warnings.is_empty() {
                    status = status.max(Status::Violated);
                }
                verified.reports.push(report);
                verified.sources.push(source);
            }
        }
    }
    if status == Status::Unusable {
        return Ok(Status::Unusable);
    }
    limits.turns(1);
    write(&arguments.format, &verified, context)?;
    Ok(status)
}

/// Writes what was found. Everything is rendered before anything is written.
fn write(wanted: &[Wanted], verified: &Verified, context: &Context) -> Result<()> {
    let mut outputs = Vec::with_capacity(wanted.len());
    for Wanted { format, file } in wanted {
        let color = file.is_none() && context.stdout.color;
        outputs.push((formats::render(*format, verified, context, color)?, file.as_deref()));
    }
    for (bytes, file) in outputs {
        write_output(file, &bytes, context)?;
    }
    Ok(())
}

/// A file as a source.
///
/// # Errors
/// When it cannot be used, or is larger than the memory that the call may use. Why is told on stderr.
pub fn open(file: &Path, limits: limits::Set, context: &Context) -> std::result::Result<Source, Status> {
    let words = phrases(context.lang);
    limits.has_room_for(file, context)?;
    let name = file.to_string_lossy();
    let shown = sanso::report::visible(&name);
    let told = |error: &io::Error| write_stderr(&format!("sanso: {}\n", words.cannot_read(&shown, error)));
    let bytes = read(file).inspect_err(told).map_err(|_| Status::Unusable)?;
    let told = |error: &sanso::source::SourceError| {
        write_stderr(&format!("{shown}: {}: {}\n", words.error(), error.phrase().get(context.lang)));
    };
    Source::new(&*name, bytes).inspect_err(told).map_err(|_| Status::Unusable)
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
