//! `topologies/policies/`: for each requirement of each model a topology that meets it and one that does not. `topologies/models/`:
//! a town of each model, clean and with a slip.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sanso::document::Date;
use sanso::language::Phrase;
use sanso::policy::definition::Definition;
use sanso::policy::{Policy, Severity, read};
use sanso::source::Source;

use super::{count, engine, expectation, root, stem, tuples};

type Tuples = Vec<Vec<String>>;

const MODELS: [&str; 4] = ["alpha", "alpha-prime", "beta", "beta-prime"];

/// The policy file of a model.
fn file(model: &str) -> Result<Source, Phrase> {
    let name = if model == "alpha" { "alpha-all" } else { model };
    let path = format!("policies/three-tier-{name}.json");
    let text = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).expect("a policy");
    Ok(Source::new(&path, text).expect("it is read"))
}

/// The policy of a model, in an edition of the guideline.
fn definition(model: &str, edition: &str) -> Definition {
    let site = format!("sanso-policy: 1\nid: s\ntitle: {{ ja: 題, en: t }}\nextends: m.json\nedition: '{edition}'\n");
    let site = Source::new("site.yaml", site.into_bytes()).expect("it is read");
    let (read, told) = read(site, &|_, _| file(model));
    read.unwrap_or_else(|| panic!("{model}: {told:?}"))
}

const LATEST: &str = "2025-03";

const DAY: Date = Date { year: 2026, month: 11, day: 22 };

/// A policy that asks one requirement of another, with MN-ISOLATION, which every topology has something to say of and which
/// exceptions waive.
fn alone(whole: &Definition, id: &str) -> Policy {
    let mut asked = whole.clone();
    asked.requirements.retain(|one| one.id == id || one.id == "MN-ISOLATION");
    asked.requirements.iter_mut().for_each(|one| one.severity = Severity::Error);
    Policy::of(&asked, DAY)
}

/// What is decided of a topology.
fn decided(policy: &Policy, file: &str) -> engine::Decision {
    let path = root().join(file);
    let text = fs::read_to_string(&path).expect("a topology");
    let report = engine::report_by(policy, &path.to_string_lossy(), &text);
    engine::decision(&report.unwrap_or_else(|told| panic!("{file}: {told}")))
}

/// What is to be decided of one requirement in each file of a model's folder.
fn expected(model: &str) -> BTreeMap<String, (String, Tuples)> {
    let path = root().join("policies").join(model).join("expected.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let of_file: BTreeMap<String, BTreeMap<String, Tuples>> = serde_json::from_str(&text).expect("expectations");
    let one = |(file, of): (String, BTreeMap<String, Tuples>)| {
        assert_eq!(of.len(), 1, "{file}");
        (file, of.into_iter().next().expect("one"))
    };
    of_file.into_iter().map(one).collect()
}

#[test]
fn every_requirement_of_every_model_is_shown_met_and_violated() {
    for model in MODELS {
        let expected = expected(model);
        let folder = fs::read_dir(root().join("policies").join(model)).expect("a folder");
        let names = folder.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
        let files: BTreeSet<String> = names.filter(|name| name != "expected.json").collect();
        assert_eq!(files, expected.keys().cloned().collect(), "{model}");
        let mut wanted = BTreeMap::new();
        for one in definition(model, LATEST).requirements {
            let name = one.id.to_lowercase();
            wanted.insert(format!("{name}.yaml"), (one.id.clone(), false));
            wanted.insert(format!("{name}-violated.yaml"), (one.id, true));
        }
        let found = expected.into_iter().map(|(file, (id, tuples))| (file, (id, !tuples.is_empty())));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), wanted, "{model}");
    }
}

#[test]
fn each_is_decided_as_expected() {
    let mut known = 0;
    for model in MODELS {
        let whole = definition(model, LATEST);
        for (file, (id, tuples)) in expected(model) {
            let found = decided(&alone(&whole, &id), &format!("policies/{model}/{file}"));
            assert_eq!(found[&id], Some(tuples), "{model}/{file} {id}");
            known += 1;
        }
    }
    assert!(known > 120, "{known} are decided");
}

#[test]
fn what_meets_one_requirement_meets_the_whole_policy() {
    for model in MODELS {
        let policy = Policy::of(&definition(model, LATEST), DAY);
        for (file, _) in expected(model).into_iter().filter(|(_, (_, tuples))| tuples.is_empty()) {
            for (id, found) in decided(&policy, &format!("policies/{model}/{file}")) {
                assert!(found.is_none_or(|found| found.is_empty()), "{model}/{file} {id}");
            }
        }
    }
}

#[test]
fn older_editions_have_no_wireless_link_in_the_my_number_tier() {
    for model in MODELS {
        for edition in ["2022-03", "2023-03", "2024-10"] {
            let policy = alone(&definition(model, edition), "MN-WIRELESS");
            for file in ["mn-wireless.yaml", "mn-wireless-violated.yaml"] {
                let found = decided(&policy, &format!("policies/{model}/{file}"));
                assert_eq!(found["MN-WIRELESS"], Some(vec![vec!["wifi".to_owned()]]), "{model}/{file} {edition}");
            }
        }
    }
}

/// The towns, by name relative to `topologies/`, and the model whose policy they are held against.
fn towns() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for folder in ["alpha", "alpha-prime", "beta", "beta-prime", "four-layer"] {
        for file in fs::read_dir(root().join("models").join(folder)).expect("a folder") {
            let name = format!("models/{folder}/{}", file.expect("a file").file_name().to_string_lossy());
            if stem(&name).is_some() {
                found.push((name, MODELS.into_iter().find(|model| *model == folder).unwrap_or("alpha")));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn each_model_has_a_clean_town_and_one_with_a_slip() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let towns = towns();
    assert_eq!(towns.len(), 10);
    for (name, model) in towns {
        assert!(readme.contains(&format!("({name})")), "{name} is not in topologies/README.md");
        let expected = expectation(&name);
        let policy = definition(model, LATEST);
        let of = expected["requirements"].as_object().expect("requirements");
        let known: BTreeSet<&str> = policy.requirements.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(of.keys().map(String::as_str).collect::<BTreeSet<_>>(), known, "{name}");
        let graver = policy.requirements.iter().filter(|one| one.severity == Severity::Error);
        let violated = graver.into_iter().any(|one| count(&of[&one.id]) > 0);
        assert_eq!(expected["verdict"], if violated { "violated" } else { "proved" }, "{name}");
        assert_eq!(violated, !name.ends_with("/clean.json"), "{name}");
        assert!(violated || of.values().all(|of| count(of) == 0), "{name}: nothing of a clean town is warned of");
    }
}

#[test]
fn each_town_is_decided_as_expected() {
    for (name, model) in towns() {
        let (mut asked, expected) = (definition(model, LATEST), expectation(&name));
        asked.requirements.iter_mut().for_each(|one| one.severity = Severity::Error);
        let policy = Policy::of(&asked, DAY);
        let found = decided(&policy, &name);
        assert_eq!(found.len(), asked.requirements.len());
        for (id, found) in found {
            let value = &expected["requirements"][&id];
            let Some(found) = found else {
                assert!(value.is_null(), "{name} {id}: vacuous");
                continue;
            };
            assert!(!value.is_null(), "{name} {id}: {found:?}");
            assert_eq!(count(value), found.len() as u64, "{name} {id}: {:?}", found.first());
            let first = tuples(if value.is_array() { value } else { &value["first"] });
            assert!(found.starts_with(&first), "{name} {id}");
        }
    }
}
