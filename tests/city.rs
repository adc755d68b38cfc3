//! Small generated cities under the slow interpreter: clean ones satisfy every requirement, and every fault violates
//! the one it names.

use crate::engine;
use crate::interpreter;

use crate::interpreter::{Decision, PATH_REQUIREMENTS, decide};
use sanso::city::{City, Fault};

fn decided(city: &City) -> Decision {
    let mut json = Vec::new();
    city.write(&mut json).expect("it fits");
    let document = serde_json::from_slice(&json).expect("JSON");
    assert!(interpreter::legal::names_resolve(&document), "{city:?}");
    decide(&document, (2026, 11, 22)).unwrap_or_else(|error| panic!("{city:?}: {error}"))
}

fn violated(city: &City) -> Vec<String> {
    let bad = |tuples: &Option<Vec<Vec<String>>>| tuples.as_ref().is_some_and(|tuples| !tuples.is_empty());
    decided(city).into_iter().filter(|(_, tuples)| bad(tuples)).map(|(id, _)| id).collect()
}

/// Plain and with everything on; few sites, because the interpreter is slow.
fn cities() -> [City; 2] {
    let plain = City { sites: 2, terminals: 1, ..City::default() };
    let full = City { sites: 2, terminals: 1, rules: 4, site_firewalls: true, ipv6: true, seed: 8, ..City::default() };
    [plain, full]
}

#[test]
fn a_city_without_faults_satisfies_every_requirement() {
    let floors = City { sites: 1, terminals: 50, ..City::default() };
    for city in cities().into_iter().chain([floors]) {
        let decision = decided(&city);
        assert_eq!(decision.len(), 8);
        assert!(PATH_REQUIREMENTS.iter().all(|id| decision.contains_key(*id)));
        for (id, tuples) in decision {
            assert_eq!(tuples, Some(vec![]), "{id} of {city:?}");
        }
    }
}

#[test]
fn every_fault_violates_the_requirement_it_names() {
    for (fault, city) in Fault::ALL.into_iter().flat_map(|fault| cities().map(|city| (fault, city))) {
        let city = City { faults: vec![fault], ..city };
        let violated = violated(&city);
        assert!(violated.iter().any(|id| id == fault.violates()), "{city:?} violates {violated:?}");
    }
}

#[test]
fn a_city_behind_translation_is_decided_as_the_interpreter_decides_it_and_its_edge_does_its_work() {
    let city = City { sites: 1, terminals: 1, nat: true, ..City::default() };
    // A few: the interpreter is slow where headers change.
    let faults =
        [None, Some(Fault::TrunkPort), Some(Fault::SharedStorage), Some(Fault::Breakout), Some(Fault::RawRelay)];
    for fault in faults {
        let city = City { faults: fault.into_iter().collect(), ..city.clone() };
        let mut json = Vec::new();
        city.write(&mut json).expect("it fits");
        let document: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        let found = engine::engine(&document).expect("it can be verified");
        assert_eq!(found, decided(&city), "{city:?}");
        let violated: Vec<&String> = found
            .iter()
            .filter(|(_, tuples)| tuples.as_ref().is_some_and(|all| !all.is_empty()))
            .map(|(id, _)| id)
            .collect();
        let expected = fault.map(Fault::violates);
        assert!(violated.is_empty() == expected.is_none(), "{city:?}: {violated:?}");
        assert!(expected.is_none_or(|id| violated.iter().any(|found| *found == id)), "{city:?}: {violated:?}");
    }
    // Without the cloud what the edge lets through is a way: out by the one address, in by those of the servers.
    let mut json = Vec::new();
    city.write(&mut json).expect("it fits");
    let tuples = |text: &str| {
        let document: serde_json::Value = serde_json::from_str(text).expect("JSON");
        engine::engine(&document).expect("it can be verified")["INTERNET-CLOUD"].clone().expect("it speaks of somebody")
    };
    let text = String::from_utf8(json).expect("it is text").replace("\"tags\":[\"security-cloud\"],", "");
    let found = tuples(&text);
    let outside = |server: &str| found.contains(&vec![server.to_owned(), "インターネット".to_owned()]);
    assert!(["プロキシ", "メール", "公開CMS", "施設予約"].into_iter().all(outside), "{found:?}");
    // Nobody who opens reaches a server by its own address any more.
    let without = text.replace(
        "\"id\":\"vip11\",\"destination\":\"node:公開CMS\"",
        "\"id\":\"vip11\",\"destination\":\"203.0.113.77\"",
    );
    assert_ne!(without, text);
    assert!(!tuples(&without).contains(&vec!["公開CMS".to_owned(), "インターネット".to_owned()]));
}
