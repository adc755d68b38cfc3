//! `sanso policy`, and policies of one's own in other calls.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that is gone with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("sanso-policy-{name}-{}", std::process::id()));
        for (file, text) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Status, stdout, stderr.
pub fn sanso(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_sanso"))
        .current_dir(folder)
        .args(arguments)
        .args(["--lang", "en"])
        .env("SOURCE_DATE_EPOCH", "1796000000")
        .output()
        .expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (out.status.code().unwrap_or(-1), text(out.stdout), text(out.stderr))
}

const SITE: &str = "sanso-policy: 1
id: hikari/2026
extends: base/town.yaml
title: { ja: ひかり, en: Hikari }
requirements:
  - { id: SCHOOL, title: { ja: 学校, en: School }, check: { isolation: { a: { zone: school }, b: { tier: lgwan } } } }
";
const TOWN: &str = "sanso-policy: 1
id: town
extends: three-tier/alpha
title: { ja: 町, en: Town }
";
pub const NET: &str = "sanso: 1
zones: { my-number: {}, lgwan: {}, internet: {}, school: {} }
nodes:
  - { id: juki, zone: my-number, kind: server }
  - { id: pc, zone: lgwan, kind: terminal }
  - { id: tablet, zone: school, kind: terminal }
  - { id: sw, kind: switch }
links: [[pc, sw], [tablet, sw]]
";

#[test]
fn a_policy_of_ones_own_is_decided_and_told() {
    let folder = Folder::new("own", &[("p.yaml", SITE), ("base/town.yaml", TOWN), ("net.yaml", NET)]);
    let (status, out, err) = sanso(&folder.0, &["verify", "net.yaml", "--policy", "p.yaml", "--format", "json"]);
    assert_eq!(status, 1, "{out}{err}");
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let school = report["requirements"].as_array().expect("a list").iter().find(|one| one["id"] == "SCHOOL");
    assert_eq!(school.expect("it is decided")["violating"], serde_json::json!([["tablet", "pc"]]));
    assert_eq!(report["policy"]["id"], "hikari/2026");
    let (_, shown, _) = sanso(&folder.0, &["policy", "show", "p.yaml"]);
    let digest = report["policy"]["sha256"].as_str().expect("a digest");
    assert!(shown.contains(digest) && shown.contains("SCHOOL"), "{shown}");
}

