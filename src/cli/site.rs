//! Site files: the files that they name are read from their folder, and what is wrong is told.

use std::io;
use std::path::{Component, Path};

use sanso::import::site::{self, Failure, Loaded, Site};
use sanso::import::text::Refusal;
use sanso::language::Phrase;
use sanso::render::diagnostics;
use sanso::screen::visible;
use sanso::source::{Source, SourceText};

use super::Context;
use super::files::leads_out;
use super::output::{folder_of, write_stderr};
use super::phrases::phrases;
use super::status::Status;

/// What of the disk a site asks for.
#[derive(Clone, Copy)]
pub enum Asked<'p> {
    /// A file, whose bytes are wanted.
    File(&'p Path),
    /// A folder, whose names were read.
    Folder(&'p Path),
    /// Something that is not there.
    Missing(&'p Path),
}

/// The document of a site file.
///
/// # Errors
/// When the site cannot be used; why is told.
pub fn document(source: &Source, file: &Path, context: &Context) -> Result<Source, Status> {
    read(source, file, context).map(|site| site.source)
}

/// The document of a site file, and the files that it names: by their names there, each once.
///
/// # Errors
/// When the site cannot be used; why is told.
#[cfg(feature = "sign")]
pub fn with_files(source: &Source, file: &Path, context: &Context) -> Result<(Source, Vec<(String, Vec<u8>)>), Status> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let folder = folder_of(file);
    let mut load = |asked: Asked<'_>| {
        let Asked::File(path) = asked else { return Ok(Vec::new()) };
        let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
        // A file is read once: what is named twice is the same both times.
        if let Some((_, bytes)) = files.iter().find(|(known, _)| *known == name) {
            return Ok(bytes.clone());
        }
        let bytes = std::fs::read(path)?;
        files.push((name, bytes.clone()));
        Ok(bytes)
    };
    let site = read_by(source, file, context, &mut load).map_err(|failure| told(&failure, context))?;
    Ok((site.source, files))
}

/// A site file with all that it names.
///
/// # Errors
/// When it cannot be used; why is told.
pub fn read(source: &Source, file: &Path, context: &Context) -> Result<Site, Status> {
    read_by(source, file, context, &mut from_disk).map_err(|failure| told(&failure, context))
}

/// The bytes of a file.
///
/// # Errors
/// When it cannot be read.
pub fn from_disk(asked: Asked<'_>) -> io::Result<Vec<u8>> {
    match asked {
        Asked::File(path) => std::fs::read(path),
        Asked::Folder(_) | Asked::Missing(_) => Ok(Vec::new()),
    }
}

/// The same, with a way of one's own to read the files. It is also asked for folders and for what is not there, of which nothing is
/// read.
///
/// # Errors
/// Why there is no site.
pub fn read_by(
    source: &Source,
    file: &Path,
    context: &Context,
    read: &mut dyn FnMut(Asked<'_>) -> io::Result<Vec<u8>>,
) -> Result<Site, Failure> {
    let folder = folder_of(file);
    let cannot = |name: &str, error: &io::Error| {
        Phrase::new(format!("cannot read {name}: {error}"), format!("{name} を読み込めない（{error}）"))
    };
    let mut load = |name: &str| {
        let path = folder.join(name);
        match leaves(folder, name, context) {
            Ok(false) if path.is_dir() => {
                // asked for first: what is put into it meanwhile is seen
                let _ = read(Asked::Folder(&path));
                names(&path).map(Loaded::Folder).map_err(|error| cannot(name, &error))
            }
            Ok(false) => read(Asked::File(&path)).map(Loaded::File).map_err(|error| cannot(name, &error)),
            Ok(true) => Err(Phrase::new(
                format!("{name} lies outside the folder of the site file; move it, or allow it with --allow-outside"),
                format!("{name} はサイトファイルのフォルダーの外にある。移すか、--allow-outside で許すこと"),
            )),
            Err(error) => {
                let _ = read(Asked::Missing(&path));
                Err(cannot(name, &error))
            }
        }
    };
    site::read(source, &mut load)
}

/// What lies in a folder, by name, and which of it are folders.
fn names(folder: &Path) -> io::Result<Vec<(String, bool)>> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        out.push((entry.file_name().to_string_lossy().into_owned(), entry.path().is_dir()));
    }
    out.sort();
    Ok(out)
}

/// Tells why there is no site.
pub fn told(failure: &Failure, context: &Context) -> Status {
    write_stderr(&why(failure, context));
    Status::Unusable
}

/// Why there is no site, for people.
pub fn why(failure: &Failure, context: &Context) -> String {
    let mut out = String::new();
    for (source, found) in &failure.broken {
        let text = SourceText::of(source);
        out += &diagnostics::render(&found.clone().into_sorted(), &text, context.lang, context.stderr.color);
    }
    failure.refusals.iter().for_each(|refusal| out += &refused(refusal, context));
    out
}

/// Why a file cannot be used, as a line.
pub fn refused(refusal: &Refusal, context: &Context) -> String {
    let place = refusal.place.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
    let words = phrases(context.lang);
    let what = visible(refusal.what.get(context.lang)).into_owned();
    format!("{}{place}: {}: {what}\n", visible(&refusal.file), words.error())
}

/// Whether a file that a site file names lies where it must not be read.
fn leaves(folder: &Path, name: &str, context: &Context) -> io::Result<bool> {
    if context.allow_outside {
        return Ok(false);
    }
    let path = Path::new(name);
    let within = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    Ok(!path.components().all(within) || leads_out(folder, &folder.join(path))?)
}
