//! The program: its version, its answers, and what it says where nobody gets the answer.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn call(arguments: &[&str]) -> Command {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pairs");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sanso-check"));
    command.args(arguments).current_dir(folder);
    command
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = call(arguments).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
const GOOD: [&str; 4] = ["single-address.json", "single-address.accepted.json", "--lang", "en"];
const BAD: [&str; 4] = ["single-address.json", "single-address.rejected.json", "--lang", "en"];

#[test]
fn it_has_a_version_of_its_own() {
    assert_eq!(run(&["--version"]), (0, format!("sanso-check {VERSION}\n"), String::new()));
    for other in [&["--version", "a"][..], &["--format"], &["a", "b", "--format", "xml"], &["a"], &[]] {
        let (status, out, err) = run(other);
        assert_eq!((status, out.as_str()), (2, ""), "{other:?}");
        assert!(err.starts_with("usage: sanso-check FILE"), "{err}");
    }
}

#[test]
fn an_answer_names_what_was_read_and_who_read_it() {
    let digest = |name: &str| {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pairs").join(name);
        sanso_check::sha256::hex(&std::fs::read(path).unwrap())
    };
    let policy = sanso_check::policy::built_in("three-tier/alpha").unwrap();
    for (status, arguments, word) in [(0, GOOD, "accepted"), (1, BAD, "rejected")] {
        let (found, text, err) = run(&arguments);
        assert_eq!((found, err.as_str()), (status, ""));
        assert!(text.starts_with(&format!("{word}: ")), "{text}");
        let (document, certificate) = (digest(arguments[0]), digest(arguments[1]));
        let lines = [
            format!("document: sha256 {document}"),
            format!("certificate: sha256 {certificate}"),
            format!("policy: {} sha256 {}", policy.id, policy.sha256),
            format!("checker: sanso-check {VERSION}"),
        ];
        assert!(text.contains(&lines.join("\n")), "{text}");
        let (found, json, err) = run(&[&arguments[..], &["--format", "json"]].concat());
        assert_eq!((found, err.as_str(), json.lines().count()), (status, "", 1));
        let start = format!(
            "{{\"answer\": \"{word}\", \"checker\": {{\"name\": \"sanso-check\", \"version\": \"{VERSION}\"}}, \"document\": \
             {{\"sha256\": \"{document}\"}}, \"source\": null, \"certificate\": {{\"sha256\": \"{certificate}\"}}, "
        );
        assert!(json.starts_with(&start), "{json}");
        sanso_check::json::read(json.as_bytes()).expect("it is JSON");
    }
    let (status, out, err) = run(&["none.json", GOOD[1], "--format", "json"]);
    assert_eq!((status, err.as_str()), (2, ""));
    assert!(out.starts_with("{\"answer\": \"unusable\"") && out.contains("\"document\": null"), "{out}");
    let (status, out, err) = run(&["none.json", GOOD[1]]);
    assert!(status == 2 && out.is_empty() && err.starts_with("sanso-check: none.json: "), "{err}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_nobody_gets_is_none() {
    for arguments in [&GOOD[..], &BAD, &["--version"], &[GOOD[0], GOOD[1], "--format", "json"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        for to in [Stdio::from(full), Stdio::from(writer)] {
            let Output { status, stderr, .. } =
                call(arguments).stdout(to).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
            let err = String::from_utf8(stderr).unwrap();
            assert_eq!(status.code(), Some(2), "{arguments:?}: {err}");
            assert!(err.contains("nothing is known") && err.lines().count() == 1, "{err}");
        }
        // Nor is there anybody to complain to.
        let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
        assert_eq!(call(arguments).stdout(full()).stderr(full()).status().unwrap().code(), Some(2));
    }
}
