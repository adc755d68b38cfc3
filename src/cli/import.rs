//! `sanso import`: configurations become a document. Nothing is written before all of them were read.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use sanso::import::ledger::Fate;
use sanso::import::text::Refusal;
use sanso::import::{self, FORMATS, Format, Read, report};
use sanso::render::diagnostics;
use sanso::screen::visible;
use sanso::source::Source;
use sanso::source::SourceText;

use super::Context;
use super::devices::ImportArguments;
use super::devices::phrases::phrases as own;
use super::output::{write_output, write_stderr};
use super::phrases::phrases;
use super::status::Status;

/// Imports configurations and writes the document and the report.
///
/// # Errors
/// When the call cannot be used, or what came out cannot be written. Files that cannot be used are told of on stderr.
pub fn run(arguments: &ImportArguments, context: &Context) -> Result<Status> {
    let format = format(arguments.import_format.as_deref(), context)?;
    let mut reads: Vec<Read> = Vec::new();
    let mut usable = true;
    for file in files(&arguments.paths, context)? {
        match read(&file, format, context)? {
            Ok(read) => reads.push(read),
            Err(refusal) => {
                refuse(&refusal, context);
                usable = false;
            }
        }
    }
    if !usable {
        return Ok(Status::Unusable);
    }
    apart(&reads, context)?;
    let json = import::document(&reads);
    let text = format!("{json:#}\n");
    // what was written is read as any document is, so that every slip shows
    let source = Source::new("import.json", text.clone().into_bytes())
        .map_err(|_| anyhow::anyhow!("{}", own(context.lang).not_a_document()))?;
    let found = sanso::packet::document(&source).1;
    if !found.is_empty() {
        let shown = SourceText::new(source.name(), source.text());
        write_stderr(&diagnostics::render(&found, &shown, context.lang, context.stderr.color));
        bail!("{}", own(context.lang).not_a_document());
    }
    let is_json = |path: &Path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let document = match &arguments.output {
        Some(path) if is_json(path) => text,
        _ => import::yaml::write(&json),
    };
    let told = match &arguments.report {
        Some(path) if is_json(path) => format!("{:#}\n", report::json(&reads)),
        _ => report::text(&reads, context.lang),
    };
    write_output(arguments.output.as_deref(), document.as_bytes(), context)?;
    match &arguments.report {
        Some(path) => write_output(Some(path), told.as_bytes(), context)?,
        None => write_stderr(&told),
    }
    let lost = reads.iter().any(|read| read.ledger.count(Fate::NotUnderstood) > 0);
    Ok(if arguments.strict && lost { Status::Violated } else { Status::Proved })
}

/// The format that a call names.
///
/// # Errors
/// When there is none of this name.
pub fn format(name: Option<&str>, context: &Context) -> Result<Option<&'static Format>> {
    let Some(name) = name else { return Ok(None) };
    match import::format(name) {
        Some(format) => Ok(Some(format)),
        None => {
            let known: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            bail!("{}", own(context.lang).no_format(&visible(name), &known.join(", ")))
        }
    }
}

/// A file as what it became, or why it is none.
///
/// # Errors
/// When the file cannot be read.
pub fn read(
    file: &Path,
    format: Option<&'static Format>,
    context: &Context,
) -> Result<std::result::Result<Read, Refusal>> {
    let name = file.to_string_lossy();
    match std::fs::read(file) {
        Ok(bytes) => Ok(import::read(&name, &bytes, format)),
        Err(error) => bail!("{}", phrases(context.lang).cannot_read(&visible(&name), &error)),
    }
}

/// Tells why a file is not used.
pub fn refuse(refusal: &Refusal, context: &Context) {
    let place = refusal.place.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
    let words = phrases(context.lang);
    let what = visible(refusal.what.get(context.lang)).into_owned();
    write_stderr(&format!("{}{place}: {}: {what}\n", visible(&refusal.file), words.error()));
}

/// The files that paths name; of a folder, those in it that do not begin with a dot, by name.
fn files(paths: &[PathBuf], context: &Context) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in paths {
        if !path.is_dir() {
            out.push(path.clone());
            continue;
        }
        let told = |error: &std::io::Error| {
            anyhow::anyhow!("{}", phrases(context.lang).cannot_read(&visible(&path.to_string_lossy()), error))
        };
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|error| told(&error))? {
            let entry = entry.map_err(|error| told(&error))?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !hidden && entry.path().is_file() {
                inside.push(entry.path());
            }
        }
        if inside.is_empty() {
            bail!("{}", own(context.lang).no_files(&visible(&path.to_string_lossy())));
        }
        inside.sort();
        out.extend(inside);
    }
    Ok(out)
}

/// Two configurations must not be of one device.
fn apart(reads: &[Read], context: &Context) -> Result<()> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for read in reads {
        for device in &read.import.devices {
            if let Some((id, first)) = seen.iter().find(|(id, _)| *id == device.id) {
                bail!("{}", own(context.lang).same_id(&visible(id), &visible(first), &visible(read.ledger.file())));
            }
            seen.push((&device.id, read.ledger.file()));
        }
    }
    Ok(())
}
