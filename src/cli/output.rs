//! Writing: to the standard streams, and files that appear whole or not at all.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Context;
use super::phrases::phrases;

/// Writes bytes to stdout; a reader that went away is no error.
///
/// # Errors
/// When the bytes could not all be written for another reason.
pub fn write_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

#[cfg(feature = "sign")]
/// As [`write_stdout`], for an answer without which nothing is known: that nobody reads it is an error too.
///
/// # Errors
/// When the bytes could not all be written.
pub fn write_answer(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush())
}

/// Writes text to stderr; where that fails there is nobody to tell.
pub fn write_stderr(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// Writes a result to the file that the call names, or to stdout.
///
/// # Errors
/// When it cannot be written, with the path and why.
pub fn write_output(path: Option<&Path>, bytes: &[u8], context: &Context) -> anyhow::Result<()> {
    let words = phrases(context.lang);
    let _no_limit_strikes = super::limits::while_writing();
    match path {
        None => write_stdout(bytes).map_err(|error| anyhow::anyhow!("{}", words.cannot_write(&error.to_string()))),
        Some(path) => write_file_atomically(path, bytes)
            .map_err(|error| anyhow::anyhow!("{}", words.cannot_write_file(&path.to_string_lossy(), &error))),
    }
}

/// Writes a file so that no other run, and no run that fails, is ever seen with half of it: the bytes go to a new file
/// in the same directory, which then takes the place of the old one, with its permissions. Where the path is no regular
/// file (a terminal, a pipe, `/dev/stdout`) there is nothing to replace, and the bytes go there.
///
/// # Errors
/// When the file cannot be written. Then an old file is as it was, and there is no new one.
pub fn write_file_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path == Path::new("/dev/stdout") {
        return write_stdout(bytes);
    }
    let old = match fs::metadata(path) {
        Ok(old) if !old.is_file() && !old.is_dir() => return write_through(path, bytes),
        // A rename would pass over the protection that somebody gave the file.
        Ok(old) if old.permissions().readonly() => return Err(ErrorKind::PermissionDenied.into()),
        Ok(old) => Some(old),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // Of a link, the file that it leads to is replaced, not the link.
    let target = if old.is_some() { fs::canonicalize(path)? } else { path.to_owned() };
    let (partial, mut file) = new_beside(&target, &OpenOptions::new())?;
    let write = || -> io::Result<()> {
        if let Some(old) = old {
            file.set_permissions(old.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&partial, &target)
    };
    write().inspect_err(|_| drop(fs::remove_file(&partial)))
}

#[cfg(feature = "sign")]
/// Writes a file that must not exist yet, as [`write_file_atomically`] does. The `options` say who may read it.
///
/// # Errors
/// When there is a file of this name (it is left alone), or the new one cannot be written.
pub fn write_new_file(path: &Path, bytes: &[u8], options: &OpenOptions) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let (partial, mut file) = new_beside(path, options)?;
    let write = || -> io::Result<()> {
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        // A second name is given to what is whole, which fails where there is such a name; so that a run that is killed
        // leaves nothing under it.
        match fs::hard_link(&partial, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => move_to_new(&partial, path, options),
            linked => linked,
        }
    };
    let written = write();
    drop(fs::remove_file(&partial));
    written
}

#[cfg(feature = "sign")]
/// Where files have one name only: takes the name with an empty file, which looks like nothing, and puts what is whole in
/// its place.
fn move_to_new(partial: &Path, path: &Path, options: &OpenOptions) -> io::Result<()> {
    drop(options.clone().write(true).create_new(true).open(path)?);
    fs::rename(partial, path).inspect_err(|_| drop(fs::remove_file(path)))
}

/// A path as people read it: what lies under the folder in which the call stands, relative to it.
pub fn told(path: &Path) -> Cow<'_, str> {
    let here = std::env::current_dir().ok();
    let relative = here.filter(|_| path.is_absolute()).and_then(|here| path.strip_prefix(here).ok());
    relative.filter(|path| !path.as_os_str().is_empty()).unwrap_or(path).to_string_lossy()
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(bytes)?;
    file.flush()
}

/// How old what a run that was killed left behind is before another takes it away.
const STALE: Duration = Duration::from_hours(24);

/// A new file in the directory of `path`, under a name that nobody takes for it and that no other run has.
fn new_beside(path: &Path, options: &OpenOptions) -> io::Result<(PathBuf, File)> {
    sweep(path);
    let mut last = io::Error::from(ErrorKind::AlreadyExists);
    for _ in 0..100 {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{:016x}.partial", RandomState::new().build_hasher().finish()));
        let partial = PathBuf::from(name);
        match options.clone().write(true).create_new(true).open(&partial) {
            Ok(file) => return Ok((partial, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// Takes away what runs that were killed long ago left behind of this file.
fn sweep(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (Some(name), Ok(entries)) = (path.file_name().and_then(|name| name.to_str()), fs::read_dir(folder)) else {
        return;
    };
    for entry in entries.flatten() {
        let other = entry.file_name();
        let middle =
            other.to_str().and_then(|other| other.strip_prefix(name)?.strip_prefix('.')?.strip_suffix(".partial"));
        let is_ours = middle.is_some_and(|middle| middle.len() == 16 && middle.bytes().all(|b| b.is_ascii_hexdigit()));
        let age = || entry.metadata().ok().filter(fs::Metadata::is_file)?.modified().ok()?.elapsed().ok();
        if is_ours && age().is_some_and(|age| age > STALE) {
            drop(fs::remove_file(entry.path()));
        }
    }
}
