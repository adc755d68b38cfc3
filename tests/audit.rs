//! The facts for auditors: the zone matrix adds up to the verdicts, and what an exception opens is what the interpreter
//! finds. On every conformance case and topology, and on random documents.

use crate::engine;
use crate::interpreter;
mod rules;
mod silence;
mod standing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::interpreter::random;
use sanso::report::Report;
use sanso::report::audit::{Audit, Standing};
use serde_json::{Value, json};

const CASES: &str = include_str!("conformance/cases.jsonl");

/// Every document that can be verified, with its report: several tests look at them.
static REPORTED: LazyLock<Vec<(String, Value, Report)>> = LazyLock::new(|| {
    let reported = |(name, document): (String, Value)| {
        let report = engine::report("d.json", &document.to_string()).ok()?;
        Some((name, document, report))
    };
    documents().into_iter().filter_map(reported).collect()
});

/// The same with the facts for auditors apart.
fn audited() -> impl Iterator<Item = (&'static str, &'static Value, &'static Report, &'static Audit)> {
    REPORTED.iter().map(|(name, document, report)| {
        (name.as_str(), document, report, report.audit.as_deref().expect("the facts were asked for"))
    })
}

fn audit(document: &Value) -> Option<(Report, Audit)> {
    let report = engine::report("d.json", &document.to_string()).ok()?;
    let audit = report.audit.as_deref().expect("the facts were asked for").clone();
    Some((report, audit))
}

fn documents() -> Vec<(String, Value)> {
    let cases = CASES.lines().map(|line| {
        let mut case: Value = serde_json::from_str(line).expect("a case is a line of JSON");
        (case["id"].to_string(), case["document"].take())
    });
    cases.chain((0..300).map(|seed| (format!("seed {seed}"), random::document(seed)))).collect()
}

/// What is wrong with the matrix of a document.
fn check_matrix(document: &Value, report: &Report, audit: &Audit) -> Result<(), String> {
    let matrix = &audit.matrix;
    let labels = interpreter::labels(document)?;
    let nodes = document["nodes"].as_array().ok_or("no nodes")?;
    let zone: BTreeMap<&str, Option<&str>> =
        nodes.iter().zip(&labels).map(|(node, label)| (node["id"].as_str().unwrap_or(""), label.as_deref())).collect();
    for (number, requirement) in report.requirements.iter().enumerate() {
        let demands = || matrix.cells.iter().flat_map(|cell| cell.demands.iter().map(move |demand| (cell, demand)));
        let mine = || demands().filter(|(_, demand)| demand.requirement == number);
        if mine().next().is_none() {
            continue;
        }
        let sum: u64 = mine().map(|(_, demand)| demand.tuples).sum();
        if sum != requirement.tuples {
            return Err(format!("{}: cells hold {sum} tuples of {}", requirement.id, requirement.tuples));
        }
        let mut findings: Vec<usize> = mine().flat_map(|(_, demand)| demand.findings.iter().copied()).collect();
        findings.sort_unstable();
        if findings != (0..requirement.findings.len()).collect::<Vec<_>>() {
            return Err(format!("{}: findings {findings:?} are placed", requirement.id));
        }
        // Tuple by tuple, by the labels of the interpreter.
        let mut expected: BTreeMap<BTreeSet<Option<&str>>, u64> = BTreeMap::new();
        for tuple in &requirement.violating {
            *expected.entry(tuple.iter().map(|id| zone[id.as_str()]).collect()).or_default() += 1;
        }
        let found: BTreeMap<BTreeSet<Option<&str>>, u64> = mine()
            .filter(|(_, demand)| demand.tuples > 0)
            .map(|(cell, demand)| {
                ([cell.a, cell.b].iter().map(|&at| matrix.zones[at].as_deref()).collect(), demand.tuples)
            })
            .collect();
        if found != expected {
            return Err(format!("{}: {found:?} instead of {expected:?}", requirement.id));
        }
    }
    Ok(())
}

#[test]
fn the_matrix_adds_up_to_the_verdicts() {
    let mut violated = 0;
    for (name, document, report, audit) in audited() {
        check_matrix(document, report, audit).unwrap_or_else(|error| panic!("{name}: {error}"));
        violated += audit.matrix.cells.iter().filter(|cell| cell.demands.iter().any(|one| one.tuples > 0)).count();
    }
    assert!(violated > 300, "{violated} cells with tuples are too few to tell");
}

