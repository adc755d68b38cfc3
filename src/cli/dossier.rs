//! The file of `--dossier`: what the audit report says of the audit itself. And when the report is made.

use std::path::Path;

use anyhow::{Result, bail};
use sanso::diagnostic::{Diagnostics, Severity};
use sanso::document::{Dossier, read_dossier};
use sanso::language::Lang;
use sanso::render::diagnostics;
use sanso::source::SourceText;

use super::Context;
use super::formats::{Format, Wanted};
use super::limits;
use super::open::open;
use super::output::write_stderr;
use super::status::Status;

/// Checks that a format which is asked for shows the particulars.
///
/// # Errors
/// A sentence on what is wrong.
pub fn check(dossier: Option<&Path>, wanted: &[Wanted], lang: Lang) -> Result<()> {
    if dossier.is_some() && !wanted.iter().any(|one| matches!(one.format, Format::Html | Format::Pdf)) {
        match lang {
            Lang::En => bail!("--dossier is for the audit report: add --format html=FILE or --format pdf=FILE"),
            Lang::Ja => bail!(
                "--dossier は監査調書のための指定です。--format html=ファイル または --format pdf=ファイル を加えてください"
            ),
        }
    }
    Ok(())
}

/// The particulars in a file, or none where there is no file.
///
/// # Errors
/// When the file cannot be used. Why is told on stderr.
pub fn read(file: Option<&Path>, limits: limits::Set, context: &Context) -> std::result::Result<Dossier, Status> {
    let Some(file) = file else { return Ok(Dossier::default()) };
    let source = open(file, limits, context)?;
    let mut found = Diagnostics::default();
    let dossier = read_dossier(&source, &mut found);
    let found = found.into_sorted();
    if !found.is_empty() {
        let text = SourceText::new(source.name(), source.text());
        write_stderr(&diagnostics::render(&found, &text, context.lang, context.stderr.color));
    }
    match dossier {
        Some(dossier) if found.iter().all(|one| one.severity != Severity::Error) => Ok(dossier),
        _ => Err(Status::Unusable),
    }
}
