//! The picture of `docs/architecture.md` held to the source: who may use whom, how long a file may be, how it opens.
//! Data goes one way, so the table is ordered: a module uses modules of earlier rows only, and there are no cycles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Module, and the modules that it may use besides [`ALL_USE`]. What is not named here is forbidden. The rows go from the bottom
/// to the top.
const MAY_USE: &[(&str, &[&str])] = &[
    ("language", &[]),
    ("nearest", &[]),
    ("progress", &[]),
    // Only built with the feature `broken-engine`, for tests.
    ("sabotage", &[]),
    ("certificate", &[]),
    ("city", &[]),
    ("screen", &[]),
    ("number", &[]),
    ("code", &[]),
    ("graph", &[]),
    ("source", &["language", "screen"]),
    ("diagnostic", &["language", "source"]),
    ("document", &["diagnostic", "language", "nearest", "source"]),
    ("header", &["document"]),
    ("policy", &["diagnostic", "document", "language", "nearest", "source"]),
    ("model", &["diagnostic", "document", "language", "nearest", "sabotage", "source", "header"]),
    ("topology", &["document", "graph", "model", "sabotage"]),
    ("network", &["document", "graph", "header", "model", "sabotage", "topology"]),
    (
        "engine",
        &["certificate", "document", "graph", "header", "model", "network", "policy", "sabotage", "source", "topology"],
    ),
    ("report", &["diagnostic", "document", "language", "source"]),
    ("refusal", &["diagnostic", "document", "language", "nearest", "policy", "source"]),
    ("session", &["diagnostic", "document", "engine", "language", "model", "policy", "refusal", "report", "source"]),
    (
        "verify",
        &[
            "diagnostic",
            "document",
            "engine",
            "graph",
            "language",
            "model",
            "nearest",
            "network",
            "policy",
            "progress",
            "refusal",
            "report",
            "session",
            "source",
            "header",
            "topology",
        ],
    ),
    (
        "certify",
        &[
            "certificate",
            "diagnostic",
            "document",
            "engine",
            "model",
            "network",
            "policy",
            "source",
            "topology",
            "verify",
        ],
    ),
    ("diff", &["diagnostic", "document", "engine", "model", "policy", "report", "source", "verify"]),
    ("import", &["diagnostic", "document", "language", "nearest", "source"]),
    ("packet", &["diagnostic", "document", "language", "model", "source"]),
    (
        "question",
        &[
            "certificate",
            "certify",
            "diagnostic",
            "document",
            "engine",
            "graph",
            "header",
            "import",
            "language",
            "model",
            "nearest",
            "network",
            "policy",
            "refusal",
            "report",
            "session",
            "source",
            "verify",
        ],
    ),
    ("render", &["diagnostic", "document", "graph", "language", "packet", "report", "screen", "source"]),
    ("attest", &["document", "language", "policy", "render", "report"]),
    (
        "cli",
        &[
            "attest",
            "certificate",
            "certify",
            "city",
            "diagnostic",
            "diff",
            "document",
            "import",
            "language",
            "packet",
            "policy",
            "progress",
            "question",
            "render",
            "report",
            "screen",
            "source",
            "verify",
        ],
    ),
];

/// What every module may use.
const ALL_USE: &[&str] = &["code", "number"];

/// Uses against the table, known and to be mended: module and what it uses.
const KNOWN_USES: &[(&str, &str)] = &[];

const MOST_LINES: usize = 500;

/// Files that are longer, known and to be split.
const KNOWN_LONG: &[&str] = &[];

/// Modules that hold or find facts: what is to be said of them is said in `render/catalogue`.
const OF_FACTS: &[&str] = &["report", "verify", "diff"];

/// A file under `src/`: its path from there, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The module of the first level that it belongs to; `main` and `lib` are themselves.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Its text without comments. (A `//` within a string ends the line too: no path of a module stands behind one.)
    fn code(&self) -> String {
        self.text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
    }

    /// What it uses of the library: `document::Span`, `model`, …; of a group, each item.
    fn uses(&self) -> BTreeSet<String> {
        let code = self.code();
        let mut uses = BTreeSet::new();
        for root in ["crate::", "sanso::"] {
            // in the binary `crate` is the binary itself
            if root == "crate::" && matches!(self.module(), "main" | "cli") {
                continue;
            }
            for (at, _) in code.match_indices(root) {
                let before = code[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '$')) {
                    continue;
                }
                expand(&code[at + root.len()..], "", &mut uses);
            }
        }
        uses
    }
}

