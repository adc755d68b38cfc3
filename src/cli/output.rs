//! Writing to the standard streams.

use std::io::{self, ErrorKind, Write};

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
