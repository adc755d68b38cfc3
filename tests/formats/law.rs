//! What holds of every format: nothing is left out, nothing undecided looks like a pass, results are known again.

use std::collections::BTreeSet;

use sanso::language::Lang;
use sanso::render::{Sentence, github, junit, markdown, sarif};
use sanso::report::{Overall, Verdict};
use serde_json::Value;

use super::{FORMATS, LANGS, engine, read, root, sanso, topology};

const VIOLATED: &str = "mistakes/m02-shared-printer.yaml";

#[test]
fn outputs_of_topologies_are_readable_and_name_every_requirement() {
    for name in [
        VIOLATED,
        "mistakes/m10-trunk-port.yaml",
        "mistakes/m18-backup.yaml",
        "small/school.yaml",
        "small/data-diode.yaml",
    ] {
        let (text, report) = topology(name);
        for format in FORMATS {
            for (lang, code) in LANGS {
                let output = (format.render)(&report, &text, lang);
                (format.read)(&output).unwrap_or_else(|error| panic!("{name} {} {code}: {error}", format.word));
                assert!(output.ends_with('\n') && !output.ends_with("\n\n"), "{}", format.word);
                for requirement in &report.requirements {
                    let named = output.contains(&requirement.id);
                    let wanted =
                        format.names_requirements || (format.word == "github" && !requirement.findings.is_empty());
                    assert!(named || !wanted, "{} leaves out {}", format.word, requirement.id);
                }
            }
        }
    }
}

#[test]
fn undecided_is_never_a_pass() {
    let (_, mut report) = topology("small/minimal-alpha.yaml");
    report.requirements[0].verdict = Verdict::Undecided;
    report.verdict = Overall::Undecided;
    let report = [report];
    for (lang, _) in LANGS {
        let log: Value = serde_json::from_str(&sarif::render(&report, lang).expect("renders")).expect("JSON");
        let run = &log["runs"][0];
        assert_eq!((&run["results"][0]["kind"], &run["results"][0]["level"]), (&"open".into(), &"none".into()));
        let invocation = &run["invocations"][0];
        assert_eq!((&invocation["exitCode"], &invocation["executionSuccessful"]), (&3.into(), &false.into()));
        assert_eq!(invocation["toolExecutionNotifications"][0]["level"], "error");
        let junit = junit::render(&report, lang).expect("renders");
        assert!(junit.contains("errors=\"1\"") && junit.contains("<error "), "{junit}");
        let github = github::render(&report, lang);
        assert!(github.matches("::error ").count() == 2 && !github.contains("::notice"), "{github}");
        let markdown = markdown::render(&report, lang);
        assert!(markdown.starts_with("## ❓ "), "{markdown}");
    }
}

