//! `sanso prove` and `sanso convert`: files that others rely on appear whole or not at all.

use std::path::Path;

use anyhow::{Result, bail};
use sanso::certificate::Certificate;
use sanso::certify::{CertifyError, Extent, run_prove};
use sanso::policy::Severity;
use sanso::render::diagnostics;
use sanso::report::audit::CertificateFacts;
use sanso::source::Source;
use sanso::source::SourceText;
use sanso::verify::Options;

use super::arguments::{ConvertArguments, ProveArguments};
use super::chosen::Choice;
use super::open::open;
use super::output::{told, write_output, write_stderr};
use super::phrases::phrases;
use super::progress::Ticker;
use super::status::Status;
use super::{Context, apart, date, limits, texts};

/// Writes a certificate of the document.
///
/// # Errors
/// When the call cannot be used or the file cannot be written.
pub fn run(arguments: &ProveArguments, context: &Context) -> Result<Status> {
    let date = date::today(arguments.date, phrases(context.lang))?;
    apart::check([arguments.file.as_path()], arguments.output.as_deref(), context)?;
    let choice = Choice::of(arguments.policy.as_deref(), arguments.date, context)?;
    let limits = limits::Set::from(&arguments.limits);
    limits.watch(context);
    let source = match open(&arguments.file, limits, context) {
        Ok(source) => source,
        Err(status) => return Ok(status),
    };
    let chosen = match choice.for_document(&source, &arguments.file) {
        Ok(chosen) => chosen,
        Err(status) => return Ok(status),
    };
    chosen.tell(context);
    let policy = chosen.policy;
    let ticker = Ticker::start(context.shows_progress(), source.name(), context.lang);
    let options = Options {
        policy,
        date,
        max_tuples: arguments.max_tuples,
        limit: limits.time,
        memory: limits.memory(),
        audit: false,
        rationale: false,
        progress: &ticker,
    };
    let extent = Extent { max_tuples: arguments.max_tuples, complete: arguments.complete };
    let outcome = run_prove(&source, &options, extent);
    drop(ticker);
    let certificate = match outcome {
        Err(list) => {
            let text = SourceText::of(&source);
            write_stderr(&diagnostics::render(&list.into_sorted(), &text, context.lang, context.stderr.color));
            return Ok(Status::Unusable);
        }
        Ok(Err(error)) => return refuse(&error, context),
        Ok(Ok(certificate)) => certificate,
    };
    let json = bytes_of(&certificate)?;
    write_output(arguments.output.as_deref(), &json, context)?;
    // As `verify` has it, what only warns does not count.
    let grave = |id: &str| policy.requirement(id).is_some_and(|one| one.severity == Severity::Error);
    let mut violated = certificate.requirements.iter().filter(|requirement| requirement.verdict == "violated");
    let violated = violated.any(|requirement| grave(&requirement.id));
    Ok(if violated { Status::Violated } else { Status::Proved })
}

/// A certificate as it is written.
///
/// # Errors
/// Never: it is made of texts and numbers.
pub fn bytes_of(certificate: &impl serde::Serialize) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec(certificate)?;
    json.push(b'\n');
    Ok(json)
}

/// Writes the certificate of what `verify` found, or says why there is none.
///
/// # Errors
/// When there is no certificate or the file cannot be written.
pub fn write(
    path: &Path,
    made: std::result::Result<Certificate, CertifyError>,
    context: &Context,
) -> Result<(Status, Option<CertificateFacts>)> {
    match made {
        Err(error) => Ok((refuse(&error, context)?, None)),
        Ok(certificate) => {
            let json = bytes_of(&certificate)?;
            write_output(Some(path), &json, context)?;
            let facts = CertificateFacts {
                file: told(path).into_owned(),
                sha256: sanso::source::sha256_hex(&json),
                json_sha256: certificate.head.topology.json_sha256,
            };
            Ok((Status::Proved, Some(facts)))
        }
    }
}

