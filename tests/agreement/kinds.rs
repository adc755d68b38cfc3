//! The engine agrees with the interpreter on random policies of kinds that look at declarations, places, segments, records and
//! what must be possible. `SANSO_SEED` and `SANSO_DOCUMENTS` as elsewhere.

use super::engine::{DATE, DAY, decision, policy, reported_by};
use super::interpreter::{Decision, decide_kinds, random};
use crate::campaign::number;
use sanso::report::Verdict;
use sanso::session::{Session, Texts, Verifier};
use sanso::source::Source;
use serde_json::Value;
use std::collections::BTreeMap;

/// A document of a seed with everything that these kinds look at: every other one with transfers.
fn document(seed: u64) -> Value {
    let mut document = random::said(seed);
    if seed.is_multiple_of(2) {
        let mut carried = random::carried(seed);
        for key in ["transfers", "exceptions", "nodes", "links", "zones", "groups"] {
            if let (true, Some(value)) = (!seed.is_multiple_of(3), carried.get_mut(key)) {
                // The same document otherwise, so that what is said of nodes and links stays.
                if ["transfers", "exceptions"].contains(&key) {
                    document[key] = value.take();
                }
            }
        }
    }
    document
}

type Judge = fn(&Value, &Value) -> Result<Decision, String>;

fn by_engine(document: &Value, asked: &Value) -> Result<Decision, String> {
    let policy = policy(asked).map_err(|error| format!("the policy is refused: {error}"))?;
    let fresh = reported_by(&policy, "d.json", &document.to_string(), false).map(|report| decision(&report))?;
    // A session, which decides a smaller document where it can, says the same.
    let source = Source::new("d.json", document.to_string().into_bytes()).map_err(|error| error.to_string())?;
    let (texts, terms) = (Texts::default(), Session { policy: &policy, date: DAY, limit: None, memory: None });
    let verifier = Verifier::new(&source, &texts, &terms).map_err(|_| "a session refuses it".to_owned())?;
    for (id, tuples) in &fresh {
        let state = verifier.state(id).ok_or("a requirement is missing")?;
        let listed = (state.verdict != Verdict::Vacuous).then(|| verifier.violating(id, usize::MAX));
        if listed != *tuples
            || state.verdict == Verdict::Undecided
            || state.tuples != tuples.iter().flatten().count() as u64
        {
            return Err(format!("{id}: the session says {state:?} {listed:?}, a fresh run {tuples:?}"));
        }
    }
    Ok(fresh)
}

/// Seeds on which two judges differ, with what they say, and how often each kind had violations, was proved, was vacuous.
fn differences(judge: Judge, first: u64, count: u64) -> (Vec<String>, BTreeMap<String, [u32; 3]>) {
    let (mut wrong, mut kinds) = (vec![], BTreeMap::new());
    for seed in first..first + count {
        let document = document(seed);
        let policy = random::of_kinds(seed, &document);
        let expected = decide_kinds(&document, &policy, DATE).expect("it is read");
        let found = match judge(&document, &policy) {
            Ok(found) => found,
            Err(error) if error.contains("nothing to verify") => continue,
            Err(error) => {
                wrong.push(format!("seed {seed}: {error}\n{policy:#}"));
                continue;
            }
        };
        for requirement in policy["requirements"].as_array().into_iter().flatten() {
            let id = requirement["id"].as_str().unwrap_or_default();
            let Some(tuples) = expected.get(id) else { continue };
            let (kind, _) = requirement["check"].as_object().and_then(|check| check.iter().next()).expect("a check");
            let at = match tuples {
                None => 2,
                Some(tuples) => usize::from(tuples.is_empty()),
            };
            kinds.entry(kind.clone()).or_insert([0; 3])[at] += 1;
            if found.get(id) != Some(tuples) {
                let check = &requirement["check"];
                wrong
                    .push(format!("seed {seed}: {check}\n  interpreter {tuples:?}\n  engine      {:?}", found.get(id)));
            }
        }
    }
    (wrong, kinds)
}

#[test]
fn engine_agrees_with_the_interpreter_on_random_policies_of_declarations_and_segments() {
    let first = number("SANSO_SEED", 1);
    let count = number("SANSO_DOCUMENTS", 300);
    let (wrong, kinds) = differences(by_engine, first, count);
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
    if count >= 300 {
        for kind in ["attributes", "placement", "homed", "segment", "exceptions", "transfers", "evidence", "expects"] {
            let [violated, proved, _] = kinds.get(kind).copied().unwrap_or_default();
            assert!(violated > 0 && violated + proved >= 8, "{kind}: {kinds:?}");
        }
    }
}

/// Wrong readings, each of which is noticed.
#[test]
fn wrong_readings_of_kinds_are_noticed() {
    let wrongly = |change: fn(&mut Value, &mut Value)| {
        move |document: &Value, policy: &Value| {
            let (mut document, mut policy) = (document.clone(), policy.clone());
            change(&mut document, &mut policy);
            decide_kinds(&document, &policy, DATE)
        }
    };
    fn each_link(document: &mut Value, change: impl Fn(&mut serde_json::Map<String, Value>)) {
        let links = document.get_mut("links").and_then(Value::as_array_mut).into_iter().flatten();
        links.filter_map(Value::as_object_mut).for_each(change);
    }
    fn each_check(policy: &mut Value, kind: &str, change: impl Fn(&mut Value)) {
        let list = policy["requirements"].as_array_mut().into_iter().flatten();
        list.filter_map(|one| one["check"].get_mut(kind)).for_each(change);
    }
    let changes: [(&str, fn(&mut Value, &mut Value)); 8] = [
        ("VLANs are not kept", |document, _| each_link(document, |link| drop(link.remove("vlans")))),
        ("a base is not read", |document, _| {
            let zones = document.get_mut("zones").and_then(Value::as_object_mut).into_iter().flatten();
            zones.for_each(|(_, zone)| drop(zone.as_object_mut().map(|zone| zone.remove("base"))));
        }),
        ("circuits are not read", |document, _| each_link(document, |link| drop(link.remove("circuit")))),
        ("ids of links are not read", |document, _| each_link(document, |link| drop(link.remove("id")))),
        ("evidence never grows old", |_, policy| {
            each_check(policy, "evidence", |asked| drop(asked.as_object_mut().map(|asked| asked.remove("within"))));
        }),
        ("nobody is allowed", |_, policy| {
            each_check(policy, "homed", |asked| drop(asked.as_object_mut().map(|asked| asked.remove("allowed"))));
        }),
        ("one of some controls is not asked", |_, policy| {
            each_check(policy, "attributes", |asked| drop(asked.as_object_mut().map(|asked| asked.remove("any_of"))));
        }),
        ("what is expected is turned round", |document, _| {
            for expected in document.get_mut("expects").and_then(Value::as_array_mut).into_iter().flatten() {
                let (from, to) = (expected["from"].take(), expected["to"].take());
                (expected["from"], expected["to"]) = (to, from);
            }
        }),
    ];
    for (what, change) in changes {
        let judge = wrongly(change);
        let noticed = (1..250).any(|seed| {
            let document = document(seed);
            let policy = random::of_kinds(seed, &document);
            decide_kinds(&document, &policy, DATE).ok() != judge(&document, &policy).ok()
        });
        assert!(noticed, "{what}");
    }
}
