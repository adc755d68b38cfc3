//! The examples for CI: they are YAML, and every call of sanso in them is one that the program accepts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const EXAMPLES: [&str; 3] = ["docs/ci/github.yaml", "docs/ci/gitlab.yaml", ".pre-commit-hooks.yaml"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The calls of sanso in a file, as words; `cargo install … sanso` is none.
fn calls(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("- ").trim_start_matches("run: ").trim_start_matches("entry: ");
        line.strip_prefix("sanso ")
    });
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

#[test]
fn the_examples_are_yaml() {
    for path in EXAMPLES {
        let source = text(path);
        let events = saphyr_parser::Parser::new_from_str(&source).collect::<Result<Vec<_>, _>>();
        assert!(events.is_ok_and(|events| events.len() > 10), "{path} is no YAML");
    }
}

#[test]
fn every_call_in_the_examples_is_accepted() {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ci");
    fs::create_dir_all(&folder).expect("the folder can be made");
    for name in ["network.yaml", "old.yaml"] {
        fs::copy(root().join("topologies/small/minimal-alpha.yaml"), folder.join(name)).expect("it can be copied");
    }
    let mut count = 0;
    for path in EXAMPLES {
        for mut call in calls(&text(path)) {
            if !call.iter().any(|word| word.ends_with(".yaml")) {
                // A hook gets its files behind the call.
                call.push("network.yaml".to_owned());
            }
            let output = Command::new(env!("CARGO_BIN_EXE_sanso"))
                .args(&call)
                .args(["--date", "2026-11-22"])
                .current_dir(&folder)
                .stdin(Stdio::null())
                .output()
                .expect("the program starts");
            assert_eq!(output.status.code(), Some(0), "{path}: {call:?}: {}", String::from_utf8_lossy(&output.stderr));
            for word in call.iter().filter_map(|word| word.split_once('=')).map(|(_, file)| file) {
                let written = fs::read(folder.join(word)).unwrap_or_default();
                assert!(!written.is_empty(), "{path}: {call:?} does not write {word}");
            }
            count += 1;
        }
    }
    assert!(count >= 5, "{count} calls are not all of them");
}
