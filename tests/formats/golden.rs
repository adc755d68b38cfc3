//! Recorded outputs. `SANSO_WRITE_GOLDEN=1 cargo test --test suite formats::` writes them anew.
//!
//! Of a few topologies whole outputs, to be read; of every topology a digest of each output, so that nothing changes
//! unnoticed.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::{FORMATS, LANGS, root, topology};

/// Topologies recorded as a whole. The first is the one that long formats are recorded of.
const WHOLE: [&str; 3] =
    ["mistakes/m02-shared-printer.yaml", "mistakes/m10-trunk-port.yaml", "small/minimal-alpha.yaml"];
/// The longest output that somebody reads.
const READABLE: usize = 64_000;

fn write() -> bool {
    std::env::var_os("SANSO_WRITE_GOLDEN").is_some()
}

fn folder() -> PathBuf {
    root().join("tests/golden/formats")
}

/// The file of the digests.
const DIGESTS: &str = "digests.txt";

fn topologies() -> Vec<String> {
    let mut names = Vec::new();
    for part in ["small", "mistakes", "."] {
        let entries = fs::read_dir(root().join("topologies").join(part)).expect("topologies");
        for entry in entries {
            let name = entry.expect("readable").file_name().into_string().expect("UTF-8");
            let document = name.ends_with(".yaml") || name.ends_with(".json");
            if document && !name.ends_with(".expected.json") {
                names.push(if part == "." { name } else { format!("{part}/{name}") });
            }
        }
    }
    names.sort();
    names
}

/// Compares with what is recorded, or records it.
fn check(name: &str, found: &str) {
    let path = folder().join(name);
    if write() {
        fs::create_dir_all(folder()).expect("the folder can be made");
        fs::write(&path, found).expect("the golden can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    assert!(!expected.trim().is_empty(), "{path:?} is empty");
    assert!(found == expected, "{path:?} is not what is written now:\n{found}");
}

fn stem(topology: &str) -> &str {
    topology.rsplit('/').next().and_then(|name| name.split('.').next()).expect("a file name")
}

#[test]
fn outputs_are_as_recorded() {
    let mut used = BTreeSet::from([DIGESTS.to_owned()]);
    for (number, name) in WHOLE.into_iter().enumerate() {
        let (text, report) = topology(name);
        for format in FORMATS.iter().filter(|format| format.recorded_whole || number == 0) {
            // Text, JSON and drawings are recorded in the folder above; nobody reads the source of a page.
            if matches!(format.word, "text" | "json" | "svg" | "html") {
                continue;
            }
            for (lang, code) in LANGS {
                let found = (format.render)(&report, &text, lang);
                assert!(found.len() < READABLE, "{name} {}: nobody reads {} bytes", format.word, found.len());
                let file = format!("{}.{code}.{}", stem(name), format.ending);
                check(&file, &found);
                used.insert(file);
            }
        }
    }
    for entry in fs::read_dir(folder()).expect("there are goldens") {
        let name = entry.expect("readable").file_name().into_string().expect("UTF-8");
        assert!(used.contains(&name), "tests/golden/formats/{name} belongs to no test");
    }
}

#[test]
fn every_output_of_every_topology_has_the_recorded_digest() {
    let names = topologies();
    assert!(names.len() >= 28, "{} topologies are too few", names.len());
    let mut lines = String::new();
    for name in names {
        let (text, report) = topology(&name);
        for (lang, code) in LANGS {
            lines.push_str(&format!("{name} {code}"));
            for format in FORMATS {
                let digest = Sha256::digest((format.render)(&report, &text, lang).as_bytes());
                let digest: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
                lines.push_str(&format!(" {}:{digest}", format.word));
            }
            lines.push('\n');
        }
    }
    check(DIGESTS, &lines);
}
