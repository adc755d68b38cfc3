//! Site files: the files that they name are read from their folder, and what is wrong is told.

use std::path::{Component, Path, PathBuf};

use sanso::import::site::{self, Failure, Site};
use sanso::language::Phrase;
use sanso::render::diagnostics;
use sanso::source::{Source, SourceText};

use super::Context;
use super::import::refuse;
use super::output::write_stderr;
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
    let folder =
        file.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(PathBuf::from("."), Path::to_owned);
    let mut load = |name: &str| load(&folder, name, context);
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
    if !context.allow_outside {
        // a link may lead elsewhere
        let (base, target) = (folder.canonicalize(), whole.canonicalize());
        match (base, target) {
            (Ok(base), Ok(target)) if target.starts_with(&base) => {}
            (Ok(_), Ok(_)) => return Err(outside()),
            (Err(error), _) | (_, Err(error)) => return Err(cannot(&error)),
        }
    }
    std::fs::read(&whole).map_err(|error| cannot(&error))
}
