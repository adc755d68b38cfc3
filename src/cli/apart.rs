//! No output may be a file that the call reads, or another output: a path has many spellings (`./x`, a symbolic link, a
//! second name of the same file), and what is overwritten cannot be read again.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use sanso::language::Phrase;
use sanso::screen::visible;

use super::Context;
use super::output::folder_of;
use super::phrases::phrases;

/// A file, whatever it is called.
#[derive(PartialEq, Eq)]
enum Identity {
    /// Where it lies, for one that is not there yet or has one name only.
    Path(PathBuf),
    /// Device and number of a file.
    #[cfg(unix)]
    Number(u64, u64),
}

/// Which file a path leads to; `None` for what is no regular file and cannot be overwritten (`-`, a terminal, a pipe).
fn identity(path: &Path) -> Option<Identity> {
    match fs::metadata(path) {
        Ok(there) if there.is_file() => {
            #[cfg(unix)]
            return Some(Identity::Number(
                std::os::unix::fs::MetadataExt::dev(&there),
                std::os::unix::fs::MetadataExt::ino(&there),
            ));
            #[cfg(not(unix))]
            return Some(Identity::Path(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())));
        }
        Ok(_) => None,
        Err(_) => {
            let name: OsString = path.file_name()?.to_owned();
            let folder = folder_of(path);
            let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
            Some(Identity::Path(folder.join(name)))
        }
    }
}

/// Refuses a call with an output that is one of its inputs, or another output.
///
/// # Errors
/// A sentence that names the file.
pub fn check<'p>(
    inputs: impl IntoIterator<Item = &'p Path>,
    outputs: impl IntoIterator<Item = &'p Path>,
    context: &Context,
) -> Result<()> {
    let outputs: Vec<(&Path, Identity)> =
        outputs.into_iter().filter_map(|path| Some((path, identity(path)?))).collect();
    if outputs.is_empty() {
        return Ok(());
    }
    let read: Vec<Identity> = inputs.into_iter().filter(|path| *path != Path::new("-")).filter_map(identity).collect();
    for (at, (path, file)) in outputs.iter().enumerate() {
        let shown = path.to_string_lossy();
        let shown = visible(&shown);
        if read.contains(file) {
            let en = format!("the output `{shown}` is a file that this call reads: give it another name");
            let ja = format!("出力先「{shown}」は、このコマンドが読むファイルです。別の名前にしてください");
            bail!("{}", Phrase::new(en, ja).get(context.lang));
        }
        if outputs[..at].iter().any(|(_, other)| other == file) {
            bail!("{}", phrases(context.lang).one_file_twice(&shown));
        }
    }
    Ok(())
}
