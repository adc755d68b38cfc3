//! Whole outputs of the command, compared to the letter. `SANSO_WRITE_GOLDEN=1 cargo test --test suite golden::` writes them
//! anew.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Topologies, by name below `topologies/`, and their exit status.
const TOPOLOGIES: [(&str, i32); 4] = [
    ("small/minimal-alpha.yaml", 0),
    ("mistakes/m02-shared-printer.yaml", 1),
    ("mistakes/m10-inter-vlan-routing.yaml", 1),
    ("mistakes/m20-ipv6.yaml", 1),
];

#[test]
fn outputs_are_as_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/golden");
    let write = std::env::var_os("SANSO_WRITE_GOLDEN").is_some();
    for (file, status) in TOPOLOGIES {
        let stem = file.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml")).expect("a YAML file");
        for (format, ending) in [("text", "txt"), ("json", "json")] {
            for lang in ["en", "ja"] {
                let output = Command::new(env!("CARGO_BIN_EXE_sanso"))
                    .current_dir(root.join("topologies"))
                    .args(["verify", "--date", "2026-11-22", "--format", format, "--lang", lang, file])
                    .stdin(Stdio::null())
                    .output()
                    .expect("the program starts");
                assert_eq!(output.status.code(), Some(status), "{file}");
                assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{file}");
                let found = String::from_utf8(output.stdout).expect("UTF-8");
                let path = folder.join(format!("{stem}.{lang}.{ending}"));
                if write {
                    fs::create_dir_all(&folder).expect("the folder can be made");
                    fs::write(&path, &found).expect("the golden can be written");
                }
                let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
                assert!(!expected.trim().is_empty(), "{path:?} is empty");
                assert!(found == expected, "{path:?} is not what the command writes:\n{found}");
            }
        }
    }
}
