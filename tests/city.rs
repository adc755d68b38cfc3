//! Small generated cities under the slow interpreter: clean ones satisfy every requirement, and every fault violates
//! the one it names.

mod interpreter;

use interpreter::{Decision, PATH_REQUIREMENTS, decide};
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
