//! Every conformance case gives exactly its expected tuples.

use crate::engine;

use crate::interpreter::{Decision, PATH_REQUIREMENTS, decide};
use serde_json::Value;

/// Of the third edition of the specification.
const CASES: &str = include_str!("conformance/cases.jsonl");

/// Of the fourth.
const CASES_4: &str = include_str!("conformance/cases-4.jsonl");

/// Of the fourth too: what none of the others shows, found by wrong readings of it that none noticed.
const OWN_CASES_4: &str = include_str!("conformance/own-4.jsonl");

/// The day of the expected tuples.
const DATE: (i32, u32, u32) = (2026, 11, 22);

type Case = (String, Value, Decision);

fn cases(text: &str) -> impl Iterator<Item = Case> {
    text.lines().map(|line| {
        let mut case: Value = serde_json::from_str(line).expect("a case is a line of JSON");
        let id = case["id"].as_str().expect("a case has an id").to_string();
        let expected = serde_json::from_value(case["expect"].take()).expect("tuples are lists of ids");
        (id, case["document"].take(), expected)
    })
}

/// What is wrong with what the interpreter says of the cases.
fn wrong_by_the_interpreter(cases: impl Iterator<Item = Case>) -> Vec<String> {
    let mut wrong = vec![];
    for (id, document, expected) in cases {
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
    wrong
}

/// What is wrong with what the library says of the cases.
fn wrong_by_the_library(cases: impl Iterator<Item = Case>) -> Vec<String> {
    let mut wrong = vec![];
    for (id, document, expected) in cases {
        match engine::engine(&document) {
            Ok(decision) if decision == expected => {}
            Ok(decision) => wrong.push(format!("{id}: expected {expected:?}\n  found    {decision:?}")),
            Err(_) if PATH_REQUIREMENTS.iter().all(|requirement| expected[*requirement].is_none()) => {}
            Err(error) => wrong.push(format!("{id}: {error}")),
        }
    }
    wrong
}

#[test]
fn interpreter_gives_exactly_the_expected_tuples() {
    let wrong = wrong_by_the_interpreter(cases(CASES));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn interpreter_gives_exactly_the_expected_tuples_of_the_fourth_edition() {
    let wrong = wrong_by_the_interpreter(cases(CASES_4).chain(cases(OWN_CASES_4)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_library_gives_exactly_the_expected_tuples() {
    let wrong = wrong_by_the_library(cases(CASES));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_library_gives_exactly_the_expected_tuples_of_the_fourth_edition() {
    let all: Vec<Case> = cases(CASES_4).chain(cases(OWN_CASES_4)).collect();
    assert_eq!(all.len(), 494 + 23);
    let wrong = wrong_by_the_library(all.into_iter());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_590_cases_and_494_of_the_fourth_edition() {
    assert_eq!((cases(CASES).count(), cases(CASES_4).count(), cases(OWN_CASES_4).count()), (590, 494, 23));
}
