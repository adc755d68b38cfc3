//! Files that calls read: as they are, or the document of a site file.

use std::io::{self, Read};
use std::path::Path;

use sanso::import::site::is_site;
use sanso::source::Source;

use super::output::{told, write_stderr};
use super::phrases::phrases;
use super::status::Status;
use super::{Context, limits, site};

/// A file as a source.
///
/// # Errors
/// When it cannot be used, or is larger than the memory that the call may use. Why is told on stderr.
pub fn open(file: &Path, limits: limits::Set, context: &Context) -> std::result::Result<Source, Status> {
    let source = open_as_it_is(file, limits, context)?;
    if is_site(source.text().as_bytes()) { site::document(&source, file, context) } else { Ok(source) }
}

/// A file as a source, whether it is a document or a site file.
///
/// # Errors
/// As [`open`].
pub fn open_as_it_is(file: &Path, limits: limits::Set, context: &Context) -> std::result::Result<Source, Status> {
    let words = phrases(context.lang);
    limits.has_room_for(file, context)?;
    let name = told(file);
    let shown = sanso::screen::visible(&name);
    let told = |error: &io::Error| write_stderr(&format!("sanso: {}\n", words.cannot_read(&shown, error)));
    let bytes = read(file).inspect_err(told).map_err(|_| Status::Unusable)?;
    of_bytes(&name, bytes, context)
}

/// Bytes of a file as a source.
///
/// # Errors
/// When they are no text. That is told on stderr.
pub fn of_bytes(name: &str, bytes: Vec<u8>, context: &Context) -> std::result::Result<Source, Status> {
    let told = |error: &sanso::source::SourceError| {
        let (shown, word) = (sanso::screen::visible(name), phrases(context.lang).error());
        write_stderr(&format!("{shown}: {word}: {}\n", error.phrase().get(context.lang)));
    };
    Source::new(name, bytes).inspect_err(told).map_err(|_| Status::Unusable)
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

/// Whether a path means standard input.
pub fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}
