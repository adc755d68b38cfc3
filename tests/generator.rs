//! The random documents are worth testing with: they have every clause, and neither all fail nor all pass.

use crate::interpreter;

use crate::interpreter::shrink::{self, Step};
use crate::interpreter::{PATH_REQUIREMENTS, decide, features, legal, random};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const DOCUMENTS: u64 = 3000;

#[test]
fn every_clause_occurs_in_one_document_of_a_hundred() {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 0..DOCUMENTS {
        for feature in features::of(&random::document(seed)) {
            *counts.entry(feature).or_default() += 1;
        }
    }
    let wanted = features::ALL.iter().chain(&features::OF_EXCEPTIONS);
    let rare: Vec<String> = wanted
        .map(|feature| (feature, counts.get(*feature).copied().unwrap_or(0)))
        .filter(|(_, count)| count * 100 < DOCUMENTS)
        .map(|(feature, count)| format!("{feature}: {count}"))
        .collect();
    assert!(rare.is_empty(), "of {DOCUMENTS}: {rare:#?}");
}

#[test]
fn every_clause_of_the_fourth_edition_occurs_in_one_document_of_a_hundred() {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 0..DOCUMENTS {
        for feature in features::of_the_fourth(&random::fourth(seed)) {
            *counts.entry(feature).or_default() += 1;
        }
    }
    let rare: Vec<String> = features::OF_THE_FOURTH
        .iter()
        .map(|feature| (feature, counts.get(*feature).copied().unwrap_or(0)))
        .filter(|(_, count)| count * 100 < DOCUMENTS)
        .map(|(feature, count)| format!("{feature}: {count}"))
        .collect();
    assert!(rare.is_empty(), "of {DOCUMENTS}: {rare:#?}");
}

#[test]
fn every_requirement_is_proved_and_violated_often() {
    let mut verdicts: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    for seed in 0..DOCUMENTS / 3 {
        for (requirement, tuples) in decide(&random::document(seed), (2026, 11, 22)).expect("a legal document") {
            let verdict = tuples.map_or(0, |tuples| if tuples.is_empty() { 1 } else { 2 });
            verdicts.entry(requirement).or_default()[verdict] += 1;
        }
    }
    println!("vacuous, proved, violated: {verdicts:#?}");
    for (requirement, [vacuous, proved, violated]) in &verdicts {
        let share = proved * 100 / (proved + violated);
        assert!((10..=90).contains(&share), "{requirement} is proved in {share} %");
        if PATH_REQUIREMENTS.contains(&requirement.as_str()) {
            let share = proved * 100 / (vacuous + proved + violated);
            assert!((20..=80).contains(&share), "{requirement} is proved in {share} % of all documents");
        }
    }
}

#[test]
fn a_seed_gives_one_document_and_another_seed_another() {
    let documents: BTreeSet<String> = (0..200).map(|seed| random::document(seed).to_string()).collect();
    assert_eq!(documents.len(), 200);
    assert_eq!(random::document(7), random::document(7));
}

#[test]
fn every_document_is_legal() {
    for seed in 0..DOCUMENTS {
        let document = random::document(seed);
        assert!(legal::names_resolve(&document), "seed {seed}: {document}");
        let document = random::fourth(seed);
        assert!(legal::names_resolve(&document), "seed {seed}: {document}");
        assert!(interpreter::labels(&document).is_ok(), "seed {seed}: {document}");
    }
}

/// The document without one rule, VLAN list, declared address or exception; each such document.
fn without_one_thing(document: &Value) -> Vec<(&'static str, Value)> {
    let mut smaller = vec![];
    for place in shrink::places(document) {
        let what = match place.as_slice() {
            [.., Step::Key(key), Step::Index(_)] if key == "rules" => "a rule",
            [.., Step::Key(key)] if key == "vlans" => "a list of VLANs",
            [.., Step::Key(key)] if key == "service" => "a service",
            [.., Step::Key(key)] if key == "addresses" => "addresses",
            [.., Step::Key(key), Step::Index(_)] if key == "relays" => "a relay",
            [Step::Key(key), Step::Index(_)] if key == "exceptions" => "an exception",
            [.., Step::Key(key), Step::Index(_)] if key == "routes" => "a route",
            [.., Step::Key(key)] if key == "nat" => "address translation",
            [.., Step::Key(key), Step::Index(_)] if key == "nat" => "an entry of nat",
            [Step::Key(key), Step::Index(_)] if key == "transfers" => "a transfer",
            [Step::Key(key)] if key == "names" => "names",
            [.., Step::Key(key)] if key == "condition" => "a condition",
            [.., Step::Key(key)] if key == "state" => "a state",
            [.., Step::Key(key)] if key == "stateful" => "whether sessions are kept",
            [.., Step::Key(key)] if key == "native" => "a native VLAN",
            [.., Step::Key(key)] if key == "fails" => "whether a route fails",
            [.., Step::Key(key)] if key == "sees" => "what is seen",
            [.., Step::Key(key)] if key == "applies_to" => "what it applies to",
            [.., Step::Key(key)] if key == "destination_port" => "a port",
            [.., Step::Key(key)] if key == "one_to_one" => "one to one",
            [.., Step::Key(nat), Step::Index(_), Step::Key(key)] if nat == "nat" && key == "in" => "an in of nat",
            [.., Step::Key(nat), Step::Index(_), Step::Key(key)] if nat == "nat" && key == "from" => "a from of nat",
            [.., Step::Key(nat), Step::Index(_), Step::Key(key)] if nat == "nat" && key == "to" => "a to of nat",
            _ => continue,
        };
        let mut without = document.clone();
        if shrink::remove(&mut without, &place) {
            smaller.push((what, without));
        }
    }
    smaller
}

/// Of so many documents, how many hang by a thing: their pairs are others without it.
fn hanging(documents: impl Iterator<Item = Value>) -> BTreeMap<&'static str, u64> {
    let pairs = |document: &Value| {
        let decision = decide(document, (2026, 11, 22)).expect("a legal document");
        PATH_REQUIREMENTS.map(|requirement| decision[requirement].clone())
    };
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for document in documents {
        let before = pairs(&document);
        let telling = without_one_thing(&document).into_iter().filter(|(_, without)| pairs(without) != before);
        for what in telling.map(|(what, _)| what).collect::<BTreeSet<_>>() {
            *counts.entry(what).or_default() += 1;
        }
    }
    counts
}

#[test]
fn pairs_often_hang_by_a_single_thing() {
    let documents = 100;
    let counts = hanging((0..documents).map(random::document));
    println!("of {documents} documents so many hang by {counts:?}");
    let wanted = [
        ("a rule", 25),
        ("a list of VLANs", 7),
        ("a service", 5),
        ("addresses", 25),
        ("a relay", 3),
        ("an exception", 3),
        ("a route", 3),
    ];
    for (what, percent) in wanted {
        let count = counts.get(what).copied().unwrap_or(0);
        assert!(count * 100 >= documents * percent, "only {count} of {documents} hang by {what}");
    }
}

#[test]
fn pairs_hang_by_the_clauses_of_the_fourth_edition() {
    let documents = 70;
    let counts = hanging((0..documents).map(random::fourth));
    println!("of {documents} documents so many hang by {counts:?}");
    for (what, percent) in [("address translation", 5), ("an entry of nat", 5), ("a transfer", 5), ("what is seen", 2)]
    {
        let count = counts.get(what).copied().unwrap_or(0);
        assert!(count * 100 >= documents * percent, "only {count} of {documents} hang by {what}");
    }
}