#[test]
fn a_certificate_for_a_policy_of_ones_own_is_checked_against_it_by_both_checkers() {
    let folder = Folder::new("proved", &[("p.yaml", SITE), ("base/town.yaml", TOWN), ("net.yaml", NET)]);
    let call = |arguments: &[&str]| sanso(&folder.0, arguments);
    let (status, _, err) = call(&["prove", "net.yaml", "--policy", "p.yaml", "-o", "c.json"]);
    assert_eq!(status, 1, "{err}");
    assert_eq!(call(&["convert", "net.yaml", "-o", "net.json"]).0, 0);
    let (_, canonical, _) = call(&["policy", "show", "p.yaml", "--format", "json"]);
    let (_, alpha, _) = call(&["policy", "show", "three-tier/alpha", "--format", "json"]);
    for (name, text) in
        [("p.json", &canonical), ("alpha.json", &alpha), ("odd.json", &canonical.replace("\"id\"", "\"di\""))]
    {
        std::fs::write(folder.0.join(name), text).expect("a file");
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/checker/sanso_check.py");
    let python = |policy: &[&str]| {
        let output = std::process::Command::new("python3")
            .args([script, "net.json", "c.json", "--lang", "en"])
            .args(policy)
            .current_dir(&folder.0)
            .output()
            .expect("python3");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    // The policy in any form; its canonical JSON; none; another; none that can be read.
    let calls: [(&[&str], i32); 4] =
        [(&["--policy", "p.json"], 0), (&[], 1), (&["--policy", "alpha.json"], 1), (&["--policy", "odd.json"], 2)];
    for (policy, expected) in calls {
        let (status, out, err) = call(&[&["check", "net.json", "c.json", "--lang", "en"][..], policy].concat());
        assert_eq!(status, expected, "{policy:?}: {out}{err}");
        let (status, said) = python(policy);
        assert_eq!(status, Some(expected), "{policy:?}: {said}");
        assert_eq!(expected == 0, said.contains("policy: hikari/2026 sha256") && said.contains("SCHOOL"), "{said}");
    }
    let (status, out, err) = call(&["check", "net.json", "c.json", "--policy", "p.yaml"]);
    assert_eq!(status, 0, "{out}{err}");
}

#[test]
fn what_a_policy_extends_stays_in_its_folder() {
    let away = SITE.replace("base/town.yaml", "../town.yaml");
    let linked = SITE.replace("base/town.yaml", "link.yaml");
    let folder =
        Folder::new("away", &[("a/p.yaml", &away), ("a/q.yaml", &linked), ("town.yaml", TOWN), ("net.yaml", NET)]);
    let (status, _, err) = sanso(&folder.0, &["policy", "show", "a/p.yaml"]);
    assert!(status == 2 && err.contains("a/p.yaml:3:10") && err.contains("leads out of the folder"), "{err}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.0.join("town.yaml"), folder.0.join("a/link.yaml")).expect("a link");
        let (status, _, err) = sanso(&folder.0, &["policy", "show", "a/q.yaml"]);
        assert!(status == 2 && err.contains("leads out of the folder"), "links are followed: {err}");
    }
}

#[test]
fn the_calls_say_what_they_are_asked() {
    let loose = format!(
        "{}change:\n  - {{ id: LABELLED, off: true, reason: r, approved_by: CISO, until: 2027-03-31 }}\n",
        TOWN.replace("id: town", "id: town-b")
    );
    let folder = Folder::new("calls", &[("p.yaml", TOWN), ("q.yaml", &loose), ("bad.yaml", "sanso-policy: 1\n")]);
    let run = |arguments: &[&str]| sanso(&folder.0, arguments);
    let (status, out, _) = run(&["policy", "list"]);
    assert!(status == 0 && out.starts_with("three-tier/alpha  "), "{out}");
    let (status, out, _) = run(&["policy", "lint", "p.yaml"]);
    assert_eq!((status, out.as_str()), (0, "nothing to remark\n"));
    let (status, out, _) = run(&["policy", "diff", "p.yaml", "q.yaml"]);
    assert_eq!((status, out.as_str()), (1, "- looser  LABELLED: switched off until 2027-03-31\n"));
    let (status, out, _) = run(&["policy", "diff", "q.yaml", "p.yaml"]);
    assert_eq!((status, out.as_str()), (0, "+ stricter  LABELLED: in force again\n"));
    let (status, out, _) = run(&["policy", "show", "q.yaml"]);
    assert!(status == 0 && out.contains("LABELLED: off until 2027-03-31: r (approved by CISO)"), "{out}");
    let (status, out, _) = run(&["policy", "show", "q.yaml", "--format", "json"]);
    assert!(status == 0 && out.starts_with("{\"change\":[{\"approved_by\":\"CISO\""), "{out}");
    let (status, out, _) = run(&["policy", "schema"]);
    let schema: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert!(status == 0 && schema["$ref"] == "#/$defs/policy");
    for (arguments, said) in [
        (&["policy", "show"][..], "`sanso policy show` wants one policy"),
        (&["policy", "list", "x"], "wants no policy"),
        (&["policy", "show", "three-tier/omega"], "there is no policy `three-tier/omega`"),
        (&["policy", "show", "none.yaml"], "none.yaml"),
        (&["policy", "lint", "bad.yaml"], "bad.yaml:1:1"),
        (&["verify", "p.yaml", "--policy", "bad.yaml"], "the policy bad.yaml cannot be used"),
    ] {
        let (status, out, err) = run(arguments);
        assert!(status == 2 && out.is_empty() && err.contains(said), "{arguments:?}: {err}");
    }
}

#[test]
fn a_document_says_what_it_is_held_against_and_no_call_changes_that_silently() {
    let net = |more: &str| NET.replacen("sanso: 1\n", &format!("sanso: 1\n{more}\n"), 1);
    let folder = Folder::new(
        "document",
        &[
            ("city/p.yaml", SITE),
            ("city/base/town.yaml", TOWN),
            ("city/net.yaml", &net("policy: p.yaml")),
            ("city/out.yaml", &net("policy: ../p.yaml")),
            ("city/none.yaml", &net("policy: nothing")),
            ("city/model.yaml", &net("model: alpha")),
            ("city/edition.yaml", &net("edition: 2024-10")),
            (
                "city/waives.yaml",
                &format!("{}exceptions: [{{ id: x, from: any, to: any, service: any, waives: [SCHOOL] }}]\n", net("")),
            ),
        ],
    );
    let verify = |file: &str, more: &[&str]| {
        let (status, out, err) = sanso(&folder.0, &[&["verify", file, "--format", "json"], more].concat());
        (status, serde_json::from_str::<serde_json::Value>(&out).unwrap_or_default(), err)
    };
    let warned = |report: &serde_json::Value| {
        report["warnings"].as_array().into_iter().flatten().any(|one| one["code"] == "policy-not-used")
    };
    let (status, report, err) = verify("city/net.yaml", &[]);
    assert_eq!((status, report["policy"]["id"].as_str()), (1, Some("hikari/2026")), "{err}");
    assert!(!warned(&report));
    // The document goes before the call, and a warning says so.
    let (status, report, _) = verify("city/net.yaml", &["--policy", "three-tier/alpha"]);
    assert_eq!((status, report["policy"]["id"].as_str()), (1, Some("hikari/2026")));
    assert!(warned(&report), "{report:#}");
    // The same policy, named twice.
    let (_, report, _) = verify("city/net.yaml", &["--policy", "city/p.yaml"]);
    assert!(!warned(&report), "{report:#}");
    for (file, says) in
        [("city/out.yaml", "leads out of the folder"), ("city/none.yaml", "there is no policy `nothing`")]
    {
        let (status, _, err) = verify(file, &[]);
        assert_eq!(status, 2);
        assert!(err.contains("error[bad-policy]") && err.contains(says), "{err}");
        assert!(err.contains(&format!("{file}:2:9")), "{err}");
    }
    // A policy that rests on the one of the model asks for that and more.
    let (_, report, _) = verify("city/model.yaml", &["--policy", "city/p.yaml"]);
    assert_eq!(report["policy"]["id"], "hikari/2026");
    let (_, alpha, _) = verify("city/model.yaml", &[]);
    let (status, of_edition, err) = verify("city/edition.yaml", &[]);
    assert_eq!((status, of_edition["policy"]["id"].as_str()), (0, Some("three-tier/alpha")), "{err}");
    assert_ne!(of_edition["policy"]["sha256"], alpha["policy"]["sha256"]);
    let (status, _, err) = verify("city/edition.yaml", &["--policy", "city/p.yaml"]);
    assert!(status == 2 && err.contains("error[wrong-edition]"), "{err}");
    // What can be waived is for the policy to say.
    let (status, _, err) = verify("city/waives.yaml", &[]);
    assert!(status == 2 && err.contains("error[not-waivable]"), "{err}");
    let (status, report, err) = verify("city/waives.yaml", &["--policy", "city/p.yaml"]);
    assert_eq!((status, report["policy"]["id"].as_str()), (1, Some("hikari/2026")), "{err}");
    let school = report["requirements"].as_array().expect("a list").iter().find(|one| one["id"] == "SCHOOL");
    assert_eq!(school.expect("it is decided")["verdict"], "proved", "its only path is excused");
}

#[test]
fn what_a_policy_names_keeps_its_name_under_redaction() {
    let folder = Folder::new("redact", &[("p.yaml", SITE), ("base/town.yaml", TOWN), ("net.yaml", NET)]);
    let call = ["verify", "net.yaml", "--policy", "p.yaml", "--redact", "--format", "json"];
    let (status, out, err) = sanso(&folder.0, &call);
    assert_eq!(status, 1, "{out}{err}");
    assert!(!out.contains("tablet"), "{out}");
}
