//! Site files: the files that they name are read from their folder, and what is wrong is told.

use std::path::{Component, Path};

use sanso::import::site::{self, Failure, Site};
use sanso::language::Phrase;
use sanso::render::diagnostics;
use sanso::source::{Source, SourceText};

use super::Context;
use super::files::leads_out;
use super::import::refuse;
use super::output::{folder_of, write_stderr};
use super::status::Status;

/// The document of a site file.
///
/// # Errors
/// When the site cannot be used; why is told.
pub fn document(source: &Source, file: &Path, context: &Context) -> Result<Source, Status> {
    read(source, file, context).map(|site| site.source)
}

/// A site file with all that it names.
///
/// # Errors
/// When it cannot be used; why is told.
pub fn read(source: &Source, file: &Path, context: &Context) -> Result<Site, Status> {
    let mut load = |name: &str| load(folder_of(file), name, context);
    site::read(source, &mut load).map_err(|failure| told(&failure, context))
}

/// Tells why there is no site.
pub fn told(failure: &Failure, context: &Context) -> Status {
    for (source, found) in &failure.broken {
        let text = SourceText::of(source);
        write_stderr(&diagnostics::render(&found.clone().into_sorted(), &text, context.lang, context.stderr.color));
    }
    failure.refusals.iter().for_each(|refusal| refuse(refusal, context));
    Status::Unusable
}

/// A file that a site file names, if it lies in the folder.
fn load(folder: &Path, name: &str, context: &Context) -> Result<Vec<u8>, Phrase> {
    let path = Path::new(name);
    let outside = || {
        Phrase::new(
            format!("{name} lies outside the folder of the site file; move it, or allow it with --allow-outside"),
            format!("{name} はサイトファイルのフォルダーの外にある。移すか、--allow-outside で許すこと"),
        )
    };
    let cannot = |error: &std::io::Error| {
        Phrase::new(format!("cannot read {name}: {error}"), format!("{name} を読み込めない（{error}）"))
    };
    let leaves = path.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
    if leaves && !context.allow_outside {
        return Err(outside());
    }
    let whole = folder.join(path);
    if !context.allow_outside && leads_out(folder, &whole).map_err(|error| cannot(&error))? {
        return Err(outside());
    }
    std::fs::read(&whole).map_err(|error| cannot(&error))
}
