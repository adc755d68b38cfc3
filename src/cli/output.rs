//! Writing: to the standard streams, and files that appear whole or not at all.

use std::borrow::Cow;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::Context;
use super::phrases::phrases;

/// Held while a result is written: no call ends in the middle of that.
static WRITING: Mutex<()> = Mutex::new(());

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

/// For as long as a result is written.
pub fn while_writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a result to the file that the call names, or to stdout.
///
/// # Errors
/// When it cannot be written, with the path and why.
pub fn write_output(path: Option<&Path>, bytes: &[u8], context: &Context) -> anyhow::Result<()> {
    let words = phrases(context.lang);
    let _no_limit_strikes = while_writing();
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
    let mut file = new_beside(&target, false)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|failed| failed.error)?;
    Ok(())
}

/// Writes a file that must not exist yet, as [`write_file_atomically`] does. `private`: only its owner may read it.
///
/// # Errors
/// When there is a file of this name (it is left alone), or the new one cannot be written.
#[cfg(feature = "sign")]
pub fn write_new_file(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let mut file = new_beside(path, private)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|failed| failed.error)?;
    Ok(())
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

/// Characters of chance in the name of a file that is not whole yet.
const CHANCE: usize = 16;

/// A new file in the directory of `path`, under a name that nobody takes for it and that no other run has. It goes away unless
/// it takes the place of another.
fn new_beside(path: &Path, private: bool) -> io::Result<NamedTempFile> {
    sweep(path);
    let mut prefix = path.file_name().unwrap_or_default().to_owned();
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".partial").rand_bytes(CHANCE);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(if private { 0o600 } else { 0o666 }));
    #[cfg(not(unix))]
    let _ = private;
    builder.tempfile_in(folder_of(path))
}

/// The folder that a file lies in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Takes away what runs that were killed long ago left behind of this file.
fn sweep(path: &Path) {
    let name = path.file_name().and_then(|name| name.to_str());
    let (Some(name), Ok(entries)) = (name, fs::read_dir(folder_of(path))) else {
        return;
    };
    for entry in entries.flatten() {
        let other = entry.file_name();
        let middle =
            other.to_str().and_then(|other| other.strip_prefix(name)?.strip_prefix('.')?.strip_suffix(".partial"));
        let is_ours =
            middle.is_some_and(|middle| middle.len() == CHANCE && middle.bytes().all(|b| b.is_ascii_alphanumeric()));
        let age = || entry.metadata().ok().filter(fs::Metadata::is_file)?.modified().ok()?.elapsed().ok();
        if is_ours && age().is_some_and(|age| age > STALE) {
            drop(fs::remove_file(entry.path()));
        }
    }
}
