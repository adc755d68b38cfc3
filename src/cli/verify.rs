//! `sanso verify`: nothing is written before every file was read without errors.

use std::path::PathBuf;

use anyhow::{Result, bail};
use sanso::certify::{Extent, certify_decided};
use sanso::document::Date;
use sanso::question::beside::beside;
use sanso::render::diagnostics;
use sanso::report::Report;
use sanso::source::Source;
use sanso::source::SourceText;
use sanso::verify::{Decided, Options, run_redacted, run_verify_and};

use super::arguments::VerifyArguments;
use super::baseline::Baseline;
use super::chosen::Choice;
use super::formats::{self, Format, Verified, Wanted};
use super::open::{is_stdin, open};
use super::output::{write_output, write_stderr};
use super::phrases::phrases;
use super::progress::Ticker;
use super::status::{Status, VerifyFailOn};
use super::{Context, apart, baseline, date, dossier, files, limits, pdf, prove, texts};

/// Verifies the files and writes what was found.
///
/// # Errors
/// When the call cannot be used or what was found cannot be written. Files that cannot be used are told of on stderr.
pub fn run(arguments: &VerifyArguments, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    let date = date::today(arguments.date, words)?;
    let files::Files { list: files, several } = files::find(&arguments.files, context)?;
    if files.iter().filter(|file| is_stdin(file)).count() > 1 {
        bail!("{}", words.stdin_twice());
    }
    if arguments.certificate.is_some() && files.len() > 1 {
        bail!("{}", words.one_file_per_certificate());
    }
    if arguments.certificate.is_some() && arguments.redact {
        bail!("{}", words.no_certificate_redacted());
    }
    let formats = wanted(arguments, context);
    formats::check(&formats, files.len(), context.lang)?;
    let outputs = formats.iter().filter_map(|wanted| wanted.file.as_deref());
    let baseline = arguments.baseline.as_deref().or(context.config.baseline.as_deref());
    let read = files.iter().map(PathBuf::as_path).chain(baseline).chain(arguments.dossier.as_deref());
    apart::check(read, outputs.chain(arguments.certificate.as_deref()), context)?;
    pdf::check(formats.iter().any(|one| one.format == Format::Pdf && one.file.is_none()), context)?;
    dossier::check(arguments.dossier.as_deref(), &formats, context.lang)?;
    let baseline = match arguments.baseline.as_ref().or(context.config.baseline.as_ref()) {
        Some(_) if arguments.redact => bail!("{}", texts::NO_BASELINE_REDACTED.get(context.lang)),
        Some(path) => match Baseline::read(path, context) {
            Ok(baseline) => Some(baseline),
            Err(status) => return Ok(status),
        },
        None => None,
    };
    let fail_on = arguments.fail_on.or(context.config.fail_on).unwrap_or(VerifyFailOn::Violation);
    let choice = Choice::of(arguments.policy.as_deref(), arguments.date, context)?;
    let audit = formats.iter().any(|wanted| wanted.format.needs_audit());
    let needs_beside = formats.iter().any(|wanted| wanted.format.needs_beside());
    let rationale = formats.iter().any(|wanted| wanted.format.needs_rationale());
    let mut status = Status::Proved;
    let mut verified = Verified { redacted: arguments.redact, several, ..Verified::default() };
    let mut only_accepted = false;
    let limits = limits::Set::from(&arguments.limits);
    limits.watch(context);
    let particulars = match dossier::read(arguments.dossier.as_deref(), limits, context) {
        Ok(particulars) => particulars,
        Err(status) => return Ok(status),
    };
    let dated = |wanted: &Wanted| matches!(wanted.format, formats::Format::Html | formats::Format::Pdf);
    let created = if formats.iter().any(dated) { Some(date::minute(words)?) } else { None };
    for (at, file) in files.iter().enumerate() {
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
        let Ok(chosen) = choice.for_document(&source, file) else {
            status = Status::Unusable;
            continue;
        };
        let policy = chosen.policy;
        let ticker = Ticker::start(context.shows_progress(), source.name(), context.lang);
        let options = Options {
            policy,
            date,
            // what is accepted is told by its tuples, so all are wanted
            max_tuples: if baseline.is_some() { usize::MAX } else { arguments.max_tuples },
            limit: limits.time,
            memory: limits.memory(),
            audit,
            rationale,
            progress: &ticker,
        };
        let outcome = if arguments.redact {
            let number = if files.len() == 1 { 0 } else { at + 1 };
            run_redacted(&source, &options, number).map(|report| (report, None))
        } else {
            // What is made beside the report is of the same decisions, and has a turn of its own.
            let then = |decided: &mut Decided<'_, '_, '_>| {
                let found = needs_beside.then(|| {
                    limits.turns(1);
                    beside(&source, &options, decided)
                });
                let certificate = arguments.certificate.as_ref().map(|_| {
                    limits.turns(1);
                    let extent = Extent { max_tuples: arguments.max_tuples, complete: false };
                    certify_decided(&source, &options, extent, decided)
                });
                found.transpose().map(|found| (found, certificate))
            };
            run_verify_and(&source, &options, then).and_then(|(mut report, made)| {
                let (found, certificate) = made?;
                report.beside = found.map(Box::new);
                Ok((report, certificate))
            })
        };
        drop(ticker);
        match outcome {
            Err(list) => {
                status = Status::Unusable;
                let source = SourceText::of(&source);
                write_stderr(&diagnostics::render(&list.into_sorted(), &source, context.lang, context.stderr.color));
            }
            Ok((mut report, made)) => {
                if let (Some(path), Some(made)) = (&arguments.certificate, made) {
                    let (certified, facts) = prove::write(path, made, context)?;
                    status = status.max(certified);
                    report.certificate = facts;
                }
                if !arguments.redact {
                    report.quote(&SourceText::of(&source));
                }
                if let Some(audit) = &mut report.audit {
                    (audit.dossier, audit.created) = (particulars.clone(), created.clone());
                }
                report.warnings.extend(chosen.warning());
                let expiry = Expiry { baseline: baseline.as_ref(), date, redacted: arguments.redact };
                expiry.warn(&mut report, &source, arguments.expires_within.or(context.config.expires_within));
                let accepted = baseline.as_ref().is_some_and(|baseline| baseline.judge(&mut report, date));
                report.requirements.iter_mut().for_each(|one| one.violating.truncate(arguments.max_tuples));
                let found = if accepted { Status::of_accepted(&report) } else { Status::of(&report) };
                only_accepted |= accepted && Status::of(&report) == Status::Violated;
                status = status.max(found);
                if fail_on == VerifyFailOn::Warning {
                    status = status.max(Status::of_warnings(&report));
                    if !report.warnings.is_empty() {
                        status = status.max(Status::Violated);
                    }
                }
                verified.reports.push(report);
                verified.sources.push(source);
            }
        }
    }
    if status == Status::Unusable {
        return Ok(Status::Unusable);
    }
    if only_accepted && status == Status::Proved {
        verified.last = Some(texts::ALL_ACCEPTED.get(context.lang).to_owned());
    }
    limits.turns(1);
    write(&formats, &verified, context)?;
    Ok(status)
}

/// The formats that the call asks for, else those of the configuration, else text, unless the call is to be quiet.
fn wanted(arguments: &VerifyArguments, context: &Context) -> Vec<Wanted> {
    let text = Wanted { format: formats::Format::Text, file: None };
    match (&arguments.format[..], &context.config.formats[..]) {
        ([], []) if context.quiet => Vec::new(),
        ([], []) => vec![text],
        ([], formats) => {
            let shown = |wanted: &&Wanted| !(context.quiet && wanted.file.is_none() && wanted.format == text.format);
            formats.iter().filter(shown).cloned().collect()
        }
        (formats, _) => formats.to_vec(),
    }
}

/// What may expire.
struct Expiry<'b> {
    baseline: Option<&'b Baseline>,
    date: Date,
    redacted: bool,
}

impl Expiry<'_> {
    /// Adds warnings of what expires within so many days.
    fn warn(&self, report: &mut Report, source: &Source, days: Option<u32>) {
        let Some(days) = days else { return };
        report.warnings.extend(baseline::expiring_exceptions(source, self.date, days, self.redacted));
        if let Some(baseline) = self.baseline {
            let warnings = baseline.expiring(report, self.date, days);
            report.warnings.extend(warnings);
        }
    }
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
