//! `sanso import`: configurations become a document. Nothing is written before all of them were read.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use sanso::import::site::{self, Site};
use sanso::import::text::Refusal;
use sanso::import::{self, FORMATS, Format, report};
use sanso::render::diagnostics;
use sanso::screen::visible;
use sanso::source::Source;
use sanso::source::SourceText;

use super::Context;
use super::arguments::devices::ImportArguments;
use super::devices::phrases as own;
use super::folders::files;
use super::output::{write_output, write_stderr};
use super::phrases::phrases;
use super::site::refused;
use super::status::Status;

/// Imports configurations and writes the document and the report.
///
/// # Errors
/// When the call cannot be used, or what came out cannot be written. Files that cannot be used are told of on stderr.
pub fn run(arguments: &ImportArguments, context: &Context) -> Result<Status> {
    let format = format(arguments.import_format.as_deref(), context)?;
    let files = files(&arguments.paths, context)?;
    let site = match &files[..] {
        [only] if only.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json") => {
            let bytes = bytes(only, context)?;
            if site::is_site(&bytes) { of_site_file(only, bytes, context) } else { of_files(&files, format, context)? }
        }
        files => of_files(files, format, context)?,
    };
    let Ok(mut site) = site else { return Ok(Status::Unusable) };
    // they are in the document now; the report names devices and lines
    site.reads.iter_mut().flat_map(|read| &mut read.import.devices).for_each(|device| device.filters = Vec::new());
    // what was written is read as any document is, so that every slip shows
    let found = sanso::packet::document(&site.source).1;
    if !found.is_empty() {
        let shown = SourceText::of(&site.source);
        write_stderr(&diagnostics::render(&found, &shown, context.lang, context.stderr.color));
        return Ok(Status::Unusable);
    }
    let text = site.source.text();
    let is_json = |path: &Path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let document = match &arguments.output {
        Some(path) if is_json(path) => text.to_owned(),
        _ => sanso::document::to_yaml(&site.source)
            .ok_or_else(|| anyhow::anyhow!("{}", own(context.lang).not_a_document()))?,
    };
    let told = match &arguments.report {
        Some(path) if is_json(path) => format!("{:#}\n", report::json(&site)),
        _ => report::text(&site, context.lang),
    };
    write_output(arguments.output.as_deref(), document.as_bytes(), context)?;
    match &arguments.report {
        Some(path) => write_output(Some(path), told.as_bytes(), context)?,
        None => write_stderr(&told),
    }
    Ok(if arguments.strict && site.lost() > 0 { Status::Violated } else { Status::Proved })
}

fn of_site_file(file: &Path, bytes: Vec<u8>, context: &Context) -> std::result::Result<Site, Status> {
    let name = file.to_string_lossy().into_owned();
    match Source::new(name.clone(), bytes) {
        Ok(source) => super::site::read(&source, file, context),
        Err(error) => {
            let words = phrases(context.lang);
            write_stderr(&format!("{}: {}: {}\n", visible(&name), words.error(), error.phrase().get(context.lang)));
            Err(Status::Unusable)
        }
    }
}

/// Files as one site.
///
/// # Errors
/// When one cannot be read; what is wrong with them is told (`Err` within).
pub fn of_files(
    files: &[PathBuf],
    format: Option<&'static Format>,
    context: &Context,
) -> Result<std::result::Result<Site, Status>> {
    let mut read = Vec::new();
    for file in files {
        read.push((file.to_string_lossy().into_owned(), bytes(file, context)?));
    }
    Ok(site::of_files(read, format).map_err(|failure| super::site::told(&failure, context)))
}

fn bytes(file: &Path, context: &Context) -> Result<Vec<u8>> {
    let told = |error| {
        anyhow::anyhow!("{}", phrases(context.lang).cannot_read_file(&visible(&file.to_string_lossy()), &error))
    };
    std::fs::read(file).map_err(told)
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

/// Tells why a file is not used.
pub fn refuse(refusal: &Refusal, context: &Context) {
    write_stderr(&refused(refusal, context));
}