/// Reads one path or group `{a, b::{c, d}}` at the beginning of `text`; returns what is behind it.
fn expand<'t>(text: &'t str, prefix: &str, uses: &mut BTreeSet<String>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = expand(rest, prefix, uses).trim_start_matches(|c| !matches!(c, ',' | '}')); // `as name`
            match rest.strip_prefix(',') {
                Some(behind) if !behind.trim_start().starts_with('}') => rest = behind,
                Some(behind) => return &behind.trim_start()[1..],
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let path = if prefix.is_empty() { text[..end].to_owned() } else { format!("{prefix}::{}", &text[..end]) };
    match text[end..].strip_prefix("::") {
        Some(rest) if rest.starts_with(|c: char| c.is_alphabetic() || c == '{' || c == '_') => {
            expand(rest, &path, uses)
        }
        _ => {
            uses.insert(path);
            &text[end..]
        }
    }
}

fn files() -> Vec<File> {
    fn walk(folder: &Path, root: &Path, out: &mut Vec<File>) {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, root, out);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                out.push(File { path: name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut out = Vec::new();
    walk(&root, &root, &mut out);
    assert!(out.len() > 50, "the source is elsewhere");
    out
}

fn fail_on(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\nsee docs/architecture.md\n", complaints.join("\n"));
}

#[test]
fn groups_of_uses_are_read() {
    let file = |text: &str| File { path: "verify/x.rs".to_owned(), text: text.to_owned() };
    for (text, expected) in [
        ("use crate::model::Model;", vec!["model::Model"]),
        ("use crate::{model, engine::{route, trace::Way},};", vec!["engine::route", "engine::trace::Way", "model"]),
        ("let x: crate::header::SetId = crate::cli::f();", vec!["cli::f", "header::SetId"]),
        ("// use crate::cli;\nuse othercrate::cli; mycrate::cli!();", vec![]),
        ("use crate::{policy as p, space};", vec!["policy", "space"]),
        ("use crate::document::*;", vec!["document"]),
        ("use sanso::report;", vec!["report"]),
    ] {
        assert_eq!(file(text).uses().into_iter().collect::<Vec<_>>(), expected, "{text}");
    }
}

#[test]
fn the_table_goes_one_way_and_names_every_module() {
    let mut earlier = BTreeSet::new();
    for (module, uses) in MAY_USE {
        for used in *uses {
            assert!(earlier.contains(used), "{module} would use {used}, which is not below it");
        }
        assert!(earlier.insert(module), "{module} is in the table twice");
    }
    let files = files();
    let modules: BTreeSet<&str> =
        files.iter().map(File::module).filter(|module| !matches!(*module, "lib" | "main")).collect();
    assert_eq!(modules, earlier.into_iter().copied().collect(), "modules of src/ (left) and of the table (right)");
}

#[test]
fn nothing_uses_what_it_must_not_know() {
    let table: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let (files, mut complaints) = (files(), Vec::new());
    let mut unseen: BTreeSet<_> = KNOWN_USES.iter().copied().collect();
    for file in &files {
        let module = file.module();
        // unit tests read documents
        if file.path.ends_with("/tests.rs") {
            continue;
        }
        let Some(may) = table.get(module) else { continue };
        for used in file.uses() {
            let of = used.split("::").next().unwrap_or_default();
            let known = KNOWN_USES.iter().find(|(user, path)| *user == module && used == *path);
            if let Some(known) = known {
                unseen.remove(known);
            } else if of != module && table.contains_key(of) && !may.contains(&of) && !ALL_USE.contains(&of) {
                complaints.push(format!("src/{}: `{module}` must not know `{of}` (it uses {used})", file.path));
            }
        }
    }
    complaints
        .extend(unseen.iter().map(|(user, path)| format!("{user} uses {path} no more: delete it from KNOWN_USES")));
    fail_on(&complaints);
}

/// Whether a text holds Japanese: every sentence is there in both languages.
fn is_japanese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3001}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'))
}

