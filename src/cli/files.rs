//! Files of a call: names, directories, and patterns for those whose shell does not know them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use sanso::screen::visible;

use super::Context;
use super::output::write_stderr;
use super::phrases::phrases;
use super::texts;

/// The files that a call names.
pub struct Files {
    /// In the order of the call, those of a directory or pattern by name; each once.
    pub list: Vec<PathBuf>,
    /// Whether the call may mean several, whatever was found: then results are lists.
    pub several: bool,
}

/// Finds the files.
///
/// # Errors
/// When a directory or pattern holds none, or cannot be read. Missing files are found out by whoever reads them.
pub fn find(named: &[PathBuf], context: &Context) -> Result<Files> {
    let mut files = Files { list: Vec::new(), several: named.len() > 1 };
    for name in named {
        let text = name.to_string_lossy();
        if name.is_dir() {
            files.several = true;
            files.list.extend(of_directory(name, context)?);
        } else if !name.exists() && text.contains(['*', '?', '[']) {
            files.several = true;
            let found = match glob::glob(&text) {
                Ok(found) => found,
                Err(error) => bail!("{}", texts::BAD_PATTERN.with(context.lang, &[&visible(&text), error.msg])),
            };
            let found: Vec<PathBuf> = found.filter_map(Result::ok).filter(|path| path.is_file()).collect();
            if found.is_empty() {
                bail!("{}", texts::NO_MATCH.with(context.lang, &[&visible(&text)]));
            }
            files.list.extend(found);
        } else {
            files.list.push(name.clone());
        }
    }
    // Once each, but `- -` stays for whoever refuses it.
    let mut seen = HashSet::new();
    files
        .list
        .retain(|path| path == Path::new("-") || seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    Ok(files)
}

/// Whether a file lies outside of a folder once links are followed.
///
/// # Errors
/// When one of them is not there, or cannot be looked at.
pub fn leads_out(folder: &Path, file: &Path) -> std::io::Result<bool> {
    Ok(!file.canonicalize()?.starts_with(folder.canonicalize()?))
}

/// The topology files of a directory and of those in it, by path.
fn of_directory(folder: &Path, context: &Context) -> Result<Vec<PathBuf>> {
    let (mut open, mut found, mut others) = (vec![folder.to_owned()], Vec::new(), Vec::new());
    let words = phrases(context.lang);
    while let Some(folder) = open.pop() {
        let failed = |error: &std::io::Error| words.cannot_read_file(&visible(&folder.to_string_lossy()), error);
        let entries = std::fs::read_dir(&folder).map_err(|error| anyhow::anyhow!("{}", failed(&error)))?;
        for entry in entries {
            let entry = entry.map_err(|error| anyhow::anyhow!("{}", failed(&error)))?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // a link to a directory may lead back
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            } else if path.is_file() && is_named_so(&path) {
                // what cannot be read is told of by whoever reads it
                if std::fs::read(&path).map_or(true, |bytes| is_topology(&bytes)) {
                    found.push(path);
                } else {
                    others.push(path);
                }
            }
        }
    }
    found.sort();
    others.sort();
    let folder = folder.to_string_lossy();
    let folder = visible(&folder);
    if !others.is_empty() && !context.quiet {
        const MOST: usize = 5;
        let mut names: Vec<String> =
            others.iter().take(MOST).map(|path| visible(&path.to_string_lossy()).into_owned()).collect();
        if others.len() > MOST {
            names.push("…".to_owned());
        }
        let note = texts::LEFT_OUT.with(context.lang, &[&folder, &others.len().to_string(), &names.join(", ")]);
        write_stderr(&format!("sanso: {note}\n"));
    }
    if found.is_empty() {
        bail!("{}", texts::NO_FILES.with(context.lang, &[&folder]));
    }
    Ok(found)
}

fn is_named_so(path: &Path) -> bool {
    let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    end.is_some_and(|end| ["yaml", "yml", "json"].contains(&&*end))
}

/// Whether a text has the key `sanso` with a number, as topologies have and reports of ours (with a text) do not. What is
/// broken otherwise is taken, so that it is told of.
fn is_topology(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.match_indices("sanso").any(|(at, word)| {
        let before = text[..at].trim_end_matches(['"', '\'']);
        let behind = text[at + word.len()..].trim_start_matches(['"', '\'']).trim_start();
        let begins = before.is_empty() || before.ends_with(['\n', '{', ',', ' ', '\t', '\u{feff}']);
        let value = behind.strip_prefix([':', '：']).map(str::trim_start);
        begins && value.is_some_and(|value| !value.starts_with('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topologies_are_told_from_what_else_lies_beside_them() {
        for text in
            ["sanso: 1\n", "{\"sanso\": 1}", "# c\nsanso： 1", "---\n{sanso: 1}", "\u{feff}sanso: 2", "'sanso': 1"]
        {
            assert!(is_topology(text.as_bytes()), "{text}");
        }
        for text in ["", "a: 1", "{\"sanso\": \"0.1.0\"}", "{\"tool\": \"sanso 0.1.0\"}", "name: sanso"] {
            assert!(!is_topology(text.as_bytes()), "{text}");
        }
    }
}
