//! Writing: to the standard streams, and files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

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

/// Writes a file that must not exist yet, as [`write_file_atomically`] does. The `options` say who may read it.
///
/// # Errors
/// When there is a file of this name (it is left alone), or the new one cannot be written.
pub fn write_new_file(path: &Path, bytes: &[u8], options: &OpenOptions) -> io::Result<()> {
    // The name is taken with an empty file, which looks like nothing; what is whole then moves there.
    drop(options.clone().write(true).create_new(true).open(path)?);
    let write = || -> io::Result<()> {
        let (partial, mut file) = new_beside(path, options)?;
        let write = || -> io::Result<()> {
            file.write_all(bytes)?;
            file.sync_all()?;
            drop(file);
            fs::rename(&partial, path)
        };
        write().inspect_err(|_| drop(fs::remove_file(&partial)))
    };
    write().inspect_err(|_| drop(fs::remove_file(path)))
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(bytes)?;
    file.flush()
}

/// A new file in the directory of `path`, under a name that nobody takes for it.
fn new_beside(path: &Path, options: &OpenOptions) -> io::Result<(PathBuf, File)> {
    let mut last = io::Error::from(ErrorKind::AlreadyExists);
    // What a run that was killed left behind is not in the way.
    for attempt in 0..100 {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}-{attempt}.partial", std::process::id()));
        let partial = PathBuf::from(name);
        match options.clone().write(true).create_new(true).open(&partial) {
            Ok(file) => return Ok((partial, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}
