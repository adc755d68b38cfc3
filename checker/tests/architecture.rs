//! What makes the checker independent: no dependency, nothing of the verifier's library, no unsafe code.

use std::path::Path;

#[test]
fn nothing_of_the_verifier_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("[dependencies") && !manifest.contains("[dev-") && !manifest.contains("[build-"));
    let mut lines = 0;
    for folder in ["src", "tests"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue; // documents and certificates
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("//!"), "{}", path.display());
            for path_of in
                [concat!("sanso", "::"), concat!("extern ", "crate"), concat!("use ", "sanso;"), concat!("#[", "path")]
            {
                assert!(!text.contains(path_of), "{}: {path_of}", path.display());
            }
            if folder == "src" {
                lines += text.lines().count();
                let tokens = text.replace("forbid(unsafe_code)", "");
                assert!(!tokens.contains("unsafe"), "{}", path.display());
            }
        }
    }
    assert!(lines < 8_500, "{lines} lines: no longer reviewable in one sitting");
}