#[test]
fn what_an_exception_opens_is_what_the_interpreter_finds() {
    let (mut used, mut unused) = (0, 0);
    for (name, document, _, audit) in audited() {
        let expected = interpreter::opened(document).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(audit.ledger.len(), expected.len(), "{name}");
        for (entry, (id, pairs)) in audit.ledger.iter().zip(expected) {
            assert_eq!(entry.id, id, "{name}");
            let opens = entry.opens.as_ref().expect("no limit was set");
            assert_eq!(opens.count, pairs.len() as u64, "{name}: {id}: {opens:?} instead of {pairs:?}");
            let listed: BTreeSet<(String, String)> = opens.pairs.iter().cloned().collect();
            assert_eq!(listed.len(), opens.pairs.len(), "{name}: {id}: a pair is listed twice");
            assert!(listed.is_subset(&pairs), "{name}: {id}: {listed:?} of {pairs:?}");
            assert_eq!(listed.len(), pairs.len().min(20), "{name}: {id}");
            if pairs.is_empty() { unused += 1 } else { used += 1 }
        }
    }
    assert!(used > 50 && unused > 50, "{used} used and {unused} unused exceptions are too few to tell");
}

#[test]
fn members_are_the_labelled_endpoints() {
    for (name, _, report, audit) in audited() {
        for (zone, count) in &report.zones {
            let members = audit.members.iter().find(|members| members.zone.as_ref() == Some(zone));
            assert_eq!(members.map_or(0, |members| members.nodes.len() as u64), *count, "{name}: {zone}");
        }
        assert_eq!(audit.drawing.nodes.len() as u64, report.nodes, "{name}");
        assert_eq!(audit.drawing.links.len() as u64, report.links, "{name}");
    }
}

/// The standing of a requirement in a document.
fn standing(document: &Value, id: &str) -> (Standing, Vec<(Option<String>, Option<String>)>) {
    let (report, audit) = audit(document).expect("the document can be verified");
    let at = report.requirements.iter().position(|one| one.id == id).expect("the policy has it");
    let zone = |at: usize| audit.matrix.zones[at].clone();
    let excepted = audit.matrix.cells.iter().filter(|cell| {
        cell.demands.iter().any(|demand| demand.requirement == at && demand.standing() == Standing::Excepted)
    });
    let cells = excepted.map(|cell| (zone(cell.a), zone(cell.b))).collect();
    (audit.standing(at, report.requirements[at].verdict), cells)
}

#[test]
fn what_holds_because_of_an_exception_in_use_says_so() {
    let node = |id: &str, zone: &str, address: &str| json!({ "id": id, "kind": "server", "zone": zone, "addresses": [address] });
    let document = |service: &str, links: &[[&str; 2]]| {
        json!({
            "sanso": 1,
            "nodes": [
                node("tax", "my-number", "10.1.0.1"), node("eltax", "lgwan", "10.2.0.1"), node("pc", "internet", "10.3.0.1"),
                { "id": "fw", "kind": "firewall", "filter": { "default": "deny", "rules": [
                    { "id": "r", "action": "permit", "from": "node:tax", "to": "node:eltax", "service": "tcp/443" }
                ] } },
            ],
            "links": links,
            "exceptions": [{
                "id": "e", "from": "node:tax", "to": "node:eltax", "service": service, "reason": "r",
                "approved_by": "CISO", "expires": "2027-03-31", "attested": { "by": "b", "basis": "b" },
            }],
        })
    };
    let all = [["tax", "fw"], ["eltax", "fw"], ["pc", "fw"]];
    let mn_lgwan = (Some("my-number".to_owned()), Some("lgwan".to_owned()));
    // In use: only the cell that it joins holds by it.
    let excepted = standing(&document("tcp/443", &all), "MN-ISOLATION");
    assert_eq!(excepted, (Standing::Excepted, vec![mn_lgwan]));
    // Not in use: the network lets nothing of it through.
    let unused = standing(&document("tcp/443", &[["tax", "fw"], ["pc", "fw"]]), "MN-ISOLATION");
    assert_eq!(unused, (Standing::Proved, vec![]));
    // Beside the exception something is open.
    let violated = standing(&document("tcp/80", &all), "MN-ISOLATION");
    assert_eq!(violated, (Standing::Violated, vec![]));
    // It does not waive the other requirement.
    assert_eq!(standing(&document("tcp/443", &all), "LGWAN-INTERNET"), (Standing::Proved, vec![]));
}

#[test]
fn cells_are_excused_only_where_the_requirement_is() {
    let mut excused = 0;
    for (name, _, report, audit) in audited() {
        assert_eq!(audit.excused.len(), report.requirements.len(), "{name}");
        for (requirement, exceptions) in report.requirements.iter().zip(&audit.excused) {
            for &at in exceptions {
                assert!(audit.ledger[at].waives.contains(&requirement.id), "{name}");
                assert!(audit.ledger[at].opens.as_ref().expect("no limit").count > 0, "{name}");
            }
        }
        for demand in audit.matrix.cells.iter().flat_map(|cell| &cell.demands) {
            assert!(demand.excused.iter().all(|at| audit.excused[demand.requirement].contains(at)), "{name}");
            excused += demand.excused.len();
        }
    }
    assert!(excused > 20, "{excused} are too few to tell");
}
