//! What real devices do, written as the fourth edition can say it: each of these designs was once transcribed so that it was
//! proved, although data gets through. The first line of each file says what must be violated, and by whom.

use crate::engine;

use std::fs;
use std::path::Path;

use sanso::document::convert;
use sanso::source::Source;

#[test]
fn what_devices_let_through_is_found_and_shown() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/devices");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a text");
        let first = text.lines().next().expect("a line");
        let words: Vec<&str> = first.trim_start_matches("# ").split(' ').collect();
        let [requirement, a, b] = words[..] else { panic!("{path:?}: {first}") };
        let source = Source::new(path.to_string_lossy(), text.clone().into_bytes()).expect("a text");
        let json = convert(&source).unwrap_or_else(|| panic!("{path:?} does not read"));
        let report = engine::report(&path.to_string_lossy(), &json).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let found = report.requirements.iter().find(|one| one.id == requirement).expect("a requirement");
        let pair = if b == "-" { vec![a.to_owned()] } else { vec![a.to_owned(), b.to_owned()] };
        assert!(found.violating.contains(&pair), "{path:?}: {:?}", found.violating);
        assert!(found.findings.iter().all(|finding| !finding.sessions.is_empty()), "{path:?} shows no packet");
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
}
