//! Every conformance case gives exactly its expected tuples.

mod engine;
mod interpreter;

use interpreter::{Decision, PATH_REQUIREMENTS, decide};
use serde_json::Value;

const CASES: &str = include_str!("conformance/cases.jsonl");

/// The day of the expected tuples.
const DATE: (i32, u32, u32) = (2026, 11, 22);

fn cases() -> impl Iterator<Item = (String, Value, Decision)> {
    CASES.lines().map(|line| {
        let mut case: Value = serde_json::from_str(line).expect("a case is a line of JSON");
        let id = case["id"].as_str().expect("a case has an id").to_string();
        let expected = serde_json::from_value(case["expect"].take()).expect("tuples are lists of ids");
        (id, case["document"].take(), expected)
    })
}

#[test]
fn interpreter_gives_exactly_the_expected_tuples() {
    let mut wrong = vec![];
    for (id, document, expected) in cases() {
        match decide(&document, DATE) {
            Ok(decision) if decision == expected => {}
            Ok(decision) => {
                for (requirement, tuples) in &expected {
                    if decision.get(requirement) != Some(tuples) {
                        let found = &decision[requirement];
                        wrong.push(format!("{id}: {requirement}\n  expected {tuples:?}\n  found    {found:?}"));
                    }
                }
            }
            Err(error) => wrong.push(format!("{id}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_library_gives_exactly_the_expected_tuples() {
    let mut wrong = vec![];
    for (id, document, expected) in cases() {
        match engine::engine(&document) {
            Ok(decision) if decision == expected => {}
            Ok(decision) => wrong.push(format!("{id}: expected {expected:?}\n  found    {decision:?}")),
            Err(_) if PATH_REQUIREMENTS.iter().all(|requirement| expected[*requirement].is_none()) => {}
            Err(error) => wrong.push(format!("{id}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_590_cases() {
    assert_eq!(cases().count(), 590);
}
