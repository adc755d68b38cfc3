//! Every conformance case gives exactly its expected tuples.

mod engine;
mod interpreter;

use engine::{DATE, engine};
use interpreter::{Decision, PATH_REQUIREMENTS, decide};
use serde_json::Value;

const CASES: &str = include_str!("conformance/cases.jsonl");

fn cases() -> impl Iterator<Item = (String, Value, Decision)> {
    CASES.lines().map(|line| {
        let mut case: Value = serde_json::from_str(line).expect("a case is a line of JSON");
        let id = case["id"].as_str().expect("a case has an id").to_string();
        let expected = serde_json::from_value(case["expect"].take()).expect("tuples are lists of ids");
        (id, case["document"].take(), expected)
    })
}

/// How a decision differs from the expected one, a line for each requirement.
fn differences(id: &str, expected: &Decision, found: &Decision) -> Vec<String> {
    let differing = expected.iter().filter(|(requirement, tuples)| found.get(*requirement) != Some(tuples));
    differing
        .map(|(requirement, tuples)| {
            let found = found.get(requirement);
            format!("{id}: {requirement}\n  expected {tuples:?}\n  found    {found:?}")
        })
        .collect()
}

#[test]
fn interpreter_gives_exactly_the_expected_tuples() {
    let mut wrong = vec![];
    for (id, document, expected) in cases() {
        match decide(&document, DATE) {
            Ok(found) => wrong.extend(differences(&id, &expected, &found)),
            Err(error) => wrong.push(format!("{id}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "TODO: the engine is not connected yet"]
fn engine_gives_exactly_the_expected_tuples() {
    let mut wrong = vec![];
    for (id, document, expected) in cases() {
        let is_topology = PATH_REQUIREMENTS.iter().any(|requirement| expected[*requirement].is_some());
        match engine(&document) {
            Ok(found) if is_topology => wrong.extend(differences(&id, &expected, &found)),
            Ok(_) => wrong.push(format!("{id}: should be an input error, nothing to verify")),
            Err(_) if !is_topology => {}
            Err(error) => wrong.push(format!("{id}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_590_cases() {
    assert_eq!(cases().count(), 590);
}