#[test]
fn facts_are_kept_apart_from_prose() {
    assert!(is_japanese("許可") && is_japanese("。") && !is_japanese("⟨id⟩ –…"));
    let mut complaints = Vec::new();
    for file in files().iter().filter(|file| OF_FACTS.contains(&file.module())) {
        let code = file.code();
        let prose = is_japanese(code.split("#[cfg(test)]").next().unwrap_or_default());
        if prose {
            complaints.push(format!("src/{}: a sentence; say it in src/render/catalogue", file.path));
        }
    }
    fail_on(&complaints);
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut complaints = Vec::new();
    for file in files() {
        if !file.text.starts_with("//! ") {
            complaints.push(format!("src/{}: opens without `//!`", file.path));
        }
        let (lines, known) = (file.text.lines().count(), KNOWN_LONG.contains(&&*file.path));
        if lines > MOST_LINES && !known {
            complaints.push(format!("src/{}: {lines} lines, more than {MOST_LINES}: split it", file.path));
        }
        if lines <= MOST_LINES && known {
            complaints.push(format!("src/{}: {lines} lines: delete it from KNOWN_LONG", file.path));
        }
    }
    fail_on(&complaints);
}

#[test]
fn no_code_is_unsafe() {
    let is_unsafe = |file: &File| file.code().split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == "unsafe");
    let complaints: Vec<_> =
        files().iter().filter(|file| is_unsafe(file)).map(|file| format!("src/{}: unsafe", file.path)).collect();
    fail_on(&complaints);
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
}

/// The files of the library and the binary by module path, and what they use of each other: parts of a path joined by `::`.
struct Modules {
    files: BTreeMap<String, File>,
    /// By the path under which a module hands on what is elsewhere: where that is.
    handed_on: BTreeMap<String, String>,
}

/// The path without its last `count` parts.
fn above(path: &str, count: usize) -> String {
    let parts: Vec<&str> = path.split("::").collect();
    parts[..parts.len().saturating_sub(count)].join("::")
}

/// Reads a path from a module, which may lead upwards first.
fn from_above(module: &str, path: &str, found: &mut BTreeSet<String>) {
    let rest = path.trim_start_matches("super::");
    expand(rest, &above(module, (path.len() - rest.len()) / "super::".len()), found);
}

/// The places in code where a path begins with a word, as what follows the word.
fn begins<'t>(code: &'t str, word: &str) -> Vec<&'t str> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '$');
    let starts = code.match_indices(word).filter(|(at, _)| !code[..*at].chars().next_back().is_some_and(inside));
    starts.map(|(at, _)| &code[at + word.len()..]).collect()
}

impl Modules {
    fn new(files: Vec<File>) -> Self {
        let path = |file: &File| file.path.trim_end_matches(".rs").replace('/', "::");
        let files = files.into_iter().filter(|file| !matches!(file.module(), "lib" | "main"));
        let mut out = Self { files: files.map(|file| (path(&file), file)).collect(), handed_on: BTreeMap::new() };
        let mut handed_on = BTreeMap::new();
        for (module, file) in &out.files {
            let code = Self::code(file);
            let words = ["pub use ", "pub(crate) use ", "pub(super) use "];
            for statement in words.into_iter().flat_map(|word| begins(&code, word)) {
                let mut found = BTreeSet::new();
                let rest = statement.trim_start_matches("self::");
                match rest.strip_prefix("crate::") {
                    Some(rest) => _ = expand(rest, "", &mut found),
                    None => from_above(module, rest, &mut found),
                }
                for path in found {
                    let name = path.rsplit("::").next().unwrap_or_default();
                    handed_on.insert(format!("{module}::{name}"), path);
                }
            }
        }
        out.handed_on = handed_on;
        out
    }

    /// The code of a file without its tests.
    fn code(file: &File) -> String {
        let code = file.code();
        code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
    }

