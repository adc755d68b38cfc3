//! Warnings are counted apart, and what is loosened stands beside the verdict: in every format, in both languages.

use super::call::{Folder, NET, sanso};

const SITE: &str = "sanso-policy: 1
id: hikari/2026
extends: three-tier/alpha
title: { ja: ひかり, en: Hikari }
requirements:
  - { id: SCHOOL, severity: warning, title: { ja: 学校, en: School }, check: { isolation: { a: { zone: school }, b: { tier: lgwan } } } }
change:
  - { id: LGWAN-INTERNET, off: true, reason: 移行期間, approved_by: CISO, until: 2027-03-31 }
  - { id: LABELLED, severity: warning, reason: 台帳の整備, approved_by: 情報政策課長, until: 2027-03-31 }
";

fn folder(name: &str, policy: &str) -> Folder {
    Folder::new(name, &[("p.yaml", policy), ("net.yaml", NET), ("sanso.toml", "policy = \"p.yaml\"\n")])
}

#[test]
fn a_warning_is_violated_and_the_whole_is_not() {
    let folder = folder("warned", SITE);
    let (status, out, err) = sanso(&folder.0, &["verify", "net.yaml", "--format", "json"]);
    assert_eq!(status, 0, "{out}{err}");
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(report["verdict"], "proved");
    let requirements = report["requirements"].as_array().expect("a list");
    let one = |id: &str| requirements.iter().find(|one| one["id"] == id);
    let school = one("SCHOOL").expect("it is decided");
    assert_eq!((&school["verdict"], &school["severity"]), (&"violated".into(), &"warning".into()));
    assert_eq!(one("LABELLED").expect("it is decided")["severity"], "warning");
    assert!(one("LGWAN-INTERNET").is_none() && one("MN-ISOLATION").expect("it is decided")["severity"].is_null());
    let loosened = report["loosenings"].as_array().expect("they are listed");
    assert_eq!((&loosened[0]["id"], &loosened[0]["off"]), (&"LGWAN-INTERNET".into(), &true.into()));
    assert_eq!((&loosened[1]["severity"], &loosened[1]["until"]), (&"warning".into(), &"2027-03-31".into()));
    let (status, ..) = sanso(&folder.0, &["verify", "net.yaml", "--fail-on", "warning"]);
    assert_eq!(status, 1);
    let (_, alpha, _) = sanso(&folder.0, &["verify", "net.yaml", "--policy", "three-tier/alpha", "--format", "json"]);
    assert!(!alpha.contains("loosenings") && !alpha.contains("severity"), "the bytes of built-in policies stay");
}

#[test]
fn every_format_tells_of_warnings_and_of_what_is_loosened() {
    let folder = folder("told", SITE);
    for format in ["text", "markdown", "html", "sarif", "junit", "github", "json"] {
        for lang in ["en", "ja"] {
            let file = format!("{format}-{lang}");
            let wanted = format!("{format}={file}");
            let call = ["verify", "net.yaml", "--format", &wanted, "--lang", lang];
            let out = std::process::Command::new(env!("CARGO_BIN_EXE_sanso"))
                .current_dir(&folder.0)
                .args(call)
                .env("SOURCE_DATE_EPOCH", "1796000000")
                .output()
                .expect("it runs");
            assert_eq!(out.status.code(), Some(0), "{call:?}: {}", String::from_utf8_lossy(&out.stderr));
            let text = std::fs::read_to_string(folder.0.join(&file)).expect("it was written");
            for word in ["LGWAN-INTERNET", "移行期間", "CISO", "2027-03-31", "SCHOOL"] {
                assert!(text.contains(word), "{format} {lang}: {word}\n{text}");
            }
            let warned = match format {
                "sarif" => text.contains("\"level\": \"warning\""),
                "github" => text.contains("title=SCHOOL") && !text.contains("::error"),
                "json" => text.contains("\"severity\": \"warning\""),
                _ => text.contains("(severity: warning)") || text.contains("（重大度: 警告）"),
            };
            assert!(warned, "{format} {lang}\n{text}");
        }
    }
}

#[test]
fn a_difference_tells_of_what_is_loosened() {
    let folder = folder("compared", SITE);
    for format in ["text", "markdown", "html", "sarif", "junit", "github", "json"] {
        let call = ["diff", "net.yaml", "net.yaml", "--policy", "p.yaml", "--format", format];
        let (_, out, err) = sanso(&folder.0, &call);
        for word in ["LGWAN-INTERNET", "移行期間", "CISO", "2027-03-31"] {
            assert!(out.contains(word), "{format}: {word}\n{out}{err}");
        }
    }
}

#[test]
fn a_loosening_that_has_ended_has_no_effect_and_is_told_of() {
    let folder = folder("ended", &SITE.replace("2027-03-31", "2026-11-01"));
    let (_, out, _) = sanso(&folder.0, &["verify", "net.yaml"]);
    assert!(out.contains("loosening-ended") && out.contains("LGWAN-INTERNET"), "{out}");
    let (_, out, _) = sanso(&folder.0, &["verify", "net.yaml", "--format", "json"]);
    assert!(!out.contains("\"loosenings\""), "{out}");
}

#[test]
fn where_only_warnings_are_about_ways_nothing_is_proved() {
    let policy = "sanso-policy: 1
id: p
title: { ja: 題, en: t }
requirements:
  - { id: A, severity: warning, title: { ja: 題, en: t }, check: { isolation: { a: { tier: my-number }, b: { tier: lgwan } } } }
  - { id: B, title: { ja: 題, en: t }, check: { labelled: {} } }
";
    let folder = folder("nothing", policy);
    let (status, out, err) = sanso(&folder.0, &["verify", "net.yaml"]);
    assert_eq!(status, 3, "{out}{err}");
}
