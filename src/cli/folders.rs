//! Configurations of a call: files, and what lies in folders.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use sanso::import::{self, site};
use sanso::screen::visible;

use super::Context;
use super::devices::phrases as own;
use super::phrases::phrases;

/// The files that paths name; of a folder, those in it that do not begin with a dot, by name.
///
/// # Errors
/// When a folder cannot be read, or has none.
pub fn files(paths: &[PathBuf], context: &Context) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in paths {
        if !path.is_dir() {
            out.push(path.clone());
            continue;
        }
        let before = out.len();
        folder(path, context, &mut out)?;
        if out.len() == before {
            bail!("{}", own(context.lang).no_files(&visible(&path.to_string_lossy())));
        }
    }
    Ok(out)
}

/// The files of a folder, and of the folders in it that are named after an account or a region of AWS.
fn folder(path: &Path, context: &Context, out: &mut Vec<PathBuf>) -> Result<()> {
    let told = |error: &std::io::Error| {
        anyhow::anyhow!("{}", phrases(context.lang).cannot_read_file(&visible(&path.to_string_lossy()), error))
    };
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| told(&error))? {
        let entry = entry.map_err(|error| told(&error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && import::aws::is_scope(&name) || entry.path().is_file() && !name.starts_with('.') {
            inside.push(entry.path());
        }
    }
    inside.sort();
    for path in inside {
        if path.is_dir() { folder(&path, context, out)? } else { out.push(path) }
    }
    Ok(())
}

/// Whether bytes are a document: a line begins with its key, or it is a JSON object that has it.
pub fn is_document(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let by_line = text.lines().any(|line| {
        let line = line.trim_start_matches(['{', ' ', '\t', '\u{feff}']);
        line.starts_with("sanso:") || line.starts_with("\"sanso\"")
    });
    by_line || site::is_object_with(&text, "sanso")
}