#[test]
fn sarif_holds_what_does_not_hold_with_its_way() {
    let (_, report) = topology(VIOLATED);
    for (lang, _) in LANGS {
        let output = sarif::render(std::slice::from_ref(&report), lang).expect("renders");
        let log: Value = serde_json::from_str(&output).expect("JSON");
        let run = &log["runs"][0];
        assert_eq!(run["artifacts"][0]["hashes"]["sha-256"], report.sha256.as_str());
        assert_eq!((&run["invocations"][0]["exitCode"], &run["columnKind"]), (&1.into(), &"unicodeCodePoints".into()));
        let results = run["results"].as_array().expect("results");
        let findings: usize = report.requirements.iter().map(|requirement| requirement.findings.len()).sum();
        let of_level = |level: &str| results.iter().filter(|result| result["level"] == level).count();
        assert_eq!((of_level("error"), of_level("warning")), (findings, report.warnings.len()));
        let verdicts = run["properties"]["files"][0]["requirements"].as_object().expect("verdicts");
        assert_eq!(verdicts.len(), report.requirements.len());
        let finding = &report.requirements[0].findings[0];
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["region"]["startLine"], finding.location.expect("a place").line);
        assert_eq!(place["artifactLocation"]["uri"], VIOLATED);
        let steps = results[0]["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("steps");
        let hops: usize = finding.sessions.iter().map(|session| 1 + session.hops.len()).sum();
        assert_eq!(steps.len(), hops);
        for rule in run["tool"]["driver"]["rules"].as_array().expect("rules") {
            for (key, text) in [("shortDescription", "text"), ("fullDescription", "text"), ("help", "text")] {
                assert!(rule[key][text].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
            }
        }
    }
}

fn fingerprints(name: &str, text: &str) -> BTreeSet<String> {
    let report = engine::report(name, text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let output = sarif::render(&[report], LANGS[0].0).expect("renders");
    let log: Value = serde_json::from_str(&output).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results").clone();
    let of =
        |result: &Value| result["partialFingerprints"]["sansoCause/v1"].as_str().expect("a fingerprint").to_owned();
    let found: BTreeSet<String> = results.iter().map(of).collect();
    assert_eq!(found.len(), results.len(), "{name}: two results with one fingerprint");
    found
}

#[test]
fn fingerprints_stay_when_lines_move_and_go_when_causes_do() {
    let mut all = 0;
    for name in ["m02-shared-printer", "m15-wide-breakout", "m18-backup", "m20-ipv6"] {
        let name = format!("mistakes/{name}.yaml");
        let text = std::fs::read_to_string(root().join("topologies").join(&name)).expect("the topology");
        let before = fingerprints(&name, &text);
        assert_eq!(before, fingerprints("other.yaml", &format!("# a line\n\n\n{text}")), "{name}");
        all += before.len();
    }
    assert!(all > 4);
    let (with, without) = ("mistakes/m02-shared-printer.yaml", "mistakes/m18-backup.yaml");
    let read = |name: &str| std::fs::read_to_string(root().join("topologies").join(name)).expect("the topology");
    assert!(fingerprints(with, &read(with)) != fingerprints(without, &read(without)));
}

#[test]
fn annotations_stand_at_the_lines_of_causes() {
    let (_, report) = topology(VIOLATED);
    let commands = read::commands(&github::render(std::slice::from_ref(&report), LANGS[1].0)).expect("commands");
    let finding = &report.requirements[0].findings[0];
    let (level, properties, message) = &commands[0];
    assert_eq!((level.as_str(), properties["file"].as_str()), ("error", VIOLATED));
    assert_eq!(properties["line"], finding.location.expect("a place").line.to_string());
    assert!(message.starts_with(&finding.fault.text(Lang::Ja)), "{message}");
    let (_, report) = topology("small/minimal-alpha.yaml");
    let commands = read::commands(&github::render(&[report], LANGS[0].0)).expect("commands");
    assert_eq!(commands.last().map(|(level, ..)| level.as_str()), Some("notice"));
}

#[test]
fn standard_input_and_several_files_are_told_apart() {
    let text = std::fs::read_to_string(root().join("topologies").join(VIOLATED)).expect("the topology");
    let report = engine::report("-", &text).expect("a report");
    for format in FORMATS {
        (format.read)(&(format.render)(&report, &text, LANGS[1].0)).expect("is well-formed");
    }
    let github = github::render(std::slice::from_ref(&report), LANGS[0].0);
    assert!(!github.contains("file="), "{github}");
    let several = [report, topology("small/minimal-alpha.yaml").1];
    let log = sarif::render(&several, LANGS[0].0).expect("renders");
    read::sarif(&log).expect("is well-formed");
    let log: Value = serde_json::from_str(&log).expect("JSON");
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(1));
    assert_eq!(log["runs"][0]["artifacts"].as_array().map(Vec::len), Some(2));
    let junit = junit::render(&several, LANGS[0].0).expect("renders");
    assert_eq!(junit.matches("<testsuite ").count(), 2);
    assert!(markdown::render(&several, LANGS[0].0).starts_with("**2 files: 1 violated, 0 undecided**"));
}

#[test]
fn pictures_are_of_one_document() {
    for format in ["dot", "mermaid"] {
        let call = ["verify", "--lang", "en", "--format", format, VIOLATED, "small/minimal-alpha.yaml"];
        let output = sanso(&call).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("shows one document"));
    }
}
