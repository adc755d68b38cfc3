//! Documents with a certificate that is to be accepted and one that is to be rejected, made by attack: `pairs/`.
//!
//! `test_sanso_check.py` holds the other checker to the same files.

use sanso_check::{Verdict, check};
use std::path::Path;

#[test]
fn honest_certificates_are_accepted_and_false_ones_rejected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pairs");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some((stem, expected)) = name.strip_suffix(".json").and_then(|name| name.split_once('.')) else { continue };
        let verdict = check(&read(&format!("{stem}.json")), &read(&name));
        let kept = match expected {
            "accepted" => matches!(verdict, Verdict::Accepted { .. } | Verdict::Least { .. }),
            "rejected" => match &verdict {
                // of a repair: a way was dropped
                Verdict::Rejected { requirement, step, .. } => requirement.is_some() || step == "bound",
                _ => false,
            },
            other => panic!("{name}: neither accepted nor rejected but {other}"),
        };
        assert!(kept, "{name}: {verdict:?}");
        seen += 1;
    }
    assert!(seen >= 2, "{seen} certificates");
}
