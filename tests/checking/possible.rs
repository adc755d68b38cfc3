//! Certificates of what exceptions are used for and of what must be possible, and lies about them.

use sanso::policy::definition::Definition;
use serde_json::{Value, json};

use super::policies::{definition, file, requirement};
use crate::interpreter::random::{self, Random};

/// The requirements of these kinds, in [`policy`].
pub const KINDS: [&str; 2] = ["USED", "EXPECTED"];

/// A policy of these kinds, and of what exceptions of random documents waive.
pub fn policy() -> Definition {
    let mut requirements = vec![];
    for id in ["MN-ISOLATION", "LGWAN-INTERNET", "INTERNET-CLOUD"] {
        let isolation = json!({ "isolation": { "a": [{ "tier": ["my-number"] }], "b": [{ "tier": ["lgwan"] }] } });
        requirements.push(requirement(id, isolation));
    }
    requirements.push(requirement(KINDS[0], json!({ "exceptions": { "used": true } })));
    requirements.push(requirement(KINDS[1], json!({ "expects": {} })));
    definition(&file(requirements).to_string()).expect("a policy")
}

/// A document that has exceptions and expects something; some translate addresses, some have transfers.
pub fn document(seed: u64) -> Value {
    let mut document = if seed % 4 == 1 { random::carried(seed) } else { random::said(seed) };
    let mut random = Random::from_seed(seed ^ 0x9055);
    let ids: Vec<String> = ids_of(&document["nodes"]);
    let mut side = || json!(format!("node:{}", random.pick(&ids)));
    if document.get("expects").is_none() {
        let expected = |at: usize, from: Value, to: Value| json!({ "id": format!("e{at}"), "from": from, "to": to, "service": ["tcp/443", "udp/53"] });
        document["expects"] = (0..3).map(|at| expected(at, side(), side())).collect();
    }
    if document["exceptions"].as_array().is_none_or(Vec::is_empty) {
        let exception = |at: usize, from: Value, to: Value| json!({ "id": format!("x{at}"), "from": from, "to": to, "service": "tcp/443" });
        document["exceptions"] = (0..3).map(|at| exception(at, side(), side())).collect();
    }
    document
}

fn ids_of(list: &Value) -> Vec<String> {
    let ids = list.as_array().into_iter().flatten().filter_map(|one| one["id"].as_str());
    ids.map(str::to_owned).collect()
}

/// All values under a key, wherever it stands.
fn all<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get(key));
            map.values().for_each(|value| all(value, key, found));
        }
        Value::Array(list) => list.iter().for_each(|value| all(value, key, found)),
        _ => {}
    }
}

/// A certificate that says of one exception or pair the contrary, shown by what shows others; what was done.
pub fn lie(certificate: &Value, document: &Value, random: &mut Random) -> Option<(&'static str, Value)> {
    let mut forged = certificate.clone();
    let kind = random.pick(&KINDS);
    let at = certificate["requirements"].as_array()?.iter().position(|one| one["id"] == kind)?;
    let mut proofs = vec![];
    ["push", "trees"].iter().for_each(|key| all(certificate, key, &mut proofs));
    let proofs: Vec<&Value> = proofs
        .into_iter()
        .flat_map(|proof| proof.as_array().map_or(vec![proof], |list| list.iter().collect()))
        .collect();
    // What rests on nothing is the simplest of all.
    let nothing = if certificate["sanso_certificate"] == 1 {
        json!({ "relies_on": [], "links": [], "sets": [[]], "cells": [{ "closed": 0 }] })
    } else {
        json!({ "relies_on": [], "links": [], "sets": [], "relations": [], "floods": [] })
    };
    let proof = if proofs.is_empty() || random.chance(30) { nothing } else { (*random.pick(&proofs)).clone() };
    let claim = &mut forged["requirements"][at];
    let violating = claim["violating"].as_array()?.clone();
    let [good, bad] = if kind == "USED" { ["witnesses", "trees"] } else { ["shown", "missing"] };
    let what = if random.chance(50) && !violating.is_empty() {
        let gone = random.below(violating.len());
        let tuple = claim["violating"].as_array_mut()?.remove(gone);
        claim[bad].as_array_mut()?.remove(gone);
        let shown = if kind == "USED" {
            let some = claim["witnesses"].as_array()?.first().map(|one| one["session"].clone());
            let packet = json!({ "source": "10.1.0.1", "destination": "10.2.0.1", "protocol": 6, "source_port": 1024, "destination_port": 443 });
            let none = json!({ "pull": false, "packet": packet, "hops": [] });
            let exception = document["exceptions"].as_array()?.iter().find(|one| one["id"] == tuple[0])?;
            let end =
                |side: &str| exception[side].as_str().and_then(|side| side.strip_prefix("node:")).map(str::to_owned);
            json!({ "end": [end("from")?, end("to")?], "session": some.unwrap_or(none) })
        } else {
            claim["shown"].as_array()?.first().cloned().unwrap_or(json!([]))
        };
        let shown_list = claim[good].as_array_mut()?;
        let place = random.below(shown_list.len() + 1);
        shown_list.insert(place, shown);
        "what is violated is shown"
    } else {
        let shown_list = claim[good].as_array_mut()?;
        if shown_list.is_empty() {
            return None;
        }
        let gone = random.below(shown_list.len());
        shown_list.remove(gone);
        // Some tuple that is not there yet.
        let mut tuples: Vec<Value> = if kind == "USED" {
            ids_of(&document["exceptions"]).into_iter().map(|id| json!([id])).collect()
        } else {
            let (ids, nodes) = (ids_of(&document["expects"]), ids_of(&document["nodes"]));
            let pairs = |id: &String| {
                let (id, nodes) = (id.clone(), nodes.clone());
                nodes.clone().into_iter().flat_map(move |u| {
                    let id = id.clone();
                    nodes.clone().into_iter().map(move |v| json!([id, u, v]))
                })
            };
            ids.iter().flat_map(pairs).collect()
        };
        tuples.retain(|tuple| !violating.contains(tuple));
        let tuple = random.pick(&tuples);
        let text = tuple.to_string();
        let place = violating.iter().filter(|one| one.to_string() < text).count();
        claim["violating"].as_array_mut()?.insert(place, tuple);
        let shown = if kind == "USED" { proof } else { json!({ "service": 696, "push": proof }) };
        claim[bad].as_array_mut()?.insert(place, shown);
        "what is not violated is proved to be"
    };
    let none = claim["violating"].as_array()?.is_empty();
    claim["verdict"] = json!(if none { "proved" } else { "violated" });
    Some((what, forged))
}
