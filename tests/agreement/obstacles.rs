//! `sanso why` agrees with the interpreter, which tries everything, on whether data gets from one node to another and how many obstacles
//! the way with the fewest meets. `SANSO_SEED` as elsewhere; `SANSO_WAYS` documents of each kind.

use crate::campaign::number;
use crate::interpreter::{endpoints, fewest_obstacles, random};
use sanso::question::why::{Question, Unanswered, run_why, run_why_folded};
use sanso::report::why::{Answer, Stop};
use sanso::source::Source;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was found, as far as it is compared: how many obstacles; a link that there is not has no number.
fn asked(document: &Value, from: &str, to: &str, direct: bool, folded: bool) -> Result<Option<usize>, String> {
    let source = Source::new("d.json", document.to_string().into_bytes()).expect("it is a text");
    let question = Question { from, to, services: &[], direct, ways: 3, limit: None, memory: None };
    let why = if folded { run_why_folded(&source, &question) } else { run_why(&source, &question) };
    let why = match why {
        Ok(why) => why,
        Err(Unanswered::Document(diagnostics)) => return Err(format!("refused: {diagnostics:?}")),
        Err(Unanswered::Question(unasked)) => return Err(format!("{unasked:?}")),
    };
    match why.answer {
        Answer::Gets(way) => Ok(Some(way.obstacles.len())),
        Answer::Unaddressed => Ok(None),
        Answer::Open => Err("undecided".to_owned()),
        Answer::Stopped(ways) => {
            let counts: Vec<usize> = ways.iter().map(|way| way.obstacles.len()).collect();
            if !counts.is_sorted() {
                return Err(format!("the next best way is better: {counts:?}"));
            }
            let new_link = ways[0].obstacles.iter().any(|one| matches!(one.stop, Stop::NoLink { .. }));
            Ok(Some(counts[0]).filter(|_| !new_link))
        }
    }
}

/// Disagreements, and how often each number of obstacles was the least.
fn differences(
    make: fn(u64) -> Value,
    (first, count): (u64, u64),
    headers: usize,
) -> (Vec<String>, BTreeMap<Option<usize>, u32>) {
    let (mut wrong, mut seen) = (vec![], BTreeMap::new());
    for seed in first..first + count {
        let document = make(seed);
        let nodes = document["nodes"].as_array().expect("nodes");
        let ends: Vec<usize> = endpoints(&document)
            .expect("it is read")
            .iter()
            .enumerate()
            .filter(|(_, is)| **is)
            .map(|(n, _)| n)
            .collect();
        if ends.len() < 2 {
            continue;
        }
        let a = ends[seed as usize % ends.len()];
        let others: Vec<usize> = ends.iter().copied().filter(|&other| other != a).collect();
        let pairs: Vec<(usize, usize)> =
            (0..3).map(|at| (a, others[(seed as usize / 3 + at) % others.len()])).collect();
        for direct in [false, true] {
            let Some(expected) = fewest_obstacles(&document, &pairs, direct, headers).expect("it is read") else {
                break;
            };
            for (&(a, b), expected) in pairs.iter().zip(expected) {
                let [from, to] = [a, b].map(|n| format!("node:{}", nodes[n]["id"].as_str().expect("an id")));
                *seen.entry(expected).or_insert(0) += 1;
                for folded in [false, true] {
                    let found = asked(&document, &from, &to, direct, folded);
                    if found != Ok(expected) {
                        wrong.push(format!(
                            "seed {seed}, {from} to {to}, direct {direct}, folded {folded}: {found:?}, expected {expected:?}\n{document}"
                        ));
                    }
                }
            }
        }
    }
    (wrong, seen)
}

fn agree(make: fn(u64) -> Value, by_default: u64) {
    let (first, count) = (number("SANSO_SEED", 1), number("SANSO_WAYS", by_default));
    // Documents with more headers than that take seconds each.
    let headers = if std::env::var_os("SANSO_WAYS").is_some() { 60_000 } else { 2_000 };
    let (wrong, seen) = differences(make, (first, count), headers);
    println!("{seen:?}");
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[0]);
    if count >= by_default {
        assert!((0..3).all(|number| seen.contains_key(&Some(number))), "{seen:?}");
    }
}

#[test]
fn why_agrees_on_random_documents() {
    agree(random::document, 60);
}

#[test]
fn why_agrees_on_random_documents_of_the_fourth_edition() {
    agree(random::fourth, 14);
}

#[test]
fn why_agrees_on_random_documents_with_transfers() {
    agree(random::carried, 20);
}