/// Says why there is no certificate.
///
/// # Errors
/// When more is wrong than that a limit came first.
pub fn refuse(error: &CertifyError, context: &Context) -> Result<Status> {
    let words = phrases(context.lang);
    match error {
        CertifyError::Undecided(id) => {
            write_stderr(&format!("sanso: {}\n", words.not_proved_in_time(id)));
            Ok(Status::Undecided)
        }
        CertifyError::TooManyTuples(id, count) => bail!("{}", words.too_many_tuples(id, *count)),
        CertifyError::Internal(why) => bail!("{}: {why}", words.internal_error()),
    }
}

/// Writes the document as JSON, or as YAML or a drawing where the name of the output says so.
///
/// # Errors
/// When the file cannot be written.
pub fn convert(arguments: &ConvertArguments, context: &Context) -> Result<Status> {
    apart::check([arguments.file.as_path()], arguments.output.as_deref(), context)?;
    let source = match open(&arguments.file, limits::Set::default(), context) {
        Ok(source) => source,
        Err(status) => return Ok(status),
    };
    let mut found = sanso::diagnostic::Diagnostics::default();
    let document = sanso::document::read(&source, &mut found);
    let json = document.filter(|_| !found.has_errors()).and_then(|_| sanso::document::convert(&source));
    let Some(json) = json else {
        let text = SourceText::of(&source);
        write_stderr(&diagnostics::render(&found.into_sorted(), &text, context.lang, context.stderr.color));
        return Ok(Status::Unusable);
    };
    if let Some(path) = arguments.output.as_deref().filter(|path| is_named(path, &["drawio"])) {
        return drawing(&source, &json, path, context);
    }
    let text = if wants_yaml(arguments.output.as_deref()) { yaml(&source, context)? } else { json };
    write_output(arguments.output.as_deref(), text.as_bytes(), context)?;
    Ok(Status::Proved)
}

/// Whether a file is to be YAML by its name.
pub fn wants_yaml(path: Option<&Path>) -> bool {
    path.is_some_and(|path| is_named(path, &["yaml", "yml"]))
}

/// Whether the name of a file ends so.
fn is_named(path: &Path, ends: &[&str]) -> bool {
    let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    end.is_some_and(|end| ends.contains(&&*end))
}

/// Writes the document as a drawing, and tells what the drawing does not hold.
fn drawing(source: &Source, json: &str, path: &Path, context: &Context) -> Result<Status> {
    // a link to a node that is not there cannot be drawn
    let found = sanso::packet::document(source).1;
    if !found.is_empty() {
        let text = SourceText::of(source);
        write_stderr(&diagnostics::render(&found, &text, context.lang, context.stderr.color));
        return Ok(Status::Unusable);
    }
    let Some(drawing) = sanso::import::draw(json) else {
        bail!("{}", phrases(context.lang).internal_error());
    };
    write_output(Some(path), drawing.text.as_bytes(), context)?;
    if !context.quiet {
        let of_elements = drawing.without.iter().map(|(key, count)| format!("`{key}` ({count})"));
        let all: Vec<String> = of_elements.chain(drawing.keys.iter().map(|key| format!("`{key}`"))).collect();
        let name = told(path);
        let note = if all.is_empty() {
            texts::DRAWN_WHOLE.with(context.lang, &[&name])
        } else {
            texts::DRAWN.with(context.lang, &[&name, &all.join(texts::COMMA.get(context.lang))])
        };
        write_stderr(&format!("sanso: {note}\n"));
    }
    Ok(Status::Proved)
}

/// A document that can be used, as YAML.
///
/// # Errors
/// When it would be another document then.
pub fn yaml(source: &Source, context: &Context) -> Result<String> {
    sanso::document::to_yaml(source).ok_or_else(|| anyhow::anyhow!("{}", texts::NOT_YAML.get(context.lang)))
}
