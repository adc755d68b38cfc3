//! Names of nodes and zones for the completion in a shell: those of the document that stands earlier on the line.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap_complete::CompletionCandidate;
use sanso::document::{Ids, ids};
use sanso::import::{self, site};
use sanso::language::Lang;
use sanso::source::Source;

use super::Context;
use super::config::Config;
use super::folders::{files, is_document};
use super::terminal::Terminal;

/// So many names are offered at once; of more only how they begin.
const MOST: usize = 1_000;

/// The zones that every document has.
const TIERS: [&str; 3] = ["my-number", "lgwan", "internet"];

/// Nodes of the document that is named earlier on the line.
pub fn nodes(current: &OsStr) -> Vec<CompletionCandidate> {
    offered(current, false)
}

/// Nodes and zones (`zone:Z`) of it.
pub fn nodes_and_zones(current: &OsStr) -> Vec<CompletionCandidate> {
    offered(current, true)
}

fn offered(current: &OsStr, zones: bool) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let words: Vec<OsString> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    let Some(found) = file(&words).and_then(|file| names(&file, current)) else { return Vec::new() };
    let mut all = found.nodes;
    if zones {
        let own = found.zones.iter().map(String::as_str).filter(|zone| !TIERS.contains(zone));
        let of_zone = TIERS.into_iter().chain(own).map(|zone| format!("zone:{zone}"));
        all.extend(of_zone.filter(|word| word.starts_with(current)));
    }
    few(all).into_iter().map(CompletionCandidate::new).collect()
}

/// The file that a call asks about: the first word behind the command that is one.
fn file(words: &[OsString]) -> Option<PathBuf> {
    let asks = |word: &OsString| ["why", "packet", "rules", "exposure"].iter().any(|known| word == known);
    let command = words.iter().skip(1).position(asks)? + 1;
    words[command + 1..].iter().map(PathBuf::from).find(|path| path.exists())
}

/// The names in a document, or in what a site file, a configuration or a folder of them becomes. What cannot be read has none: the terminal
/// is the shell's, and nothing is told.
fn names(path: &Path, beginning: &str) -> Option<Ids> {
    let of = |source: &Source| ids(source, beginning);
    if path.is_dir() {
        let files = files(&[path.to_path_buf()], &silent()).ok()?;
        let read = |file: &PathBuf| Some((file.to_string_lossy().into_owned(), std::fs::read(file).ok()?));
        return of(&site::of_files(files.iter().map(read).collect::<Option<Vec<_>>>()?, None).ok()?.source);
    }
    let (name, bytes) = (path.to_string_lossy(), std::fs::read(path).ok()?);
    if site::is_site(&bytes) {
        let outline = Source::new(&*name, bytes).ok()?;
        return of(&super::site::read_by(&outline, path, &silent(), &mut super::site::from_disk).ok()?.source);
    }
    if is_document(&bytes) {
        return of(&Source::new(&*name, bytes).ok()?);
    }
    let read = import::read(&name, &bytes, None).ok()?;
    of(&Source::new("import.json", import::document(&[read]).to_string().into_bytes()).ok()?)
}

fn silent() -> Context {
    let (stdout, stderr) = (Terminal::stdout(), Terminal::stderr());
    let config = Config::default();
    Context { lang: Lang::En, lang_asked: None, stdout, stderr, quiet: true, allow_outside: false, config }
}

/// What is offered of names that fit: all, or of many only how they go on behind what they have in common.
fn few(mut all: Vec<String>) -> Vec<String> {
    if all.len() <= MOST {
        return all;
    }
    all.sort_unstable();
    let (first, last) = (&all[0], &all[all.len() - 1]);
    // Sorted, so that what the first and the last have in common all have.
    let common: usize = first.chars().zip(last.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let beginning = |name: &String| {
        let more = name[common..].chars().next().map_or(0, char::len_utf8);
        name[..common + more].to_owned()
    };
    let mut out: Vec<String> = all.iter().map(beginning).collect();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_names_it_is_told_how_they_go_on() {
        let names = |count: usize| (0..count).map(|at| format!("端末-{at:04}")).collect::<Vec<_>>();
        assert_eq!(few(names(MOST)).len(), MOST);
        let mut many = names(3_000);
        many.push("端末-".to_owned());
        assert_eq!(few(many), ["端末-", "端末-0", "端末-1", "端末-2"]);
    }

    #[test]
    fn the_file_is_the_first_word_behind_the_command_that_is_one() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let manifest = PathBuf::from("Cargo.toml");
        for line in ["sanso why Cargo.toml a", "sanso --lang ja packet --in x Cargo.toml", "sanso why Cargo.toml src"] {
            assert_eq!(file(&words(line)), Some(manifest.clone()), "{line}");
        }
        for line in ["sanso verify Cargo.toml a", "sanso why no-such-file a", "sanso"] {
            assert_eq!(file(&words(line)), None, "{line}");
        }
    }
}