    /// The module that a path leads to, through modules that hand on what is elsewhere.
    fn module(&self, path: &str) -> Option<String> {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let prefixes = (0..path.split("::").count()).map(|count| above(&path, count));
            let known = |prefix: &String| self.files.contains_key(prefix) || self.handed_on.contains_key(prefix);
            let prefix = prefixes.into_iter().find(known)?;
            match self.handed_on.get(&prefix) {
                Some(elsewhere) if !self.files.contains_key(&prefix) => {
                    path = format!("{elsewhere}{}", &path[prefix.len()..]);
                }
                _ => return Some(prefix),
            }
        }
        None
    }

    /// The modules that one uses, but those above and below it.
    fn uses(&self, module: &str) -> BTreeSet<String> {
        let code = Self::code(&self.files[module]);
        let mut paths = BTreeSet::new();
        for root in ["crate::", "sanso::"] {
            begins(&code, root).into_iter().for_each(|rest| _ = expand(rest, "", &mut paths));
        }
        begins(&code, "super::").into_iter().for_each(|rest| from_above(&above(module, 1), rest, &mut paths));
        let below = format!("{module}::");
        let children =
            self.files.keys().filter_map(|other| other.strip_prefix(&below)).filter(|name| !name.contains("::"));
        for child in children {
            let rests = begins(&code, &format!("{child}::"));
            rests.into_iter().for_each(|rest| _ = expand(rest, &format!("{below}{child}"), &mut paths));
        }
        let related = |a: &str, b: &str| a == b || a.starts_with(&format!("{b}::"));
        let used = paths.iter().filter_map(|path| self.module(path));
        used.filter(|other| !related(other, module) && !related(module, other)).collect()
    }
}

/// Files that use each other in circles, each with those of the same circles.
fn circles(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<BTreeSet<String>> {
    let reached = |from: &String| {
        let (mut seen, mut stack) = (BTreeSet::new(), vec![from]);
        while let Some(module) = stack.pop() {
            stack.extend(uses[module].iter().filter(|next| seen.insert((*next).clone())));
        }
        seen
    };
    let reach: BTreeMap<&String, BTreeSet<String>> = uses.keys().map(|module| (module, reached(module))).collect();
    let mut out: Vec<BTreeSet<String>> = Vec::new();
    for (module, reaches) in &reach {
        if reaches.contains(*module) && !out.iter().any(|circle| circle.contains(*module)) {
            out.push(reaches.iter().filter(|other| reach[other].contains(*module)).cloned().collect());
        }
    }
    out
}

#[test]
fn files_use_each_other_in_no_circles_but_parent_and_child() {
    let modules = Modules::new(files());
    let uses: BTreeMap<String, BTreeSet<String>> =
        modules.files.keys().map(|module| (module.clone(), modules.uses(module))).collect();
    assert!(uses.values().map(BTreeSet::len).sum::<usize>() > 500, "hardly anything uses anything");
    let complaint = |circle: BTreeSet<String>| {
        let files: Vec<&str> = circle.iter().map(String::as_str).collect();
        format!("src: {} use each other", files.join(", "))
    };
    let complaints: Vec<String> = circles(&uses).into_iter().map(complaint).collect();
    fail_on(&complaints);
}

#[test]
fn circles_are_found_through_what_modules_hand_on() {
    let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
    let modules = Modules::new(vec![
        file("a.rs", "mod b;\nmod c;\nmod d;\npub(crate) use b::{B, b};\nuse c::C;"),
        file("a/b.rs", "use super::c::C;"),
        file("a/c.rs", "use super::B;\n#[cfg(test)]\nmod tests { use crate::a::d::D; }"),
        file("a/d.rs", "use crate::a::c;\nuse super::A; fn d() { super::b::b() }"),
    ]);
    let uses: BTreeMap<String, BTreeSet<String>> =
        modules.files.keys().map(|module| (module.clone(), modules.uses(module))).collect();
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(uses["a"], names(&[]));
    assert_eq!(uses["a::b"], names(&["a::c"]));
    assert_eq!(uses["a::c"], names(&["a::b"]));
    assert_eq!(uses["a::d"], names(&["a::b", "a::c"]));
    assert_eq!(circles(&uses), [names(&["a::b", "a::c"])]);
}
