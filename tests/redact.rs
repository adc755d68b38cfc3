//! `--redact`: nothing of a document is in what is written, and what is decided stays what it is.

use crate::engine;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::interpreter::random;
use sanso::document::Date;
use sanso::policy::{DEFAULT, Policy};
use sanso::progress::Silent;
use sanso::report::Report;
use sanso::report::cause::What;
use sanso::source::Source;
use sanso::verify::{Options, run_redacted};
use serde_json::Value;

/// A document in which everything that could be told has a mark of its own: `himitsu`, or an address of 203.0.113.0/24,
/// 198.51.100.0/24 or 2001:db8:77::/48.
const DOCUMENT: &str = r#"
sanso: 1
name: himitsu city
zones:
  my-number: { networks: [203.0.113.0/25], title: himitsu-title }
  himitsu-zone: { networks: [198.51.100.0/24], title: himitsu-school }
groups:
  himitsu-group: [198.51.100.9, 203.0.113.7-203.0.113.9]
services:
  himitsu-service: [tcp/443]
nodes:
  - { id: himitsu-db, kind: terminal, addresses: [203.0.113.5], controls: [mfa, himitsu-control], tags: [himitsu-tag], title: himitsu-1, note: himitsu-2 }
  - { id: himitsu-lg, zone: lgwan, addresses: ["2001:db8:77::5"] }
  - { id: himitsu-it, zone: internet, kind: external }
  - { id: himitsu-pc, addresses: [198.51.100.9, 198.51.100.32/28] }
  - { id: himitsu-lost }
  - id: himitsu-fw
    kind: firewall
    filters:
      - name: himitsu-filter
        rules:
          - { id: himitsu-rule, action: permit, from: ["group:himitsu-group", "zone:himitsu-zone"], to: ["node:himitsu-db"], service: himitsu-service, in: [himitsu-if], note: himitsu-3 }
          - { id: himitsu-all, action: permit, from: any, to: 198.51.100.77, service: any, out: [himitsu-db] }
          - { id: himitsu-any, action: permit }
          - { id: himitsu-never, action: permit, from: "203.0.113.5" }
  - { id: himitsu-gw, kind: gateway, relays: [{ from: "tag:himitsu-tag", to: "node:himitsu-lg" }] }
  - { id: himitsu-router, kind: router, routes: [{ to: 203.0.113.0/24, via: himitsu-fw }, { to: 198.51.100.0/24, drop: true }] }
links:
  - [himitsu-db, himitsu-fw]
  - { between: ["himitsu-fw:himitsu-if", himitsu-pc], id: himitsu-link }
  - ["himitsu-fw:himitsu-wan", himitsu-lg]
  - [himitsu-it, himitsu-router]
  - [himitsu-router, himitsu-fw]
  - [himitsu-gw, himitsu-fw]
  - [himitsu-lost, himitsu-fw]
exceptions:
  - { id: himitsu-x, from: ["node:himitsu-db"], to: [198.51.100.9], service: himitsu-service, reason: himitsu-reason, approved_by: himitsu-person, attested: { by: himitsu-body, basis: himitsu-basis } }
  - { id: himitsu-y, from: ["zone:himitsu-zone"], to: ["group:himitsu-group"], service: any, approved_by: himitsu-person }
"#;

const MARKS: [&str; 5] = ["himitsu", "203.0.113", "198.51.100", "2001:db8", "db8:77"];

fn assert_clean(text: &str, what: &str) {
    for mark in MARKS {
        if let Some(at) = text.find(mark) {
            let from = (0..=at.saturating_sub(80)).rev().find(|&from| text.is_char_boundary(from)).unwrap_or(0);
            panic!("{what}: {mark} in …{}", text[from..].chars().take(200).collect::<String>());
        }
    }
}

fn sanso(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sanso"))
        .args(arguments)
        .args(["--date", "2026-11-22"])
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Every format that the program knows, as it tells itself.
fn formats() -> Vec<String> {
    let (_, _, refusal) = sanso(&["verify", "x", "--format", "no-such-format", "--lang", "en"]);
    let known =
        refusal.split("known formats: ").nth(1).and_then(|rest| rest.split(';').next()).expect("they are listed");
    known.split(", ").map(str::to_owned).collect()
}

#[test]
fn no_format_tells_whose_network_it_is() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("himitsu.yaml");
    std::fs::write(&file, DOCUMENT).expect("it can be written");
    let file = file.to_str().expect("UTF-8");
    let formats = formats();
    assert!(formats.iter().any(|format| format == "json"), "{formats:?}");
    // Where the PDF is not built in, its facts are those of `no_fact_tells_whose_network_it_is`.
    let built_in = |format: &String| format != "pdf" || cfg!(feature = "pdf");
    for format in formats.into_iter().filter(built_in) {
        for lang in ["en", "ja"] {
            let (status, stdout, stderr) = sanso(&["verify", file, "--redact", "--format", &format, "--lang", lang]);
            assert_eq!(status, Some(1), "{format}: {stderr}");
            assert_clean(&stdout, &format);
            assert_clean(&stderr, &format);
            let out = folder.join(format!("redacted.{format}.{lang}"));
            let wanted = format!("{format}={}", out.to_str().expect("UTF-8"));
            assert_eq!(
                sanso(&["verify", file, "--redact", "--format", &wanted, "--lang", lang]).0,
                Some(1),
                "{format}"
            );
            let bytes = std::fs::read(&out).expect("it was written");
            assert_clean(&String::from_utf8_lossy(&bytes), &format);
            // Without the option the marks are there, so that the test can tell.
            let (_, open, _) = sanso(&["verify", file, "--format", &format, "--lang", lang]);
            assert!(open.contains("himitsu") || !stdout.contains("node-"), "{format}");
        }
    }
    // A file named twice is verified once.
    let again = folder.join("himitsu-again.yaml");
    std::fs::copy(file, &again).expect("it can be copied");
    let again = again.to_str().expect("UTF-8");
    let (_, both, _) = sanso(&["verify", file, again, "--redact", "--format", "text"]);
    assert_clean(&both, "two files");
    assert!(both.contains("document-2"), "{both}");
    let (status, stdout, stderr) = sanso(&["verify", file, "--redact", "--certificate", "never.json", "--lang", "en"]);
    assert_eq!((status, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("leave out one"), "{stderr}");
}

fn options() -> Options<'static> {
    Options {
        policy: Policy::built_in(DEFAULT).expect("the default policy reads"),
        date: Date { year: 2026, month: 11, day: 22 },
        max_tuples: usize::MAX,
        limit: None,
        memory: None,
        audit: true,
        rationale: true,
        progress: &Silent,
    }
}

