//! What reports show of violations: every witness is one for the interpreter, and every count adds up. `SANSO_SEED` and
//! `SANSO_DOCUMENTS` set the random documents.

use crate::engine;

use crate::interpreter::witness::Claim;
use crate::interpreter::{LeftOut, PATH_REQUIREMENTS, check_witness, random};
use sanso::language::Lang;
use sanso::render::json;
use sanso::report::Report;
use serde_json::Value;

const CASES: [&str; 3] = [
    include_str!("conformance/cases.jsonl"),
    include_str!("conformance/cases-4.jsonl"),
    include_str!("conformance/own-4.jsonl"),
];

fn rendered(report: Report) -> Value {
    serde_json::from_str(&json::render(&[report], Lang::En).expect("renders")).expect("JSON")
}

/// What a requirement's findings claim; `None` for those without paths.
fn claim(requirement: &str) -> Option<Claim<'_>> {
    let raw = matches!(requirement, "LGWAN-INTERNET" | "EXCEPTION-PEER");
    let left_out = if raw { LeftOut::Any } else { LeftOut::None };
    let waiver = PATH_REQUIREMENTS.contains(&requirement).then_some(requirement);
    let without_tag = (requirement == "INTERNET-CLOUD").then_some("security-cloud");
    (waiver.is_some() || requirement == "EXCEPTION-PEER").then_some(Claim {
        left_out,
        waiver,
        without_tag,
        ..Claim::ALL
    })
}

/// What is wrong with a report on a document; how many witnesses it showed.
fn check(document: &Value) -> Result<usize, String> {
    let report = match engine::report("document.json", &document.to_string()) {
        Ok(report) => report,
        // A document may be refused; a witness that does not stand up to its replay is the fault that is looked for.
        Err(told) if told.contains("internal error") => return Err(told),
        Err(_) => return Ok(0),
    };
    let report = rendered(report);
    let mut witnesses = 0;
    for requirement in report["requirements"].as_array().expect("requirements") {
        let id = requirement["id"].as_str().expect("id");
        let findings = requirement["findings"].as_array().expect("findings");
        let sum: u64 = findings.iter().map(|finding| finding["tuples"].as_u64().expect("count")).sum();
        if requirement["tuples"] != sum {
            return Err(format!("{id}: {} tuples, {sum} in findings", requirement["tuples"]));
        }
        if requirement["violating"].as_array().map(Vec::len) != usize::try_from(sum).ok() {
            return Err(format!("{id}: not all tuples are listed"));
        }
        if (requirement["verdict"] == "proved" && PATH_REQUIREMENTS.contains(&id))
            == requirement["separated_by"].is_null()
        {
            return Err(format!("{id}: what separates?"));
        }
        for finding in findings {
            if finding["location"].is_null() {
                return Err(format!("{id}: nowhere: {finding}"));
            }
            let shows = !finding["sessions"].as_array().expect("sessions").is_empty();
            if let (true, Some(claim)) = (shows || PATH_REQUIREMENTS.contains(&id), claim(id)) {
                check_witness(document, finding, claim).map_err(|error| format!("{id}: {error}\n{finding:#}"))?;
                witnesses += 1;
                let path = finding["path"].as_array().expect("path");
                let (first, last) = (&path[0], &path[path.len() - 1]);
                let listed = requirement["violating"].as_array().expect("tuples").iter().any(|tuple| match id {
                    "EXCEPTION-PEER" => tuple[1] == *first || tuple[1] == *last,
                    _ => (&tuple[0], &tuple[1]) == (first, last) || (&tuple[0], &tuple[1]) == (last, first),
                });
                if !listed {
                    return Err(format!("{id}: the witness is for no tuple: {finding:#}"));
                }
            }
        }
    }
    Ok(witnesses)
}

#[test]
fn every_conformance_case_shows_witnesses_that_the_interpreter_accepts() {
    let mut witnesses = 0;
    for line in CASES.into_iter().flat_map(str::lines) {
        let mut case: Value = serde_json::from_str(line).expect("a case is a line of JSON");
        let document = case["document"].take();
        witnesses += check(&document).unwrap_or_else(|error| panic!("{}: {error}", case["id"]));
    }
    assert!(witnesses > 900, "only {witnesses} witnesses");
}

#[test]
fn random_documents_show_witnesses_that_the_interpreter_accepts() {
    show_witnesses(random::document, 1000);
}

#[test]
fn random_documents_of_the_fourth_edition_show_witnesses_that_the_interpreter_accepts() {
    show_witnesses(random::fourth, 400);
}

#[test]
fn random_documents_with_transfers_show_witnesses_that_the_interpreter_accepts() {
    show_witnesses(random::carried, 500);
}

fn show_witnesses(of: fn(u64) -> Value, count: u64) {
    let number =
        |name: &str, default| std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(default);
    let (first, count): (u64, u64) = (number("SANSO_SEED", 1), number("SANSO_DOCUMENTS", count));
    let mut witnesses = 0;
    for seed in first..first + count {
        let document = of(seed);
        witnesses += check(&document).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{document:#}"));
    }
    assert!(count < 100 || witnesses as u64 > count / 2, "only {witnesses} witnesses");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for seed in 1..60 {
        let text = random::document(seed).to_string();
        let render =
            || engine::report("d.json", &text).map(|report| json::render(&[report], Lang::Ja).expect("renders"));
        assert_eq!(render(), render(), "seed {seed}");
    }
}
