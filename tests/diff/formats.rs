//! The difference in the formats for other programs: their schemas, and what hostile texts come to in them.

use std::path::Path;

use crate::formats::fragments::{CONTROLS, FRAGMENTS};
use crate::formats::read;
use sanso::code::Code;
use sanso::diff::run_diff;
use sanso::language::{Lang, Phrase};
use sanso::render::diff::{CODES, html, json, junit, sarif};
use sanso::report::diff::{About, Change, Diff, Direction, ItemChange, NodesOfZone, Services, Widening};
use sanso::report::{Assumption, Means, Note, Slip, Warning};
use sanso::source::Source;
use serde_json::Value;

const CLEAN: &str = "small/minimal-alpha.yaml";
const PRINTER: &str = "mistakes/m02-shared-printer.yaml";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn compared(old: &str, new: &str) -> Diff {
    let source = |file: &str| {
        Source::new(file, std::fs::read(root().join("topologies").join(file)).expect(file)).expect("UTF-8")
    };
    run_diff(&source(old), &source(new), &super::options(), super::TODAY).expect("both are topologies")
}

/// The page as a reader meets it: one script, which is the program's, and every element closed.
fn page(output: &str) -> Result<(), String> {
    let lower = output.to_lowercase();
    if lower.matches("<script").count() != 1 || !output.contains("content=\"default-src 'none'; ") {
        return Err("scripts, or no policy".to_owned());
    }
    for tag in ["<img", "<iframe", "<object", "<embed", "<link", "<base", "<form", "href=\"javascript"] {
        if lower.contains(tag) {
            return Err(format!("{tag} is there"));
        }
    }
    let body = output.split_once("<body>").and_then(|(_, rest)| rest.split_once("\n<script>")).ok_or("no body")?.0;
    let (mut open, mut rest) = (Vec::new(), body);
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').ok_or("an open tag")? + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        match tag.strip_prefix('/') {
            Some(closed) if open.pop() != Some(closed) => return Err(format!("</{closed}>")),
            Some(_) => {}
            None if tag == "br" => {}
            None => open.push(tag.split(' ').next().unwrap_or(tag)),
        }
    }
    let targets = body.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
    for target in targets {
        if body.matches(&format!(" id=\"{target}\"")).count() != 1 {
            return Err(format!("#{target}"));
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}

fn check(diff: &Diff) {
    for lang in [Lang::En, Lang::Ja] {
        let outputs = [
            (json::render(diff, lang).expect("renders"), read::json as fn(&str) -> Result<(), String>),
            (sarif::render(diff, 1, lang).expect("renders"), read::sarif),
            (junit::render(diff, lang).expect("renders"), read::junit),
            (html::render(diff, lang), page),
        ];
        for (output, read) in outputs {
            read(&output).unwrap_or_else(|error| panic!("{error}\n{output}"));
        }
    }
}

#[test]
fn readers_take_every_difference() {
    for (old, new) in [(CLEAN, PRINTER), (PRINTER, CLEAN), (CLEAN, CLEAN), (CLEAN, "mistakes/m10-trunk-port.yaml")] {
        check(&compared(old, new));
    }
}

#[test]
fn a_result_for_each_widening_and_a_rule_for_each_code() {
    let diff = compared(CLEAN, PRINTER);
    let log: Value = serde_json::from_str(&sarif::render(&diff, 1, Lang::En).expect("renders")).expect("JSON");
    let run = &log["runs"][0];
    let mut flows = 0;
    assert_eq!(run["results"].as_array().map(Vec::len), Some(diff.widenings.len()));
    for (result, widening) in run["results"].as_array().expect("a list").iter().zip(&diff.widenings) {
        assert_eq!(result["ruleId"], widening.code.word());
        assert_eq!(result["properties"]["tuples"].is_u64(), widening.code == "tuples-gained", "{result:#}");
        flows += usize::from(result["codeFlows"].is_array());
    }
    assert!(flows > 0, "no result shows a way: {run:#}");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    assert!(rules.iter().map(|rule| rule["id"].as_str().expect("an id")).eq(CODES.map(Code::word)));
    assert_eq!(
        [&run["properties"]["old"]["sha256"], &run["properties"]["new"]["sha256"]],
        [&Value::from(diff.old.sha256.as_str()), &Value::from(diff.new.sha256.as_str())]
    );
    // What is narrower is no alert.
    let log: Value =
        serde_json::from_str(&sarif::render(&compared(PRINTER, CLEAN), 0, Lang::En).expect("renders")).expect("JSON");
    assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn what_was_not_compared_is_no_success() {
    let mut diff = compared(CLEAN, CLEAN);
    diff.undecided = true;
    diff.direction = Direction::NotCompared;
    for requirement in &mut diff.requirements {
        (requirement.direction, requirement.wider) = (Direction::NotCompared, None);
    }
    check(&diff);
    let cases = junit::render(&diff, Lang::En).expect("renders");
    let errors = diff.requirements.len() + 3;
    assert!(cases.contains(&format!(" errors=\"{errors}\"")), "{cases}");
    let log: Value = serde_json::from_str(&sarif::render(&diff, 3, Lang::En).expect("renders")).expect("JSON");
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert!(html::render(&diff, Lang::En).contains("None was found until a limit was reached."));
}

/// A difference in which every text of a document, and every sentence, is something hostile.
fn poisoned(mut diff: Diff, name: &str) -> Diff {
    let (text, phrase) = (|| name.to_owned(), || Phrase::new(name, name));
    for subject in [&mut diff.old, &mut diff.new] {
        (subject.name, subject.file) = (Some(text()), text());
        subject.zones.push((text(), 1));
    }
    for requirement in &mut diff.requirements {
        let lists = [Some(&mut requirement.gained), Some(&mut requirement.lost), requirement.wider.as_mut()];
        for group in lists.into_iter().flatten().flatten() {
            group.zones.fill(Some(text()));
            group.services = Some(Services { all_but: true, parts: vec![text()] });
            group.tuples.iter_mut().for_each(|tuple| tuple.fill(text()));
        }
        for finding in &mut requirement.findings {
            finding.fault = crate::render::sample::leak(name);
            finding.path.fill(text());
            finding.cause.push(text());
            for session in &mut finding.sessions {
                (session.from, session.to) = (text(), text());
                match &mut session.means {
                    Means::Packet(packet) => packet.source = text(),
                    Means::Transfer { id, .. } => *id = text(),
                }
                session.covered_by = vec![text()];
                for hop in &mut session.hops {
                    (hop.node, hop.r#in, hop.out) = (text(), Some(text()), Some(text()));
                    hop.decided_by.iter_mut().for_each(|by| by.rule = Some(text()));
                }
            }
        }
    }
    let (was, is) = (text(), text());
    let what =
        vec![Change::Escapes(vec![text()]), Change::Written { key: "from", direction: Direction::Both, was, is }];
    let item = ItemChange { id: text(), direction: Direction::Both, what, location: None };
    (diff.exceptions, diff.nodes) = (vec![item.clone()], vec![item.clone()]);
    (diff.relays, diff.transfers) = (vec![item.clone()], vec![item]);
    for about in [About::Exception(0), About::Node(0), About::Relays(0), About::Transfer(0)] {
        diff.widenings.push(Widening { code: Code::ExceptionWidened, about, location: None });
    }
    diff.nodes_added = vec![NodesOfZone { zone: Some(text()), count: 40, ids: vec![text(); 20] }];
    diff.nodes_removed = diff.nodes_added.clone();
    diff.assumptions_added = vec![Note {
        node: Some(text()),
        location: None,
        fact: Assumption::Attested { exception: text(), by: text(), basis: text() },
    }];
    diff.warnings_lost = vec![Warning {
        slip: Slip::Told { code: Code::EmptyZone, message: phrase(), help: Some(phrase()) },
        location: None,
    }];
    diff
}

#[test]
fn hostile_facts_act_nowhere() {
    let diff = compared(CLEAN, PRINTER);
    let mut names: Vec<String> = FRAGMENTS.iter().chain(CONTROLS).map(|&text| text.to_owned()).collect();
    names.push(names.concat());
    names.push("\u{202e}\n".repeat(2_000));
    for name in names {
        check(&poisoned(diff.clone(), &name));
    }
}