#[test]
fn no_fact_tells_whose_network_it_is() {
    let source = Source::new("himitsu.yaml", DOCUMENT.as_bytes().to_vec()).expect("UTF-8");
    let report = run_redacted(&source, &options(), 0).unwrap_or_else(|found| panic!("{found:?}"));
    let open = engine::report("himitsu.yaml", DOCUMENT).expect("it is a topology");
    for mark in MARKS {
        assert!(format!("{open:?}").contains(mark) || mark == "db8:77", "{mark} tells nothing");
    }
    assert_clean(&format!("{report:?}"), "the report");
    assert_eq!(report.file, "document");
    // Nothing that a reader needs is lost.
    assert_eq!((report.nodes, report.links, report.sha256), (open.nodes, open.links, open.sha256));
    assert!(report.warnings.len() > 2, "{:?}", report.warnings);
}

/// Verdicts and numbers of tuples do not depend on names.
fn check(document: &Value) -> usize {
    let text = document.to_string();
    let source = Source::new("d.json", text.clone().into_bytes()).expect("UTF-8");
    let (Ok(open), Ok(redacted)) = (engine::report("d.json", &text), run_redacted(&source, &options(), 0)) else {
        return 0;
    };
    assert_eq!(open.verdict, redacted.verdict, "{document:#}");
    let zones = |report: &sanso::report::Report| report.zones.iter().map(|(_, count)| *count).collect::<Vec<_>>();
    assert_eq!(zones(&open), zones(&redacted), "{document:#}");
    for (one, other) in open.requirements.iter().zip(&redacted.requirements) {
        assert_eq!((one.verdict, one.tuples), (other.verdict, other.tuples), "{}: {document:#}", one.id);
        assert_eq!(one.findings.len(), other.findings.len(), "{}: {document:#}", one.id);
        assert_eq!(one.violating.len(), other.violating.len(), "{}: {document:#}", one.id);
    }
    1
}

#[test]
fn what_is_decided_stays_what_it_is() {
    let cases = include_str!("conformance/cases.jsonl").lines().map(|line| {
        let mut case: Value = serde_json::from_str(line).expect("a case is a line of JSON");
        case["document"].take()
    });
    let count: usize = cases.chain((0..300).map(random::document)).map(|document| check(&document)).sum();
    assert!(count > 300, "{count} documents are too few to tell");
}

#[test]
fn the_same_document_gets_the_same_pseudonyms() {
    let source = Source::new("d.yaml", DOCUMENT.as_bytes().to_vec()).expect("UTF-8");
    let once = run_redacted(&source, &options(), 0).expect("it is a topology");
    assert_eq!(Some(once), run_redacted(&source, &options(), 0).ok());
}

#[test]
fn names_of_filters_are_replaced_where_their_default_is_the_cause() {
    let document = r#"{ "sanso": 1, "nodes": [
        { "id": "himitsu-mn", "zone": "my-number" }, { "id": "himitsu-lg", "zone": "lgwan" },
        { "id": "himitsu-r", "kind": "router", "filters": [{ "name": "himitsu-filter", "default": "permit" }] } ],
        "links": [["himitsu-mn", "himitsu-r"], { "between": ["himitsu-r", "himitsu-lg"], "id": "himitsu-link" }] }"#;
    let open = engine::report("d.json", document).expect("it is a topology");
    let named = |report: &Report, name: &str| {
        let causes = report.requirements.iter().flat_map(|one| &one.findings).filter_map(|finding| finding.culprit());
        causes.flat_map(|cause| &cause.elements).any(|element| match &element.what {
            What::Default { filter, .. } => filter.called() == name,
            _ => false,
        })
    };
    assert!(named(&open, "himitsu-filter"), "{open:?}");
    let source = Source::new("d.json", document.as_bytes().to_vec()).expect("UTF-8");
    let report = run_redacted(&source, &options(), 0).unwrap_or_else(|found| panic!("{found:?}"));
    assert_clean(&format!("{report:?}"), "the report");
    assert!(named(&report, "filter-1"), "{report:?}");
}
